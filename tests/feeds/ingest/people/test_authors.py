"""Who wrote it: several authors stay several, one told twice is one, roles and titles are nobody."""

from __future__ import annotations

import pytest

from feeds.ingest.people.authors import judge_bylines
from feeds.ingest.people.names import looks_like_name
from feeds.model.articles import DraftAuthor
from feeds.model.incoming import Byline
from tests.fakes import item, rss
from tests.feeds.ingest.reading import atom, entry, read_one


def names(
    *texts: str | Byline, titles: tuple[str, ...] = ("Harbour News",), fallback: str | None = None
) -> list[str]:
    bylines = [text if isinstance(text, Byline) else Byline(text=text) for text in texts]
    found = judge_bylines(bylines, titles=titles, fallback=fallback, base_url="https://harbour.example/")
    return [one.name for one in found]


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("Jane Roe", ["Jane Roe"]),
        ("By Jane Roe", ["Jane Roe"]),
        ("Von Jörg Ærø", ["Jörg Ærø"]),
        ("Jane Roe and Omar Haddad", ["Jane Roe", "Omar Haddad"]),
        ("Jane Roe, Omar Haddad & Li Wei Chen", ["Jane Roe", "Omar Haddad", "Li Wei Chen"]),
        ("Ludwig van Beethoven und Clara Schumann", ["Ludwig van Beethoven", "Clara Schumann"]),
        ("Roe, Jane", ["Roe, Jane"]),
        ("The Band, Ltd. and friends", ["The Band, Ltd. and friends"]),
        ("desk@harbour.example (Jane Roe)", ["Jane Roe"]),
        ("desk@long.museum.photography (Jane Roe)", ["Jane Roe"]),
        ("Jane Roe (desk@harbour.example)", ["Jane Roe"]),
        ("Jane Roe (mailto:desk@harbour.example)", ["Jane Roe"]),
        ('"Jane Roe" <desk@harbour.example>', ["Jane Roe"]),
        ("<b>Jane</b> Roe", ["Jane Roe"]),
        ("Jane &amp; Omar's Kitchen", ["Jane & Omar's Kitchen"]),
        ("李小龙", ["李小龙"]),
        ("desk@harbour.example", []),
        ("admin", []),
        ("Editorial Team", ["Editorial Team"]),
        ("Harbour News", []),
        ("HARBOUR  NEWS", []),
        ("https://harbour.example/", []),
        ("—", []),
        ("", []),
        ("x" * 500, []),
    ],
)
def test_a_byline_names_people_or_nobody(text: str, meant: list[str]) -> None:
    assert names(text) == meant


def test_an_entrys_own_byline_wins_over_the_feeds() -> None:
    feed = Byline(text="Omar Haddad", is_feed_level=True)
    assert names("Jane Roe", feed) == ["Jane Roe"]
    assert names("admin", feed) == ["Omar Haddad"]


def test_the_admins_answer_is_for_entries_without_a_byline() -> None:
    assert names("webmaster", fallback="The Harbour Desk") == ["The Harbour Desk"]
    assert names("Jane Roe", fallback="The Harbour Desk") == ["Jane Roe"]


@pytest.mark.parametrize(
    "again", ["jane roe", "JANE ROE", "Jané Roe", "By Jane Roe", "Roe, Jane", "x@y.example (Jane Roe)"]
)
def test_a_person_told_twice_is_one(again: str) -> None:
    assert names("Jane Roe", again) == ["Jane Roe"]


def test_a_second_telling_adds_address_and_natural_order() -> None:
    found = judge_bylines(
        [
            Byline(text="Roe, Jane"),
            Byline(text="jr@harbour.example (Jane Roe)"),
            Byline(text="Jane Roe", url="/jane"),
        ],
        titles=(),
        fallback=None,
        base_url="https://harbour.example/news/",
    )
    assert found == (
        DraftAuthor(name="Jane Roe", email="jr@harbour.example", url="https://harbour.example/jane"),
    )


def test_a_login_beside_a_name_is_nobody() -> None:
    assert names("jroe@harbour.example (jroe)", "Jane Roe") == ["Jane Roe"]
    assert names("jroe@harbour.example (jroe)") == ["jroe"]
    assert names(Byline(text="Co-Author", email="co-author@harbour.example"), "Jane Roe") == [
        "Co-Author",
        "Jane Roe",
    ]


def test_rss_names_one_person_in_three_fields_once() -> None:
    extra = (
        "<author>jr@harbour.example (Jane Roe)</author><dc:creator>Jane Roe</dc:creator>"
        '<itunes:author xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd">Harbour Radio</itunes:author>'
    )
    assert [one.name for one in read_one(rss(item(1, extra=extra))).authors] == ["Jane Roe"]


@pytest.mark.parametrize("written", ["{} (Ines Calder)", "Ines Calder &lt;{}&gt;", "Ines Calder, {}"])
@pytest.mark.parametrize("address", ["ines@quay.example", "ines@tideline.media", "ines@quay.info"])
def test_an_address_stays_whole_where_nothing_but_the_lenient_parser_reads_the_document(
    written: str, address: str
) -> None:
    author = f"<author>{written.format(address)}</author>"
    broken = "<description>Skiffs & crews<p>one<br>two</description>"
    draft = read_one(rss(f"<item><title>T</title><link>https://quay.example/1</link>{broken}{author}</item>"))
    assert [(one.name, one.email) for one in draft.authors] == [("Ines Calder", address)]


def test_several_creators_and_atom_authors_stay_several() -> None:
    two = "<dc:creator>Jane Roe</dc:creator><dc:creator>Omar Haddad</dc:creator>"
    assert [one.name for one in read_one(rss(item(1, extra=two))).authors] == ["Jane Roe", "Omar Haddad"]
    people = (
        "<author><name>Jane Roe</name><uri>/jane</uri><email>JR@harbour.example</email></author>"
        "<author><name>Omar Haddad</name></author><contributor><name>Li Chen</name></contributor>"
    )
    jane, omar = read_one(atom(entry(people))).authors
    assert (jane.name, jane.url, jane.email) == (
        "Jane Roe",
        "https://harbour.example/jane",
        "jr@harbour.example",
    )
    assert omar.name == "Omar Haddad"


def test_atom_without_a_name_space_has_authors_too() -> None:
    body = "<feed><title>t</title><entry><title>a</title><author><name>Jane Roe</name><uri>http://a.example/</uri></author></entry></feed>"
    assert [one.name for one in read_one(body).authors] == ["Jane Roe"]


def test_json_feed_authors_replace_the_author_of_version_one() -> None:
    body = (
        '{"version": "https://jsonfeed.org/version/1.1", "title": "t", "items": [{"id": 1, "content_text": "x",'
        ' "author": {"name": "Old Field"}, "authors": [{"name": "Jane Roe"}, {"name": "Omar Haddad"}]}]}'
    )
    assert [one.name for one in read_one(body).authors] == ["Jane Roe", "Omar Haddad"]


def test_names_are_told_from_other_words() -> None:
    assert looks_like_name("Jane Roe")
    assert looks_like_name("Ursula von der Leyen")
    assert not looks_like_name("Jane")
    assert not looks_like_name("staff reporter")
    assert not looks_like_name("Jane Roe 2nd of her very long name")
    assert names("Jane Roe; Omar Haddad") == ["Jane Roe", "Omar Haddad"]
    assert names("Salt, Pepper and Vinegar") == ["Salt, Pepper and Vinegar"]
