"""The least that polling can cost: bare conditional GETs with aiohttp, nothing parsed, nothing kept.

Reads addresses from the file that its argument names; each line on standard input is one round.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import aiohttp


async def main(urls: list[str]) -> None:
    """One round for each line: `all`, or a number for the first so many addresses."""
    validators: dict[str, dict[str, str]] = {url: {} for url in urls}

    async def get(session: aiohttp.ClientSession, url: str) -> None:
        async with session.get(url, headers=validators[url]) as answer:
            body = await answer.read()
            if answer.status not in (200, 304) or (answer.status == 200 and not body):
                sys.exit(f"{url} answered {answer.status}")
            if answer.status == 200:
                given = {
                    "If-None-Match": answer.headers.get("ETag"),
                    "If-Modified-Since": answer.headers.get("Last-Modified"),
                }
                validators[url] = {name: value for name, value in given.items() if value}

    async with aiohttp.ClientSession() as session:
        print("ready", flush=True)
        while line := (await asyncio.to_thread(sys.stdin.readline)).strip():
            chosen = urls if line == "all" else urls[: int(line)]
            await asyncio.gather(*(get(session, url) for url in chosen))
            print("done", flush=True)


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]).read_text().split()))
