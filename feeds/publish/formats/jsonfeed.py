"""`FeedDocument` → JSON Feed 1.1. No decisions."""

from __future__ import annotations

from typing import Any

import msgspec

from feeds.model.incoming import Enclosure, Image
from feeds.model.outgoing import DocumentEntry, DocumentSource, FeedDocument
from feeds.model.passed_on import COLUMNS
from feeds.publish.formats.episodes import episode_fields
from feeds.text.dates import rfc3339

MEDIA_TYPE = "application/feed+json; charset=utf-8"


def write_jsonfeed(document: FeedDocument) -> bytes:
    """The document as JSON Feed; what the format has no word for stands under `_feedwright`.

    There are no feed-level authors: items without authors of their own would inherit the site
    as theirs.
    """
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": document.title,
        "home_page_url": document.page_url,
        "feed_url": document.base_feed_url + ".json" + document.query_string,
        **({"next_url": document.older_url + ".json"} if document.older_url else {}),
        **(
            {"hubs": [{"type": "WebSub", "url": url} for url in document.hub_urls]}
            if document.hub_urls
            else {}
        ),
        "description": document.description,
        **({"icon": document.site.logo_url} if document.site.logo_url else {}),
        "favicon": document.site.base_url + "/static/icon.svg",
        "language": document.language,
        "items": [jsonfeed_item(entry) for entry in document.entries],
    }
    return msgspec.json.format(msgspec.json.encode(feed), indent=1) + b"\n"


def jsonfeed_item(entry: DocumentEntry) -> dict[str, Any]:
    """One item, as it stands in the feed."""
    content = (
        {"content_html": entry.content_html}
        if entry.content_html
        else {"content_text": entry.summary or entry.title}
    )
    return _without_empty(
        {
            "id": entry.urn,
            "url": entry.url,
            "title": entry.title,
            **content,
            "summary": entry.summary,
            "image": entry.images[0].url if entry.images else None,
            "date_published": rfc3339(entry.published_at),
            "date_modified": rfc3339(entry.updated_at),
            "authors": [
                _without_empty({"name": who.name, "url": who.url, "avatar": who.picture_url})
                for who in entry.authors
            ],
            "tags": [*entry.topics, *entry.categories],
            "language": entry.language,
            "attachments": [_attachment(enclosure) for enclosure in entry.enclosures],
            "_feedwright": _without_empty(
                {
                    "source": _source(entry.source),
                    "rights": entry.rights,
                    "license": entry.license_url,
                    "terms": list(entry.terms_urls),
                    "subjects": list(entry.subjects),
                    "topics": list(entry.topics),
                    "ended_at": rfc3339(entry.ended_at) if entry.ended_at else None,
                    "images": [_image(image) for image in entry.images],
                    **_passed_on(entry),
                }
            ),
        }
    )


def _passed_on(entry: DocumentEntry) -> dict[str, Any]:
    """All columns; the licence keeps its place among what stands before."""
    episode = episode_fields(entry.episode) if entry.episode else None
    return {one.key: getattr(entry, name) for name, one in COLUMNS.items()} | {"episode": episode}


def _attachment(enclosure: Enclosure) -> dict[str, Any]:
    return _without_empty(
        {
            "url": enclosure.url,
            "mime_type": enclosure.media_type,
            "title": enclosure.title,
            "size_in_bytes": enclosure.length,
            "duration_in_seconds": enclosure.duration_s,
        }
    )


def _source(source: DocumentSource) -> dict[str, Any]:
    return _without_empty(
        {
            "title": source.title,
            "id": source.feed_id,
            "feed_url": source.feed_url,
            "home_page_url": source.home_url,
            "rights": source.rights,
        }
    )


def _image(image: Image) -> dict[str, Any]:
    return _without_empty(
        {
            "url": image.url,
            "credit": image.credit,
            "caption": image.caption,
            "alt": image.alt,
            "width": image.width,
            "height": image.height,
            "mime_type": image.media_type,
            "role": image.role,
            "digital_source_type": image.source_type,
        }
    )


def _without_empty(fields: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value not in (None, "", [], {})}
