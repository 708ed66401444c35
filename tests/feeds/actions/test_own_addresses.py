"""Addresses of this site are no sources of it, in whichever way somebody states them; lists of sources lose nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from db.store import Store
from feeds.actions.gathering import sources
from feeds.actions.lists.opml import ImportReport, import_opml
from feeds.config.load import parse
from feeds.errors import ConfigError, RequestError
from feeds.model.declarations import SourceDeclaration
from feeds.model.settings import Settings
from tests.fakes import NOON, Newsroom

OURS = '[site]\nbase_url = "https://news.example"\n[web]\nport = 8123\n'


def settings(text: str = OURS) -> Settings:
    return parse(text, Path("/site/config.toml"), {})


def taken(store: Store, outlines: str, *, is_dry: bool = False) -> ImportReport:
    return import_opml(
        store, f"<opml><body>{outlines}</body></opml>".encode(), is_foldered=True, is_dry=is_dry,
        settings=settings(), now=NOON, progress=lambda done, total: None,
    )  # fmt: skip


@pytest.mark.parametrize(
    "address",
    [
        "https://news.example/all.atom",
        "http://news.example/topics/sea.rss",
        "https://www.news.example/",
        "feed://news.example/all.atom",
        "http://127.0.0.1:8123/all.atom",
        "http://localhost:8123/all.json",
        "http://[::1]:8123/x",
    ],
)
def test_an_own_address_is_refused_in_a_sentence(newsroom: Newsroom, address: str) -> None:
    with pytest.raises(RequestError, match="own address"):
        sources.add(newsroom.store, SourceDeclaration(url=address), settings=settings(), now=NOON)
    for is_dry in (True, False):
        report = taken(newsroom.store, f'<outline xmlUrl="{address}"/>', is_dry=is_dry)
        assert not report.added
        assert "own address" in report.refused[0]
    with pytest.raises(ConfigError, match=r"config.toml:5: source.url: .*own address"):
        settings(f'{OURS}[[source]]\nurl = "{address}"\n')


@pytest.mark.parametrize(
    "address",
    [
        "https://blog.news.example/feed",
        "http://127.0.0.1:8124/all.atom",
        "https://other.example/news.example/all.atom",
    ],
)
def test_the_addresses_of_others_are_not(newsroom: Newsroom, address: str) -> None:
    sources.add(newsroom.store, SourceDeclaration(url=address), settings=settings(), now=NOON)
    assert len(newsroom.store.sources.every()) == 1
    assert settings(f'{OURS}[[source]]\nurl = "{address}"\n').declarations.sources


def test_folders_that_only_sound_the_same_are_two_topics(newsroom: Newsroom) -> None:
    folder = '<outline text="{}"><outline xmlUrl="https://{}.example/f"/></outline>'
    report = taken(
        newsroom.store, folder.format("C", "a") + folder.format("C++", "b") + folder.format("c", "d")
    )
    assert report.topics == ["c", "c-2"]
    again = taken(newsroom.store, folder.format("C++", "e") + folder.format("C#", "g"))
    assert again.topics == ["c-3"]
    rows = {row.host: row.source.topic_slugs for row in newsroom.store.sources.every()}
    assert (rows["b.example"], rows["d.example"], rows["e.example"]) == (("c-2",), ("c",), ("c-2",))


def test_pages_of_a_list_become_pages(newsroom: Newsroom) -> None:
    page = (
        "<outline text='P' type='HTML+XPath' xmlUrl='https://p.example/news' frss:xPathItem='//article'"
        " frss:xPathItemUri='descendant::a/@href'/><outline text='J' type='JSON+DotPath' xmlUrl='https://j.example/'/>"
    )
    report = taken(newsroom.store, page)
    assert report.added == ["https://p.example/news"]
    assert "“J”" in report.refused[0]
    (row,) = newsroom.store.sources.every()
    assert (row.source.kind, row.source.options.links) == ("page", "article a")
