"""Known platforms keep their feeds at known places."""

from __future__ import annotations

import pytest

from feeds.ingest.formats.discover import feed_links
from feeds.ingest.formats.platforms import by_address, by_generator


@pytest.mark.parametrize(
    ("page", "feed"),
    [
        (
            "https://www.youtube.com/channel/UCabc123",
            "https://www.youtube.com/feeds/videos.xml?channel_id=UCabc123",
        ),
        (
            "https://www.youtube.com/playlist?list=PL9",
            "https://www.youtube.com/feeds/videos.xml?playlist_id=PL9",
        ),
        ("https://old.reddit.com/r/boats/top", "https://www.reddit.com/r/boats/.rss"),
        ("https://github.com/quay/winch", "https://github.com/quay/winch/releases.atom"),
        ("https://medium.com/@ines", "https://medium.com/feed/@ines"),
        ("https://quay.substack.com/p/fog", "https://quay.substack.com/feed"),
        ("https://quay.tumblr.com/", "https://quay.tumblr.com/rss"),
        ("https://quay.blogspot.co.uk/2026/", "https://quay.blogspot.co.uk/feeds/posts/default"),
        ("https://sea.example/@ines", "https://sea.example/@ines.rss"),
        ("https://bsky.app/profile/ines.example", "https://bsky.app/profile/ines.example/rss"),
        ("https://stackoverflow.com/questions/tagged/rss", "https://stackoverflow.com/feeds/tag/rss"),
    ],
)
def test_the_address_of_a_page_tells_that_of_its_feed(page: str, feed: str) -> None:
    assert feed in [link.url for link in feed_links(b"<html></html>", page) if link.is_stated]


def test_an_ordinary_address_fits_no_platform() -> None:
    assert by_address("https://news.example/harbour/ferry") == ()


def test_what_made_the_page_tells_where_its_feed_is() -> None:
    assert by_generator("WordPress 6.5.2") == ("WordPress 6.5.2", "/feed/")
    assert by_generator("Some editor") is None
    page = b'<html><head><meta name="generator" content="Hugo 0.120"></head></html>'
    assert feed_links(page, "https://n.example/")[0].url == "https://n.example/index.xml"


def test_a_canonical_address_moves_the_usual_paths_and_words_make_links() -> None:
    page = (
        b'<html><head><link rel="canonical" href="https://www.n.example/"></head>'
        b'<body><a href="/abo.php">RSS-Feed</a><a href="/x" aria-label="RSS"><svg></svg></a><a href="/y">Feeding time</a>'
    )
    urls = [link.url for link in feed_links(page, "https://n.example/?ref=1")]
    assert urls[:3] == ["https://n.example/abo.php", "https://n.example/x", "https://www.n.example/feed"]
    assert "https://n.example/y" not in urls
