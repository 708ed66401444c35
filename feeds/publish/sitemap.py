"""Sitemaps (sitemaps.org 0.9), and Google's for news: pages of what is ours, for search engines. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from io import BytesIO

from lxml import etree

from feeds.model.articles import Article
from feeds.model.outgoing import SiteInfo
from feeds.publish.compose import language_tag, title_of
from feeds.text.dates import rfc3339

MEDIA_TYPE = "application/xml; charset=utf-8"
MOST_URLS = 50_000
"""That one sitemap may hold."""
MOST_NEWS = 1_000
SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"
NEWS = "http://www.google.com/schemas/sitemap-news/0.9"


def write_index(addresses: Iterable[str]) -> bytes:
    """An index of sitemaps."""
    return _written("sitemapindex", ({"loc": one} for one in addresses), inner="sitemap")


def write_sitemap(pages: Iterable[tuple[str, str | None]]) -> bytes:
    """A sitemap of addresses, each with when it last changed (RFC 3339) where that is known."""
    return _written(
        "urlset", ({"loc": url, **({"lastmod": at} if at else {})} for url, at in pages), inner="url"
    )


def write_news(articles: Iterable[Article], site: SiteInfo) -> bytes:
    """The news sitemap: articles of ours of the last two days."""
    root = etree.Element(f"{{{SITEMAP}}}urlset", nsmap={None: SITEMAP, "news": NEWS})  # type: ignore[dict-item]
    for article in articles:
        url = etree.SubElement(root, f"{{{SITEMAP}}}url")
        etree.SubElement(url, f"{{{SITEMAP}}}loc").text = f"{site.base_url}/articles/{article.id}"
        news = etree.SubElement(url, f"{{{NEWS}}}news")
        publication = etree.SubElement(news, f"{{{NEWS}}}publication")
        etree.SubElement(publication, f"{{{NEWS}}}name").text = article.source.title
        language = language_tag(article.language) or language_tag(site.language) or "en"
        # Two letters, but for Chinese, as Google's page on news sitemaps has it.
        short = language.lower() if language.lower().startswith("zh-") else language.split("-")[0].lower()
        etree.SubElement(publication, f"{{{NEWS}}}language").text = short
        at = article.published_at or article.effective_at
        etree.SubElement(news, f"{{{NEWS}}}publication_date").text = rfc3339(at.replace(microsecond=0))
        etree.SubElement(news, f"{{{NEWS}}}title").text = title_of(article)
    return bytes(etree.tostring(root, encoding="UTF-8", xml_declaration=True))


def _written(outer: str, rows: Iterable[dict[str, str]], *, inner: str) -> bytes:
    text = BytesIO()
    text.write(f'<?xml version="1.0" encoding="UTF-8"?>\n<{outer} xmlns="{SITEMAP}">\n'.encode())
    for row in rows:
        element = etree.Element(inner)
        for name, value in row.items():
            etree.SubElement(element, name).text = value
        text.write(b"  " + etree.tostring(element, encoding="UTF-8", xml_declaration=False) + b"\n")
    text.write(f"</{outer}>\n".encode())
    return text.getvalue()
