"""The scan leaves nothing out that parsing the whole document would have found: equality, over many documents."""

from __future__ import annotations

import gzip
import random
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from db.engines.sqlite import SqliteEngine
from db.migrate import migrate
from db.store import Store
from feeds.actions.declaring.specs import spec_at
from feeds.actions.gathering.poll import changes_of, claim_due, save_polls
from feeds.ingest.formats.scan import _walked, scan
from feeds.ingest.poll.drafts import make_drafts
from feeds.ingest.poll.pipeline import Polled
from feeds.ingest.poll.tasks import ParseTask
from feeds.model.articles import Changes, DraftFeed
from feeds.model.fetched import Failed, Fetched
from feeds.model.incoming import DueSource, SourceOptions
from feeds.model.settings import FetchSettings
from tests.fakes import NO_PAUSE, NOON, Newsroom, item, rss

XML = "application/xml"
FEED = "https://harbour.example/feed"


class Bench:
    """A store in which each document gets a source of its own."""

    def __init__(self, folder: Path) -> None:
        engine = SqliteEngine(folder / "scan.db")
        migrate(engine)
        self.store = Store(engine)
        self._number = 0

    def import_first(self, body: bytes) -> DueSource | None:
        """The source after its first document was stored; None if that cannot be read."""
        self._number += 1
        self.store.sources.add(spec_at(f"https://s{self._number}.example/feed"), NOON)
        (due,) = claim_due(self.store, owner="x", now=NOON, settings=NO_PAUSE)
        feed = drafts(due, body)
        if isinstance(feed, Failed):
            return None
        (saved,) = save_polls(self.store, [polled(due, feed, body)], settings=NO_PAUSE, chance=lambda: 0.0)
        assert saved.report is not None
        return replace(due, poll=saved.report.poll)

    def both(self, due: DueSource, body: bytes) -> tuple[Changes, Changes, int]:
        """What a later document changes, with the scan and without, and how many drafts the scan spared."""
        quick, whole = drafts(due, body), drafts(replace(due, poll=replace(due.poll, prints=b"")), body)
        if isinstance(whole, Failed) or isinstance(quick, Failed):
            assert quick == whole
            return Changes(), Changes(), 0
        spared = len(whole.drafts) - len(quick.drafts)
        return (
            changes_of(self.store, polled(due, quick, body), ()),
            changes_of(self.store, polled(due, whole, body), ()),
            spared,
        )


def drafts(due: DueSource, body: bytes) -> DraftFeed | Failed:
    return make_drafts(
        ParseTask(
            body=body,
            url=due.source.fetch_url,
            content_type=XML,
            source=due.source,
            now=NOON,
            max_entries=5000,
            prints=due.poll.prints,
        )
    )


def polled(due: DueSource, feed: DraftFeed, body: bytes) -> Polled:
    fetched = Fetched(url=due.source.fetch_url, body=body, content_type=XML, body_hash=str(hash(body)))
    return Polled(due=due, result=fetched, feed=feed, at=NOON)


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    made = Bench(tmp_path_factory.mktemp("scan"))
    yield made
    made.store.close()


def test_a_feed_that_is_served_as_a_gzip_file_is_read(bench: Bench) -> None:
    body = rss(item(1), item(2)).encode()
    due = bench.import_first(gzip.compress(body))
    assert due is not None
    quick, whole, spared = bench.both(due, gzip.compress(rss(item(1), item(2), item(3)).encode()))
    assert len(quick.new) == 1
    assert (quick, spared) == (whole, 2)
    damaged = drafts(due, gzip.compress(body)[:10] + b"\xff" * 20)
    assert isinstance(damaged, Failed)
    assert "damaged" in damaged.detail


@pytest.mark.parametrize(("own", "status"), [(None, "large"), (300_000, "well")])
def test_of_a_gzip_file_no_more_is_unpacked_than_of_any_answer(
    sqlite_store: Store, own: int | None, status: str
) -> None:
    newsroom = Newsroom(sqlite_store, fetching=FetchSettings(max_bytes=100_000))
    newsroom.web.put(FEED, gzip.compress((rss(item(1), item(2)) + " " * 200_000).encode()))
    sqlite_store.sources.add(replace(spec_at(FEED), options=SourceOptions(max_bytes=own)), NOON)
    (saved,) = newsroom.round()
    assert saved.report is not None
    assert saved.report.status == status


def edited(body: bytes, chance: random.Random) -> Iterator[tuple[str, bytes]]:
    """The document as its publisher may have it next time, by named edits."""
    yield "same", body
    for name in (b"lastBuildDate", b"updated", b"pubDate"):
        if b"<" + name + b">" in body[:3000]:
            yield f"header {name.decode()}", body.replace(b"<" + name + b">", b"<" + name + b"> ", 1)
    yield "header title", body.replace(b"</title>", b" x</title>", 1)
    walk = _walked(body)
    if walk is None or len(walk.spans) < 2:
        return
    start, end = chance.choice(walk.spans)
    entry = body[start:end]
    yield "removed", body[:start] + body[end:]
    yield "changed title", body[:start] + entry.replace(b"</title>", b" changed</title>") + body[end:]
    yield "changed link", body[:start] + entry.replace(b"http", b"http://x.example/?", 1) + body[end:]
    yield "doubled", body[:end] + entry + body[end:]
    yield "doubled and changed", body[:end] + entry.replace(b"</title>", b" twice</title>") + body[end:]
    fresh = entry.replace(b"</title>", b" new</title>").replace(b"http", b"http://new.example/n?", 9)
    yield (
        "added",
        body[:start] + fresh.replace(b"</guid>", b"9</guid>").replace(b"</id>", b"9</id>") + body[start:],
    )
    first, last = walk.spans[0], walk.spans[-1]
    swapped = (
        body[: first[0]]
        + body[slice(*last)]
        + body[first[1] : last[0]]
        + body[slice(*first)]
        + body[last[1] :]
    )
    yield "reordered", swapped


def test_changes_are_the_same_with_the_scan_and_without_over_real_feeds(bench: Bench, corpus: Path) -> None:
    """A part of `bench/scan_equality.py`, which takes every file and every edit."""
    chance = random.Random(7)
    compared = spared_in_all = 0
    for path in sorted((corpus / "feeds" / "real").rglob("*")):
        if not path.is_file() or path.stat().st_size > 80_000:
            continue
        body = path.read_bytes()
        due = bench.import_first(body)
        if due is None:
            continue
        edits = list(edited(body, chance))
        for edit, later in chance.sample(edits, min(3, len(edits))):
            quick, whole, spared = bench.both(due, later)
            assert quick == whole, f"{path.name}: {edit}"
            compared += 1
            spared_in_all += spared
    assert compared > 200
    assert spared_in_all > 2_000


entries = st.lists(
    st.tuples(
        st.integers(0, 6), st.integers(0, 3), st.sampled_from(["g", ""]), st.sampled_from(["l", "", "home"])
    ),
    max_size=8,
)


def document(rows: list[tuple[int, int, str, str]], title: str, built: str) -> bytes:
    items = [
        item(
            f"{number}",
            title=f"Story {number} {state}",
            guid=f"guid-{number}" if guid else "",
            link={"l": f"https://a.example/{number}", "": "", "home": "https://a.example/"}[link],
            date=None if state == 2 else NOON,
            body=f"Text {state}",
        )
        for number, state, guid, link in rows
    ]
    return rss(*items, title=title, extra=f"<lastBuildDate>{built}</lastBuildDate>").encode()


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(before=entries, after=entries, title=st.sampled_from(["A", "B"]))
def test_changes_are_the_same_for_any_two_documents(
    bench: Bench,
    before: list[tuple[int, int, str, str]],
    after: list[tuple[int, int, str, str]],
    title: str,
) -> None:
    due = bench.import_first(document(before, "A", "one"))
    assert due is not None
    quick, whole, _ = bench.both(due, document(after, title, "two"))
    assert quick == whole


def test_the_second_telling_of_one_guid_is_read_once_the_first_has_left(bench: Bench) -> None:
    rows = [(1, 0, "g", ""), (1, 1, "g", "")]
    due = bench.import_first(document(rows, "A", "one"))
    assert due is not None
    quick, whole, _ = bench.both(due, document(rows[1:], "A", "two"))
    assert quick == whole
    assert len(whole.changed) == 1


@pytest.mark.parametrize("above", [b"", b"\n", b"\r\n \t"])
def test_known_entries_are_not_parsed_again(bench: Bench, above: bytes) -> None:
    due = bench.import_first(above + rss(*(item(f"k{n}") for n in range(9))).encode())
    assert due is not None
    later = above + rss(item("k-new"), *(item(f"k{n}") for n in range(8)), extra="<ttl>5</ttl>").encode()
    feed = drafts(due, later)
    assert isinstance(feed, DraftFeed)
    assert [draft.title for draft in feed.drafts] == ["Story k-new"]
    assert (feed.entry_count, len(feed.prints)) == (9, 9 * 24)
    assert feed.ttl is not None


@pytest.mark.parametrize(
    "body",
    [
        rss(item(1)).replace("?>", "?><!DOCTYPE rss>", 1).encode(),
        rss(item(1)).encode("utf-16"),
        rss(item(1)).replace("<title>Story", "<media2:x/><title>Story").encode(),
        rss(item(1)).replace("</item>", "<item><title>in</title></item></item>").encode(),
        rss("<item/>").encode(),
        rss(item(1)).replace("&", "&nbsp;").replace("Story", "&nbsp;Story").encode(),
        rss(item(1)).encode()[:-9],
        b"",
    ],
    ids=["doctype", "utf-16", "unbound prefix", "nested", "empty element", "entity", "cut off", "nothing"],
)
def test_anything_irregular_is_left_to_the_whole_parser(body: bytes) -> None:
    assert scan(body, b"", content_type=XML, salt=()) is None


def test_what_entries_inherit_salts_their_fingerprints() -> None:
    def prints(text: str, salt: tuple[str, ...] = ("a",)) -> tuple[bytes, ...]:
        found = scan(text.encode(), b"", content_type=XML, salt=salt)
        assert found is not None
        return found.prints

    plain = rss(item(1), item(2))
    assert prints(plain) == prints(plain.replace("<description>d<", "<ttl>9</ttl><description>e<", 1))
    for changed in (
        plain.replace("Harbour News", "Other"),
        plain.replace("https://harbour.example/<", "https://x.example/<"),
        plain.replace("<channel>", "<channel><language>de</language>"),
        plain.replace("<channel>", "<channel><dc:creator>Jane Roe</dc:creator>"),
        plain.replace("<rss ", '<rss xml:base="https://b.example/" '),
        plain.replace("<channel>", '<channel xml:lang="fr">'),
    ):
        assert set(prints(changed)).isdisjoint(prints(plain)), changed[:300]
    assert set(prints(plain, salt=("b",))).isdisjoint(prints(plain))
