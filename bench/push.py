"""Our hub with very many subscribers: when the first and the last are told, deliveries per second, and CPU.

.venv/bin/python -m bench.push [--subscribers 10000] [--hosts 100] [--engine sqlite|postgres]

Real HTTP on loopback: subscribers are callbacks at so many loopback addresses, answered by a process of their own. Beside
it, in the same run, a bare aiohttp loop that posts the same bytes to the same callbacks: the least that it can cost.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import multiprocessing
import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp import web

from bench.rematch import draft
from db.store import Store
from feeds.actions.declaring.specs import spec_at
from feeds.actions.delivering.dispatch import AT_ONCE
from feeds.actions.publishing.publish import publish_touched
from feeds.clock import system_clock
from feeds.config.load import load
from feeds.ingest.rules.decide import decide
from feeds.model.articles import DraftFeed, Known
from feeds.model.deliveries import Receiver
from feeds.model.outgoing import FeedKey
from feeds.model.settings import Settings
from parts.postman import Postman
from parts.store import open_store, prepare_store
from parts.writer import Writer
from tests import postgres

SECRET = "swordfish"
WITHIN_S = 300.0


def receive(asked: Connection) -> None:
    """The subscribers' process: answers 204, and tells how many came and when the first and the last did."""
    asyncio.run(_receive(asked))


async def _receive(asked: Connection) -> None:
    times: list[float] = []

    async def take(request: web.Request) -> web.Response:
        await request.read()
        times.append(time.time())
        return web.Response(status=204)

    app = web.Application(client_max_size=50_000_000)
    app.router.add_post("/{path:.*}", take)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    server = web.TCPSite(runner, "0.0.0.0", 0, backlog=4096)
    await server.start()
    asked.send(runner.addresses[0][1])
    loop = asyncio.get_running_loop()
    while await loop.run_in_executor(None, asked.recv) == "count":
        asked.send((len(times), min(times, default=0.0), max(times, default=0.0)))
        times.clear()
    await runner.cleanup()


@contextlib.contextmanager
def subscribers() -> Iterator[tuple[int, Connection]]:
    """The port of the subscribers' process, and the way to ask it."""
    ours, theirs = multiprocessing.get_context("spawn").Pipe()
    process = multiprocessing.get_context("spawn").Process(target=receive, args=(theirs,))
    process.start()
    try:
        yield ours.recv(), ours
    finally:
        ours.send("end")
        process.join(10)
        if process.is_alive():
            process.kill()


def urls_of(count: int, hosts: int, port: int) -> list[str]:
    """So many callbacks at so many loopback addresses."""
    return [
        f"http://127.0.{1 + number % hosts // 250}.{1 + number % hosts % 250}:{port}/callback/{number}"
        for number in range(count)
    ]


def write_news(store: Store, numbers: range) -> None:
    """These articles come from the only source, and wait to be published."""
    now, chance = system_clock(), random.Random(3)
    rows = store.sources.every()
    source = rows[0].source if rows else store.sources.add(spec_at("https://a.example/feed"), now)
    feed = DraftFeed(format="x", drafts=tuple(draft(number, chance) for number in numbers))
    changes = decide(source, feed, Known(), topics=(), is_import=True, now=now)
    store.polls.save_changes(source, feed, changes, now)


def subscribe(store: Store, urls: list[str]) -> None:
    """All of them are live subscribers of the feed of everything."""
    now, feed_id = system_clock(), store.feeds.id_of(FeedKey(kind="all"))
    assert feed_id is not None
    with store.write():
        for url in urls:
            host = url.split("/")[2]
            store.deliveries.put_receiver(
                Receiver(
                    kind="websub", url=url, host=host, domain=host, feed_id=feed_id, format="atom", state="live",
                    named_url="x", secret=SECRET, asked_at=now, since_at=now, until_at=now + timedelta(days=10),
                )
            )  # fmt: skip


async def ours(
    settings: Settings, count: int, count_left: Callable[[Store], int]
) -> tuple[float, float, float]:
    """When publishing began, how long the publish tick took, and CPU seconds until nothing waits."""
    writer, renderer = Writer(lambda: open_store(settings)), Writer(lambda: open_store(settings))
    postman = Postman(settings, system_clock, random.random, "bench", writer.run, renderer.run)
    await postman.deliver_all()
    cpu, began = time.process_time(), time.time()
    await writer.run(lambda store: publish_touched(store, system_clock()))
    published = time.time() - began
    while await writer.run(count_left) and time.time() - began < WITHIN_S:
        await postman.deliver_tick()
    cpu = time.process_time() - cpu
    await postman.stop(5)
    renderer.close()
    writer.close()
    return began, published, cpu


async def bare(urls: list[str], body: bytes) -> tuple[float, float]:
    """When it began, and CPU seconds: the same posts, as many side by side for each host, and nothing else."""
    cpu, began = time.process_time(), time.time()
    connector = aiohttp.TCPConnector(limit=0, limit_per_host=AT_ONCE)
    headers = {"Content-Type": "application/atom+xml"}
    async with aiohttp.ClientSession(connector=connector) as session:

        async def send(url: str) -> None:
            async with session.post(url, data=body, headers=headers) as answer:
                await answer.read()

        await asyncio.gather(*(send(url) for url in urls))
    return began, time.process_time() - cpu


def told(name: str, asked: Connection, began: float, cpu: float, count: int) -> None:
    """Prints one line."""
    asked.send("count")
    came, first, last = asked.recv()
    span = max(last - began, 1e-9)
    print(
        f"{name:24} {came:7,} of {count:,}  first {first - began:6.2f} s  last {last - began:6.2f} s"
        f"  {came / span:8,.0f} a second  {cpu:6.2f} s CPU  {cpu / max(came, 1) * 1e6:6.0f} µs each"
    )


@contextlib.contextmanager
def database(engine: str) -> Iterator[str]:
    """The address of an empty database."""
    if engine == "sqlite":
        yield "push.db"
        return
    with (
        postgres.server("11111111-2222-4333-8444-555555555555") as address,
        postgres.database(address, "bench_push") as url,
    ):
        yield url


def main() -> int:
    """Prints one line for ours and one for the bare loop."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--subscribers", type=int, default=10_000)
    parser.add_argument("--hosts", type=int, default=100)
    parser.add_argument("--engine", choices=("sqlite", "postgres"), default="sqlite")
    given = parser.parse_args()
    with (
        tempfile.TemporaryDirectory(prefix="feedwright-push-") as folder,
        database(given.engine) as url,
        subscribers() as (port, asked),
    ):
        config = Path(folder) / "config.toml"
        config.write_text(
            f'[site]\nbase_url = "http://127.0.0.1:{port}"\n[database]\nurl = "{url}"\n'
            '[fetch]\nallow = ["127.0.0.0/8"]\n'
        )
        settings = load(config, {})
        prepare_store(settings)
        store = open_store(settings)
        write_news(store, range(50))
        publish_touched(store, system_clock())
        urls = urls_of(given.subscribers, given.hosts, port)
        subscribe(store, urls)
        write_news(store, range(100, 101))

        def count_left(held: Store) -> int:
            return held.deliveries.waiting()[0]

        began, published, cpu = asyncio.run(ours(settings, given.subscribers, count_left))
        told("our hub", asked, began, cpu, given.subscribers)
        rendered: Any = store.engine.rows("SELECT body FROM rendered WHERE format = 'atom' ORDER BY feed_id")
        body = bytes(rendered[0]["body"])
        began, cpu = asyncio.run(bare(urls, body))
        told("bare aiohttp loop", asked, began, cpu, given.subscribers)
        print(f"the publish tick with its deliveries: {published * 1000:.0f} ms; a body: {len(body):,} bytes")
        store.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
