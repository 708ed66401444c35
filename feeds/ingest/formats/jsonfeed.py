"""JSON Feed 1.0 and 1.1 (jsonfeed.org): our own reader, since feedparser has none.

Unknown members are ignored, numbers are taken as ids, `author` of 1.0 counts as `authors` of 1.1;
an item without an id is kept where it has an address or text, because losing it would be worse.
"""

from __future__ import annotations

import json
import re
from typing import Any

from feeds.errors import ParseError
from feeds.ingest.formats.charset import text_in
from feeds.ingest.formats.episodexml import episode_of_json
from feeds.ingest.rules.images import pixels
from feeds.model.incoming import Byline, Enclosure, Image, ParsedEntry, ParsedFeed
from feeds.model.passed_on import COLUMNS, PassedOn, with_passed_on
from feeds.text.angles import unescaped_once_more
from feeds.text.markup import escape_text
from feeds.text.plainlines import lines_as_html
from feeds.text.sourcetypes import source_type_of
from feeds.text.urls import absolute_url

_STRING_OR_COMMA = re.compile(r"(\"(?:[^\"\\]|\\.)*+(?:\"|\\?\Z))|,(\s*+[}\]])", re.DOTALL)
_WRAPPINGS = ("rendered", "value", "text", "html", "name", "label", "term")
"""Members in which careless writers put what is to be a plain text: `{"rendered": "Boats"}`."""


def parse_jsonfeed(body: bytes, content_type: str = "") -> ParsedFeed:
    """The feed in a JSON body; raises ParseError if it is no JSON Feed."""
    try:
        data, is_broken = _loaded(text_in(body, content_type))
    except (ValueError, RecursionError) as error:
        raise ParseError(f"The JSON is broken: {str(error)[:100]}.") from error
    version = (_text(data.get("version")) or "") if isinstance(data, dict) else ""
    if "jsonfeed.org" in version and data.get("items") is None:
        # A feed of which nothing is left to show is one all the same.
        data["items"] = []
    if not isinstance(data, dict) or not isinstance(data.get("items"), list):
        raise ParseError("This is JSON, but not a JSON Feed: it has no list of items.", state="not-a-feed")
    if "jsonfeed.org" not in version and not any(isinstance(item, dict) for item in data["items"]):
        raise ParseError("This is JSON, but not a JSON Feed.", state="not-a-feed")
    faults: tuple[str, ...] = (
        () if "jsonfeed.org" in version else ("It does not name the version of JSON Feed.",)
    )
    if is_broken:
        faults += ("The JSON holds bare line breaks or commas too many; they were mended.",)
    items = [item for item in data["items"] if isinstance(item, dict)]
    return ParsedFeed(
        format=f"jsonfeed {version.rsplit('/', 1)[-1]}".strip(),
        title=escape_text(_text(data.get("title")) or ""),
        subtitle=escape_text(_text(data.get("description")) or ""),
        home_url=_text(data.get("home_page_url")),
        self_url=_text(data.get("feed_url")),
        language=_text(data.get("language")),
        icon_url=_text(data.get("icon")) or _text(data.get("favicon")),
        hub_urls=tuple(url for hub in _dicts(data.get("hubs")) if (url := _text(hub.get("url"))) is not None),
        more_urls=tuple(one for one in [_text(data.get("next_url"))] if one is not None),
        bylines=_bylines(data, is_feed_level=True),
        entries=tuple(_entry(item) for item in items),
        faults=faults,
    )


def _loaded(text: str) -> tuple[Any, bool]:
    """The value, and whether it had to be mended: line breaks within texts, a comma before a closing bracket."""
    try:
        return json.loads(text), False
    except ValueError as error:
        for mended in (text, _STRING_OR_COMMA.sub(r"\1\2", text)):
            try:
                return json.loads(mended, strict=False), True
            except ValueError:
                continue
        raise error


def _entry(item: dict[str, Any]) -> ParsedEntry:
    content = _text(item.get("content_html"))
    content = unescaped_once_more(content) if content else content
    if content is None and (text := _text(item.get("content_text"))) is not None:
        content = lines_as_html(escape_text(text))
    url = _text(item.get("url")) or _text(item.get("external_url")) or _address_in(item.get("id"))
    title, summary = _text(item.get("title")), _text(item.get("summary"))
    ours = _own_extension(item)
    origin = next(iter(_dicts(ours.get("source"))), {})
    published, updated = _texts(item.get("date_published")), _texts(item.get("date_modified"))
    parsed = ParsedEntry(
        guid=_text(item.get("id")),
        url=url,
        title_html=None if title is None else escape_text(title),
        summary_html=None if summary is None else escape_text(summary),
        content_html=content,
        base_url=url,
        published=next(iter(published), None),
        updated=next(iter(updated), None),
        more_published=published[1:] and published,
        more_updated=updated[1:] and updated,
        bylines=_bylines(item),
        categories=tuple(label for tag in _several(item.get("tags")) if (label := _text(tag)) is not None),
        enclosures=tuple(_enclosures(item)),
        images=_images(item, ours),
        language=_text(item.get("language")),
        rights=_text(ours.get("rights")),
        origin_guid=_text(origin.get("id")),
        origin_title=_text(origin.get("title")),
    )
    return with_passed_on(parsed, _passed_on(ours))


def _address_in(given: object) -> str | None:
    """The id where it is a whole address, as the format wishes: many writers then leave the address out."""
    return given if isinstance(given, str) and absolute_url(given) else None


def _own_extension(item: dict[str, Any]) -> dict[str, Any]:
    """What a Feedwright says of an item beyond the format (`_feedwright`): credits, captions, rights, the source."""
    found = item.get("_feedwright")
    return found if isinstance(found, dict) else {}


def _passed_on(ours: dict[str, Any]) -> PassedOn:
    texts = {name: _text(ours.get(one.key)) for name, one in COLUMNS.items() if one.kind != "episode"}
    return PassedOn(episode=episode_of_json(ours.get("episode")), **texts)


def _images(item: dict[str, Any], ours: dict[str, Any]) -> tuple[Image, ...]:
    images = [
        Image(
            url=address,
            credit=_plain(one.get("credit")),
            caption=_plain(one.get("caption")),
            alt=_plain(one.get("alt")),
            width=pixels(one.get("width")),
            height=pixels(one.get("height")),
            media_type=_text(one.get("mime_type")),
            source_type=source_type_of(one.get("digital_source_type")),
            role=role if (role := one.get("role")) in ("main", "thumbnail") else "",
        )
        for one in _dicts(ours.get("images"))
        if (address := _text(one.get("url"))) is not None
    ]
    stated = [
        Image(url=address)
        for key in ("image", "banner_image")
        for one in _several(item.get(key))
        if (address := _address(one)) is not None
    ]
    return (*images, *(one for one in stated if one.url not in {image.url for image in images}))


def _plain(value: object) -> str | None:
    text = _text(value)
    return None if text is None else escape_text(text)


def _bylines(node: dict[str, Any], *, is_feed_level: bool = False) -> tuple[Byline, ...]:
    found: list[Byline] = []
    for one in _several(node.get("authors")) or _several(node.get("author")):
        within = one.get("author") if isinstance(one, dict) else None
        who = within if isinstance(within, dict) else one
        name, url = (
            (_text(who.get("name")), _text(who.get("url"))) if isinstance(who, dict) else (_text(who), None)
        )
        if name is not None:
            found.append(Byline(text=name, url=url, is_feed_level=is_feed_level))
    return tuple(found)


def _enclosures(item: dict[str, Any]) -> list[Enclosure]:
    found: list[Enclosure] = []
    for one in _dicts(item.get("attachments")):
        url = _text(one.get("url"))
        if url is None:
            continue
        size, seconds = one.get("size_in_bytes"), one.get("duration_in_seconds")
        found.append(
            Enclosure(
                url=url,
                media_type=_text(one.get("mime_type")),
                length=_whole(size),
                title=_text(one.get("title")),
                duration_s=_whole(seconds),
            )
        )
    return found


def _whole(value: object) -> int | None:
    if isinstance(value, str) and len(value) <= 20:
        try:
            value = float(value)
        except ValueError:
            return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return int(value) if 0 <= value < 2**53 else None


def _text(value: object) -> str | None:
    if isinstance(value, str):
        return value if value.strip() else None
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    if isinstance(value, dict):
        return next(
            (text for key in _WRAPPINGS if isinstance(text := value.get(key), str) and text.strip()), None
        )
    return None


def _texts(value: object) -> tuple[str, ...]:
    return tuple(text for one in _several(value) if (text := _text(one)) is not None)


def _address(value: object) -> str | None:
    """An address, or that of an object that has one."""
    if isinstance(value, dict):
        return next(
            (address for key in ("url", "href", "src") if isinstance(address := value.get(key), str)), None
        )
    return _text(value)


def _several(value: object) -> list[Any]:
    """What a list holds; careless writers leave the list out around a single one."""
    if isinstance(value, list):
        return value
    return [] if value is None else [value]


def _dicts(value: object) -> list[dict[str, Any]]:
    return [one for one in _several(value) if isinstance(one, dict)]
