"""The whole family killed again and again under load, at random moments: is anything lost, double, or damaged?

    .venv/bin/python -m bench.kills [--engine sqlite|postgres] [--kills N] [--seed N]

Sources on loopback bring new entries and change old ones all the time; scheduler, workers and web are killed with SIGKILL at
once, and started anew. In the end every entry has to be one article with its last title, once in each of its feeds, and the
database sound. The feeds hold all of their entries, so that what was missed between two polls is no excuse.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from bench.farm import free_port
from bench.real_input import database
from db.store import Store
from feeds.config.load import load
from feeds.model.outgoing import FeedKey
from parts.store import open_store
from tests.fakes import item, rss
from tests.farm import Farm, farm

ROOT = Path(__file__).resolve().parent.parent
SOURCES, HOSTS = 24, 8
MOST_ALIVE_S = 7.0
PATIENCE_S = 240.0


@dataclass(slots=True)
class World:
    """What the sources tell, and what should have come of it."""

    land: Farm
    chance: random.Random
    titles: list[dict[str, str]] = field(default_factory=lambda: [{} for _ in range(SOURCES)])
    rare: list[str] = field(default_factory=list)
    """Titles of one more source, which `bench.nodes` writes."""

    def happen(self) -> None:
        """One new entry, or a title that changes."""
        place = self.chance.randrange(SOURCES)
        told = self.titles[place]
        if told and self.chance.random() < 0.15:
            guid = self.chance.choice(list(told))
            told[guid] = f"{told[guid].split(' again')[0]} again {self.chance.randrange(10**6)}"
        else:
            guid = f"s{place}-{len(told)}"
            told[guid] = f"Story {len(told)} of source {place}"
        self.show(place)

    def show(self, place: int) -> None:
        """The source's feed as it is now, newest first."""
        entries = [
            item(guid, title=title, guid=guid, link=f"https://s{place}.example/{guid}")
            for guid, title in reversed(self.titles[place].items())
        ]
        self.land.pages[f"/{place}.rss"] = rss(*entries, title=f"Source {place}").encode()


def main() -> int:
    """Prints what was found; the exit code is 0 where nothing was lost, double or damaged."""
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--engine", choices=("sqlite", "postgres"), default="sqlite")
    options.add_argument("--kills", type=int, default=200)
    options.add_argument("--seed", type=int, default=1)
    chosen = options.parse_args()
    with (
        tempfile.TemporaryDirectory(prefix="feedwright-kills-") as home,
        database(chosen.engine, Path(home)) as url,
        farm() as land,
    ):
        world = World(land, random.Random(chosen.seed))
        for place in range(SOURCES):
            world.show(place)
        config = written(Path(home), url, land)
        began, ended = time.monotonic(), threading.Event()
        busy = threading.Thread(target=until, args=(world, ended))
        busy.start()
        for number in range(chosen.kills):
            process = started(config)
            time.sleep(world.chance.uniform(0.1, MOST_ALIVE_S))
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            if number % 20 == 19:
                told = sum(map(len, world.titles))
                print(
                    f"{number + 1} kills, {told:,} entries told, {time.monotonic() - began:.0f} s", flush=True
                )
        ended.set()
        busy.join()
        return judged(world, config)


def until(world: World, ended: threading.Event) -> None:
    """The world goes on."""
    while not ended.wait(0.08):
        world.happen()


def written(home: Path, url: str, land: Farm) -> Path:
    """The site's config file."""
    port = free_port()
    sources = "".join(
        f'[[source]]\nurl = "{land.url(f"/{place}.rss", 1 + place % HOSTS)}"\nslug = "source-{place}"\n'
        for place in range(SOURCES)
    )
    config = home / "config.toml"
    config.write_text(
        f'[web]\nport = {port}\n[database]\nurl = "{url}"\n[fetch]\nallow = ["127.0.0.0/8"]\n'
        "[poll]\npause = 0\nmin_interval = 1\nmax_interval = 2\ndefault_interval = 1\nclaim = 5\n"
        f'[[topic]]\nslug = "stories"\ntitle = "Stories"\nphrases = ["story"]\n{sources}'
    )
    return config


def started(config: Path) -> subprocess.Popen[bytes]:
    """Scheduler and web, a session of their own."""
    return subprocess.Popen(
        [sys.executable, "-m", "commands", "--config", str(config), "serve"],
        cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip


def judged(world: World, config: Path) -> int:
    """Lets it settle, then compares."""
    wanted = {guid: title for told in world.titles for guid, title in told.items()}
    process = started(config)
    settings = load(config, {})
    store = open_store(settings)
    try:
        until_s = time.monotonic() + PATIENCE_S
        while stored(store) != wanted and time.monotonic() < until_s:
            time.sleep(1)
        time.sleep(3)
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait()
    faults = [*differences(wanted, store), *store.upkeep.check()]
    print(f"{len(wanted):,} entries, {len(faults)} faults")
    for fault in faults[:20]:
        print(f"  {fault}")
    store.close()
    return int(bool(faults))


def stored(store: Store) -> dict[str, str]:
    """Guid and title of every article, by the source that told it."""
    rows = store.engine.rows(
        "SELECT g.guid, a.title FROM sightings g JOIN articles a ON a.id = g.article_id WHERE a.status = 'published'"
    )
    return {row["guid"]: row["title"] for row in rows}


def differences(wanted: dict[str, str], store: Store) -> list[str]:
    """A line for each entry that is lost, double or old, and for each feed that does not add up."""
    found = stored(store)
    faults = [f"lost: {guid}" for guid in wanted if guid not in found]
    faults += [
        f"old title: {guid}: {found[guid]}"
        for guid in wanted
        if found.get(guid, wanted[guid]) != wanted[guid]
    ]
    count = store.engine.rows("SELECT count(*) AS n FROM articles")[0]["n"]
    if count != len(wanted):
        faults.append(f"{count:,} articles for {len(wanted):,} entries")
    urns = store.engine.rows("SELECT urn FROM articles GROUP BY urn HAVING count(*) > 1")
    faults += [f"two articles have the id {row['urn']}" for row in urns]
    for key in (FeedKey(kind="all"), FeedKey(kind="topic", slug="stories")):
        info = store.feeds.info(key)
        held = info.article_count if info else 0
        if held != len(wanted):
            faults.append(f"{key.path()} says {held:,} articles")
    page = store.feeds.page(FeedKey(kind="all"), entries=500, window=timedelta(0), most=500)
    ids = [one.id for one in page.articles] if page else []
    if len(ids) != len(set(ids)):
        faults.append("/all shows an article twice")
    late = store.engine.rows("SELECT count(*) AS n FROM touched WHERE seq IS NULL")
    if late[0]["n"]:
        faults.append(f"{late[0]['n']} changes were never published")
    return faults


if __name__ == "__main__":
    raise SystemExit(main())
