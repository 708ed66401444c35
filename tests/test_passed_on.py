"""Every column of `feeds.model.passed_on` goes through all rooms, and stands in the table of docs/publishing.md.

After adding or changing one: `.venv/bin/python -m tests.test_passed_on --write`.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from feeds.actions.publishing.publish import Renderer
from feeds.ingest.rules.versions import is_major, is_same, version_hash
from feeds.model.articles import Article, Draft
from feeds.model.deltas import changed_fields
from feeds.model.episodes import Episode
from feeds.model.incoming import ParsedEntry
from feeds.model.outgoing import DocumentEntry, FeedKey, SiteInfo
from feeds.model.passed_on import COLUMNS, PassedOn, joined, kept_where, with_passed_on
from feeds.model.settings import PublishSettings
from feeds.publish.compose import compose_entry
from tests.fakes import NOON, Newsroom
from tests.fakestore import HARBOUR, article
from tests.feeds.publish.test_formats import body
from web.admin.content.article import PASSED_ON

DOCS = Path(__file__).resolve().parent.parent / "docs" / "publishing.md"
BEGIN, END = "<!-- columns: begin -->", "<!-- columns: end -->"
FEED = "https://harbour.example/feed"
MADE = "http://cv.iptc.org/newscodes/digitalsourcetype/"
SITE = SiteInfo(title="Reader", base_url="https://reader.example", language="en")
VALUES: dict[str, tuple[object, object]] = {
    "address": ("https://harbour.example/one?a=1#b", "https://harbour.example/two"),
    "source type": (MADE + "print", MADE + "digitalCapture"),
    "episode": (Episode(number=3), Episode(number=4)),
}
"""Two values of each kind."""


def table() -> str:
    """The columns as the docs show them."""
    rows = [
        f"| {one.about} | {one.read} | {one.written} · JSON Feed `_feedwright.{one.key}` | `{one.part}` |"
        for one in COLUMNS.values()
    ]
    return "\n".join(
        ("| what | read from | passed on as | told as a change of |", "| --- | --- | --- | --- |", *rows)
    )


def with_value(name: str, place: int = 0) -> PassedOn:
    return PassedOn(**{name: VALUES[COLUMNS[name].kind][place]})  # type: ignore[arg-type]


def stored(room: Newsroom) -> Article:
    page = room.store.feeds.page(FeedKey(kind="all"), entries=50, window=timedelta(0), most=50)
    assert page is not None
    (found,) = page.articles
    return found


def test_the_docs_show_every_column() -> None:
    shown = DOCS.read_text(encoding="utf-8").split(BEGIN)[1].split(END)[0].strip()
    assert shown == table(), "run: .venv/bin/python -m tests.test_passed_on --write"


def test_the_admin_page_names_every_column_that_is_a_text() -> None:
    assert set(PASSED_ON) == {name for name, one in COLUMNS.items() if one.kind != "episode"}


@pytest.mark.parametrize("kind", [ParsedEntry, Draft, Article, DocumentEntry])
def test_every_value_on_the_way_has_all_columns_and_names_none_again(kind: type[PassedOn]) -> None:
    assert issubclass(kind, PassedOn)
    assert not set(COLUMNS) & set(kind.__annotations__)


@pytest.mark.parametrize("name", COLUMNS)
def test_a_column_goes_from_a_document_to_the_store_and_back_into_a_document(
    name: str, newsroom: Newsroom
) -> None:
    first, second = with_value(name), with_value(name, 1)
    bare = article(authors=(), images=(), enclosures=())
    newsroom.add(FEED)
    states: list[Article] = []
    for told in (first, second, PassedOn()):
        newsroom.web.put(FEED, body("jsonfeed", with_passed_on(bare, told)))
        newsroom.again()
        states.append(stored(newsroom))
        assert getattr(states[-1], name) == getattr(told, name)
        renderer = Renderer(newsroom.store, site=SITE, publish=PublishSettings(), now=NOON)
        made = renderer.feed(FeedKey(kind="all"), "jsonfeed")
        assert made is not None
        assert (f'"{COLUMNS[name].key}"'.encode() in made.body) == (told != PassedOn())
    assert changed_fields(states[0], states[1]) == (COLUMNS[name].part,)
    assert changed_fields(states[1], states[2]) == (COLUMNS[name].part,)


@pytest.mark.parametrize("name", COLUMNS)
def test_another_value_is_another_version_and_no_news(name: str) -> None:
    draft = Draft(
        guid="1", is_guid_given=True, url=None, canonical_url=None, title="T", summary="", content_html="",
        published_at=None, modified_at=None,
    )  # fmt: skip
    hashes = [
        version_hash(one)
        for one in (
            draft,
            with_passed_on(draft, with_value(name)),
            with_passed_on(draft, with_value(name, 1)),
        )
    ]
    for before, after in (hashes[:2], hashes[1:]):
        assert not is_same(before, after)
        assert not is_major(before, after)


@pytest.mark.parametrize("name", COLUMNS)
@pytest.mark.parametrize("share", ["headline", "full"])
def test_a_column_is_shown_as_far_as_the_article_is_shared(name: str, share: str) -> None:
    source = replace(HARBOUR, share=share)  # type: ignore[arg-type]
    given = with_passed_on(article(source=source), with_value(name))
    shown = compose_entry(given, SITE, excerpt_chars=100)
    is_shown = share == "full" or not COLUMNS[name].is_of_text
    assert (getattr(shown, name) is not None) == is_shown


def test_of_two_tellings_the_first_counts_where_it_says_anything() -> None:
    one = PassedOn(license_url="https://harbour.example/a")
    other = PassedOn(license_url="https://harbour.example/b", source_type=MADE + "print")
    assert joined(one, other) == replace(other, license_url=one.license_url)
    assert kept_where(other, lambda column: column.kind == "address") == PassedOn(
        license_url=other.license_url
    )


if __name__ == "__main__" and "--write" in sys.argv:
    text, _, rest = DOCS.read_text(encoding="utf-8").partition(BEGIN)
    DOCS.write_text(f"{text}{BEGIN}\n\n{table()}\n\n{END}{rest.partition(END)[2]}", encoding="utf-8")
