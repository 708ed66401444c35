"""The scheduler as a real process over real sources: killed in mid-round, stopped cleanly, its files changed."""

from __future__ import annotations

import asyncio
import io
import os
import signal
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from typing import IO

import pytest

from commands.site import is_scheduler_alive
from db.store import Store
from feeds.actions.publishing.publish import Renderer, publish_touched, site_info
from feeds.clock import system_clock
from feeds.config.load import PARENT, load
from feeds.model.outgoing import FeedKey
from parts.tick_guard import TickGuard
from scheduler import Clockwork, main
from tests.conftest import open_store
from tests.fakes import MovedClock, Newsroom, item, rss
from tests.farm import Farm, farm

ROOT = Path(__file__).resolve().parent.parent
SOURCES, ENTRIES = 24, 8


@pytest.fixture
def land() -> Iterator[Farm]:
    with farm() as running:
        for number in range(SOURCES):
            items = [
                item(f"{number}-{n}", link=f"https://s{number}.example/{n}", guid=f"{number}:{n}")
                for n in range(ENTRIES)
            ]
            running.pages[f"/{number}.xml"] = rss(*items, title=f"Source {number}").encode()
        yield running


def write_config(
    folder: Path, database_url: str, land: Farm, extra: str = "", *, hosts: int = SOURCES, pause: float = 0
) -> Path:
    sources = "".join(
        f'[[source]]\nurl = "{land.url(f"/{n}.xml", host=n % hosts + 1)}"\nslug = "s{n}"\n'
        for n in range(SOURCES)
    )
    path = folder / "config.toml"
    path.write_text(
        f'[database]\nurl = "{database_url}"\n[fetch]\nallow = ["127.0.0.0/8"]\n'
        f"[poll]\npause = {pause}\nclaim = 3\n{extra}\n{sources}"
    )
    return path


@contextmanager
def scheduler(config: Path, log: IO[bytes] | int = subprocess.PIPE) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(
        [sys.executable, "-m", "scheduler"],
        cwd=ROOT,
        env={**os.environ, "FEEDWRIGHT_CONFIG": str(config)},
        stderr=log,
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            process.terminate()
        process.communicate(timeout=60)


def wait_until(true: Callable[[], bool], seconds: float = 300) -> None:
    until = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < until, "it did not come about in time"
        time.sleep(0.05)


def count(store: Store, table: str, condition: str = "1 = 1") -> int:
    found: int = store.engine.rows(f"SELECT count(*) AS n FROM {table} WHERE {condition}")[0]["n"]
    return found


def is_all_published(store: Store) -> bool:
    return (
        count(store, "articles") == SOURCES * ENTRIES
        and count(store, "touched", "seq IS NULL") == 0
        and count(store, "poll_states", "last_ok_at IS NULL") == 0
    )


def test_a_scheduler_killed_in_mid_round_loses_nothing_and_doubles_nothing(
    tmp_path: Path, database_url: str, land: Farm
) -> None:
    config = write_config(tmp_path, database_url, land)
    store = open_store(database_url)
    land.delay_s = 0.4
    with scheduler(config) as process:
        wait_until(lambda: len(land.asked) >= SOURCES // 2)
        process.send_signal(signal.SIGKILL)
        process.wait()
    held = count(store, "hosts", "claimed_by IS NOT NULL")
    assert held > 0
    land.delay_s = 0
    with scheduler(config) as process:
        wait_until(lambda: is_all_published(store))
        wait_until(lambda: count(store, "hosts", "claimed_by IS NOT NULL") == 0)
    assert count(store, "sightings") == SOURCES * ENTRIES
    page = store.feeds.page(FeedKey(kind="all"), entries=10_000, window=timedelta(0), most=0)
    assert page is not None
    assert len({one.urn for one in page.articles}) == len(page.articles) == SOURCES * ENTRIES
    numbers = [row["seq"] for row in store.engine.rows("SELECT seq FROM touched ORDER BY seq")]
    assert numbers == list(range(1, len(numbers) + 1))
    store.close()


def test_it_ends_where_its_parent_was_killed_while_it_started(
    tmp_path: Path, land: Farm, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    monkeypatch.setenv(PARENT, str(gone.pid))
    with scheduler(write_config(tmp_path, str(tmp_path / "test.db"), land)) as process:
        wait_until(lambda: process.poll() is not None)
        assert process.returncode == 0
        assert b"the process that started the scheduler is gone" in (process.stderr or io.BytesIO()).read()


def test_sigterm_ends_it_cleanly_and_lets_go_of_every_host(
    tmp_path: Path, database_url: str, land: Farm
) -> None:
    config = write_config(tmp_path, database_url, land)
    store = open_store(database_url)
    land.delay_s = 1.0
    with scheduler(config) as process:
        wait_until(lambda: len(land.asked) >= 4)
        process.terminate()
        _, log = process.communicate(timeout=60)
    assert process.returncode == 0, log.decode()
    assert count(store, "hosts", "claimed_by IS NOT NULL") == 0
    # Whatever waits for its end need not wait until its last sign of life is old.
    assert not is_scheduler_alive(store)
    store.close()


def test_two_schedulers_share_the_work_and_ask_every_source_once(
    tmp_path: Path, database_url: str, land: Farm
) -> None:
    config = write_config(tmp_path, database_url, land)
    store = open_store(database_url)
    with scheduler(config), scheduler(config):
        wait_until(lambda: is_all_published(store))
    assert sorted(path for _, path, _ in land.asked) == sorted(f"/{n}.xml" for n in range(SOURCES))
    assert count(store, "articles") == SOURCES * ENTRIES
    store.close()


def test_a_host_that_answers_slowly_still_has_its_pause(
    tmp_path: Path, database_url: str, land: Farm
) -> None:
    config = write_config(tmp_path, database_url, land, hosts=6, pause=0.2)
    land.delay_s = 0.3
    store = open_store(database_url)
    with scheduler(config), scheduler(config):
        wait_until(lambda: is_all_published(store))
    asked: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for host, _, began, ended in land.times:
        asked[host].append((began, ended))
    rests = [after[0] - before[1] for spans in asked.values() for before, after in pairwise(sorted(spans))]
    assert len(rests) >= SOURCES // 2
    assert min(rests) > 0.19
    store.close()


def test_a_scheduler_that_was_paused_past_its_claims_goes_on(
    tmp_path: Path, database_url: str, land: Farm
) -> None:
    config = write_config(tmp_path, database_url, land)
    store = open_store(database_url)
    land.delay_s = 1.0
    with scheduler(config) as process:
        for number in (1, 2):
            wait_until(lambda: len(land.asked) >= (number - 1) * SOURCES + SOURCES // 4)  # noqa: B023
            process.send_signal(signal.SIGSTOP)
            time.sleep(4)
            process.send_signal(signal.SIGCONT)
            wait_until(lambda: is_all_published(store))
            wait_until(lambda: count(store, "hosts", "claimed_by IS NOT NULL") == 0)
            assert len(land.asked) == number * SOURCES
            if number == 1:
                store.sources.poll_soon([row.source.id for row in store.sources.every()], system_clock())
        process.terminate()
        _, log = process.communicate(timeout=60)
    assert "taken over" not in log.decode()
    assert land.most_at_once == 1, "a host was asked twice at the same time"
    assert count(store, "sightings") == SOURCES * ENTRIES
    store.close()


def test_a_changed_file_is_applied_and_a_broken_one_is_told(tmp_path: Path, land: Farm) -> None:
    config = write_config(tmp_path, "test.db", land)
    with scheduler(config) as process:
        wait_until(lambda: (tmp_path / "test.db").exists() and len(land.asked) >= SOURCES)
        store = open_store(str(tmp_path / "test.db"))
        config.write_text(config.read_text() + '[[topic]]\nslug = "ferries"\nphrases = ["ferry"]\n')
        wait_until(lambda: bool(store.topics.every()))
        whole = store.feeds.info(FeedKey(kind="all"))
        assert whole is not None
        wait_until(
            lambda: (
                getattr(store.feeds.info(FeedKey(kind="topic", slug="ferries")), "article_count", 0)
                == SOURCES * ENTRIES
            )
        )
        config.write_text(config.read_text() + "[log]\nlevl = 3\n")
        time.sleep(3)
        assert len(store.topics.every()) == 1
        process.terminate()
        _, log = process.communicate(timeout=60)
        store.close()
    assert "log.levl: no such setting; did you mean level?" in log.decode()


def test_a_change_that_a_command_published_is_rendered_ahead(sqlite_store: Store, tmp_path: Path) -> None:
    """A page, a command or the API numbers its own change: the scheduler finds nothing left to number."""
    config = tmp_path / "config.toml"
    config.write_text(f'[database]\nurl = "{tmp_path / "test.db"}"\n')
    settings, clock, every = load(config, {}), MovedClock(), FeedKey(kind="all")
    room = Newsroom(sqlite_store, clock=clock)
    room.add("https://harbour.example/feed", rss(item(1)))
    room.round()
    publish = settings.publish
    Renderer(room.store, site=site_info(settings), publish=publish, now=clock()).feed(every, "atom")
    room.store.feeds.note_read([(every, "atom")], clock())

    async def ticked() -> None:
        work = Clockwork(settings, clock=clock, chance=lambda: 0.0, owner="test")
        await work.publish_tick()
        clock.move(seconds=1)
        room.store.articles.withdraw(1, reason="wrong", now=clock())
        publish_touched(room.store, clock())
        await work.publish_tick()
        await work.stop()

    asyncio.run(ticked())
    rows = room.store.engine.rows("SELECT r.changed_seq AS seq FROM rendered r")
    assert [row["seq"] for row in rows] == [room.store.feeds.seq()]


def test_a_tick_whose_work_was_ended_by_the_stop_is_no_error(caplog: pytest.LogCaptureFixture) -> None:
    async def tick() -> None:
        ended: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        ended.cancel()
        await ended

    async def ticked() -> None:
        async def note(name: str, fault: str) -> None:
            raise AssertionError(name, fault)

        await TickGuard(note).guarded(tick)()

    with caplog.at_level("INFO"):
        asyncio.run(ticked())
    assert [(one.levelname, one.message) for one in caplog.records if one.name == "feedwright.scheduler"] == [
        ("INFO", "tick was ended before it was done; it is tried again")
    ]


def test_an_argument_that_it_does_not_know_starts_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--help"]) == 2
    assert "--once" in capsys.readouterr().err
