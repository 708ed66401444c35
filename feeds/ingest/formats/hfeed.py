"""h-feed and h-entry: a page whose marked-up entries are a feed (microformats2). Pure; mf2py is never let fetch."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from feeds.errors import ParseError
from feeds.ingest.formats.charset import page_text
from feeds.model.incoming import Byline, Image, ParsedEntry, ParsedFeed
from feeds.text.markup import depth_of, escape_text

LEAST = 2
"""One entry alone is an article's own page."""
MAX_CHARS = 2_000_000
MAX_DEPTH = 200
MOST = 500


def has_entries(body: bytes) -> bool:
    """True if a page says that it is a feed of entries: a mere list of them may stand where a feed was lost."""
    return b"h-feed" in body and body.count(b"h-entry") >= LEAST


def parse_hfeed(body: bytes, *, url: str, content_type: str) -> ParsedFeed:
    """The entries of a page; raises ParseError if it has none, or is too large or too deep to be looked at."""
    text = page_text(body, content_type)
    if len(text) > MAX_CHARS or depth_of(text) > MAX_DEPTH:
        raise ParseError("The page is too large or too deep to look for entries in it.", state="not-a-feed")
    try:
        # Loaded by the first such page: it takes as long as all other formats together, and few sites need it.
        found = import_module("mf2py").parse(doc=text, url=url, html_parser="lxml")
    except (ValueError, TypeError, AttributeError, KeyError, IndexError, RecursionError) as error:
        raise ParseError("The entries on the page cannot be read.", state="not-a-feed") from error
    head = next((one for one in found["items"] if "h-feed" in one["type"]), None)
    items = head.get("children", []) if head else found["items"]
    entries = [_entry(one) for one in items[:MOST] if "h-entry" in one.get("type", ())]
    if len(entries) < LEAST:
        raise ParseError("The address answers a web page, not a feed.", state="not-a-feed")
    named = head["properties"] if head else {}
    return ParsedFeed(
        format="h-feed",
        title=escape_text(_text(named, "name") or "") or None,
        home_url=_text(named, "url") or url,
        bylines=tuple(_bylines(named, is_feed_level=True)),
        entries=tuple(entries),
    )


def _entry(item: dict[str, Any]) -> ParsedEntry:
    properties = item["properties"]
    content = next((one for one in properties.get("content", ()) if isinstance(one, dict)), {})
    text, name = str(content.get("value") or "").strip(), _text(properties, "name")
    # A note has no title: parsers give its whole text as its name.
    is_note = bool(name) and text.startswith(name or "")
    summary = _text(properties, "summary")
    published, updated = _texts(properties, "published"), _texts(properties, "updated")
    return ParsedEntry(
        guid=_text(properties, "uid") or _text(properties, "url"),
        url=_text(properties, "url"),
        title_html=escape_text(name) if name and not is_note else None,
        summary_html=escape_text(summary) if summary else None,
        content_html=str(content.get("html") or "") or (escape_text(text) if text else None),
        published=next(iter(published), None),
        updated=next(iter(updated), None),
        more_published=published[1:] and published,
        more_updated=updated[1:] and updated,
        bylines=tuple(_bylines(properties)),
        categories=tuple(one for one in properties.get("category", ()) if isinstance(one, str)),
        images=tuple(
            Image(url=str(one["value"]), alt=one.get("alt")) if isinstance(one, dict) else Image(url=str(one))
            for one in (*properties.get("featured", ()), *properties.get("photo", ()))
            if not isinstance(one, dict) or one.get("value")
        ),
    )


def _bylines(properties: dict[str, Any], *, is_feed_level: bool = False) -> list[Byline]:
    found: list[Byline] = []
    for one in properties.get("author", ()):
        card = one.get("properties", {}) if isinstance(one, dict) else {}
        name = _text(card, "name") or (one if isinstance(one, str) else one.get("value", ""))
        if isinstance(name, str) and name.strip():
            found.append(Byline(text=name.strip(), url=_text(card, "url"), is_feed_level=is_feed_level))
    return found


def _text(properties: dict[str, Any], name: str) -> str | None:
    return next(iter(_texts(properties, name)), None)


def _texts(properties: dict[str, Any], name: str) -> tuple[str, ...]:
    given = (one.get("value") if isinstance(one, dict) else one for one in properties.get(name, ()))
    return tuple(text.strip() for text in given if isinstance(text, str) and text.strip())
