"""A generated farm of feeds behind nginx, each at its own loopback address; what it answers can be switched.

The prose is made from our own words by a seeded generator, so that every run measures the same bytes.
Connections end after each answer: sources are asked minutes apart, no connection waits that long.
"""

from __future__ import annotations

import getpass
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from html import escape
from pathlib import Path

ENTRIES = 30
SEED = 20_260_101
FIRST = datetime(2026, 1, 5, 6, 0, tzinfo=UTC)
"""When the oldest entry of every feed appeared; each later one follows after `BETWEEN`."""
BETWEEN = timedelta(minutes=95)
WORDS = (
    "harbour ferry tide crane quay pilot storm ledger market baker mayor council bridge tram signal"
    " orchard river mill school archive theatre violin choir garden clinic nurse engine turbine cable"
    " meadow shepherd wool carpenter workshop library reader printer ink paper editor letter winter spring"
    " the a this every some no its their of in on under beside after before with without and but or while"
    " opened closed repaired counted carried measured promised delayed painted planted answered returned"
    " old new narrow quiet busy early late cold warm bright seven twelve forty hundred slowly again together"
).split()
LABELS = ("Harbour", "Council", "Culture", "Weather", "Railways", "Schools", "Energy", "Gardens")
NAMES = ("Ada Quill", "Bruno Lark", "Cecily Moor", "Dario Fenn", "Edda Stroem", "Farid Osei", "Greta Holm")
CONFIG = """
daemon off;
worker_processes 1;
user {user};
pid {folder}/nginx.pid;
error_log {folder}/error.log warn;
events {{ worker_connections 4096; }}
http {{
  access_log off;
  client_body_temp_path {folder}/t1; proxy_temp_path {folder}/t2; fastcgi_temp_path {folder}/t3;
  uwsgi_temp_path {folder}/t4; scgi_temp_path {folder}/t5;
  types {{ application/rss+xml rss; application/atom+xml atom; text/plain txt; }}
  keepalive_timeout {keepalive};
  keepalive_requests 1000000000;
  sendfile on;
  {validators}
  server {{
    listen {port} backlog=4096;
    allow 127.0.0.0/8; deny all;
    root {folder}/www;
    {extra}
  }}
}}
"""


class Nginx:
    """One nginx in the foreground over a folder of files, as a child of this process."""

    def __init__(self, folder: Path, *, keepalive: int, extra: str = "") -> None:
        self.folder, self.port = folder, free_port()
        self._keepalive, self._extra = keepalive, extra
        self._turn = 0
        path = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/usr/local/sbin")
        if path is None:
            sys.exit("nginx is not installed: `apt-get install nginx-light` brings it.")
        (folder / "www").mkdir(parents=True, exist_ok=True)
        self._write(is_conditional=True)
        self.process = subprocess.Popen(
            [path, "-p", str(folder), "-e", str(folder / "error.log"), "-c", str(folder / "nginx.conf")]
        )
        self._wait()

    def answer_conditionally(self, is_conditional: bool) -> None:
        """With ETag and Last-Modified, and 304 where they fit; or always 200, without either."""
        self._write(is_conditional=is_conditional)
        self.process.send_signal(signal.SIGHUP)
        self._wait()

    def close(self) -> None:
        """Ends it."""
        self.process.terminate()
        self.process.wait(timeout=10)

    def _write(self, *, is_conditional: bool) -> None:
        self._turn += 1
        (self.folder / "www/turn.txt").write_text("turn")
        turn = f"location = /turn.txt {{ add_header X-Turn {self._turn}; }}"
        validators = "" if is_conditional else 'etag off; if_modified_since off; add_header Last-Modified "";'
        (self.folder / "nginx.conf").write_text(
            CONFIG.format(
                folder=self.folder,
                port=self.port,
                user=getpass.getuser(),
                keepalive=self._keepalive,
                validators=validators,
                extra=turn + self._extra,
            )
        )

    def _wait(self) -> None:
        for _ in range(100):
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/turn.txt", timeout=5) as answer:
                    if answer.headers["X-Turn"] == str(self._turn):
                        return
            except OSError:
                if self.process.poll() is not None:
                    break
            time.sleep(0.05)
        sys.exit(f"nginx does not answer; {self.folder / 'error.log'} says why.")


@dataclass(slots=True)
class Farm:
    """The feeds, where they are, and how many entries each ever had."""

    nginx: Nginx
    feeds: int
    seen: list[int] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)

    def url(self, place: int) -> str:
        """The address of a feed."""
        return f"http://{host(place)}:{self.nginx.port}/{place}/feed.{ending(place)}"

    def urls(self) -> list[str]:
        """The addresses of all feeds."""
        return [self.url(place) for place in range(self.feeds)]

    def write(self, place: int) -> int:
        """Writes a feed's file as it is now; returns its size."""
        body = document(place, self.seen[place], self.texts)
        path = self.nginx.folder / "www" / str(place) / f"feed.{ending(place)}"
        path.parent.mkdir(exist_ok=True)
        fresh = path.with_suffix(".new")
        fresh.write_bytes(body)
        # nginx makes its ETag of whole seconds and length: the time stands for the version.
        moment = FIRST.timestamp() + self.seen[place] * BETWEEN.total_seconds()
        os.utime(fresh, (moment, moment))
        fresh.replace(path)
        return len(body)

    def publish(self, turn: int) -> int:
        """Gives one feed in ten one new entry, each turn others; returns how many that were."""
        places = range(turn % 10, self.feeds, 10)
        for place in places:
            self.seen[place] += 1
            self.write(place)
        return len(places)


@contextmanager
def farm(feeds: int) -> Iterator[Farm]:
    """A farm of so many feeds, gone when the context ends."""
    folder = Path(tempfile.mkdtemp(prefix="feedwright-farm-"))
    nginx = Nginx(folder, keepalive=0)
    try:
        made = Farm(nginx=nginx, feeds=feeds, seen=[ENTRIES] * feeds, texts=paragraphs(random.Random(SEED)))
        sizes = [made.write(place) for place in range(feeds)]
        print(f"{feeds} feeds of {ENTRIES} entries, {sum(sizes) / max(feeds, 1) / 1000:.0f} kB on average")
        yield made
    finally:
        nginx.close()
        shutil.rmtree(folder, ignore_errors=True)


def host(place: int) -> str:
    """The loopback address of the feed at that place."""
    return f"127.{10 + place // 60_000}.{place // 240 % 250}.{1 + place % 240}"


def ending(place: int) -> str:
    """Every second feed is Atom, the others are RSS."""
    return "atom" if place % 2 else "rss"


def paragraphs(chance: random.Random) -> list[str]:
    """Paragraphs of some 500 characters, with links and emphasis as articles have them."""
    made: list[str] = []
    for number in range(600):
        sentences = [sentence(chance) for _ in range(7)]
        sentences[2] = f'<a href="/notes/{number}">{sentences[2]}</a>'
        sentences[4] = f"<em>{sentences[4]}</em>"
        made.append(f"<p>{' '.join(sentences)}</p>")
    return made


def sentence(chance: random.Random) -> str:
    """Some words in a row."""
    return " ".join(chance.choices(WORDS, k=chance.randint(7, 16))).capitalize() + "."


def document(place: int, seen: int, texts: Sequence[str]) -> bytes:
    """A feed that holds the newest of `seen` entries."""
    make = atom if place % 2 else rss
    return make(place, [entry(place, number, texts) for number in range(seen - 1, seen - 1 - ENTRIES, -1)])


@dataclass(frozen=True, slots=True)
class Entry:
    """One made-up article."""

    url: str
    title: str
    author: str
    labels: tuple[str, ...]
    at: datetime
    content: str
    image: str


def entry(place: int, number: int, texts: Sequence[str]) -> Entry:
    """The article with that number of that feed: always the same."""
    chance = random.Random(SEED + place * 100_003 + number)
    base = f"https://paper{place}.example"
    length = 1 + place % 8 + chance.randint(0, 2)
    image = f"{base}/pictures/{number}.jpg"
    body = "".join(chance.sample(texts, length))
    return Entry(
        url=f"{base}/articles/{number}-{chance.choice(WORDS)}",
        title=f"{sentence(chance)[:-1]} {number}",
        author=NAMES[(place + number) % len(NAMES)],
        labels=(LABELS[place % 8], LABELS[(place + number) % 8]),
        at=FIRST + BETWEEN * number,
        content=f'<p>{sentence(chance)}</p><figure><img src="{image}" alt="A view" width="640" height="480">'
        f"<figcaption>{sentence(chance)}</figcaption></figure>{body}",
        image=image,
    )


def rss(place: int, entries: Sequence[Entry]) -> bytes:
    """RSS 2.0 with content, creators and Media RSS."""
    items = "".join(
        f"<item><title>{escape(one.title)}</title><link>{one.url}</link>"
        f'<guid isPermaLink="false">paper{place}:{one.url.rsplit("/", 1)[1]}</guid>'
        f"<pubDate>{format_datetime(one.at)}</pubDate><dc:creator>{one.author}</dc:creator>"
        + "".join(f"<category>{label}</category>" for label in one.labels)
        + f'<media:content url="{one.image}" medium="image" width="640" height="480">'
        f"<media:credit>{one.author}</media:credit></media:content>"
        f"<content:encoded><![CDATA[{one.content}]]></content:encoded></item>\n"
        for one in entries
    )
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"'
        ' xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:media="http://search.yahoo.com/mrss/">'
        f"<channel><title>Paper {place}</title><link>https://paper{place}.example/</link>"
        f"<description>News of town {place}</description><language>en</language>\n{items}</channel></rss>\n"
    ).encode()


def atom(place: int, entries: Sequence[Entry]) -> bytes:
    """Atom 1.0 with content as escaped HTML."""
    items = "".join(
        f'<entry><title>{escape(one.title)}</title><link rel="alternate" href="{one.url}"/>'
        f"<id>{one.url}</id><published>{one.at.isoformat()}</published><updated>{one.at.isoformat()}</updated>"
        f"<author><name>{one.author}</name></author>"
        + "".join(f'<category term="{label}"/>' for label in one.labels)
        + f'<content type="html">{escape(one.content)}</content></entry>\n'
        for one in entries
    )
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en">'
        f"<title>Paper {place}</title><id>https://paper{place}.example/</id>"
        f'<link rel="alternate" href="https://paper{place}.example/"/>'
        f"<updated>{entries[0].at.isoformat()}</updated>\n{items}</feed>\n"
    ).encode()


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        found: int = probe.getsockname()[1]
    return found
