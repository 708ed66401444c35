"""How long readers wait for a feed that keeps changing, in a large store: median, 99th percentile, longest.

    .venv/bin/python -m bench.readers [--engine sqlite|postgres] [--size 1000000] [--keep FOLDER] [--seconds N] [--limit MS]

The real family serves a store of `bench.large`. Once a second a new article joins a topic whose feed has 500 entries;
eight readers ask for the feed of that topic all the time, with a pause of a tenth of a second, half of them conditionally.
The floor is what the same readers wait for `/robots.txt` of the same web process, between the changes of the feed.
Exits with 1 where the 99th percentile is above the limit.
"""

from __future__ import annotations

import argparse
import http.client
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from statistics import median, quantiles

import psutil

from bench import large_store
from bench.farm import free_port
from bench.processes import cpu_of
from db.store import Store
from tests import postgres

FEED, FLOOR = "/topics/topic-0.atom", "/robots.txt"
READERS, PAUSE_S = 8, 0.1
ENTRIES = 500
PATIENCE_S = 180.0


class Reader:
    """Asks for one address over a kept connection, and notes how long each answer took."""

    def __init__(self, port: int, path: str, *, is_conditional: bool) -> None:
        self._port, self._path, self._is_conditional = port, path, is_conditional
        self.waits: list[float] = []
        self.statuses: dict[int, int] = {}

    def run(self, stopping: threading.Event) -> None:
        """Reads until it is stopped."""
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=60)
        tag = ""
        while not stopping.wait(PAUSE_S):
            headers = {"Accept-Encoding": "gzip"} | ({"If-None-Match": tag} if tag else {})
            began = time.perf_counter()
            connection.request("GET", self._path, headers=headers)
            answer = connection.getresponse()
            answer.read()
            self.waits.append((time.perf_counter() - began) * 1000)
            self.statuses[answer.status] = self.statuses.get(answer.status, 0) + 1
            tag = answer.headers["ETag"] or "" if self._is_conditional else ""
        connection.close()


def main() -> int:
    """Builds the store, serves it, prints what the readers waited."""
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--engine", choices=("sqlite", "postgres"), default="sqlite")
    options.add_argument("--size", type=int, default=1_000_000)
    options.add_argument("--keep", type=Path)
    options.add_argument("--seconds", type=float, default=60)
    options.add_argument("--limit", type=float, default=60)
    chosen = options.parse_args()
    with ExitStack() as stack:
        home = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="feedwright-readers-")))
        if chosen.engine == "postgres":
            address = stack.enter_context(postgres.server(large_store.SITE))
            url = stack.enter_context(postgres.database(address, "readers"))
            large_store.on_postgres(url, chosen.size, is_first=True)
        else:
            url = str(large_store.on_sqlite(chosen.keep or home, chosen.size))
        store = large_store.opened(url)
        # Their hosts do not exist; what is measured is reading.
        with store.write():
            store.engine.run("UPDATE poll_states SET next_poll_at = :never", {"never": 4_000_000_000_000})
        worst = _measured(home, url, store, chosen.seconds)
        store.close()
    return 1 if worst > chosen.limit else 0


def _measured(home: Path, url: str, store: Store, seconds: float) -> float:
    port = free_port()
    config = home / "config.toml"
    config.write_text(
        f'[site]\ntitle = "Large"\nbase_url = "http://127.0.0.1:{port}"\n[web]\nport = {port}\n'
        f'[database]\nurl = "{url}"\n[publish]\nentries = {ENTRIES}\n[admin]\nis_on = false\n'
    )
    with (home / "log.txt").open("w") as log:
        running = subprocess.Popen(
            [sys.executable, "-m", "commands", "--config", str(config)],
            stdout=log,
            stderr=subprocess.STDOUT,
            env={name: value for name, value in os.environ.items() if not name.startswith("FEEDWRIGHT_")},
        )
    try:
        _wait(lambda: _answers(port, FEED), running, home / "log.txt")
        floor, _, _ = _read(port, FLOOR, seconds / 4, lambda: None)
        root = psutil.Process(running.pid)
        before = cpu_of([root])
        waits, saved, statuses = _read(port, FEED, seconds, lambda: large_store.save_new(store))
        spent = cpu_of([root]) - before
    finally:
        running.terminate()
        running.wait(60)
    print("| asked for | answers | median, ms | 99 %, ms | longest, ms |")
    print("| --- | ---: | ---: | ---: | ---: |")
    for name, took in ((FLOOR, floor), (FEED, waits)):
        print(f"| {name} | {len(took):,} | {median(took):.1f} | {_percentile(took):.1f} | {max(took):.1f} |")
    print(f"{saved} new articles; answers by status: {statuses}; {spent / seconds:.2f} s of CPU a second.")
    return _percentile(waits)


def _read(
    port: int, path: str, seconds: float, change: Callable[[], object]
) -> tuple[list[float], int, dict[int, int]]:
    """What the readers waited, how often it changed, and the answers by status."""
    stopping = threading.Event()
    readers = [Reader(port, path, is_conditional=place % 2 == 0) for place in range(READERS)]
    threads = [threading.Thread(target=one.run, args=(stopping,)) for one in readers]
    for thread in threads:
        thread.start()
    ends_at, changes = time.monotonic() + seconds, 0
    while time.monotonic() < ends_at:
        change()
        changes += 1
        time.sleep(1)
    stopping.set()
    for thread in threads:
        thread.join()
    statuses: dict[int, int] = {}
    for one in readers:
        for status, count in one.statuses.items():
            statuses[status] = statuses.get(status, 0) + count
    return [wait for one in readers for wait in one.waits], changes, statuses


def _percentile(waits: list[float]) -> float:
    return quantiles(waits, n=100)[-1]


def _answers(port: int, path: str) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        connection.request("GET", path)
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()


def _wait(is_so: Callable[[], bool], running: subprocess.Popen[bytes], log: Path) -> None:
    ends_at = time.monotonic() + PATIENCE_S
    while not is_so():
        if time.monotonic() > ends_at or running.poll() is not None:
            raise RuntimeError(log.read_text())
        time.sleep(0.2)


if __name__ == "__main__":
    sys.exit(main())
