"""`FeedDocument` → ninjs 3.1 (IPTC News in JSON): the feed as a composite item, its articles as associations. No decisions.

Properties as in http://www.iptc.org/std/ninjs/ninjs-schema_3.1.json; no other may stand there.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from feeds.model.incoming import Enclosure, Image
from feeds.model.outgoing import DocumentEntry, FeedDocument
from feeds.publish.formats.extension import MEDIA_TOPICS
from feeds.text.dates import rfc3339
from feeds.text.sourcetypes import source_words

MEDIA_TYPE = "application/json; charset=utf-8"
STANDARD = {
    "name": "ninjs",
    "version": "3.1",
    "schema": "http://www.iptc.org/std/ninjs/ninjs-schema_3.1.json#",
}
_KINDS: Mapping[str, str] = {"audio": "audio", "video": "video", "image": "picture"}


def write_ninjs(document: FeedDocument) -> bytes:
    """The document as one ninjs item of type composite; what was withdrawn is `canceled`."""
    feed = _without_empty(
        {
            "uri": document.feed_urn,
            "standard": STANDARD,
            "type": "composite",
            "representationType": "full",
            "profile": "feed",
            "versionCreated": rfc3339(document.updated_at),
            "title": document.title,
            "language": document.language,
            "descriptions": [{"value": document.description}] if document.description else [],
            "altIds": [
                {"role": "self", "value": document.base_feed_url + ".ninjs" + document.query_string},
                {"role": "page", "value": document.page_url},
                *(
                    {"role": rel, "value": f"{url}.ninjs"}
                    for rel, url in (
                        ("current", document.current_url if document.archive else ""),
                        ("prev-archive", document.older_url),
                        ("next-archive", document.newer_url),
                    )
                    if url
                ),
            ],
            "associations": [
                {"name": f"item-{place}", "rel": "item", **ninjs_item(entry)}
                for place, entry in enumerate(document.entries, 1)
            ],
        }
    )
    return msgspec.json.format(msgspec.json.encode(feed), indent=1) + b"\n"


def ninjs_item(entry: DocumentEntry) -> dict[str, Any]:
    """One article as an item."""
    is_over = entry.ended_at is not None
    by = ", ".join(author.name for author in entry.authors)
    return _without_empty(
        {
            "uri": entry.urn,
            "type": "text",
            "representationType": "full" if entry.content_html else "partial",
            "firstCreated": rfc3339(entry.published_at),
            "versionCreated": rfc3339(entry.updated_at),
            "pubStatus": "canceled" if is_over else "usable",
            "language": entry.language,
            "headlines": [{"role": "main", "value": entry.title}],
            "descriptions": [{"role": "summary", "contentType": "text/plain", "value": entry.summary}]
            if entry.summary
            else [],
            "bodies": [{"role": "main", "contentType": "text/html", "value": entry.content_html}]
            if entry.content_html
            else [],
            "by": by,
            "people": [
                _without_empty({"name": author.name, "rel": "author", "uri": author.url})
                for author in entry.authors
            ],
            "infoSources": [
                _without_empty(
                    {"name": entry.source.title, "role": "publisher", "uri": entry.source.home_url}
                )
            ],
            "subjects": [
                *(
                    {"uri": MEDIA_TOPICS + one.removeprefix("medtop:"), "rel": "about", "literal": one}
                    for one in entry.subjects
                ),
                *({"name": title, "rel": "topic"} for title in entry.topics),
                *({"name": label, "rel": "label"} for label in entry.categories),
            ],
            "copyrightNotice": entry.rights,
            "digitalSourceType": _made(entry.source_type),
            "rightsInfo": {"linkedRights": entry.license_url} if entry.license_url else None,
            "altIds": [
                {"role": "url", "value": entry.url},
                *({"role": "terms", "value": url} for url in entry.terms_urls),
            ],
            "associations": [
                *(_picture(image, number) for number, image in enumerate(entry.images, 1)),
                *(_file(file, number) for number, file in enumerate(entry.enclosures, 1)),
            ],
        }
    )


def _picture(image: Image, number: int) -> dict[str, Any]:
    return _without_empty(
        {
            "name": f"picture-{number}",
            "rel": "main" if number == 1 else "picture",
            "uri": image.url,
            "type": "picture",
            "by": image.credit,
            "digitalSourceType": _made(image.source_type),
            "descriptions": [
                *([{"role": "caption", "value": image.caption}] if image.caption else []),
                *([{"role": "alt", "value": image.alt}] if image.alt else []),
            ],
            "renditions": [
                _without_empty(
                    {
                        "name": "original",
                        "href": image.url,
                        "contentType": image.media_type,
                        "width": image.width,
                        "height": image.height,
                    }
                )
            ],
        }
    )


def _made(source_type: str | None) -> dict[str, str] | None:
    """By which means; with words where readers should know them."""
    if not source_type:
        return None
    words = source_words(source_type)
    return {"uri": source_type} | ({"name": words} if words else {})


def _file(file: Enclosure, number: int) -> dict[str, Any]:
    kind = (file.media_type or "").partition("/")[0]
    return _without_empty(
        {
            "name": f"file-{number}",
            "rel": "enclosure",
            "uri": file.url,
            "type": _KINDS.get(kind, "component"),
            "title": file.title,
            "renditions": [
                _without_empty(
                    {
                        "name": "original",
                        "href": file.url,
                        "contentType": file.media_type,
                        "sizeInBytes": file.length,
                        "duration": file.duration_s,
                    }
                )
            ],
        }
    )


def _without_empty(fields: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value not in (None, "", [], {})}
