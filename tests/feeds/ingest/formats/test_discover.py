"""From a page to its feeds."""

from __future__ import annotations

import pytest

from feeds.ingest.formats.discover import USUAL_PATHS, feed_links

PAGE = b"""<!doctype html><html><head><title>News</title>
<link rel="stylesheet" href="/x.css">
<link rel="alternate" type="application/rss+xml" title="Comments" href="/comments/feed">
<link rel="ALTERNATE home" type="application/atom+xml; charset=utf-8" title="All" href="atom.xml">
<link rel="alternate" hreflang="de" href="/de/">
<link rel="alternate" type="application/rss+xml" href="javascript:alert(1)">
</head><body><a href="/about">About</a> <a href="https://other.example/rss">RSS</a> <a href="atom.xml">again</a>
<a href="?feed=rss2">old</a></body></html>"""


def test_stated_links_come_first_then_anchors_then_usual_paths_and_comments_last() -> None:
    found = feed_links(PAGE, "https://n.example/news/")
    urls = [link.url for link in found]
    assert urls[:3] == [
        "https://n.example/news/atom.xml",
        "https://other.example/rss",
        "https://n.example/news/?feed=rss2",
    ]
    assert urls[3:-1] == [f"https://n.example{path}" for path in ("/news/feed", *USUAL_PATHS)]
    assert urls[-1] == "https://n.example/comments/feed"
    assert len(set(urls)) == len(urls)
    assert [found[0].title, found[0].reason, found[1].reason] == [
        "All",
        "the page states it",
        "the page links to it",
    ]


def test_base_is_respected_and_broken_pages_are_read_as_far_as_they_go() -> None:
    page = b"<base href='https://cdn.example/x/'><link rel=alternate type=application/feed+json href=f.json><a href="
    assert feed_links(page, "https://n.example/")[0].url == "https://cdn.example/x/f.json"


def test_nothing_stated_leaves_the_usual_paths() -> None:
    found = feed_links(b"\xff\xfe nothing", "https://n.example/deep/page?x=1")
    assert [link.url for link in found] == [f"https://n.example{path}" for path in USUAL_PATHS]


@pytest.mark.parametrize(
    "seed", ["<", "<a ", "<!", "<![", "<!--", "<?", "</", "&", "<a href='", "<script>", "<title>", "<a href=x>", "<link rel="]
)  # fmt: skip
@pytest.mark.timeout(90)
def test_no_page_is_quadratic_and_what_stands_before_nonsense_counts(seed: str) -> None:
    start = "<link rel='alternate' type='application/rss+xml' href='/news.xml'>"
    page = (start + seed * (1_000_000 // len(seed))).encode()
    assert feed_links(page, "https://a.example/")[0].url == "https://a.example/news.xml"


@pytest.mark.parametrize("mark", [" ", "-", "- ", ".", "\t\n"])
@pytest.mark.timeout(90)
def test_long_labels_are_none_and_cost_nothing(mark: str) -> None:
    fill = mark * (400_000 // len(mark))
    page = f"<a href=/one>{fill}x</a><a href=/two title='rss{fill}x'></a><a href=/three>RSS feed</a>".encode()
    found = feed_links(page, "https://a.example/")
    assert found[0].url == "https://a.example/three"
    assert not {"https://a.example/one", "https://a.example/two"} & {link.url for link in found}


@pytest.mark.parametrize(
    "link",
    [
        'type="text/xml" href="/news"', 'type="application/xml" href="/news"', 'type="application/rss" href="/news"',
        'type="text/rss+xml" href="/news"', 'type="application/x-atom+xml" href="/news"',
        'type="application/rss+xml" href="feed://n.example/news"', 'type="application/rss+xml" href="feed:https://n.example/news"',
    ],
)  # fmt: skip
def test_feeds_are_stated_by_many_types_and_schemes(link: str) -> None:
    (first, *_) = feed_links(f'<link rel="alternate" {link}>'.encode(), "https://n.example/")
    assert (first.url.replace("http:", "https:"), first.is_stated) == ("https://n.example/news", True)


@pytest.mark.parametrize(
    ("link", "is_stated"),
    [
        ('type="application/json" href="/feed.json"', True),
        ('type="application/json" href="/wp-json/wp/v2/posts/1"', False),
        ('type="application/json+oembed" href="/oembed?format=json"', False),
        ('type="text/xml+oembed" href="/oembed?format=xml"', False),
        ('type="text/html" href="/de/"', False),
    ],
)
def test_other_json_and_embeds_are_no_feeds(link: str, is_stated: bool) -> None:
    found = feed_links(f'<link rel="alternate" {link}>'.encode(), "https://n.example/")
    assert found[0].is_stated == is_stated
