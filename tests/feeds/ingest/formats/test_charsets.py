"""Documents in wide characters that say so nowhere: the null bytes of their markup do."""

from __future__ import annotations

import json

import pytest

from feeds.ingest.formats.charset import page_text
from feeds.ingest.formats.sitemap import parse_sitemap
from tests.feeds.ingest.reading import read

WIDE = ["utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"]
FEED = '<rss version="2.0"><channel><title>Häfen Порт</title><item><title>Лодки вернулись &#xD83D;&#xDE00;</title></item></channel></rss>'


@pytest.mark.parametrize("charset", WIDE)
@pytest.mark.parametrize("start", ["", '<?xml version="1.0"?>', "\n  "])
def test_feeds_without_a_mark_are_read(charset: str, start: str) -> None:
    made = read((start + FEED).encode(charset))
    assert made.title == "Häfen Порт"
    assert made.drafts[0].title == "Лодки вернулись \U0001f600"


@pytest.mark.parametrize("charset", WIDE)
def test_json_pages_and_sitemaps_too(charset: str) -> None:
    told = json.dumps(
        {"version": "https://jsonfeed.org/version/1.1", "title": "Порт", "items": []}, ensure_ascii=False
    )
    assert read(told.encode(charset), content_type="application/feed+json").title == "Порт"
    assert "Fähre" in page_text("<html><head><title>Fähre</title></head></html>".encode(charset), "text/html")
    listed = "<urlset><url><loc>https://a.example/ä</loc></url></urlset>"
    assert parse_sitemap(listed.encode(charset)).entries[0].url == "https://a.example/ä"


def test_a_few_null_bytes_are_dirt() -> None:
    assert read(FEED.replace("<title>Häfen", "<title>\x00Häfen").encode()).title == "Häfen Порт"


@pytest.mark.parametrize(
    ("label", "charset"),
    [
        ("cp-1251", "cp1251"), ("win-1251", "cp1251"), ("windows1251", "cp1251"), ("x-cp1251", "cp1251"),
        ("dos-866", "cp866"), ("koi8", "koi8-r"), ("utf8mb4", "utf-8"),
    ],
)  # fmt: skip
def test_code_pages_go_by_many_names(label: str, charset: str) -> None:
    told = f'<?xml version="1.0" encoding="{label}"?>{FEED}'.replace("Häfen ", "").replace(
        " &#xD83D;&#xDE00;", ""
    )
    assert read(told.encode(charset)).drafts[0].title == "Лодки вернулись"
    assert (
        read(told.replace(label, "utf-8").encode(charset), content_type=f"text/xml; charset={label}").title
        == "Порт"
    )
