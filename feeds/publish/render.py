"""Renders a document in the format that is asked for, by a plain table, and makes the ETag of the bytes."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from feeds.model.outgoing import DocumentEntry, FeedDocument, Format, RenderedFeed, SiteInfo
from feeds.publish.formats.atom import MEDIA_TYPE as ATOM_TYPE
from feeds.publish.formats.atom import write_atom
from feeds.publish.formats.jsonfeed import MEDIA_TYPE as JSON_TYPE
from feeds.publish.formats.jsonfeed import write_jsonfeed
from feeds.publish.formats.ninjs import MEDIA_TYPE as NINJS_TYPE
from feeds.publish.formats.ninjs import write_ninjs
from feeds.publish.formats.rss import MEDIA_TYPE as RSS_TYPE
from feeds.publish.formats.rss import write_rss
from feeds.text.feedwords import words_print

SERIALIZER_VERSION = 10
"""Raised with every change of composing or writing that shows, so that kept bytes are made anew."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FormatSpec:
    """How a format is written and what it is called outside."""

    format: Format
    name: str
    extension: str
    media_type: str
    write: Callable[[FeedDocument], bytes]
    is_for_readers: bool = True
    """False for what feed readers do not take; it is offered to newsrooms alone."""


FORMATS: Mapping[Format, FormatSpec] = {
    spec.format: spec
    for spec in (
        FormatSpec(format="atom", name="Atom", extension="atom", media_type=ATOM_TYPE, write=write_atom),
        FormatSpec(format="rss", name="RSS", extension="rss", media_type=RSS_TYPE, write=write_rss),
        FormatSpec(
            format="jsonfeed", name="JSON Feed", extension="json", media_type=JSON_TYPE, write=write_jsonfeed
        ),
        FormatSpec(
            format="ninjs",
            name="ninjs",
            extension="ninjs",
            media_type=NINJS_TYPE,
            write=write_ninjs,
            is_for_readers=False,
        ),
    )
}
BY_EXTENSION: Mapping[str, FormatSpec] = {spec.extension: spec for spec in FORMATS.values()}


def render(document: FeedDocument, format: Format, *, changed_at: datetime) -> RenderedFeed:
    """The document's bytes in a format; `changed_at` only stands in Last-Modified, never in the bytes."""
    spec = FORMATS[format]
    body = spec.write(document)
    return RenderedFeed(
        body=body,
        media_type=spec.media_type,
        etag=etag_of(body),
        changed_at=changed_at.replace(microsecond=0),
    )


def etag_of(body: bytes) -> str:
    """A hash of the bytes, short enough for a header, without quotes."""
    return hashlib.blake2b(body, digest_size=16).hexdigest()


def print_of(entry: DocumentEntry, recipe: str) -> bytes:
    """Sixteen bytes that stand for the entry as that recipe writes it, in whichever format."""
    return hashlib.blake2b(f"{recipe}{entry!r}".encode("utf-8", "surrogatepass"), digest_size=16).digest()


def recipe_of(site: SiteInfo, *, entries: int, excerpt_chars: int) -> str:
    """A hash of all that shapes bytes beside the articles: serializers and settings that show."""
    shaping = (
        SERIALIZER_VERSION, site.title, site.base_url, site.language, site.contact, site.ai, site.license_url,
        entries, excerpt_chars, site.hub_urls, site.cloud_url, *((site.logo_url,) if site.logo_url else ()),
        *filter(None, (words_print(site.language),)),
    )  # fmt: skip
    return hashlib.blake2b(repr(shaping).encode(), digest_size=8).hexdigest()
