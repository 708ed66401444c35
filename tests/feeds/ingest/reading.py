"""What tests of reading share: a source, and documents read as the workers read them."""

from __future__ import annotations

from feeds.ingest.poll.drafts import make_drafts
from feeds.ingest.poll.tasks import ParseTask
from feeds.model.articles import Draft, DraftFeed
from feeds.model.incoming import Source
from tests.fakes import NOON

FEED_URL = "https://harbour.example/feed.xml"


def source(**changes: object) -> Source:
    """The harbour newspaper, with changes."""
    stated: dict[str, object] = {
        "id": 1,
        "slug": "harbour",
        "title": "Harbour News",
        "fetch_url": FEED_URL,
        "first_url": FEED_URL,
        "public_url": FEED_URL,
        "domain": "harbour.example",
    }
    return Source(**(stated | changes))  # type: ignore[arg-type]


def task(body: str | bytes, *, content_type: str = "application/xml", url: str = FEED_URL) -> ParseTask:
    """What a worker is given for the document."""
    return ParseTask(
        body=body.encode() if isinstance(body, str) else body,
        url=url,
        content_type=content_type,
        source=source(),
        now=NOON,
        max_entries=2000,
    )


def read(body: str | bytes, *, content_type: str = "application/xml", url: str = FEED_URL) -> DraftFeed:
    """The document, which must be readable, as drafts."""
    made = make_drafts(task(body, content_type=content_type, url=url))
    assert isinstance(made, DraftFeed), made
    return made


def read_one(body: str | bytes, *, content_type: str = "application/xml", url: str = FEED_URL) -> Draft:
    """The only entry of the document."""
    (draft,) = read(body, content_type=content_type, url=url).drafts
    return draft


def atom(*entries: str, head: str = "") -> str:
    """An Atom document of these entries."""
    return (
        '<?xml version="1.0" encoding="utf-8"?><feed xmlns="http://www.w3.org/2005/Atom" '
        'xmlns:media="http://search.yahoo.com/mrss/"><title>Harbour News</title>'
        f"<id>tag:harbour.example,2026:feed</id>{head}{''.join(entries)}</feed>"
    )


def entry(inner: str, *, number: int = 1) -> str:
    """One Atom entry with a title, an address and an id."""
    return (
        f"<entry><title>Story {number}</title><id>tag:harbour.example,2026:{number}</id>"
        f'<link href="https://harbour.example/{number}"/><updated>2026-11-20T10:00:00Z</updated>{inner}</entry>'
    )
