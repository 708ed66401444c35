"""Pages whose marked-up entries are a feed."""

from __future__ import annotations

import pytest

from feeds.errors import ParseError
from feeds.ingest.poll.drafts import parse

PAGE = """<!doctype html><html><body><div class="h-feed"><h1 class="p-name">Net Loft &amp; sons</h1>
<article class="h-entry"><h2 class="p-name"><a class="u-url" href="/1">A crane</a></h2>
<time class="dt-published" datetime="2026-11-20T08:00:00+01:00">Friday</time>
<a class="p-author h-card" href="/ines">Ines Halvorsen</a><img class="u-photo" src="/a.jpg" alt="The crane">
<div class="e-content"><p>It came on a <b>barge</b>.</p></div><a class="p-category">Sea</a></article>
<article class="h-entry"><a class="u-url" href="/2"></a><div class="e-content p-name">Only a note, no title.</div></article>
</div></body></html>"""


def test_entries_of_a_page_are_a_feed() -> None:
    found = parse(PAGE.encode(), url="https://n.example/", content_type="text/html")
    assert (found.format, found.title) == ("h-feed", "Net Loft &amp; sons")
    story, note = found.entries
    assert (story.title_html, story.url, story.published) == (
        "A crane",
        "https://n.example/1",
        "2026-11-20T08:00:00+0100",
    )
    assert [(one.text, one.url) for one in story.bylines] == [("Ines Halvorsen", "https://n.example/ines")]
    assert [(one.url, one.alt) for one in story.images] == [("https://n.example/a.jpg", "The crane")]
    assert story.categories == ("Sea",)
    assert "<b>barge</b>" in (story.content_html or "")
    assert (note.title_html, note.url) == (None, "https://n.example/2")


@pytest.mark.parametrize(
    "page",
    [
        '<html><body><article class="h-entry"><p class="p-name">One</p></article> h-entry</body></html>',
        "<html><body>about h-entry and h-entry</body></html>",
        "<html><body>" + '<div class="h-entry">' * 5_000,
        "<html><body>" + '<p class="h-entry">x' * 200_000,
    ],
)
def test_other_pages_are_no_feed(page: str) -> None:
    with pytest.raises(ParseError) as caught:
        parse(page.encode(), url="https://n.example/", content_type="text/html")
    assert caught.value.state == "not-a-feed"
