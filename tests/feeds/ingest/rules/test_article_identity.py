"""Which article a draft is: guids as far as the document lets them be believed, addresses, and the urn of a new one."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from feeds.ingest.rules.article_identity import candidate_urns, computed_urn, own_urn
from feeds.ingest.rules.decide import UNDATED_STEP, decide
from feeds.model.articles import Changes, Draft, DraftFeed, Known, KnownArticle, KnownSighting, NewArticle
from feeds.text.urls import canonical_url
from tests.fakes import NOON
from tests.feeds.ingest.reading import source

HARBOUR, OTHER = (
    source(),
    source(id=2, slug="other", domain="other.example", first_url="https://other.example/f"),
)


def draft(guid: str | None, link: str | None = "https://harbour.example/1", **changes: object) -> Draft:
    """A draft as normalizing makes it; without a guid the address stands in."""
    url = canonical_url(link)
    made = Draft(
        guid=guid if guid is not None else url or "hash:1", is_guid_given=guid is not None, url=link, canonical_url=url,
        title="Story", summary="", content_html="", published_at=NOON - timedelta(hours=3), modified_at=None, hash="a.a",
    )  # fmt: skip
    return replace(made, **changes)  # type: ignore[arg-type]


class House:
    """What is known, growing as documents come in."""

    def __init__(self) -> None:
        self.articles: dict[int, KnownArticle] = {}
        self.sightings: list[KnownSighting] = []

    def see(self, *drafts: Draft, where: object = HARBOUR, is_import: bool = False) -> Changes:
        known = Known(
            articles=tuple(self.articles.values()),
            sightings=tuple(self.sightings),
            taken_urns=frozenset(one.urn for one in self.articles.values()),
        )
        told = where if where is OTHER else HARBOUR
        changes = decide(
            told, DraftFeed(format="rss", drafts=drafts), known, topics=(), is_import=is_import, now=NOON
        )
        for new in changes.new:
            self._keep(told.id, new)
        for again in changes.seen_again:
            self.sightings.append(
                KnownSighting(source_id=told.id, guid=again.draft.guid, article_id=again.article_id)
            )
        return changes

    def _keep(self, source_id: int, new: NewArticle) -> None:
        number = len(self.articles) + 1
        self.articles[number] = KnownArticle(
            id=number, urn=new.urn, source_id=source_id, canonical_url=new.draft.canonical_url, hash=new.draft.hash,
            status="published", updated_at=new.updated_at, first_seen_at=NOON, title=new.draft.title,
            published_at=new.draft.published_at,
        )  # fmt: skip
        self.sightings.append(KnownSighting(source_id=source_id, guid=new.draft.guid, article_id=number))


@pytest.fixture
def house() -> House:
    return House()


def test_the_same_document_again_changes_nothing(house: House) -> None:
    document = (
        draft("1"),
        draft("2", "https://harbour.example/2"),
        draft(None, "https://harbour.example/3"),
        draft(None, None),
    )
    assert len(house.see(*document, is_import=True).new) == 4
    assert house.see(*document).is_empty()
    assert house.see(*reversed(document)).is_empty()


@pytest.mark.parametrize(
    "later",
    [
        "http://harbour.example/1",
        "https://www.harbour.example/1",
        "https://harbour.example/1/",
        "https://harbour.example/1?utm_source=x",
    ],
)
def test_an_address_that_is_written_otherwise_is_the_same(house: House, later: str) -> None:
    for first in (draft("1"), draft(None)):
        fresh = House()
        fresh.see(first)
        assert fresh.see(replace(first, url=later, canonical_url=canonical_url(later))).is_empty()
        changed = draft(None, later) if not first.is_guid_given else first
        assert not fresh.see(changed).new


def test_another_guid_on_a_known_address_is_the_same_article(house: House) -> None:
    house.see(draft("old-cms-1"))
    changes = house.see(draft("new-cms-1"))
    assert not changes.new
    assert [again.article_id for again in changes.seen_again] == [1]
    assert house.see(draft("new-cms-1")).is_empty()


def test_a_guid_that_moves_to_another_address_is_the_same_article(house: House) -> None:
    house.see(draft("1"))
    changes = house.see(draft("1", "https://harbour.example/renamed", hash="a.b"))
    assert [one.article_id for one in changes.changed] == [1]
    assert not changes.new


def test_one_guid_for_all_is_no_guid(house: House) -> None:
    document = [draft("x", f"https://harbour.example/{n}") for n in range(4)]
    assert len(house.see(*document, is_import=True).new) == 4
    assert house.see(*document).is_empty()
    assert len(house.see(draft("x", "https://harbour.example/new"), *document).new) == 1
    assert len({one.urn for one in house.articles.values()}) == 5


def test_the_home_page_as_address_or_guid_says_nothing(house: House) -> None:
    home = "https://harbour.example/"
    document = draft("1", home), draft("2", home), draft(home, home)
    assert len(house.see(*document, is_import=True).new) == 3
    assert house.see(*document).is_empty()
    assert len(house.see(draft("3", home)).new) == 1


def test_the_same_telling_twice_in_one_document_is_one_article(house: House) -> None:
    assert len(house.see(draft("1", hash="a.a"), draft("1", hash="b.b"), is_import=True).new) == 1
    assert house.see(draft("1", hash="a.a"), draft("1", hash="b.b")).is_empty()


def test_an_article_seen_in_another_source_is_one_where_guid_and_address_agree(house: House) -> None:
    house.see(draft("1"))
    assert len(house.see(draft("1", "https://other.example/1"), where=OTHER).new) == 1
    assert not house.see(draft("2", "https://harbour.example/2")).seen_again
    assert not house.see(draft("2", "https://harbour.example/2"), where=OTHER).new


def test_nobody_takes_over_anothers_id(house: House) -> None:
    house.see(draft("https://harbour.example/1"))
    stolen = house.see(
        draft("https://harbour.example/1", "https://other.example/spam", hash="z.z"), where=OTHER
    )
    assert not stolen.changed
    assert [one.urn.startswith("urn:uuid:") for one in stolen.new] == [True]
    first = House()
    (squatted,) = first.see(
        draft("tag:harbour.example,2026:1", "https://other.example/spam"), where=OTHER
    ).new
    assert squatted.urn.startswith("urn:uuid:")
    (real,) = first.see(draft("tag:harbour.example,2026:1")).new
    assert real.urn == "tag:harbour.example,2026:1"


def test_a_publishers_own_id_is_one_article_in_all_its_feeds(house: House) -> None:
    house.see(draft("https://harbour.example/id/1"))
    again = house.see(draft("https://harbour.example/id/1", "https://harbour.example/sport/1"), where=OTHER)
    assert not again.new
    assert [one.article_id for one in again.seen_again] == [1]


@pytest.mark.parametrize(
    ("guid", "is_kept"),
    [
        ("https://harbour.example/1", True),
        ("https://news.harbour.example/1", True),
        ("tag:harbour.example,2026:1", True),
        ("tag:jane@harbour.example,2026:1", True),
        ("urn:uuid:5D7C6C5E-61f5-5d5c-9d0b-0f6a3a3c8f4e", True),
        ("urn:uuid:not-one", False),
        ("urn:isbn:9783161484100", False),
        ("https://other.example/1", False),
        ("tag:other.example,2026:1", False),
        ("https://harbour.example/with space", False),
        ("1", False),
    ],
)
def test_an_id_is_kept_where_its_owner_stands_behind_it(guid: str, is_kept: bool) -> None:
    kept = own_urn(HARBOUR, draft(guid))
    assert (kept is not None) is is_kept
    if guid.startswith("urn:uuid:5D"):
        assert kept == guid.lower()


def test_an_id_that_stood_in_for_a_missing_one_is_not_kept() -> None:
    assert own_urn(HARBOUR, draft(None)) is None


def test_computed_urns_are_the_same_ever_after_and_told_apart() -> None:
    assert computed_urn(HARBOUR, draft("1")) == computed_urn(OTHER, draft("1"))
    assert computed_urn(HARBOUR, draft("1", None)) != computed_urn(OTHER, draft("1", None))
    assert computed_urn(HARBOUR, draft("1"), 1) != computed_urn(HARBOUR, draft("1"))
    assert candidate_urns(HARBOUR, [draft("tag:harbour.example,2026:1")])[0] == "tag:harbour.example,2026:1"


def test_a_first_import_orders_by_date_and_undated_ones_an_hour_apart(house: House) -> None:
    dated = draft("1", published_at=NOON - timedelta(days=9))
    undated = [draft(f"u{n}", f"https://harbour.example/u{n}", published_at=None) for n in range(3)]
    new = {one.draft.guid: one for one in house.see(dated, *undated, is_import=True).new}
    assert new["1"].sort_at == NOON - timedelta(days=9)
    assert [NOON - new[f"u{n}"].sort_at for n in range(3)] == [
        UNDATED_STEP,
        2 * UNDATED_STEP,
        3 * UNDATED_STEP,
    ]
    assert new["u2"].effective_at == new["u2"].sort_at


def test_a_date_in_the_future_is_now(house: House) -> None:
    ahead = draft("1", published_at=NOON + timedelta(days=400), modified_at=NOON + timedelta(days=400))
    (new,) = house.see(ahead, is_import=True).new
    assert new.sort_at == new.effective_at == new.updated_at == NOON


def test_later_articles_are_published_now_in_the_order_of_their_dates(house: House) -> None:
    house.see(draft("0", "https://harbour.example/0"), is_import=True)
    old, new = draft("1"), draft("2", "https://harbour.example/2", published_at=NOON - timedelta(hours=1))
    found = house.see(old, new).new
    assert [one.draft.guid for one in found] == ["1", "2"]
    assert found[0].sort_at < found[1].sort_at == NOON
    assert found[0].effective_at == NOON - timedelta(hours=3)


def test_what_new_rules_read_alike_is_marked_and_nobody_is_told(house: House) -> None:
    house.see(draft("1", hash="a.a.old"))
    house.see(draft("2", "https://harbour.example/2", hash="b.b.old"))
    changes = house.see(draft("1", hash="a.a.new"), draft("2", "https://harbour.example/2", hash="c.c.new"))
    assert changes.remarked == ((1, "a.a.new"),)
    (changed,) = changes.changed
    assert (changed.article_id, changed.is_major, changed.updated_at) == (
        2,
        False,
        house.articles[2].updated_at,
    )


def test_one_guid_for_entries_of_other_date_and_text_is_two_articles(house: House) -> None:
    first = draft("same", title="Fog", summary="Fog came.", published_at=NOON - timedelta(days=2), hash="a.a")
    second = draft(
        "same", title="Ice", summary="Ice went.", published_at=NOON - timedelta(days=1), hash="b.b"
    )
    assert len(house.see(second, first, is_import=True).new) == 2
    assert house.see(second, first).is_empty()
    (changed,) = house.see(second, replace(first, title="Fog again", hash="c.c")).changed
    assert house.articles[changed.article_id].title == "Fog"
    third = draft("same", title="Rain", summary="Rain fell.", published_at=NOON, hash="d.d")
    assert len(house.see(third, second, first).new) == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"title": "Ice", "summary": "Fog came."},
        {"published_at": NOON},
        {"published_at": None, "summary": "Ice went."},
    ],
)
def test_an_entry_told_twice_is_one(house: House, changes: dict[str, object]) -> None:
    first = draft("same", title="Fog", summary="Fog came.")
    assert len(house.see(first, replace(first, **changes), is_import=True).new) == 1  # type: ignore[arg-type]
