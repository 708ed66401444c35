"""A page's h-entry (microformats.org), by mf2py, which is handed the element alone and fetches nothing."""

from __future__ import annotations

import re
from typing import Any

import mf2py
from lxml import html

from feeds.ingest.pages.structured import Stated
from feeds.model.incoming import Biography, Byline, Image
from feeds.text.urls import absolute_url

MAX_CHARS = 400_000
_MAYBE = "descendant-or-self::*/@class[contains(., 'h-entry')]/.."
_ROOT = re.compile(r"(?:^|\s)h-entry(?:\s|$)")


def read_hentry(root: html.HtmlElement, url: str) -> Stated:
    """What the page's first h-entry states; empty if it has none, or several (a list of entries)."""
    found = [node for node in root.xpath(_MAYBE) if _ROOT.search(node.get("class"))]
    outer = [node for node in found if not any(one in found for one in node.iterancestors())]
    if len(outer) != 1:
        return Stated()
    text = html.tostring(outer[0], encoding="unicode", with_tail=False)
    if len(text) > MAX_CHARS:
        return Stated()
    parsed: dict[str, Any] = mf2py.parse(doc=f"<html><body>{text}</body></html>", url=url, html_parser="lxml")
    items = [one for one in parsed.get("items", []) if "h-entry" in one.get("type", [])]
    props: dict[str, list[Any]] = items[0].get("properties", {}) if items else {}
    people = props.get("author", [])
    picture = absolute_url(_text(props.get("photo", props.get("featured", []))), url)
    return Stated(
        title=_text(props.get("name", [])),
        bylines=tuple(one for person in people if (one := _byline(person))),
        published=_text(props.get("published", [])),
        modified=_text(props.get("updated", [])),
        more_published=_texts(props.get("published", [])),
        more_modified=_texts(props.get("updated", [])),
        tags=tuple(one for one in props.get("category", []) if isinstance(one, str))[:50],
        image=Image(url=picture) if picture else None,
        description=_text(props.get("summary", [])),
        canonical_url=absolute_url(_text(props.get("url", [])), url),
        biographies=tuple(biography for person in people if (biography := _biography(person, url))),
        is_article=bool(props),
    )


def _text(values: list[Any]) -> str | None:
    return next(iter(_texts(values)), None)


def _texts(values: list[Any]) -> tuple[str, ...]:
    given = (one.get("value") if isinstance(one, dict) else one for one in values)
    return tuple(" ".join(one.split())[:2000] for one in given if isinstance(one, str) and one.strip())


def _byline(person: Any) -> Byline | None:
    if isinstance(person, str):
        return Byline(text=person) if person and "://" not in person else None
    props = person.get("properties", {}) if isinstance(person, dict) else {}
    name = _text(props.get("name", []))
    return Byline(text=name, url=_text(props.get("url", []))) if name else None


def _biography(person: Any, url: str) -> Biography | None:
    props = person.get("properties", {}) if isinstance(person, dict) else {}
    name, note = _text(props.get("name", [])), _text(props.get("note", []))
    if not name or not note:
        return None
    return Biography(
        name=name, text=note, url=absolute_url(_text(props.get("url", [])), url),
        picture_url=absolute_url(_text(props.get("photo", [])), url),
    )  # fmt: skip
