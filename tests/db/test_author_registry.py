"""Who authors are across publishers: agencies, found facts, merge and split; on both engines."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from db import authors
from db.store import Store
from feeds.actions.declaring.specs import spec_at
from feeds.actions.sorting.authors import propose_merges, show_author, tell_apart, without_apart
from feeds.errors import NotFoundError, OwnedByFileError, RequestError
from feeds.ingest.formats import scan
from feeds.ingest.poll import fetch
from feeds.ingest.rules import versions
from feeds.model.articles import DraftAuthor
from feeds.model.authors import Author, AuthorFacts
from feeds.model.incoming import SourceOptions
from feeds.model.outgoing import FeedKey
from tests.fakes import NOON, Newsroom, item, rss

HARBOUR, OTHER = "https://harbour.example/feed", "https://other.example/feed"
BODY = "<p>{0}</p><p>{1}</p><p>{2}</p>"
TEXT = BODY.format(
    "The last drifter left the quay before the fog came in over the sound.",
    "Nobody on the pier had expected the tide to turn so early in the month.",
    "The mayor said that the berth would be dredged before the winter.",
)


def by(name: str) -> str:
    return f"<dc:creator>{name}</dc:creator>"


def with_text(name: str, html: str) -> str:
    return f"{by(name)}<content:encoded><![CDATA[{html}]]></content:encoded>"


def elsewhere(number: int, name: str) -> str:
    return rss(item(number, link=f"https://other.example/{number}", extra=by(name)), title="Other News")


def titles(newsroom: Newsroom, slug: str) -> list[str]:
    page = newsroom.store.feeds.page(
        FeedKey(kind="author", slug=slug), entries=50, window=timedelta(0), most=50
    )
    return sorted(one.title for one in page.articles) if page else []


def authors_of_first(newsroom: Newsroom) -> tuple[Author, ...]:
    page = newsroom.store.feeds.page(FeedKey(kind="all"), entries=1, window=timedelta(0), most=1)
    assert page is not None
    return page.articles[0].authors


def slugs(newsroom: Newsroom) -> dict[str, int]:
    return {author.slug: count for author, count in newsroom.store.authors.every()}


def test_an_agency_is_one_desk_everywhere_by_any_spelling(newsroom: Newsroom) -> None:
    newsroom.add(HARBOUR, rss(item(1, extra=by("Jane Roe | AP")), item(2, extra=by("The Associated Press"))))
    newsroom.add(OTHER, elsewhere(3, "AP"))
    newsroom.round()
    assert slugs(newsroom) == {"associated-press": 3, "jane-roe": 1}
    (agency,) = [one for one, _ in newsroom.store.authors.every() if one.kind == "agency"]
    assert (agency.name, agency.domain, agency.known_as) == (
        "Associated Press",
        "",
        ("AP", "The Associated Press"),
    )


def test_what_was_taken_for_a_person_before_becomes_the_agency_and_a_namesake_does_not(store: Store) -> None:
    with store.write():
        before = authors.resolve(store.engine, DraftAuthor(name="ELTA"), "harbour.example", NOON)
        elta = authors.resolve(store.engine, DraftAuthor(name="Elta"), "other.example", NOON)
        found = DraftAuthor(name="ELTA", kind="agency")
        agency = authors.resolve(store.engine, found, "third.example", NOON)
        assert authors.resolve(store.engine, found, "harbour.example", NOON) == agency
        assert authors.resolve(store.engine, DraftAuthor(name="Elta"), "other.example", NOON) == elta
        assert authors.resolve(store.engine, DraftAuthor(name="Elta"), "fourth.example", NOON) not in (
            agency,
            elta,
        )
    assert len({before, elta, agency}) == 3
    assert store.feeds.slug_now("author", "elta") == "elta-3"
    assert store.feeds.slug_now("author", "elta-2") == "elta-2"


def test_a_closing_paragraph_becomes_the_authors_and_a_later_one_replaces_it(newsroom: Newsroom) -> None:
    first = f"{TEXT}<p>Jane Roe is a reporter who covers the harbour.</p>"
    newsroom.add(HARBOUR, rss(item(1, extra=with_text("Jane Roe, Staff Writer", first))))
    newsroom.add(OTHER, elsewhere(3, "Jane Roe"))
    newsroom.round()
    jane = show_author(newsroom.store, "jane-roe").author
    assert (jane.bio, jane.role) == ("Jane Roe is a reporter who covers the harbour.", "Staff Writer")
    assert show_author(newsroom.store, "jane-roe-2").author.bio == ""
    info = newsroom.store.feeds.info(FeedKey(kind="author", slug="jane-roe"))
    assert info is not None
    assert (info.description, info.role) == (jane.bio, "Staff Writer")
    later = f"{TEXT}<p>Jane Roe is the harbour editor and writes about tides.</p>"
    newsroom.web.put(HARBOUR, rss(item(2, extra=with_text("Jane Roe", later))))
    newsroom.again()
    assert show_author(newsroom.store, "jane-roe").author.bio.startswith("Jane Roe is the harbour editor")
    newsroom.store.authors.set_facts(
        "jane-roe", AuthorFacts(bio="Knows boats.", links=("https://jane.example/",)), NOON
    )
    newsroom.web.put(HARBOUR, rss(item(4, extra=with_text("Jane Roe", first))))
    newsroom.again()
    jane = show_author(newsroom.store, "jane-roe").author
    assert (jane.bio, jane.links) == ("Knows boats.", ("https://jane.example/",))
    newsroom.store.authors.set_facts("jane-roe", AuthorFacts(bio=""), NOON)
    assert "covers the harbour" in show_author(newsroom.store, "jane-roe").author.bio


def test_merge_and_split_change_no_article_and_old_addresses_lead_on(newsroom: Newsroom) -> None:
    newsroom.add(HARBOUR, rss(item(1, extra=by("Jane Roe")), item(2, extra=by("Jane Roe") + by("Ann Poe"))))
    newsroom.add(OTHER, elsewhere(3, "Jane Roe"))
    newsroom.round()
    key = FeedKey(kind="all")

    def everything() -> list[tuple[int, str]]:
        page = newsroom.store.feeds.page(key, entries=50, window=timedelta(0), most=50)
        assert page is not None
        return sorted((one.id, one.urn) for one in page.articles)

    before, had = everything(), slugs(newsroom)
    assert had == {"ann-poe": 1, "jane-roe": 2, "jane-roe-2": 1}
    assert newsroom.store.authors.merge("jane-roe-2", "jane-roe", NOON).slug == "jane-roe"
    newsroom.round()
    assert titles(newsroom, "jane-roe") == ["Story 1", "Story 2", "Story 3"]
    assert newsroom.store.feeds.slug_now("author", "jane-roe-2") == "jane-roe"
    newsroom.web.put(OTHER, elsewhere(4, "Jane Roe"))
    newsroom.again()
    assert slugs(newsroom) == {"ann-poe": 1, "jane-roe": 4}
    back = newsroom.store.authors.split("jane-roe", "Jane Roe", "other.example", NOON)
    newsroom.round()
    assert (back.slug, newsroom.store.feeds.slug_now("author", "jane-roe-2")) == ("jane-roe-2", "jane-roe-2")
    assert titles(newsroom, "jane-roe-2") == ["Story 3", "Story 4"]
    assert titles(newsroom, "jane-roe") == ["Story 1", "Story 2"]
    assert set(before) < set(everything())
    newsroom.web.put(OTHER, elsewhere(5, "Jane Roe"))
    newsroom.again()
    assert slugs(newsroom) == {"ann-poe": 1, "jane-roe": 2, "jane-roe-2": 3}


def test_two_authors_of_one_article_are_one_after_a_merge_and_two_after_a_split(newsroom: Newsroom) -> None:
    newsroom.add(HARBOUR, rss(item(1, extra=by("Jane Roe") + by("J. Rowe"))))
    newsroom.round()
    newsroom.store.authors.merge("j-rowe", "jane-roe", NOON)
    newsroom.round()
    assert [one.name for one in authors_of_first(newsroom)] == ["Jane Roe"]
    assert slugs(newsroom) == {"jane-roe": 1}
    newsroom.store.authors.split("jane-roe", "J. Rowe", None, NOON)
    newsroom.round()
    assert [one.slug for one in authors_of_first(newsroom)] == ["jane-roe", "j-rowe"]
    assert titles(newsroom, "j-rowe") == ["Story 1"]


def test_what_cannot_be_merged_or_split_says_why(newsroom: Newsroom) -> None:
    store = newsroom.store
    newsroom.add(HARBOUR, rss(item(1, extra=by("Jane Roe") + by("Ann Poe"))))
    newsroom.round()
    store.authors.put(slug="bo", name="Bo Lind", known_as=[], bio="", links=[], origin="file", now=NOON)
    with pytest.raises(RequestError, match="are one author already"):
        store.authors.merge("jane-roe", "jane-roe", NOON)
    with pytest.raises(RequestError, match="declared in the config file"):
        store.authors.merge("bo", "jane-roe", NOON)
    with pytest.raises(NotFoundError, match="no author 'nobody'"):
        store.authors.merge("nobody", "jane-roe", NOON)
    with pytest.raises(RequestError, match="goes by 'Eve Ray' there"):
        store.authors.split("jane-roe", "Eve Ray", None, NOON)
    with pytest.raises(RequestError, match="nobody would be left"):
        store.authors.split("jane-roe", "Jane Roe", None, NOON)
    with pytest.raises(OwnedByFileError, match="change it there"):
        store.authors.set_facts("bo", AuthorFacts(bio="x"), NOON)


def test_new_rules_move_no_date_and_the_next_correction_does(
    newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    document = rss(item(1, extra=by("Jane Roe")), item(2, extra=by("Ann Poe")))
    newsroom.add(HARBOUR, document)
    newsroom.round()

    def state() -> tuple[int, dict[str, tuple[str, object]]]:
        page = newsroom.store.feeds.page(FeedKey(kind="all"), entries=50, window=timedelta(0), most=50)
        assert page is not None
        return page.info.changed_seq, {one.title: (one.urn, one.updated_at) for one in page.articles}

    before = state()
    monkeypatch.setattr(versions, "RULES", "next")
    monkeypatch.setattr(scan, "RULES", b"next")
    monkeypatch.setattr(fetch, "RULES", b"next")
    newsroom.again()
    assert state() == before
    newsroom.web.put(HARBOUR, document.replace("Jane Roe", "Jane B. Roe"))
    newsroom.again()
    seq, articles = state()
    assert seq > before[0]
    assert articles["Story 1"][1] > before[1]["Story 1"][1]  # type: ignore[operator]
    assert articles["Story 2"] == before[1]["Story 2"]


def test_equal_names_are_proposed_with_their_evidence_and_not_merged(newsroom: Newsroom) -> None:
    newsroom.add(HARBOUR, rss(item(1, extra=by("Jane Roe")), item(2, extra=by("jane@post.example (J. Row)"))))
    newsroom.add(OTHER, rss(
        item(3, link="https://other.example/3", extra=by("Jane Roe")),
        item(4, link="https://other.example/4", extra=by("jane@post.example (Jane Row)")), title="Other News"))  # fmt: skip
    newsroom.round()
    found = {
        tuple(sorted(c.author.slug for c in one.candidates)): one for one in propose_merges(newsroom.store)
    }
    assert set(found) == {("jane-roe", "jane-roe-2"), ("j-row", "jane-row")}
    same = found["jane-roe", "jane-roe-2"]
    assert same.evidence == ("the same name",)
    assert [c.traces.sources for c in same.candidates] == [(("harbour-example", 1),), (("other-example", 1),)]
    assert found["j-row", "jane-row"].shared_links == ("mailto:jane@post.example",)


def test_initials_are_proposed_at_one_publisher_where_they_fit_one_name(newsroom: Newsroom) -> None:
    names = (
        "Ines Halvorsen",
        "I. Halvorsen",
        "Ines M. Halvorsen",
        "Jan Roe",
        "Jon Roe",
        "J. Roe",
        "Bo Lind",
        "Bo Lindqvist",
    )
    newsroom.add(HARBOUR, rss(*(item(number, extra=by(name)) for number, name in enumerate(names, 1))))
    newsroom.add(OTHER, elsewhere(20, "B. Lind"))
    newsroom.round()
    assert proposed(newsroom) == {("i-halvorsen", "ines-halvorsen"), ("ines-halvorsen", "ines-m-halvorsen")}
    tell_apart(newsroom.store, ["ines-halvorsen", "ines-m-halvorsen"], NOON)
    assert proposed(newsroom) == {("i-halvorsen", "ines-halvorsen")}


def test_a_shared_address_joins_one_name_across_publishers_unless_it_is_everybodys(
    newsroom: Newsroom,
) -> None:
    newsroom.add(
        HARBOUR,
        rss(
            item(1, extra=by("jane@post.example (Jane Roe)")),
            item(2, extra=by("noreply@blog.example (Ann Poe)")),
        ),
    )
    newsroom.add(OTHER, rss(
        item(3, link="https://other.example/3", extra=by("jane@post.example (Jane Roe)")),
        item(4, link="https://other.example/4", extra=by("noreply@blog.example (Ann Poe)"))))  # fmt: skip
    newsroom.round()
    assert slugs(newsroom) == {"jane-roe": 2, "ann-poe": 1, "ann-poe-2": 1}


def proposed(newsroom: Newsroom) -> set[tuple[str, ...]]:
    return {
        tuple(sorted(one.author.slug for one in proposal.candidates))
        for proposal in propose_merges(newsroom.store)
    }


def test_who_was_told_apart_is_not_proposed_again_and_the_others_are(newsroom: Newsroom) -> None:
    newsroom.add(HARBOUR, rss(item(1, extra=by("Jane Roe"))))
    newsroom.add(OTHER, elsewhere(3, "Jane Roe"))
    third = "https://third.example/feed"
    newsroom.add(third, rss(item(5, link="https://third.example/5", extra=by("Jane Roe")), title="Third"))
    newsroom.round()
    one, two, three = "jane-roe", "jane-roe-2", "jane-roe-3"
    assert proposed(newsroom) == {(one, two, three)}
    assert tell_apart(newsroom.store, [two, one], NOON) == 1
    assert tell_apart(newsroom.store, [one, two], NOON) == 0
    assert proposed(newsroom) == {(one, three), (two, three)}
    assert show_author(newsroom.store, one).apart_from == (two,)
    # Whoever somebody is merged into is told apart from the same people; taking it back names who they are now.
    newsroom.store.authors.merge(two, three, NOON)
    assert proposed(newsroom) == set()
    assert show_author(newsroom.store, three).apart_from == (one,)
    assert tell_apart(newsroom.store, [one, three], NOON, is_apart=False) == 1
    assert proposed(newsroom) == {(one, three)}


def test_a_split_tells_two_people_apart_and_a_merge_makes_them_one(newsroom: Newsroom) -> None:
    newsroom.add(HARBOUR, rss(item(1, extra=by("Jane Roe"))))
    newsroom.add(OTHER, elsewhere(3, "Jane Roe"))
    newsroom.round()
    pair = ("jane-roe", "jane-roe-2")
    newsroom.store.authors.merge("jane-roe-2", "jane-roe", NOON)
    newsroom.store.authors.split("jane-roe", "Jane Roe", "other.example", NOON)
    assert proposed(newsroom) == set()
    assert len(newsroom.store.authors.apart()) == 1
    newsroom.store.authors.merge("jane-roe-2", "jane-roe", NOON)
    assert newsroom.store.authors.apart() == frozenset()
    with pytest.raises(RequestError, match="one author here"):
        tell_apart(newsroom.store, pair, NOON)


def test_groups_without_those_told_apart_hold_every_other_pair() -> None:
    apart = frozenset({(1, 2), (3, 4)})
    groups = without_apart([1, 2, 3, 4], apart)
    pairs = {(a, b) for group in groups for a in group for b in group if a < b}
    assert pairs == {(1, 3), (1, 4), (2, 3), (2, 4)}
    assert without_apart([5, 6], apart) == ((5, 6),)
    assert without_apart([1, 2], apart) == ()


# what pages state for machines

SOCIAL = "https://social.example/@jane"


def page_of(people: list[dict[str, Any]], publisher: dict[str, Any] | None = None) -> str:
    stated = {
        "@context": "https://schema.org",
        "@graph": [
            {"@type": "NewsArticle", "headline": "Story", "datePublished": "2026-11-20", "author": people},
            {"@type": "NewsMediaOrganization", "name": "The publisher", **(publisher or {})},
        ],
    }
    return (
        f'<html lang="en"><head><title>Story</title><script type="application/ld+json">{json.dumps(stated)}</script>'
        f"</head><body><article><h1>Story</h1>{TEXT}</article></body></html>"
    )


def person(name: str, *links: object, **more: object) -> dict[str, Any]:
    return {"@type": "Person", "name": name, "sameAs": list(links), **more}


def publish(newsroom: Newsroom, feed: str, number: int, names: list[str], page: str) -> None:
    """A feed whose one article by these people is read from its own page."""
    address = f"{feed.rsplit('/', 1)[0]}/{number}"
    newsroom.web.put(address, page)
    newsroom.web.put(feed, rss(item(number, link=address, extra="".join(map(by, names))), title="News"))
    if newsroom.store.sources.at(feed) is None:
        spec = replace(spec_at(feed), options=SourceOptions(full_text=True))
        newsroom.store.sources.add(spec, newsroom.clock())
    newsroom.again()


def test_what_a_page_states_of_its_author_makes_one_person_across_publishers(newsroom: Newsroom) -> None:
    jane = person("Jane Roe", SOCIAL, url="/staff/jane")
    publish(newsroom, HARBOUR, 1, ["Jane Roe"], page_of([jane]))
    found = show_author(newsroom.store, "jane-roe")
    assert found.author.links == ("https://harbour.example/staff/jane", SOCIAL)
    info = newsroom.store.feeds.info(FeedKey(kind="author", slug="jane-roe"))
    assert info is not None
    assert SOCIAL in info.links
    again = person("Jane Roe", "http://www.social.example/@jane/")
    publish(newsroom, OTHER, 2, ["Jane Roe"], page_of([again]))
    assert slugs(newsroom) == {"jane-roe": 2}
    # Another name with that address is proposed with its evidence, and not made one.
    publish(newsroom, "https://third.example/feed", 3, ["J. Roe"], page_of([person("J. Roe", SOCIAL)]))
    assert slugs(newsroom) == {"jane-roe": 2, "j-roe": 1}
    (proposal,) = propose_merges(newsroom.store)
    assert proposal.evidence == ("the same address social.example/@jane",)


def test_an_author_named_by_id_has_what_its_own_node_says(newsroom: Newsroom) -> None:
    told = {
        "@graph": [
            {"@type": "Article", "headline": "Story", "author": {"name": "Jane Roe", "@id": "#jane"}},
            {"@type": ["Person"], "@id": "#jane", "name": "Jane Roe", "sameAs": [SOCIAL]},
            {"@type": "Article", "@id": "#loop", "author": {"@id": "#loop"}},
        ]
    }
    page = page_of([]).replace(
        "</head>", f'<script type="application/ld+json">{json.dumps(told)}</script></head>'
    )
    page = page.replace(page[page.index("<script") : page.index("</script>") + 9], "", 1)
    publish(newsroom, HARBOUR, 1, ["Jane Roe"], page)
    assert show_author(newsroom.store, "jane-roe").author.links == (SOCIAL,)


def test_a_publishers_own_account_makes_nobody_one_person(newsroom: Newsroom) -> None:
    house = "https://social.example/@thehouse"
    told = {"url": "https://harbour.example/", "sameAs": [house]}
    publish(
        newsroom,
        HARBOUR,
        1,
        ["Jane Roe"],
        page_of([person("Jane Roe", house, "https://harbour.example/")], told),
    )
    assert show_author(newsroom.store, "jane-roe").traces.links == ()
    # Where the page does not say whose it is, two authors that have it do.
    shared = page_of([person("Ann Poe", house), person("Bo Lind", house)])
    publish(newsroom, HARBOUR, 2, ["Ann Poe", "Bo Lind"], shared)
    assert show_author(newsroom.store, "ann-poe").traces.links == ()
    publish(newsroom, HARBOUR, 3, ["Ann Poe"], page_of([person("Ann Poe", house)]))
    publish(newsroom, HARBOUR, 4, ["Bo Lind"], page_of([person("Bo Lind", house)]))
    assert show_author(newsroom.store, "bo-lind").author.links == ()
    publish(newsroom, OTHER, 5, ["Ann Poe"], page_of([person("Ann Poe", house)]))
    assert slugs(newsroom) == {"jane-roe": 1, "ann-poe": 2, "ann-poe-2": 1, "bo-lind": 2}


def test_hostile_addresses_of_authors_are_few_short_and_plain(newsroom: Newsroom) -> None:
    bad = ["javascript:alert(1)", "https://a.example/?token=s3cret", "ftp://a.example/x", "https://twitter.com/",
           "https://a.example/" + "x" * 3000, 7, None, {"@id": "urn:x"}]  # fmt: skip
    for number in range(1, 9):
        links = [*bad, *(f"https://{number}-{place}.example/jane" for place in range(60))]
        publish(newsroom, HARBOUR, number, ["Jane Roe"], page_of([person("Jane Roe", *links)]))
    found = show_author(newsroom.store, "jane-roe")
    assert len(found.author.links) == 8
    assert len(found.traces.links) == 50
    assert all(link.endswith(".example/jane") for link in found.traces.links)


def test_links_that_an_admin_set_stay(newsroom: Newsroom) -> None:
    newsroom.store.authors.put(
        slug="jane",
        name="Jane Roe",
        known_as=[],
        bio="",
        links=["https://jane.example/"],
        origin="file",
        now=NOON,
    )
    publish(newsroom, HARBOUR, 1, ["Jane Roe"], page_of([person("Jane Roe", SOCIAL)]))
    found = show_author(newsroom.store, "jane")
    assert found.author.links == ("https://jane.example/",)
    assert found.traces.links == (SOCIAL,)
