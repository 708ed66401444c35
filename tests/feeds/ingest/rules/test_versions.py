"""When a change is one that readers should notice."""

from __future__ import annotations

from dataclasses import replace

import pytest

from feeds.ingest.rules import versions
from feeds.ingest.rules.versions import is_flap, is_major, is_same, version_hash
from feeds.model.articles import Draft, DraftAuthor
from feeds.model.incoming import Enclosure, Image

BEFORE = Draft(
    guid="1",
    is_guid_given=True,
    url="https://a.example/1",
    canonical_url="https://a.example/1",
    title="The ferry runs",
    summary="Again",
    content_html="<p>It runs, again.</p>",
    published_at=None,
    modified_at=None,
    authors=(DraftAuthor(name="Jane Roe"),),
    categories=("Sea",),
    images=(Image(url="https://a.example/p.jpg", credit="Omar Haddad"),),
)
MAJOR = {
    "title": replace(BEFORE, title="The ferry stops"),
    "text": replace(BEFORE, content_html="<p>It stops.</p>"),
    "byline": replace(BEFORE, authors=()),
    "credit": replace(BEFORE, images=(Image(url="https://a.example/p.jpg", credit="Li Chen"),)),
    "rights": replace(BEFORE, rights="CC BY"),
}
MINOR = {
    "markup": replace(BEFORE, content_html="<div><p>It <b>runs</b>, again.</p></div>"),
    "punctuation": replace(BEFORE, title="The ferry runs!"),
    "category": replace(BEFORE, categories=("Sea", "Ports")),
    "address": replace(BEFORE, canonical_url="https://a.example/one"),
    "picture": replace(BEFORE, images=(Image(url="https://b.example/p.jpg", credit="Omar Haddad"),)),
    "enclosure": replace(BEFORE, enclosures=(Enclosure(url="https://a.example/a.mp3"),)),
    "author's address": replace(
        BEFORE, authors=(DraftAuthor(name="Jane Roe", url="https://a.example/jane"),)
    ),
}


@pytest.mark.parametrize("what", MAJOR)
def test_what_a_reader_would_notice_is_major(what: str) -> None:
    assert is_major(version_hash(BEFORE), version_hash(MAJOR[what]))


@pytest.mark.parametrize("what", MINOR)
def test_what_shows_but_says_the_same_is_minor(what: str) -> None:
    before, after = version_hash(BEFORE), version_hash(MINOR[what])
    assert before != after
    assert not is_major(before, after)


def test_dates_and_ids_are_no_change() -> None:
    assert version_hash(BEFORE) == version_hash(replace(BEFORE, guid="2", is_date_guessed=True))


def test_a_change_of_our_rules_is_no_change_of_the_source(monkeypatch: pytest.MonkeyPatch) -> None:
    before = version_hash(BEFORE)
    monkeypatch.setattr(versions, "RULES", "next")
    after, otherwise = (
        version_hash(BEFORE),
        version_hash(replace(BEFORE, authors=(DraftAuthor(name="J. Roe"),))),
    )
    assert before != after
    assert is_same(before, after)
    assert not is_same(before, otherwise)
    assert not is_major(before, otherwise)
    assert is_major(after, otherwise)
    assert is_flap(after, otherwise, [before])


def test_hashes_without_rules_are_of_the_rules_before_them() -> None:
    now = version_hash(BEFORE)
    before = now.rsplit(".", 1)[0]
    assert is_same(before, now)
    assert not is_major(before, version_hash(MAJOR["byline"]))


def test_what_an_author_is_changes_no_article() -> None:
    jane = DraftAuthor(name="Jane Roe", role="Staff Writer", kind="desk", written="J. R.")
    assert version_hash(replace(BEFORE, authors=(jane,))) == version_hash(BEFORE)


@pytest.mark.parametrize("count", [0, 1, 2])
def test_what_a_picture_is_changes_no_article_and_hashes_are_what_they_were(count: int) -> None:
    pictures = tuple(Image(url=f"https://a.example/{n}.jpg", credit="Omar 'O' Haddad") for n in range(count))
    mains = tuple(replace(one, role="main") for one in pictures)
    assert version_hash(replace(BEFORE, images=mains)) == version_hash(replace(BEFORE, images=pictures))
    assert versions._pictures(pictures) == repr(pictures).replace(", role='', source_type=None)", ")")
