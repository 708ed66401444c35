"""Runs any folder of feed files through the real scheduler, store and web, and counts what was lost.

    .venv/bin/python -m bench.real_input DIR [--engine sqlite|postgres] [--keep FOLDER] [--feeds FOLDER]

Every file is served from loopback as a host of its own. *Lost*: an entry with a title, link or
content (as feedparser, or a JSON reader of a few lines, sees it) that has no sighting: fewer were seen
than there are different ones, and none bears its id, address or title. *Doubled*: two
articles of one source that share guid and link. *Published*: articles found by following the source's
feed, with `[publish] entries` set high. `--feeds` keeps the published feeds for a validator.
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import io
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
import warnings
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import feedparser
from aiohttp import web

from db.engines.postgres import PostgresEngine
from db.engines.sqlite import SqliteEngine
from tests import postgres

ROOT = Path(__file__).resolve().parent.parent
TIMES_WAITED = 600
JSON_ENDINGS = (".json", ".jsonfeed")


@dataclass(slots=True)
class Counted:
    """What was counted over all files."""

    files: int = 0
    entries: int = 0
    lost: list[str] = field(default_factory=list)
    doubled: int = 0
    articles: int = 0
    published: int = 0
    unpublished: list[str] = field(default_factory=list)
    states: Counter[str] = field(default_factory=Counter)
    errors: list[str] = field(default_factory=list)


def main() -> int:
    """Prints the counts; exits non-zero where anything was lost, doubled or unpublished."""
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("folder", type=Path)
    options.add_argument("--engine", choices=("sqlite", "postgres"), default="sqlite")
    options.add_argument("--keep", type=Path, help="keep config, database and log here")
    options.add_argument("--feeds", type=Path, help="keep the published feeds here")
    options.add_argument("--verbose", action="store_true", help="name every file that is not well")
    chosen = options.parse_args()
    files = sorted(path for path in chosen.folder.rglob("*") if path.is_file())
    home = chosen.keep or Path(tempfile.mkdtemp(prefix="feedwright-input-"))
    home.mkdir(parents=True, exist_ok=True)
    with database(chosen.engine, home) as url, farm(files) as port:
        config = write_config(home, url, files, port)
        started = time.monotonic()
        counted = measured(config, url, files, chosen.feeds)
        show(counted, chosen, home, time.monotonic() - started)
    return 1 if counted.lost or counted.doubled or counted.unpublished or counted.errors else 0


def measured(config: Path, url: str, files: list[Path], keep_feeds: Path | None) -> Counted:
    """Runs the family on the config until every source was polled, then counts."""
    web_port = free_port()
    log = config.parent / "log.txt"
    with log.open("wb") as output:
        family = subprocess.Popen(
            [sys.executable, "-m", "commands", "--config", str(config), "--port", str(web_port)],
            cwd=ROOT,
            stdout=output,
            stderr=output,
        )
        try:
            engine = opened(url, config.parent, family)
            wait_for_polls(engine, len(files), family)
            counted = count(engine, files, web_port, keep_feeds)
            engine.close()
        finally:
            family.send_signal(signal.SIGTERM)
            family.wait(timeout=30)
    lines = log.read_text(errors="replace").splitlines()
    counted.errors = [line for line in lines if " ERROR " in line or "Traceback" in line]
    return counted


def count(
    engine: SqliteEngine | PostgresEngine, files: list[Path], web_port: int, keep: Path | None
) -> Counted:
    """Holds what each file says against what is stored and published."""
    counted = Counted(files=len(files))
    for place, path in enumerate(files):
        slug = f"s{place}"
        row = engine.rows(
            "SELECT s.id, p.status, p.status_detail FROM sources s JOIN poll_states p ON p.source_id = s.id"
            " WHERE s.slug = :slug",
            {"slug": slug},
        )[0]
        counted.states[row["status"]] += 1
        seen = engine.rows(
            "SELECT g.guid, a.urn, a.url, a.title, a.canonical_url, c.content_html FROM sightings g"
            " JOIN articles a ON a.id = g.article_id JOIN contents c ON c.article_id = a.id WHERE g.source_id = :id",
            {"id": row["id"]},
        )
        entries = [] if row["status"] in ("not-a-feed", "unreadable") else entries_of(path)
        counted.entries += len(entries)
        if len({tuple(entry.values()) for entry in entries}) > len(seen):
            counted.lost += [f"{path.name}: {entry}" for entry in entries if not is_seen(entry, seen)]
        pairs = Counter((one["guid"], one["canonical_url"]) for one in seen)
        counted.doubled += sum(times - 1 for times in pairs.values())
        urns = {one["urn"] for one in seen}
        counted.articles += len(urns)
        published = published_ids(web_port, slug, keep)
        counted.published += len(urns & published)
        counted.unpublished += [f"{path.name}: {urn}" for urn in urns - published]
    return counted


def entries_of(path: Path) -> list[dict[str, str]]:
    """The entries of a file that have a title, link or content, as a reader that is not ours sees them."""
    body = path.read_bytes()
    if path.suffix in JSON_ENDINGS:
        items: list[dict[str, Any]] = json.loads(body).get("items", [])
        found = [
            {
                "id": str(one.get("id") or ""),
                "link": one.get("url") or "",
                "title": one.get("title") or "",
                "content": one.get("content_html") or one.get("content_text") or "",
            }
            for one in items
        ]
    else:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            data = feedparser.parse(io.BytesIO(body), sanitize_html=False, resolve_relative_uris=False)
        found = [
            {
                "id": one.get("id", ""),
                "link": one.get("link", ""),
                "title": one.get("title", ""),
                "content": one.get("summary", "") or (one.get("content") or [{}])[0].get("value", ""),
            }
            for one in data.entries
        ]
    return [one for one in found if one["title"].strip() or one["link"].strip() or one["content"].strip()]


def is_seen(entry: dict[str, str], seen: list[Any]) -> bool:
    """True if some sighting bears the entry's id, address, title, or (without these) any text."""
    marks = {entry["id"].strip(), entry["link"].strip()} - {""}
    title = " ".join(entry["title"].split())
    for one in seen:
        if one["guid"] in marks or one["url"] in marks or any(mark in (one["url"] or "") for mark in marks):
            return True
        if title and title[:20] in one["title"]:
            return True
    return bool(seen) and not marks and not title


def published_ids(web_port: int, slug: str, keep: Path | None) -> set[str]:
    """The ids in a source's Atom feed; RSS and JSON Feed are fetched too and kept where asked."""
    found: set[str] = set()
    for ending in ("atom", "rss", "json"):
        body = got(f"http://127.0.0.1:{web_port}/sources/{slug}.{ending}")
        if keep:
            keep.mkdir(parents=True, exist_ok=True)
            (keep / f"{slug}.{ending}").write_bytes(body)
        if ending == "atom":
            found = {one.id for one in feedparser.parse(io.BytesIO(body)).entries}
        elif ending == "json":
            assert {one["id"] for one in json.loads(body)["items"]} == found, f"{slug}: JSON and Atom differ"
    return found


def got(url: str) -> bytes:
    """The body of a 200."""
    with urllib.request.urlopen(url, timeout=60) as answer:
        body: bytes = answer.read()
    return body


def wait_for_polls(
    engine: SqliteEngine | PostgresEngine, sources: int, family: subprocess.Popen[bytes]
) -> None:
    """Returns once every source was polled and everything touched is numbered; tells how far it is."""
    for turn in range(TIMES_WAITED):
        rows = engine.rows(
            "SELECT (SELECT count(*) FROM poll_states WHERE last_polled_at IS NOT NULL) AS polled,"
            " (SELECT count(*) FROM touched WHERE seq IS NULL) AS waiting"
        )
        if rows[0]["polled"] >= sources and not rows[0]["waiting"]:
            return
        if turn % 10 == 0:
            print(f"\r{rows[0]['polled']} of {sources} polled", end="", file=sys.stderr, flush=True)
        if family.poll() is not None:
            sys.exit("The family ended; its log says why.")
        time.sleep(0.5)
    sys.exit(f"Only {rows[0]['polled']} of {sources} sources were polled: something hangs.")


def opened(url: str, home: Path, family: subprocess.Popen[bytes]) -> SqliteEngine | PostgresEngine:
    """A connection to the run's database, once its schema and its sources are there."""
    for _ in range(TIMES_WAITED):
        if url.startswith("postgresql:") or (home / url).exists():
            engine = PostgresEngine(url) if url.startswith("postgresql:") else SqliteEngine(home / url)
            try:
                if engine.rows("SELECT count(*) AS n FROM sources")[0]["n"]:
                    return engine
            except Exception:
                pass
            engine.close()
        if family.poll() is not None:
            sys.exit("The family did not start; its log says why.")
        time.sleep(0.2)
    sys.exit("The database did not come about.")


def write_config(home: Path, url: str, files: list[Path], port: int) -> Path:
    """A site with every file as a source."""
    sources = "".join(
        f'[[source]]\nurl = "http://{host(place)}:{port}/{place}/feed{path.suffix}"\nslug = "s{place}"\n'
        for place, path in enumerate(files)
    )
    path = home / "config.toml"
    path.write_text(
        f'[site]\ntitle = "Measured"\nbase_url = "https://measured.example"\n[database]\nurl = "{url}"\n'
        '[fetch]\nallow = ["127.0.0.0/8"]\nparse_workers = 2\nmax_entries = 100000\n[poll]\npause = 0\n'
        f"[publish]\nentries = 10000\n{sources}"
    )
    return path


def host(place: int) -> str:
    """The loopback address of the file at that place."""
    return f"127.{1 + place // 60_000}.{place // 240 % 250}.{1 + place % 240}"


@contextmanager
def database(engine: str, home: Path) -> Iterator[str]:
    """The address of a fresh database of that engine."""
    if engine == "sqlite":
        for old in home.glob("measured.db*"):
            old.unlink()
        yield "measured.db"
        return
    with (
        postgres.server("00000000-0000-4000-8000-000000000000") as address,
        postgres.database(address, "measured") as url,
    ):
        yield url


@contextmanager
def farm(files: list[Path]) -> Iterator[int]:
    """A server in a process of its own that answers `/<place>/…` with the file, conditionally."""
    port = free_port()
    listing = Path(tempfile.mkdtemp(prefix="feedwright-farm-")) / "files.txt"
    listing.write_text("\n".join(str(path.resolve()) for path in files))
    server = subprocess.Popen(
        [sys.executable, "-m", "bench.real_input", "--serve", str(listing), str(port)], cwd=ROOT
    )
    try:
        for _ in range(100):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        yield port
    finally:
        server.terminate()
        server.wait(timeout=10)


def serve(listing: Path, port: int) -> None:
    """Serves the listed files until it is ended."""
    paths = [Path(line) for line in listing.read_text().splitlines()]

    async def answer(request: web.Request) -> web.Response:
        path = paths[int(request.match_info["place"])]
        body = path.read_bytes()
        etag = f'"{hashlib.sha256(body).hexdigest()[:20]}"'
        if request.headers.get("If-None-Match") == etag:
            return web.Response(status=304, headers={"ETag": etag})
        kind = "application/feed+json" if path.suffix in JSON_ENDINGS else "application/xml"
        return web.Response(body=body, headers={"ETag": etag, "Content-Type": kind})

    app = web.Application()
    app.router.add_get("/{place}/{name}", answer)
    asyncio.set_event_loop(asyncio.new_event_loop())
    web.run_app(app, host="0.0.0.0", port=port, print=None, access_log=None)


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        found: int = probe.getsockname()[1]
    return found


def show(counted: Counted, chosen: argparse.Namespace, home: Path, seconds: float) -> None:
    """Prints the table."""
    states = ", ".join(f"{count} {state}" for state, count in counted.states.most_common())
    print(f"\n{chosen.folder} on {chosen.engine}: {counted.files} files in {seconds:.0f} s ({states})")
    print(f"entries   {counted.entries:>7}   with a title, link or content")
    print(f"lost      {len(counted.lost):>7}")
    print(f"doubled   {counted.doubled:>7}")
    print(f"articles  {counted.articles:>7}")
    print(f"published {counted.published:>7}   ({len(counted.unpublished)} not found in their source's feed)")
    print(f"errors    {len(counted.errors):>7}   lines at error level in {home / 'log.txt'}")
    for line in (*counted.lost[:20], *counted.unpublished[:10], *counted.errors[:10]):
        print("  ", line[:200])


if __name__ == "__main__":
    if len(sys.argv) == 4 and sys.argv[1] == "--serve":
        serve(Path(sys.argv[2]), int(sys.argv[3]))
    else:
        os.environ.setdefault("PYTHONWARNINGS", "ignore")
        sys.exit(main())
