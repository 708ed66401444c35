"""One page listed under several spellings of its address: one article, whichever spelling comes first, over both engines."""

from __future__ import annotations

import itertools

import pytest

from feeds.ingest.pages.reading import plan
from feeds.model.articles import Draft
from feeds.model.pages import PageMark
from tests.fakes import NOON, Newsroom
from tests.feeds.ingest.poll.test_visits import MAP, add, articles, asked, page

SPELLINGS = ("https://harbour.example/a", "https://harbour.example/a/", "http://www.harbour.example/a")


def listing(*addresses: str) -> str:
    return "<urlset>" + "".join(f"<url><loc>{one}</loc></url>" for one in addresses) + "</urlset>"


def links(*addresses: str) -> str:
    return (
        "<html><main>" + "".join(f'<a href="{one}">A crane came</a>' for one in addresses) + "</main></html>"
    )


def put_pages(newsroom: Newsroom) -> None:
    for address in SPELLINGS:
        newsroom.web.put(address, page("A crane came"))
    newsroom.web.put("https://harbour.example/b", page("A ferry waited"))


@pytest.mark.parametrize("order", list(itertools.permutations(SPELLINGS)))
@pytest.mark.parametrize("kind", ["sitemap", "page"])
def test_several_spellings_of_a_page_are_one_article(
    newsroom: Newsroom, kind: str, order: tuple[str, ...]
) -> None:
    said = listing if kind == "sitemap" else links
    add(newsroom, MAP, kind, links="main a" if kind == "page" else None)
    put_pages(newsroom)
    newsroom.web.put(MAP, said(*order, "https://harbour.example/b"))
    newsroom.round()
    assert sorted(articles(newsroom)) == ["A crane came", "A ferry waited"]
    assert newsroom.store.upkeep.counts()["articles"] == 2
    for later in itertools.permutations(SPELLINGS):
        newsroom.web.put(MAP, said("https://harbour.example/b", *later))
        (saved,) = newsroom.again()
        assert saved.report is not None
        assert (saved.report.new_count, saved.report.changed_count, saved.report.odd) == (0, 0, "")
    # The first telling was read, once; nobody was asked for the other spellings.
    assert sum(request.url in SPELLINGS for request in newsroom.web.asked) == 1
    newsroom.web.put(MAP, said("https://harbour.example/b", order[2]))
    newsroom.again()
    assert newsroom.store.upkeep.counts()["articles"] == 2


def test_a_spelling_that_is_not_there_gives_way_to_the_next(newsroom: Newsroom) -> None:
    add(newsroom, MAP, "sitemap")
    put_pages(newsroom)
    newsroom.web.put("https://harbour.example/a", "", status=404)
    newsroom.web.put(MAP, listing(*SPELLINGS[:2]), ETag='"1"')
    newsroom.round()
    assert articles(newsroom) == {}
    # The listing stays as it is.
    newsroom.again()
    assert list(articles(newsroom)) == ["A crane came"]
    newsroom.again()
    newsroom.again()
    assert (asked(newsroom, "/a"), asked(newsroom, "/a/")) == (1, 1)


def test_pages_that_differ_by_more_than_spelling_are_several(newsroom: Newsroom) -> None:
    add(newsroom, MAP, "sitemap")
    addresses = ("https://harbour.example/a", "https://harbour.example/A", "https://harbour.example/a?p=2")
    for number, address in enumerate(addresses):
        newsroom.web.put(address, page(f"Crane {number}"))
    newsroom.web.put(MAP, listing(*addresses))
    newsroom.round()
    assert len(articles(newsroom)) == 3


def test_spellings_that_became_articles_each_before_stay_so(newsroom: Newsroom) -> None:
    source = add(newsroom, MAP, "sitemap")
    drafts = [
        Draft(
            guid=one, is_guid_given=True, url=one, canonical_url=one, title="", summary="", content_html="",
            published_at=None, modified_at=None, hash="2",
        )
        for one in SPELLINGS
    ]  # fmt: skip
    marks = {one: PageMark(guid=one, hash="1", state="read") for one in SPELLINGS[1:]}
    found = plan(source, drafts, marks, is_import=False, most=20, now=NOON)
    assert [draft.guid for draft in found.to_read] == list(SPELLINGS[1:])
