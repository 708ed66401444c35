"""Composing: what may be shown of whom, and that nothing depends on anything but the articles."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from feeds.model.incoming import Enclosure, Image
from feeds.model.outgoing import FeedDocument, FeedKey, SiteInfo
from feeds.publish.compose import compose, compose_entry, language_tag, media_type_of
from feeds.text.markup import excerpt
from tests.fakestore import HARBOUR, MARA, NOON, TIDES, FakeStore, article

SITE = SiteInfo(title="Skerry Reader", base_url="https://reader.example", language="en")
TOPIC = FeedKey(kind="topic", slug="tides")


def document(*articles: object, key: FeedKey = TOPIC, **site: Any) -> FeedDocument:
    page = FakeStore(articles).feed_page(key, entries=50, window=timedelta(hours=48), most=500)  # type: ignore[arg-type]
    assert page is not None
    return compose(page, replace(SITE, **site), excerpt_chars=40)


def test_a_full_entry_has_content_pictures_files_and_the_line_that_names_the_source() -> None:
    entry = compose_entry(article(), SITE, excerpt_chars=300)
    assert entry.url == "https://harbour.example/2026/11/1"
    assert entry.content_html.count("quay.jpg") == 1
    assert "<figcaption>The quay at low water. <small>Picture: Ida Storm" in entry.content_html
    assert entry.content_html.endswith(
        '<p>First published by <a href="https://harbour.example/2026/11/1">The Harbour Post</a></p>'
    )
    assert len(entry.images) == 1
    assert [file.media_type for file in entry.enclosures] == ["audio/mpeg", "application/pdf"]
    assert [author.url for author in entry.authors] == [
        "https://reader.example/authors/mara-lindqvist",
        "https://reader.example/authors/jon-abara",
    ]


def test_an_excerpt_shows_a_cut_text_without_pictures_or_files() -> None:
    shared = article(source=replace(HARBOUR, share="excerpt"))
    entry = compose_entry(shared, SITE, excerpt_chars=30)
    assert entry.summary == "The crossing is closed until…"
    assert entry.content_html.startswith("<p>The crossing is closed until…</p>")
    assert "First published by" in entry.content_html
    assert "<img" not in entry.content_html
    assert (entry.images, entry.enclosures) == ((), ())


def test_a_headline_shows_nothing_of_the_text() -> None:
    entry = compose_entry(article(source=replace(HARBOUR, share="headline")), SITE, excerpt_chars=300)
    assert entry.content_html == ""
    assert entry.summary == "First published by The Harbour Post"
    assert (entry.images, entry.enclosures) == ((), ())


def test_a_title_made_of_the_text_is_text_where_the_headline_alone_is_shared() -> None:
    words = "The crossing is closed until the ice has gone, says the ferry company, and nobody knows when that is."
    untitled = article(
        title=excerpt(words, 80), is_title_guessed=True, summary="", content_html=f"<p>{words}</p>"
    )
    assert compose_entry(untitled, SITE, excerpt_chars=300).title == untitled.title
    for shared in (
        replace(untitled, source=replace(HARBOUR, share="headline")),
        replace(untitled, is_restricted=True),
        replace(untitled, is_restricted=True, title="", content_html="", summary=words),
        replace(untitled, is_restricted=True, title="It runs again.", content_html="<p>It runs again.</p>"),
    ):
        assert compose_entry(shared, SITE, excerpt_chars=300).title == "The Harbour Post"
    for told in (
        replace(untitled, is_restricted=True, title="ferry-timetable"),
        replace(untitled, is_restricted=True, title=words, is_title_guessed=False),
    ):
        assert compose_entry(told, SITE, excerpt_chars=300).title == told.title


@pytest.mark.parametrize("share", ["full", "excerpt", "headline"])
def test_what_is_ours_is_given_in_full_and_without_the_line(share: str) -> None:
    ours = article(source=replace(HARBOUR, share=share, is_ours=True))  # type: ignore[arg-type]
    entry = compose_entry(ours, SITE, excerpt_chars=10)
    assert "Nobody on the quay" in entry.content_html
    assert "First published" not in entry.content_html
    assert entry.images


def test_an_article_without_an_address_leads_to_our_page_and_credits_the_source_at_home() -> None:
    entry = compose_entry(article(7, url=None), SITE, excerpt_chars=300)
    assert entry.url == "https://reader.example/articles/7"
    assert 'First published by <a href="https://harbour.example/">' in entry.content_html


def test_the_summary_is_cut_from_the_text_where_the_source_gave_none() -> None:
    entry = compose_entry(article(summary=""), SITE, excerpt_chars=24)
    assert entry.summary == "The crossing is closed…"


def test_a_missing_title_is_made_of_the_text_or_the_source() -> None:
    assert compose_entry(article(title=" "), SITE, excerpt_chars=9).title.startswith("The crossing is closed")
    bare = article(title="", summary="", content_html="")
    assert compose_entry(bare, SITE, excerpt_chars=9).title == "The Harbour Post"


def test_categories_are_topics_then_labels_each_once() -> None:
    entry = compose_entry(article(), SITE, excerpt_chars=9)
    assert (entry.topics, entry.categories) == (("Tides & Weather",), ("Ferries",))


def test_the_document_is_as_new_as_its_newest_change_and_knows_no_clock() -> None:
    late = article(2, updated_at=NOON - timedelta(minutes=30))
    assert document(article(1), late).updated_at == NOON - timedelta(minutes=30)
    seen = article(1, first_seen_at=NOON + timedelta(days=1))
    assert document(seen, late).updated_at == NOON + timedelta(days=1)


def test_an_empty_feed_is_as_new_as_the_store_says() -> None:
    empty = document(key=FeedKey(kind="all"))
    assert (empty.entries, empty.updated_at) == ((), NOON)


def test_an_entry_without_a_date_takes_the_effective_one() -> None:
    entry = compose_entry(article(published_at=None), SITE, excerpt_chars=9)
    assert entry.published_at == article().effective_at


def test_titles_tell_feeds_apart_and_descriptions_are_never_empty() -> None:
    topic = document(article())
    assert topic.title == "Tides & Weather · Skerry Reader"
    assert topic.description == TIDES.description
    author = document(article(), key=FeedKey(kind="author", slug=MARA.slug))
    assert author.description == "Articles by Mara Lindqvist, gathered by Skerry Reader."
    everything = document(article(), key=FeedKey(kind="all"))
    assert everything.title == "Skerry Reader"
    assert everything.description
    assert everything.page_url == "https://reader.example/all"


def test_what_sources_write_into_types_lengths_and_languages_is_checked() -> None:
    odd = article(
        language="en_GB",
        enclosures=(
            Enclosure(url="https://harbour.example/a.mp3?x=1", media_type="sound", length=-3),
            Enclosure(url="https://harbour.example/a.jpg", media_type="image/JPEG; q=1", length=0),
        ),
        images=(Image(url="https://harbour.example/a.jpg", media_type="jpeg", credit=" \x00 "),),
    )
    entry = compose_entry(odd, SITE, excerpt_chars=9)
    assert [(file.media_type, file.length) for file in entry.enclosures] == [
        ("audio/mpeg", None),
        ("image/jpeg", None),
    ]
    assert (entry.images[0].media_type, entry.images[0].credit) == ("image/jpeg", None)
    assert entry.language == "en-GB"
    assert language_tag("english please") is None
    assert media_type_of("https://harbour.example/file") == "application/octet-stream"


def test_names_in_markup_are_escaped_where_they_become_html() -> None:
    entry = compose_entry(article(source=replace(HARBOUR, title="Tide & <b>Co")), SITE, excerpt_chars=9)
    assert "Tide &amp; &lt;b&gt;Co</a></p>" in entry.content_html
