"""Pages that tell their date in several places: in UTC and as readers see it, in words alone, without saying of what."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from feeds.ingest.pages.boilerplate import is_correction
from feeds.ingest.pages.dates_in_words import labelled_date, opening_date
from feeds.ingest.pages.localday import first_published, with_local_day
from feeds.ingest.pages.page import read_page
from feeds.ingest.pages.structured import Stated
from feeds.text.dates import parse_date
from tests.feeds.ingest.pages.forms import TITLE, body
from tests.feeds.ingest.pages.test_page import page
from tests.feeds.ingest.pages.test_page_kinds import made, stated

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("written", "shown", "expected"),
    [
        ("2024-03-15T02:25:54Z", "2024-03-14T21:25:00", "2024-03-14T21:25:54-05:00"),
        ("2024-03-14T22:04:00+00:00", "2024-03-15T00:04:00", "2024-03-15T00:04:00+02:00"),
        ("Fri, 15 Mar 2024 02:41:00 GMT", "2024-03-14T22:41:00", "2024-03-14T22:41:00-04:00"),
        ("2024-03-14T10:15:30.250Z", "2024-03-14T15:45:00", "2024-03-14T15:45:30+05:30"),
        # A day alone: the least whole hours that lead to it.
        ("2024-03-13T23:00Z", "2024-03-14", "2024-03-14T00:00:00+01:00"),
        ("2024-03-15T05:30:59Z", "2024-03-14", "2024-03-14T23:30:59-06:00"),
        # Another moment, another day, the same day, another zone, no time at all.
        ("2024-03-15T02:25:54Z", "2024-03-14T21:31:00", None),
        ("2024-03-15T02:25:54Z", "2024-03-12", None),
        ("2024-03-15T02:25:54Z", "2024-03-16", None),
        ("2024-03-15T02:25:54Z", "2024-03-15", None),
        ("2024-03-15T02:25:54-03:00", "2024-03-14", None),
        ("2024-03-15", "2024-03-14", None),
        ("2024-03-15T02:25:54Z", None, None),
        ("2024-03-15T02:25:54Z", "2024-02-31", None),
    ],
)
def test_a_moment_in_utc_is_told_as_the_page_shows_it(
    written: str, shown: str | None, expected: str | None
) -> None:
    told = with_local_day(written, shown)
    assert told == (expected or written)
    assert parse_date(told) == parse_date(written)


def test_the_day_of_a_change_tells_no_zone() -> None:
    changed = "2024-03-14T13:30:00Z"
    assert with_local_day("2024-03-13T18:20:00Z", "2024-03-14", modified=changed) == "2024-03-13T18:20:00Z"
    assert (
        with_local_day("2024-03-13T23:00:00Z", "2024-03-14", modified=changed) == "2024-03-14T00:00:00+01:00"
    )


LATER, EARLIER = "2024-03-20T08:00:00+01:00", "2024-03-14T06:30:00+01:00"


@pytest.mark.parametrize(
    ("first", "changed", "second", "expected"),
    [
        (LATER, LATER, EARLIER, (EARLIER, "meta")),
        (LATER, "2024-03-21T08:00:00+01:00", EARLIER, (LATER, "JSON-LD")),
        (EARLIER, EARLIER, LATER, (EARLIER, "JSON-LD")),
        (EARLIER, EARLIER, None, (EARLIER, "JSON-LD")),
        # The same moment as the clock of the place shows it, without its zone.
        ("2024-03-15T00:10:00Z", "2024-03-15T00:10:00Z", "2024-03-14T17:10:00", ("2024-03-14T17:10:00-07:00", "JSON-LD")),
        ("unreadable", LATER, EARLIER, ("unreadable", "JSON-LD")),
        (None, LATER, EARLIER, (EARLIER, "meta")),
        (None, None, None, (None, "")),
    ],
)  # fmt: skip
def test_the_first_of_several_moments_of_publishing(
    first: str | None, changed: str | None, second: str | None, expected: tuple[str | None, str]
) -> None:
    told = [("JSON-LD", Stated(published=first, modified=changed)), ("meta", Stated(published=second))]
    assert first_published(told) == expected


def test_a_page_tells_its_own_day() -> None:
    head = stated(headline=TITLE, datePublished="2024-03-15T02:25:54Z")
    shown = '<p class="byline">By Ines Calder</p><p class="date">March 14, 2024 at 9:25 pm</p>'
    assert made(shown + body(), head=head).entry.published == "2024-03-14T21:25:54-05:00"
    nothing = page(
        f"<html><head><title>{TITLE}</title>{head}</head><body><article><h1>{TITLE}</h1>{body()}</article></body></html>",
        url="https://tideline.example/2024/03/14/skiffs",
    )
    assert nothing.entry.published == "2024-03-14T23:25:54-03:00"


def test_a_time_element_tells_its_own_day() -> None:
    marked = '<time datetime="2024-03-13T23:00:00.000Z">14.03.2024</time>'
    assert made(marked + body()).entry.published == "2024-03-14T00:00:00+01:00"


@pytest.mark.parametrize("name", ["date", "dcterms.date", "DC.date"])
def test_a_date_of_nothing_in_particular_gives_way_to_what_readers_see(name: str) -> None:
    head = f'<meta name="{name}" content="2024-02-01T10:00:00+01:00">'
    assert made(f'<p class="date">14 March 2024</p>{body()}', head=head).entry.published == "2024-03-14"
    assert made(body(), head=head).entry.published == "2024-02-01T10:00:00+01:00"


def test_a_guide_that_states_its_date() -> None:
    head = stated(headline=None, name=TITLE, datePublished="2024-03-14").replace("NewsArticle", "HowTo")
    assert made(body(), head=head).entry.published == "2024-03-14"


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("Veröffentlicht am 14.03.2024 · Dauer: 1 Stunde", "2024-03-14"),
        ("Last change: 20 April 2024 Published on: 14 March 2024 Readers: 61", "2024-03-14"),
        ("Posted Thursday, 14 March 2024", "2024-03-14"),
        ("The list was published by the club, whose founders met on 14 March 2024.", None),
        ("Published on 22 November 2026", None),
        ("Published on demand", None),
    ],
)
def test_a_line_that_says_when(line: str, expected: str | None) -> None:
    assert labelled_date([line], language="en", now=NOON) == expected


def test_several_days_of_publishing_are_those_of_other_articles() -> None:
    lines = ["Published on 14 March 2024", "Published on 14 March 2024 at 10:30"]
    assert labelled_date(lines, language="en", now=NOON) == "2024-03-14T10:30:00"
    assert labelled_date([*lines, "Published on 15 March 2024"], language="en", now=NOON) is None


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("14.03.2024 – The harbour was full before breakfast.", "2024-03-14"),
        ("(14 March 2024) The harbour was full before breakfast.", "2024-03-14"),
        ("14.03.2024 10:16 Uhr - Regatta - The harbour was full.", "2024-03-14T10:16:00"),
        ("2024-03-14 | Harbour", "2024-03-14"),
        ("14 March 2024 was a day on which the harbour was full.", None),
        ("On 14 March 2024 – a Thursday – the harbour was full.", None),
        ("(14 March 2024 was a day on which the harbour was full.)", None),
    ],
)
def test_a_text_that_begins_with_its_date(line: str, expected: str | None) -> None:
    assert opening_date([line], language="de") == expected


def test_a_footer_that_says_when() -> None:
    after = '<div class="footer-info"><p>Last change: 20 April 2024<br>Published on: 14 March 2024</p></div>'
    parsed = made(body() + after)
    assert (parsed.entry.published, dict(parsed.evidence)["date"]) == ("2024-03-14", "labelled line")


@pytest.mark.parametrize(
    ("inner", "expected"),
    [
        ('<div class="author">Written by <a href="/x">Ines Calder</a> on 1 June 2019 at 08:34 AM EDT.</div>', "2019-06-01T08:34:00-04:00"),
        ('<span class="date"><time data-published="2016-12-09 09:13:00Z">Dec 9, 2016</time></span>', "2016-12-09 09:13:00Z"),
        ('<div class="timestamp" datetime="2016-10-13 17:00:00 -0400">Oct 13, 2016</div>', "2016-10-13 17:00:00 -0400"),
        # The element says another day: what readers see counts.
        ('<div class="timestamp" data-time="2016-10-20 17:00:00 -0400">Oct 13, 2016</div>', "2016-10-13"),
        ('<p class="date">2019年02月22日 14時30分 公開</p>', "2019-02-22T14:30:00"),
    ],
)  # fmt: skip
def test_the_time_beside_the_day(inner: str, expected: str) -> None:
    assert made(f"{inner}{body()}").entry.published == expected


@pytest.mark.parametrize(
    "after",
    [
        "<p><em>Correction, 5 November 2026: An earlier version gave the wrong number of skiffs.</em></p>",
        "<p>Editor's note: This text was changed on 5 November 2026.</p>",
        "<blockquote><p>Forty boats!</p>&mdash; Ines (@ines) <a href='https://social.example/1'>Nov 5, 2026</a></blockquote>",
        "<section id='comments'><h2>Comments</h2><p>Bo, <time datetime='2026-11-05'>5 November 2026</time>: I was there with my dog.</p></section>",
        "<aside><h3>Recent</h3><ul><li><a href='/fog'>Fog again</a>, 5 November 2026</li></ul></aside>",
    ],
)
def test_the_day_of_what_others_say_is_not_the_articles(after: str) -> None:
    assert made(body() + after).entry.published is None


@pytest.mark.parametrize(
    ("line", "is_one"),
    [
        ("Correction: The race was on Sunday.", True),
        ("Berichtigung vom 5. November 2026: Die Zahl war falsch.", True),
        ("Corrections officers came to the harbour. They left soon.", False),
        ("Updates are rare here, and nobody waits for them.", False),
    ],
)
def test_a_line_about_a_correction(line: str, is_one: bool) -> None:
    assert is_correction(line) is is_one


UNDATED = (
    "<html><head>{head}<title>Boats</title></head><body><article><h1>Boats are back</h1><p>"
    + "The harbour opened again after the storm and boats came in. " * 12
    + "</p></article><footer><span>{foot}</span></footer></body></html>"
)


@pytest.mark.parametrize("path", ["x", "2026/02/31/x", "2031/01/05/x"])
def test_a_day_in_an_address_that_cannot_be_the_article_s_keeps_no_other_date_out(path: str) -> None:
    text = UNDATED.format(head="", foot="2024-03-14").encode()
    read = read_page(text, url=f"https://a.example/{path}", content_type="text/html", now=NOON)
    assert read.entry.published == "2024-03-14"


def test_a_page_has_the_day_of_its_own_address_where_we_came_by_a_short_one() -> None:
    own = "https://a.example/2024/03/14/boats"
    text = UNDATED.format(head=f'<link rel="canonical" href="{own}">', foot="1 May 2023").encode()
    read = read_page(text, url="https://a.example/?p=7", content_type="text/html", now=NOON)
    assert read.entry.published == "2024-03-14"
