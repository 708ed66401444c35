"""A publisher corrects an article and its listing says so by a date alone: what is asked for, poll by poll."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from db.store import Store
from feeds.actions.declaring.specs import folder_spec, spec_at
from feeds.http.requests import Request, Response
from feeds.ingest.poll.pipeline import PollTools
from feeds.model.articles import Article, Tombstone
from feeds.model.fetched import Failed
from feeds.model.incoming import Source, SourceOptions
from feeds.model.pages import NO_DATES, PageMark
from feeds.model.settings import FetchSettings, Settings
from parts.polling import open_transport
from tests.fakes import NOON, Newsroom, fake_tools
from tests.farm import Farm, farm

SITE = "https://harbour.example"
OLD = NOON - timedelta(days=9)
CORRECTED = "The ferry did not sink; it was late, and the harbour master regrets what was said of it in this place before."
WORDS = (
    "The crane came on a barge that was longer than the quay, and by noon half of the town stood on the breakwater.",
    "Nobody had told the ferry, which waited outside for two hours, while its captain had coffee and said nothing.",
    "It is painted blue, because the harbour master likes blue, and because there was no other paint left in the shed.",
)


def page(number: int, text: str = "") -> str:
    several = "".join(
        f"<p>{one}</p>" for one in (f"This is story {number} of the crane, told by itself.", *WORDS)
    )
    return (
        f"<!doctype html><html lang=en><head><title>Story {number} | Harbour News</title>"
        '<meta property="article:published_time" content="2026-11-12T08:00:00+01:00"></head><body>'
        f"<article><h1>Story {number}</h1>{several}{f'<p>{text}</p>' if text else ''}</article></body></html>"
    )


def sitemap(dates: Iterable[tuple[int, datetime]], site: str = SITE) -> str:
    urls = "".join(
        f"<url><loc>{site}/{number}</loc><lastmod>{date.isoformat()}</lastmod></url>"
        for number, date in dates
    )
    return f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{urls}</urlset>'


def atom(dates: Iterable[tuple[int, datetime]], site: str = SITE) -> str:
    entries = "".join(
        f"<entry><id>tag:harbour.example,2026:{number}</id><title>Story {number}</title>"
        f'<link href="{site}/{number}"/><published>{OLD.isoformat()}</published>'
        f"<updated>{date.isoformat()}</updated><summary>A crane came.</summary></entry>"
        for number, date in dates
    )
    return (
        '<feed xmlns="http://www.w3.org/2005/Atom"><title>Harbour</title><id>tag:harbour.example,2026:f</id>'
        f"<updated>2026-11-22T10:00:00Z</updated>{entries}</feed>"
    )


def jsonfeed(dates: Iterable[tuple[int, datetime]], site: str = SITE) -> str:
    items = ",".join(
        f'{{"id":"{number}","url":"{site}/{number}","title":"Story {number}","summary":"A crane came.",'
        f'"date_published":"{OLD.isoformat()}","date_modified":"{date.isoformat()}"}}'
        for number, date in dates
    )
    return f'{{"version":"https://jsonfeed.org/version/1.1","title":"Harbour","items":[{items}]}}'


LISTINGS: dict[str, tuple[Any, bool, Callable[..., str]]] = {
    "sitemap": ("sitemap", False, sitemap),
    "atom": ("feed", True, atom),
    "json": ("feed", True, jsonfeed),
}


@dataclass
class Desk:
    """A newsroom over a site of ten stories, and the dates that its listing gives them."""

    room: Newsroom
    listing: str = "sitemap"
    site: str = SITE
    dates: dict[int, datetime] = field(default_factory=lambda: dict.fromkeys(range(10), OLD))

    def begin(self) -> Source:
        kind, full_text, _ = LISTINGS[self.listing]
        spec = replace(spec_at(f"{self.site}/list"), kind=kind, options=SourceOptions(full_text=full_text))
        source = self.room.store.sources.add(spec, self.room.clock())
        for number in self.dates:
            self.put(f"/{number}", page(number))
        self.tell()
        self.poll()
        assert len(self.articles()) == 10
        return source

    def put(self, path: str, body: str, **more: Any) -> None:
        self.room.web.put(f"{self.site}{path}", body, **more)

    def tell(self) -> None:
        self.put("/list", LISTINGS[self.listing][2](self.dates.items(), self.site))

    def poll(self, **span: float) -> list[str]:
        """The paths of pages that one poll asks for."""
        before = len(self.asked())
        self.room.again(**span)
        return [one for one in self.asked()[before:] if one not in ("/list", "/robots.txt")]

    def asked(self) -> list[str]:
        return [one.url.removeprefix(self.site) for one in self.room.web.asked]

    def move(self, *numbers: int, text: str | None = None, hours: int = 1) -> list[str]:
        """These stories get the present date, and a text where there is one; what the poll after so many hours asks for."""
        for number in numbers:
            self.dates[number] = self.room.clock()
            if text is not None:
                self.put(f"/{number}", page(number, text))
        self.tell()
        return self.poll(hours=hours)

    def articles(self) -> dict[str, Article]:
        found = [self.room.store.articles.get(number) for number in range(1, 30)]
        return {one.title: one for one in found if isinstance(one, Article)}

    def story(self, number: int) -> Article:
        return self.articles()[f"Story {number}"]


@pytest.fixture(params=LISTINGS)
def any_desk(newsroom: Newsroom, request: pytest.FixtureRequest) -> Desk:
    return Desk(newsroom, listing=request.param)


@pytest.fixture
def desk(newsroom: Newsroom) -> Desk:
    return Desk(newsroom)


def test_a_date_that_moves_alone_has_that_page_read_again_and_the_article_updated_once(
    any_desk: Desk,
) -> None:
    any_desk.begin()
    before, seq = any_desk.story(3), any_desk.room.store.deltas.seq()
    moved_at = any_desk.room.clock()
    assert any_desk.move(3, text=CORRECTED) == ["/3"]
    after = any_desk.story(3)
    assert CORRECTED in after.content_html
    assert (after.published_at, after.updated_at) == (before.published_at, moved_at)
    assert len(any_desk.room.store.articles.versions(after.id)) == 1
    told = any_desk.room.store.deltas.seq()
    assert told > seq
    assert any_desk.poll() == []
    assert any_desk.room.store.deltas.seq() == told


def test_a_page_that_is_the_same_changes_and_tells_nothing(any_desk: Desk) -> None:
    any_desk.begin()
    before, seq = any_desk.articles(), any_desk.room.store.deltas.seq()
    assert any_desk.move(3) == ["/3"]
    assert any_desk.articles() == before
    assert any_desk.room.store.deltas.seq() == seq


def test_dates_that_all_move_together_have_no_page_read_poll_after_poll(any_desk: Desk) -> None:
    any_desk.begin()
    for _ in range(5):
        assert any_desk.move(*range(10)) == []
    any_desk.dates[10] = any_desk.room.clock()
    any_desk.put("/10", page(10))
    assert any_desk.move(*range(10)) == ["/10"]
    # One that is corrected after the last build is seen all the same.
    assert any_desk.move(4, text=CORRECTED) == ["/4"]
    assert CORRECTED in any_desk.story(4).content_html


def test_marks_of_former_versions_learn_their_date_without_a_request(any_desk: Desk) -> None:
    source = any_desk.begin()
    store = any_desk.room.store
    store.engine.run("UPDATE pages SET dated_at = NULL, made = NULL")
    # As step 102 does.
    store.engine.run(
        "UPDATE poll_states SET etag = NULL, last_modified = NULL, body_hash = NULL, prints = NULL"
    )
    any_desk.room.clock.move(days=1)
    assert any_desk.move(*range(3)) == []
    assert {one.dated_at is None for one in store.polls.page_marks(source.id, guids(store)).values()} == {
        False
    }
    assert any_desk.move(3, text=CORRECTED) == ["/3"]
    assert CORRECTED in any_desk.story(3).content_html


def rarer(hours: Sequence[int]) -> bool:
    """True if each wait is as long as the one before, or longer."""
    waits = [after - before for before, after in pairwise(hours)]
    return waits == sorted(waits)


def guids(store: Store) -> list[str]:
    return [row["guid"] for row in store.engine.rows("SELECT guid FROM pages")]


def test_one_page_that_lies_is_asked_for_less_and_less(any_desk: Desk) -> None:
    any_desk.begin()
    asked: list[int] = []
    for hour in range(0, 24 * 40, 6):
        if any_desk.move(3, hours=6):
            asked.append(hour)
    assert len(asked) <= 9
    assert rarer(asked)
    assert asked[-1] - asked[-2] > 24 * 7
    # The next change that it tells is seen, if late.
    any_desk.put("/3", page(3, CORRECTED))
    for _ in range(12):
        any_desk.move(3, hours=24 * 6)
    assert CORRECTED in any_desk.story(3).content_html


def test_a_source_that_lies_in_small_ways_costs_little_and_corrections_come_late_but_come(desk: Desk) -> None:
    desk.begin()
    weeks = [0] * 4
    for hour in range(0, 24 * 28, 4):
        lies = ((hour * 3 + number) % 10 for number in range(3))
        weeks[hour // (24 * 7)] += len(desk.move(*lies, hours=4))
    assert weeks == sorted(weeks, reverse=True)
    assert sum(weeks) <= 45
    assert weeks[-1] <= 3
    for number in range(10):
        desk.put(f"/{number}", page(number, CORRECTED))
    for number in range(60):
        desk.move(number % 10, hours=24)
    assert all(CORRECTED in one.content_html for one in desk.articles().values())


def test_new_pages_come_first_and_what_is_left_is_read_by_the_next_polls(desk: Desk) -> None:
    desk.begin()
    desk.room.fetching = FetchSettings(max_pages=2)
    desk.dates[10] = desk.room.clock()
    desk.put("/10", page(10))
    assert desk.move(1, 2, 3, text=CORRECTED) == ["/10", "/1"]
    assert sorted(desk.poll()) == ["/2", "/3"]
    assert desk.poll() == []
    assert all(CORRECTED in desk.story(number).content_html for number in (1, 2, 3))


@pytest.mark.parametrize(
    ("answer", "waits"),
    [
        (Failed(url="x", state="slow", detail="Too slow."), [1, 2, 4, 8]),
        (Response(url="x", status=403, headers=(), body=b"Pay."), []),
        (Response(url="x", status=404, headers=(), body=b""), []),
        (Response(url="x", status=410, headers=(), body=b""), []),
    ],
)
def test_a_page_that_cannot_be_read_again_leaves_its_article_as_it_was(
    any_desk: Desk, answer: Response | Failed, waits: list[int]
) -> None:
    any_desk.begin()
    before, seq = any_desk.articles(), any_desk.room.store.deltas.seq()
    kept = any_desk.room.web.pages[f"{SITE}/3"]
    any_desk.room.web.pages[f"{SITE}/3"] = answer
    assert any_desk.move(3) == ["/3"]
    asked = [hour for hour in range(1, 40) if any_desk.poll()]
    assert [after - before for before, after in pairwise([0, *asked])] == waits
    assert any_desk.articles() == before
    assert any_desk.room.store.deltas.seq() == seq
    any_desk.room.web.pages[f"{SITE}/3"] = kept
    again = [*any_desk.move(3, text=CORRECTED), *any_desk.poll(days=8), *any_desk.poll(days=8)]
    is_gone = isinstance(answer, Response) and answer.status in (404, 410)
    assert again == ([] if is_gone else ["/3"])
    assert (CORRECTED in any_desk.story(3).content_html) is not is_gone


def test_a_host_that_asks_for_rest_ends_the_reading_and_the_rest_is_read_later(desk: Desk) -> None:
    desk.begin()
    kept = desk.room.web.pages[f"{SITE}/2"]
    desk.put("/2", "", status=429, Retry_After="600")
    assert desk.move(1, 2) == ["/1", "/2"]
    desk.room.web.pages[f"{SITE}/2"] = kept
    assert desk.poll() == ["/2"]


def test_a_withdrawn_article_stays_so_and_shows_what_was_corrected_once_it_is_restored(
    any_desk: Desk,
) -> None:
    any_desk.begin()
    article, room = any_desk.story(3), any_desk.room
    room.store.articles.withdraw(article.id, reason="asked for", now=room.clock())
    assert any_desk.move(3, text=CORRECTED) == ["/3"]
    assert isinstance(room.store.articles.get(article.id), Tombstone)
    assert room.store.articles.restore(article.id, room.clock())
    assert CORRECTED not in any_desk.story(3).content_html
    assert any_desk.poll() == ["/3"]
    assert CORRECTED in any_desk.story(3).content_html
    assert any_desk.poll() == []


def test_what_was_changed_without_a_word_shows_once_the_article_is_restored(any_desk: Desk) -> None:
    any_desk.begin()
    article, room = any_desk.story(3), any_desk.room
    room.store.articles.withdraw(article.id, reason="asked for", now=room.clock())
    any_desk.put("/3", page(3, CORRECTED))
    assert any_desk.poll() == []
    assert room.store.articles.restore(article.id, room.clock())
    assert any_desk.poll() == ["/3"]
    assert CORRECTED in any_desk.story(3).content_html
    any_desk.room.web.pages[f"{SITE}/3"] = Failed(url="x", state="slow", detail="Too slow.")
    room.store.articles.withdraw(article.id, reason="asked for", now=room.clock())
    assert room.store.articles.restore(article.id, room.clock())
    assert any_desk.poll() == ["/3"]
    assert CORRECTED in any_desk.story(3).content_html


def test_a_file_that_was_changed_meanwhile_shows_once_its_article_is_restored(
    newsroom: Newsroom, tmp_path: Path
) -> None:
    (tmp_path / "crane.txt").write_text("\n\n".join(WORDS))
    newsroom.store.sources.add(folder_spec(".", tmp_path), newsroom.clock())
    newsroom.round()
    newsroom.store.articles.withdraw(1, reason="asked for", now=newsroom.clock())
    (tmp_path / "crane.txt").write_text("\n\n".join((*WORDS, CORRECTED)))
    newsroom.again()
    assert newsroom.store.articles.restore(1, newsroom.clock())
    newsroom.again()
    found = newsroom.store.articles.get(1)
    assert isinstance(found, Article)
    assert CORRECTED in found.content_html


class Loopback:
    """Real requests, each over a connection of its own."""

    def __init__(self, folder: Path) -> None:
        self._stated = Settings(path=folder / "config.toml", fetch=FetchSettings(allow=("127.0.0.0/8",)))

    async def get(self, request: Request) -> Response | Failed:
        send = open_transport(self._stated)
        try:
            return await send.get(request)
        finally:
            await send.close()

    async def close(self) -> None:
        """Nothing is held."""


@dataclass(slots=True)
class RealRoom(Newsroom):
    """A newsroom that asks a real server."""

    send: Loopback | None = None

    def tools(self) -> PollTools:
        assert self.send is not None
        return fake_tools(self.send, self.clock, self._in_store, self.fetching)


@dataclass
class RealDesk(Desk):
    """Ten stories on a real server."""

    land: Farm = field(default_factory=Farm)

    def put(self, path: str, body: str, **more: Any) -> None:
        self.land.pages[path] = body.encode()

    def asked(self) -> list[str]:
        return [path for _, path, _ in self.land.asked]


def test_over_real_requests_one_date_costs_one_request_all_dates_none_and_lies_fewer_and_fewer(
    store: Store, tmp_path: Path
) -> None:
    with farm() as land:
        desk = RealDesk(RealRoom(store, send=Loopback(tmp_path)), site=land.url(""), land=land)
        source = desk.begin()
        assert desk.move(3, text=CORRECTED) == ["/3"]
        assert CORRECTED in desk.story(3).content_html
        assert len(store.articles.versions(desk.story(3).id)) == 1
        for _ in range(3):
            assert desk.move(*range(10)) == []
        store.engine.run("UPDATE pages SET dated_at = NULL, made = NULL")
        store.engine.run("UPDATE poll_states SET etag = NULL, last_modified = NULL, body_hash = NULL")
        assert desk.poll() == []
        marks: dict[str, PageMark] = store.polls.page_marks(source.id, guids(store))
        assert all(mark.dated_at is not None for mark in marks.values())
        assert desk.poll() == []
        assert desk.move(5, text=CORRECTED) == ["/5"]
        # Nobody knew what the page had said: neither a lie nor a correction.
        assert store.sources.every()[0].poll.page_dates.in_vain == NO_DATES.in_vain
        asked = [hour for hour in range(24 * 5) if desk.move(7)]
        assert asked[:2] == [0, 1]
        assert rarer(asked)
