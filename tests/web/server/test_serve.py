"""The running family, with real processes: start, answer, change, fall, stop."""

from __future__ import annotations

import contextlib
import inspect
import json
import os
import resource
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import pytest
from granian.server.mp import MPServer

from feeds.clock import system_clock
from feeds.config.load import load
from feeds.errors import RequestError
from parts.store import open_store
from web.server.limits import raise_file_limit
from web.server.serve import require_free

ROOT = Path(__file__).resolve().parents[3]
UNFINISHED = 2500
"""More than granian by itself accepts (1,024) and lets wait (1,024)."""


@dataclass(slots=True, kw_only=True)
class Family:
    """A run of a site, and where it answers."""

    process: subprocess.Popen[str]
    port: int
    config: Path
    log: Path

    def get(self, path: str) -> str | None:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=60) as answer:
                text: str = answer.read().decode()
                return text
        except urllib.error.HTTPError as error:
            error.close()
            return None
        except OSError:
            return None

    def health(self) -> dict[str, Any]:
        told: dict[str, Any] = json.loads(self.get("/healthz") or "{}")
        return told

    def scheduler(self) -> psutil.Process | None:
        for child in psutil.Process(self.process.pid).children():
            # A child may end between being listed and being asked.
            with contextlib.suppress(psutil.Error):
                if "scheduler" in child.cmdline():
                    return child
        return None

    def everybody(self) -> list[psutil.Process]:
        return psutil.Process(self.process.pid).children(recursive=True)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def environment() -> dict[str, str]:
    stated = {name: value for name, value in os.environ.items() if not name.startswith("FEEDWRIGHT_")}
    return {**stated, "PYTHONPATH": str(ROOT), "PYTHONSAFEPATH": "1"}


@contextmanager
def running(config: Path, port: int, *command: str) -> Iterator[Family]:
    log = config.parent / "log.txt"
    with log.open("w") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "commands", "--config", str(config), "--port", str(port), *command],
            stdout=out,
            stderr=subprocess.STDOUT,
            text=True,
            env=environment(),
        )
    family = Family(process=process, port=port, config=config, log=log)
    try:
        yield family
    finally:
        if process.poll() is None:
            process.terminate()
        process.wait(60)


def web_workers(family: Family) -> list[psutil.Process]:
    found = []
    for child in psutil.Process(family.process.pid).children():
        with contextlib.suppress(psutil.Error):
            if "spawn_main" in " ".join(child.cmdline()):
                found.append(child)
    return found


@contextmanager
def asking_all_the_time(family: Family) -> Iterator[list[str]]:
    """Answers the requests that found nobody listening, which is never a timeout or an error of the app."""
    refused: list[str] = []
    stopping = threading.Event()

    def ask() -> None:
        while not stopping.wait(0.02):
            try:
                socket.create_connection(("127.0.0.1", family.port), timeout=10).close()
            except ConnectionRefusedError as error:
                refused.append(str(error))

    thread = threading.Thread(target=ask)
    thread.start()
    try:
        yield refused
    finally:
        stopping.set()
        thread.join()


def within(seconds: float, is_so: Callable[[], object]) -> bool:
    until = time.monotonic() + seconds
    while not is_so():
        if time.monotonic() > until:
            return False
        time.sleep(0.1)
    return True


@pytest.fixture
def site(tmp_path: Path) -> Path:
    config = tmp_path / "config.toml"
    config.write_text('[site]\ntitle = "Quay"\n')
    return config


def test_the_family_starts_answers_follows_the_file_survives_and_stops(site: Path) -> None:
    with running(site, free_port()) as family:
        assert within(180, lambda: family.health().get("scheduler", {}).get("state") == "ok"), (
            family.log.read_text()
        )
        assert within(30, lambda: f"serves http://127.0.0.1:{family.port}/" in family.log.read_text())
        assert "base_url is not set" in family.log.read_text()

        # declarations are applied while it runs; a broken file changes nothing and is told
        site.write_text('[site]\ntitle = "Quay"\n[[topic]]\nslug = "sea"\nphrases = ["sea"]\n')
        assert within(120, lambda: family.get("/topics/sea.atom")), family.log.read_text()
        site.write_text('[site]\ntitel = "Quay"\n')
        assert within(120, lambda: "did you mean title?" in family.log.read_text())
        assert family.get("/topics/sea.atom")

        # a killed scheduler is replaced, while the web serves on, even while the file is broken
        first = family.scheduler()
        assert first is not None
        first.kill()
        assert within(30, lambda: family.get("/healthz"))
        assert within(120, lambda: (now := family.scheduler()) is not None and now.pid != first.pid)
        assert "signal 9" in family.log.read_text()

        # other settings renew scheduler and web without a gap
        with asking_all_the_time(family) as refused:
            site.write_text('[site]\ntitle = "New Quay"\n[[topic]]\nslug = "sea"\nphrases = ["sea"]\n')
            assert within(240, lambda: "New Quay" in (family.get("/") or "")), family.log.read_text()
            assert within(240, lambda: len(web_workers(family)) == 1)
        assert refused == []

        everybody = family.everybody()
        family.process.send_signal(signal.SIGTERM)
        assert family.process.wait(60) == 0
        gone, alive = psutil.wait_procs(everybody, timeout=60)
        assert not alive
        assert len(gone) >= 2


def test_a_title_set_in_the_browser_reaches_web_and_scheduler(tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    config.write_text('[log]\nlevel = "info"\n')
    with running(config, free_port()) as family:
        assert within(240, lambda: family.health().get("scheduler", {}).get("state") == "ok")
        assert "<title>Feedwright</title>" in (family.get("/all.atom") or "")
        scheduler = family.scheduler()
        assert scheduler is not None
        store = open_store(load(config, {}))
        store.looks.put("title", "The Quay", system_clock())
        store.close()
        with asking_all_the_time(family) as refused:
            assert within(240, lambda: "<title>The Quay</title>" in (family.get("/all.atom") or ""))
            assert within(240, lambda: "the scheduler begins anew" in family.log.read_text())
            assert within(240, lambda: family.log.read_text().count("the scheduler runs") == 2)
        assert refused == []
        # It is the same process, which its keeper need not replace.
        after = family.scheduler()
        assert after is not None
        assert after.pid == scheduler.pid


def test_everybody_ends_with_a_parent_that_is_killed(site: Path) -> None:
    with running(site, free_port()) as family:
        assert within(240, lambda: family.health().get("scheduler", {}).get("state") == "ok")
        everybody = family.everybody()
        assert len(web_workers(family)) == 1
        family.process.kill()
        _, alive = psutil.wait_procs(everybody, timeout=60)
        assert not alive
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(("127.0.0.1", family.port))


def test_thousands_of_unfinished_requests_hold_up_nobody(site: Path) -> None:
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < UNFINISHED + 500:
        pytest.skip("this machine allows too few open files")
    raise_file_limit()
    with running(site, free_port(), "serve", "--no-scheduler") as family, contextlib.ExitStack() as held:
        assert within(240, lambda: family.get("/healthz")), family.log.read_text()
        connections = []
        for _ in range(UNFINISHED):
            connection = held.enter_context(socket.create_connection(("127.0.0.1", family.port), timeout=60))
            connection.sendall(b"GET / HTTP/1.1\r\nHost: quay.example\r\nX-Unfinished: ")
            connections.append(connection)
        assert "Quay" in (family.get("/") or "")
        # It was answered beside them, not after they had been given up.
        first = connections[0]
        first.setblocking(False)
        with pytest.raises(BlockingIOError):
            first.recv(1)


def test_the_part_of_granian_that_we_build_upon_is_there() -> None:
    assert list(inspect.signature(MPServer._spawn_worker).parameters) == [
        "self",
        "idx",
        "target",
        "callback_loader",
    ]
    assert "delay=self.respawn_interval" in inspect.getsource(MPServer._reload)


def test_the_demonstration_stands_under_topics_and_authors_without_internet(tmp_path: Path) -> None:
    # The checkout as it is, but with a database of its own.
    port = free_port()
    log = tmp_path / "log.txt"
    with log.open("w") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "commands", "--port", str(port)],
            stdout=out,
            stderr=subprocess.STDOUT,
            env={**environment(), "FEEDWRIGHT_DATABASE_URL": str(tmp_path / "demo.db")},
            text=True,
        )
    family = Family(process=process, port=port, config=ROOT / "config.toml", log=log)
    try:
        assert within(180, lambda: family.get("/healthz"))
        assert within(180, lambda: "Old Number Four" in (family.get("/topics/harbour.atom") or "")), (
            log.read_text()
        )
        assert within(120, lambda: "library" in (family.get("/authors/ines-halvorsen.json") or "")), (
            log.read_text()
        )
        assert "This is the demonstration" in log.read_text()
        assert family.get("/sample/crane.html")
    finally:
        process.send_signal(signal.SIGINT)
        assert process.wait(60) == 0


def test_a_port_in_use_is_told_in_one_sentence(site: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(RequestError, match="choose another with --port N"):
            require_free("127.0.0.1", port)
        with running(site, port) as family:
            assert family.process.wait(60) == 1
            lines = family.log.read_text().splitlines()
    assert len(lines) == 1
    assert lines[0].startswith(f"Error: Port {port} on 127.0.0.1 cannot be used")


def test_an_unknown_host_is_told() -> None:
    with pytest.raises(RequestError, match="is not known to this machine"):
        require_free("no-such-host.invalid", 8080)


def test_a_broken_file_does_not_start(site: Path) -> None:
    site.write_text("[web]\nprot = 1\n")
    with running(site, free_port()) as family:
        assert family.process.wait(60) == 1
        assert "config.toml:2: web.prot: no such setting; did you mean port?" in family.log.read_text()
