"""A living site of a released version, upgraded to this checkout: what do readers, the hub's subscribers and partners see?

    .venv/bin/python -m bench.upgrade [--from v0.1.0] [--feeds FOLDER] [--language de] [--engine sqlite|postgres]

The former version is taken from its tag, and both run as people run them. Ids, order and `updated` of every feed have to stay; nobody
may be sent anything about old articles, and a new one is told once, before and after. On SQLite the way back is gone as well.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import re
import subprocess
import sys
import tarfile
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import feedparser

from bench.farm import free_port
from bench.real_input import database
from db.engines.postgres import PostgresEngine
from feeds.errors import StoreError
from parts.store import engine_at
from tests.fakes import item, rss
from tests.farm import Farm, farm
from tests.receivers import Receivers, receivers

ROOT = Path(__file__).resolve().parent.parent
SOURCES, ENTRIES = 20, 20
PATIENCE_S = 180.0
SIGN_OF_LIFE_S = 31
"""After a scheduler ended, until a database may be restored."""
FORMATS = ("atom", "rss", "json")
Told = dict[str, list[tuple[str, str | None]]]


@dataclass(slots=True)
class Trial:
    """The site, what is around it, and how far its receivers were read."""

    home: Path
    database: str
    land: Farm
    there: Receivers
    base: str
    before: Counter[str] = field(default_factory=Counter)
    taken: int = 0
    latest: list[dict[str, Any]] = field(default_factory=list)
    """The messages to the partner that came last."""
    unread: frozenset[str] = frozenset()
    """Slugs of sources that the former version could not read: what they bring is new."""

    def run(self, version: Path, *words: str) -> str:
        """A command of that version; returns what it printed."""
        config = str(self.home / "config.toml")
        done = subprocess.run(
            [sys.executable, "-m", "commands", "--config", config, *words],
            cwd=version, env=_env(version), capture_output=True, text=True, check=False,
        )  # fmt: skip
        if done.returncode:
            sys.exit(f"{' '.join(words)}: {done.stderr}")
        return done.stdout

    @contextmanager
    def served(self, version: Path) -> Iterator[Path]:
        """The site runs with that version; gives its log."""
        log = self.home / f"{version.name}.log"
        with log.open("wb") as output:
            family = subprocess.Popen(
                [sys.executable, "-m", "commands", "--config", str(self.home / "config.toml"), "serve"],
                cwd=version, env=_env(version), stdout=output, stderr=output,
            )  # fmt: skip
            try:
                self.wait_for(lambda: _status(f"{self.base}/all") is not None, "an answer")
                yield log
            finally:
                family.terminate()
                family.wait(60)

    def polled(self) -> None:
        """Every source was asked since now, and all that came of it was told."""
        marked = int(time.time() * 1000)
        for _ in range(3):  # a scheduler that writes these rows as well may be in the way
            try:
                self.rows("UPDATE poll_states SET next_poll_at = 1")
                self.rows("UPDATE hosts SET next_due_at = 1")
                break
            except StoreError:
                time.sleep(0.5)
        asked = "SELECT count(*) AS n FROM poll_states WHERE last_polled_at IS NULL OR last_polled_at <= "
        self.wait_for(lambda: not self.rows(f"{asked}{marked}")[0]["n"], "polls")
        waiting = (
            "SELECT (SELECT count(*) FROM touched WHERE seq IS NULL)"
            " + (SELECT count(*) FROM deliveries WHERE state = 'waiting') AS n"
        )
        for _ in range(2):
            self.wait_for(lambda: not self.rows(waiting)[0]["n"], "deliveries")
            time.sleep(1)

    def wait_for(self, is_so: Any, what: str) -> None:
        """Until it is so."""
        until = time.monotonic() + PATIENCE_S
        while not is_so():
            if time.monotonic() > until:
                sys.exit(f"Waited for {what} in vain; the logs are in {self.home}.")
            time.sleep(0.3)

    def rows(self, sql: str) -> list[Any]:
        """From the database beside the running site."""
        engine = engine_at(self.database, self.home)
        try:
            return list(engine.rows(sql)) if sql.startswith("SELECT") else [engine.run(sql)]
        finally:
            engine.close()

    def arrived(self) -> Counter[str]:
        """What came since the last time: pushes of the hub, and messages to the partner by type."""
        now = Counter({"pushes": len(self.there.sent("/hub"))})
        several = [json.loads(one.body) for one in self.there.sent("/hook")]
        now.update(one["type"] for one in several if _source_of(one) not in self.unread)
        self.latest = several[self.taken :]
        self.taken = len(several)
        found, self.before = now - self.before, now
        return found

    def named(self) -> list[str]:
        """What the messages say that came last: type, file of the source, fields, title."""
        files = {row["slug"]: row["fetch_url"] for row in self.rows("SELECT slug, fetch_url FROM sources")}
        return [
            f"{one['type']} {files.get(_source_of(one) or '')} {one['data'].get('fields') or ''} "
            f"{(one['data'].get('article') or {}).get('title')}"
            for one in self.latest
        ]

    def told(self) -> Told:
        """Every feed in every format: id and `updated` of each entry, in order."""
        slugs = sorted(row["slug"] for row in self.rows("SELECT slug FROM sources"))
        paths = ("/all", "/topics/stories", *(f"/sources/{slug}" for slug in slugs))
        found: Told = {}
        for path in (f"{one}.{form}" for one in paths for form in FORMATS):
            with urllib.request.urlopen(self.base + path, timeout=60) as answer:
                body = answer.read()
            if path.endswith("json"):
                entries = [(one["id"], one.get("date_modified")) for one in json.loads(body)["items"]]
            else:
                entries = [(one.get("id"), one.get("updated")) for one in feedparser.parse(body).entries]
            found[path] = entries
        return found


def main() -> int:
    """Prints what everybody saw; 1 where anything was lost, repeated, or sent about old articles."""
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--from", dest="former", default="v0.1.0", help="a tag")
    options.add_argument("--feeds", type=Path, help="serve the files of this folder, too")
    options.add_argument("--language", default="en")
    options.add_argument("--engine", choices=("sqlite", "postgres"), default="sqlite")
    chosen = options.parse_args()
    with (
        tempfile.TemporaryDirectory(prefix="feedwright-upgrade-") as place,
        database(chosen.engine, Path(place)) as url,
        farm() as land,
        receivers("127.0.0.2") as there,
    ):
        former = Path(place) / chosen.former
        packed = subprocess.run(["git", "archive", chosen.former], cwd=ROOT, capture_output=True, check=True)
        with tarfile.open(fileobj=io.BytesIO(packed.stdout)) as files:
            files.extractall(former, filter="data")
        if chosen.engine == "postgres":
            _emptied(url)
        trial = Trial(Path(place), url, land, there, f"http://127.0.0.1:{free_port()}")
        write_pages(land, chosen.feeds)
        write_config(trial, chosen.language)
        return played(trial, former)


def played(trial: Trial, former: Path) -> int:
    """Old, new, and on SQLite old again; answers 1 where something was seen that should not be."""
    faults = 0
    with trial.served(former):
        trial.polled()
        print(
            trial.run(
                former, "partner", "add", "daily", "Daily", "--webhook", trial.there.url("/hook")
            ).strip()
        )
        trial.run(former, "partner", "webhook", "secret", "daily")
        topic = {
            "hub.mode": "subscribe",
            "hub.topic": f"{trial.base}/all.atom",
            "hub.callback": trial.there.url("/hub"),
        }
        urllib.request.urlopen(f"{trial.base}/hub", urllib.parse.urlencode(topic).encode(), timeout=60)
        trial.wait_for(trial.there.questions, "the hub")
        faults += another(trial, "before")
        old = trial.told()
        trial.unread = frozenset(
            row["slug"]
            for row in trial.rows(
                "SELECT s.slug FROM sources s JOIN poll_states p ON p.source_id = s.id WHERE p.last_ok_at IS NULL"
            )
        )
    # Else every source would answer 304, and nothing would be read by the new rules.
    trial.land.pages |= {path: body + b"\n" for path, body in trial.land.pages.items()}
    with trial.served(ROOT) as log:
        trial.polled()
        trial.polled()
        new, sent = trial.told(), trial.arrived()
        faults += compared(old, new, trial.unread) + sum(sent.values())
        # New articles of such sources are pushed.
        faults -= sent["pushes"] if trial.unread else 0
        versions = trial.rows("SELECT count(*) AS n FROM versions")[0]["n"]
        print(f"upgraded: sent {dict(sent) or 'nothing'}; {versions} former versions kept")
        print("".join(f"  {line}\n" for line in trial.named()), end="")
        faults += another(trial, "after")
        last = trial.told()
        copy = re.search(r"db restore (\S+)", log.read_text())
    if copy is not None:
        time.sleep(SIGN_OF_LIFE_S)
        print(trial.run(ROOT, "db", "restore", copy[1], "--yes").splitlines()[-1])
        with trial.served(former):
            trial.polled()
            # The article that came after the upgrade is polled again: under the same id.
            faults += compared(last, trial.told(), trial.unread)
    print("well" if not faults else f"{faults} faults")
    return int(bool(faults))


def another(trial: Trial, when: str) -> int:
    """A source tells one new article: the partner is told it once, and the hub pushes once."""
    trial.arrived()
    number = 1000 + len(trial.there.arrived)
    page = trial.land.pages["/0.rss"].decode()
    fresh = _item(number, datetime.now(UTC))
    trial.land.pages["/0.rss"] = page.replace("<item>", f"{fresh}<item>", 1).encode()
    trial.polled()
    sent = trial.arrived()
    print(f"a new article {when}: {dict(sent)}")
    return int(sent != Counter({"pushes": 1, "article.entered": 1}))


def compared(old: Told, new: Told, unread: frozenset[str]) -> int:
    """Prints in how many feeds ids or their order, and of how many entries `updated`, differ; returns the sum.

    Entries of `unread` sources are left out on both sides: they may push others out at the end of a feed.
    """
    theirs = {path for path in (*old, *new) if path.removeprefix("/sources/").partition(".")[0] in unread}
    left_out = {one for several in (old, new) for path in theirs for one, _ in several.get(path, [])}
    pairs = {
        path: [[one for one in several.get(path, []) if one[0] not in left_out] for several in (old, new)]
        for path in old
        if path not in theirs
    }
    cut = {
        path: [one[: min(map(len, both))] for one in both] if left_out else both
        for path, both in pairs.items()
    }
    ids = [path for path, (was, now) in cut.items() if [one for one, _ in was] != [one for one, _ in now]]
    moved = [
        one
        for path, (was, now) in cut.items()
        if path not in ids
        for one in zip(was, now, strict=True)
        if one[0] != one[1]
    ]
    entries = sum(len(was) for was, _ in cut.values())
    print(
        f"{len(cut)} feeds, {entries:,} entries: {len(ids)} feeds with other ids, {len(moved)} entries with another `updated`"
        + (f"; {len(unread)} sources could not be read before" if unread else "")
    )
    for one in (*ids[:5], *moved[:5]):
        print(f"  {one}")
    return len(ids) + len(moved)


def _source_of(message: dict[str, Any]) -> str | None:
    """The slug of the source whose article a message to a partner is about."""
    article = message.get("data", {}).get("article") or {}
    found = (article.get("source") or {}).get("slug")
    return str(found) if found is not None else None


def write_pages(land: Farm, folder: Path | None) -> None:
    """What the sources tell: stories with a page of comments each; and the files of the folder as they are."""
    noon = datetime.now(UTC) - timedelta(days=3)
    for source in range(SOURCES):
        items = (
            _item(source * ENTRIES + place, noon - timedelta(minutes=source + 60 * place))
            for place in range(ENTRIES)
        )
        land.pages[f"/{source}.rss"] = rss(*items, title=f"Source {source}").encode()
    files = sorted(path for path in folder.rglob("*") if path.is_file()) if folder else []
    land.pages |= {f"/file-{place}.rss": path.read_bytes() for place, path in enumerate(files)}


def write_config(trial: Trial, language: str) -> None:
    """The site's config file."""
    sources = "".join(
        f'[[source]]\nurl = "{trial.land.url(path, 3 + place % 200)}"\nslug = "s-{place}"\n'
        for place, path in enumerate(trial.land.pages)
    )
    (trial.home / "config.toml").write_text(
        f'[site]\ntitle = "Upgraded"\nbase_url = "{trial.base}"\nlanguage = "{language}"\n'
        f'[web]\nport = {trial.base.rpartition(":")[2]}\n[database]\nurl = "{trial.database}"\n'
        '[fetch]\nallow = ["127.0.0.0/8"]\n[poll]\npause = 0\n'
        f'[[topic]]\nslug = "stories"\ntitle = "Stories"\nphrases = ["story"]\n{sources}'
    )


def _item(number: int, date: datetime) -> str:
    comments = f"<comments>https://harbour.example/{number}#comments</comments>"
    return item(number, date=date, extra=comments)


def _env(version: Path) -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(version)}


def _status(url: str) -> int | None:
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:
            status: int = answer.status
            return status
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return None


def _emptied(url: str) -> None:
    """Without today's schema, which the tests' databases begin with."""
    engine = PostgresEngine(url)
    engine.script("DROP SCHEMA public CASCADE; CREATE SCHEMA public;")
    engine.close()


if __name__ == "__main__":
    raise SystemExit(main())
