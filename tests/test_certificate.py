"""The site looks at its own certificate: a real TLS server on loopback, and a clock that is moved."""

from __future__ import annotations

import asyncio
import json
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from commands.root import cli
from db.store import Store
from feeds.actions.operating.certificate import CERTIFICATE
from feeds.clock import system_clock
from feeds.model.settings import FetchSettings, Settings, SiteSettings
from parts.polling import open_transport
from parts.watchman import Watchman
from tests.authority import Authority
from tests.fakes import MovedClock


class Door:
    """A server that shows a certificate and says nothing more."""

    def __init__(self, listening: socket.socket) -> None:
        self._listening = listening
        self.port: int = listening.getsockname()[1]
        self.context: ssl.SSLContext | None = None
        """None: it speaks no TLS."""
        self.calls = 0

    def serve(self) -> None:
        """Until it is closed."""
        with suppress(OSError):
            while True:
                plain, _ = self._listening.accept()
                self.calls += 1
                with suppress(OSError), plain:
                    plain.settimeout(5)
                    if self.context is not None:
                        with self.context.wrap_socket(plain, server_side=True) as encrypted:
                            encrypted.recv(1)


@contextmanager
def door() -> Iterator[Door]:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        opened = Door(listening)
        thread = threading.Thread(target=opened.serve, daemon=True)
        thread.start()
        try:
            yield opened
        finally:
            listening.shutdown(socket.SHUT_RDWR)
            thread.join(10)


@pytest.fixture
def authority(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Authority:
    made = Authority(tmp_path)
    made.trust(monkeypatch)
    return made


class Desk:
    """The watchman's look at one site."""

    def __init__(self, store: Store, folder: Path, base: str | None) -> None:
        self.store, self.clock = store, MovedClock(system_clock())
        self.settings = Settings(
            path=folder / "config.toml",
            site=SiteSettings(base_url=base),
            fetch=FetchSettings(allow=("127.0.0.0/8",)),
        )

    def look(self, **span: float) -> str | None:
        """What the alert says after the span; None if none is open."""
        self.clock.move(**span)
        asyncio.run(self._look())
        open_ones = [one.message for one in self.store.alerts.open_ones() if one.kind == CERTIFICATE]
        assert len(open_ones) <= 1
        return open_ones[0] if open_ones else None

    async def _look(self) -> None:
        async def in_store(work: Any) -> Any:
            return work(self.store)

        send = open_transport(self.settings)
        try:
            await Watchman(self.settings, self.clock, in_store, send).certificate_tick()
        finally:
            await send.close()


def test_an_end_that_comes_near_is_told_worse_in_the_last_days_and_ends_with_a_new_one(
    store: Store, tmp_path: Path, authority: Authority
) -> None:
    with door() as opened:
        desk = Desk(store, tmp_path, f"https://localhost:{opened.port}")
        now = desk.clock()
        opened.context = authority.context("localhost", until=now + timedelta(days=60, hours=1))
        assert desk.look() is None
        assert desk.look(hours=23) is None
        assert opened.calls == 1, "once a day"
        assert desk.look(hours=1, days=44) is None
        told = desk.look(days=2)
        assert told is not None
        assert "The certificate of localhost ends on" in told
        assert "in 13 days" in told
        assert desk.look(minutes=61, days=10) is not None
        worse = desk.look(minutes=61)
        assert worse is not None
        assert "ends very soon" in worse
        assert "has expired" in (desk.look(days=4) or "")
        calls = opened.calls
        opened.context = authority.context("localhost", until=desk.clock() + timedelta(days=90))
        assert desk.look(minutes=59) is not None
        assert opened.calls == calls, "each hour while it is not well"
        assert desk.look(minutes=2) is None


@pytest.mark.parametrize(
    ("names", "days", "words"),
    [
        (("other.example",), 90, "is for another name: get one for this name, or correct [site] base_url"),
        (("localhost",), -1, "has expired: renew it now"),
    ],
)
def test_a_certificate_that_is_wrong_is_told(
    sqlite_store: Store, tmp_path: Path, authority: Authority, names: tuple[str, ...], days: int, words: str
) -> None:
    with door() as opened:
        desk = Desk(sqlite_store, tmp_path, f"https://localhost:{opened.port}")
        opened.context = authority.context(
            *names, since=desk.clock() - timedelta(days=99), until=desk.clock() + timedelta(days=days)
        )
        assert words in (desk.look() or "")


def test_one_that_nobody_trusts_is_told_and_goes_with_the_setting(
    sqlite_store: Store, tmp_path: Path
) -> None:
    with door() as opened:
        opened.context = Authority(tmp_path).context("localhost")
        desk = Desk(sqlite_store, tmp_path, f"https://localhost:{opened.port}")
        assert "is not trusted here" in (desk.look() or "")
        desk.settings = replace(desk.settings, site=SiteSettings(base_url="http://localhost"))
        assert desk.look() is None


def test_what_cannot_be_reached_says_nothing_and_is_asked_again_in_an_hour(
    sqlite_store: Store, tmp_path: Path, authority: Authority
) -> None:
    with door() as opened:
        desk = Desk(sqlite_store, tmp_path, f"https://localhost:{opened.port}")
        assert desk.look() is None, "it speaks no TLS"
        opened.context = authority.context("other.example")
        assert desk.look(minutes=59) is None
        assert desk.look(minutes=2) is not None
        opened.context = None
        assert desk.look(minutes=61) is not None, "what was wrong stays so until it is seen to be well"
        calls = opened.calls
        desk.settings = replace(desk.settings, fetch=FetchSettings())
        assert desk.look(minutes=61) is not None
        assert opened.calls == calls, "the guard holds for our own address, too"


def test_the_doctor_says_the_same(
    tmp_path: Path, authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FEEDWRIGHT_CONFIG", "")
    config = tmp_path / "config.toml"

    def found() -> dict[str, Any]:
        done = CliRunner().invoke(cli, ["--config", str(config), "doctor", "--json"])
        return next(one for one in json.loads(done.stdout) if one["name"] == "certificate")

    with door() as opened:
        config.write_text(
            f'[site]\nbase_url = "https://localhost:{opened.port}"\n[fetch]\nallow = ["127.0.0.0/8"]\n'
        )
        now = system_clock()
        opened.context = authority.context("localhost", until=now + timedelta(days=90))
        well = found()
        assert well["ok"]
        assert well["told"].startswith("localhost, until ")
        opened.context = authority.context("localhost", until=now + timedelta(days=2))
        assert "ends very soon" in found()["told"]
        assert not found()["ok"]
    gone = found()
    assert gone["ok"]
    assert "could not be looked at from here (Connection refused)" in gone["told"]
