"""From bytes to drafts: which format, its parser, then normalizing. Pure; runs in worker processes."""

from __future__ import annotations

from feeds.errors import ParseError
from feeds.ingest.normalize import normalize
from feeds.ingest.parse.detect import detect
from feeds.ingest.parse.feed import parse_feed
from feeds.ingest.parse.jsonfeed import parse_jsonfeed
from feeds.model.articles import DraftFeed
from feeds.model.incoming import Failed, ParsedFeed
from feeds.protocols import ParseTask
from feeds.urls import shown_url


def make_drafts(task: ParseTask) -> DraftFeed | Failed:
    """The document normalized, or why it cannot be read."""
    try:
        parsed = parse(task.body, url=task.url, content_type=task.content_type)
    except ParseError as error:
        return Failed(url=shown_url(task.url), state=error.state, detail=str(error))
    return normalize(parsed, source=task.source, url=task.url, now=task.now, max_entries=task.max_entries)


def parse(body: bytes, *, url: str, content_type: str) -> ParsedFeed:
    """The parsed document, by the parser of its format; raises ParseError."""
    found = detect(body)
    if found == "empty":
        raise ParseError("The answer is empty.")
    if found == "html":
        raise ParseError("The address answers a web page, not a feed.", state="not-a-feed")
    if found == "json":
        return parse_jsonfeed(body)
    return parse_feed(body, url=url, content_type=content_type)
