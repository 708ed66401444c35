"""Profiles of partners: every seeded fault is named, and what passes breaks no rule."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.model.incoming import Enclosure
from feeds.model.outgoing import DocumentAuthor, DocumentEntry, DocumentSource, FeedDocument, SiteInfo
from feeds.publish.profiles import MOST_MSN, PROFILES, check, shape
from feeds.publish.render import FORMATS

NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)
SOURCE = DocumentSource(title="Harbour News", feed_id="urn:x", feed_url=None, home_url=None, updated_at=NOW)
SITE = SiteInfo(
    title="Skerry",
    base_url="https://skerry.example",
    language="en-GB",
    logo_url="https://skerry.example/look/logo.png",
)


def entry(number: int, **changes: Any) -> DocumentEntry:
    """An article that breaks no rule of any profile."""
    return replace(
        DocumentEntry(
            urn=f"urn:uuid:{number}",
            url=f"https://harbour.example/{number}",
            title=f"The ferry to Skerry waits for the tide, {number}",
            summary="It waits.",
            content_html='<p>It <a href="https://a.example/">waits</a>.</p>',
            published_at=NOW - timedelta(hours=number),
            updated_at=NOW - timedelta(hours=number),
            language="en",
            source=SOURCE,
            own_url=f"https://skerry.example/articles/{number}",
        ),
        **changes,
    )


def document(*entries: DocumentEntry, **changes: Any) -> FeedDocument:
    return replace(
        FeedDocument(
            feed_urn="urn:uuid:feed",
            title="Skerry",
            description="All that happens.",
            page_url="https://skerry.example/all",
            base_feed_url="https://skerry.example/all",
            updated_at=NOW,
            language="en-GB",
            site=SITE,
            partner_logo_url=SITE.logo_url,
            author=DocumentAuthor(name="Skerry"),
            entries=entries,
            dated_at=NOW,
        ),
        **changes,
    )


FAULTS: list[tuple[str, str, dict[str, Any]]] = [
    ("msn", "title-length", {"title": "Twenty characters ok"}),
    ("msn", "title-length", {"title": "x" * 151}),
    ("msn", "title-markup", {"title": "The <b>ferry</b> waits for the tide"}),
    ("msn", "id", {"urn": "urn:uuid:1"}),
    ("msn", "date", {"published_at": NOW + timedelta(minutes=1)}),
    ("msn", "date", {"published_at": NOW - timedelta(days=365)}),
    ("msn", "language", {"language": "de"}),
    ("google-news", "ours", {"own_url": None}),
    ("google-news", "date", {"published_at": NOW - timedelta(days=2, seconds=1)}),
    ("google-news", "title", {"title": " "}),
    ("google-news", "publication", {"source": replace(SOURCE, title="")}),
    ("apple", "title-length", {"title": "Fourteen chars"}),
    ("apple", "title-length", {"title": "x" * 61}),
    ("plain", "text", {"title": "", "summary": "", "content_html": ""}),
    ("plain", "id", {"urn": "urn:uuid:1"}),
    ("plain", "link", {"url": "/articles/7"}),
    ("plain", "relative", {"content_html": '<p><img src="/pic.jpg"></p>'}),
    ("plain", "files", {"enclosures": (Enclosure(url="https://a.example/a.mp3"),)}),
    ("plain", "title-markup", {"title": "The <i>ferry</i>"}),
    ("ninjs", "uri", {"urn": "7"}),
    ("ninjs", "headline", {"title": ""}),
]


@pytest.mark.parametrize("name", PROFILES)
def test_what_is_well_breaks_nothing(name: str) -> None:
    found = check(document(*map(entry, range(1, 8))), PROFILES[name], NOW)
    assert found == ()


@pytest.mark.parametrize(("name", "rule", "changes"), FAULTS)
def test_every_seeded_fault_is_named_and_left_out(name: str, rule: str, changes: dict[str, Any]) -> None:
    # Two others in English and with other ids: the seeded one alone is at fault, or the one whose id it took.
    seeded = entry(7, **changes)
    whole = document(entry(1), seeded, entry(2))
    found = check(whole, PROFILES[name], NOW)
    assert {one.rule for one in found} == {rule}
    assert seeded.urn in {one.urn for one in found}
    assert all(one.what and one.source and one.read and one.is_met_by_shape for one in found)
    shaped = shape(whole, PROFILES[name], NOW)
    assert check(shaped, PROFILES[name], NOW) == ()
    assert seeded not in shaped.entries
    assert entry(2) in shaped.entries


FEED_FAULTS: list[tuple[str, str, dict[str, Any], bool]] = [
    ("msn", "https", {"base_feed_url": "http://skerry.example/all"}, False),
    ("smartnews", "description", {"description": "All that happens by the water, and more."}, True),
    ("smartnews", "pubdate", {"dated_at": None}, True),
    ("smartnews", "language", {"language": ""}, False),
    ("smartnews", "logo", {"partner_logo_url": None}, True),
    ("smartnews", "logo", {"partner_logo_url": None, "site": replace(SITE, logo_url=None)}, False),
    (
        "smartnews",
        "logo",
        {"partner_logo_url": None, "site": replace(SITE, logo_url="https://skerry.example/look/logo.svg")},
        False,
    ),
    ("smartnews", "size", {"entries": tuple(entry(n, summary="x" * 300_000) for n in range(1, 6))}, True),
    ("google-news", "count", {"entries": tuple(entry(1, urn=f"urn:{n}") for n in range(1001))}, True),
    ("apple", "locale", {"language": "en"}, False),
]


@pytest.mark.parametrize(("name", "rule", "changes", "is_mended"), FEED_FAULTS)
def test_faults_of_the_feed_are_named_and_mended_where_that_can_be(
    name: str, rule: str, changes: dict[str, Any], is_mended: bool
) -> None:
    whole = document(entry(1), entry(2), **changes)
    found = check(whole, PROFILES[name], NOW)
    assert [(one.rule, one.urn, one.is_met_by_shape) for one in found] == [(rule, None, is_mended)]
    left = [one.rule for one in check(shape(whole, PROFILES[name], NOW), PROFILES[name], NOW)]
    assert left == ([] if is_mended else [rule])


def test_smartnews_gets_the_logo_in_its_own_element_and_nobody_else_does() -> None:
    whole = document(entry(1), partner_logo_url=None)
    assert b"snf" not in FORMATS["rss"].write(whole)
    shaped = FORMATS["rss"].write(shape(whole, PROFILES["smartnews"], NOW))
    assert b'xmlns:snf="http://www.smartnews.be/snf"' in shaped
    assert b"<snf:logo><url>https://skerry.example/look/logo.png</url></snf:logo>" in b"".join(
        line.strip() for line in shaped.splitlines()
    )


def test_a_withdrawal_is_told_in_the_shaped_feed_by_its_sentence() -> None:
    gone = entry(
        3,
        title="Withdrawn",
        summary="This article was withdrawn on 22 November 2026: It was wrong.",
        ended_at=NOW,
    )
    assert check(document(gone), PROFILES["msn"], NOW) == ()
    (told,) = shape(document(gone), PROFILES["msn"], NOW).entries
    assert (told.urn, told.title) == (gone.urn, "This article was withdrawn on 22 November 2026")


def test_a_shaped_feed_holds_the_newest_and_names_its_own_address() -> None:
    shaped = shape(
        document(*map(entry, range(1, 40)), hub_urls=("https://h.example/",)), PROFILES["msn"], NOW
    )
    assert [one.urn for one in shaped.entries] == [f"urn:uuid:{n}" for n in range(1, MOST_MSN + 1)]
    assert b"https://skerry.example/all.rss?profile=msn" in FORMATS["rss"].write(shaped)
    assert b"https://h.example/" not in FORMATS["rss"].write(shaped)


def test_smartnews_gets_a_pubdate_of_the_channel() -> None:
    head = (
        FORMATS["rss"]
        .write(shape(document(entry(1), dated_at=None), PROFILES["smartnews"], NOW))
        .split(b"<item>")[0]
    )
    assert b"<pubDate>Fri, 27 Nov 2026 12:00:00 +0000</pubDate>" in head


def some_entries() -> st.SearchStrategy[list[DocumentEntry]]:
    """Articles of all kinds, good and bad."""

    def made(values: tuple[int, str, str, int, str | None, bool, bool]) -> DocumentEntry:
        number, title, content, hours, language, is_ours, is_over = values
        at = NOW - timedelta(hours=hours)
        return entry(
            number,
            title=title,
            content_html=content,
            published_at=at,
            language=language,
            own_url="https://skerry.example/articles/1" if is_ours else None,
            ended_at=NOW if is_over else None,
        )

    texts = st.sampled_from(
        ["", "Short", "A title of about thirty letters", "x" * 200, "<b>bold</b> and long enough"]
    )
    one = st.tuples(
        st.integers(1, 12),
        texts,
        st.sampled_from(["", "<p>text</p>", '<a href="/x">x</a>']),
        st.integers(-5, 10_000),
        st.sampled_from([None, "en", "en-US", "de", "nn"]),
        st.booleans(),
        st.booleans(),
    )
    return st.lists(one.map(made), max_size=12)


@pytest.mark.parametrize("name", PROFILES)
@given(entries=some_entries())
def test_nothing_that_passes_breaks_a_rule(name: str, entries: list[DocumentEntry]) -> None:
    profile, whole = PROFILES[name], document(*entries)
    broken = {one.urn for one in check(whole, profile, NOW) if one.urn}
    shaped = shape(whole, profile, NOW)
    kept = {one.urn for one in shaped.entries if one.ended_at is None}
    assert not [one for one in check(shaped, profile, NOW) if one.is_met_by_shape]
    if len({one.urn for one in entries}) == len(entries):
        assert kept == {one.urn for one in entries if one.ended_at is None} - broken
