"""The texts of an entry as HTML: which of several is its own, of what type it is, and where its lines end. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from feeds.ingest.formats.entryxml import EntryXml
from feeds.model.incoming import Enclosure
from feeds.text.angles import holds_tags, unescaped_once_more
from feeds.text.commonmark import markdown_as_html
from feeds.text.markup import escape_angles, escape_text
from feeds.text.plainlines import lines_as_html
from feeds.text.wrappings import without_cdata

# feedparser's own dicts answer one field under another's name (`updated` with `published`), at ten times the cost.
_of: Callable[..., Any] = dict.get
HTML_TYPES = ("text/html", "application/xhtml+xml")
_BASE64 = re.compile(r"[A-Za-z0-9+/=\s]*")
_MORE = re.compile(
    r"<(?:a|img|picture|figure|video|audio|iframe|ul|ol|dl|table|blockquote|pre|math|h[1-6])\b", re.IGNORECASE
)
_BREAK = re.compile(r"(?<=\S)<br\s?/?>(?=\S)", re.IGNORECASE)
_PARAGRAPH = re.compile(r"<(?:p|br)\b", re.IGNORECASE)
MARKDOWN_TYPES = frozenset({"text/markdown", "text/x-markdown", "text/x-web-markdown"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Texts:
    """Content and summary of an entry as feedparser tells of them."""

    content: Any
    summary: Any
    is_of_media: bool = False
    """The summary is what is said of the film or picture that an entry without text is about."""


def texts_of(entry: Any, media_texts: tuple[str, ...]) -> Texts:
    """The texts that are the entry's own; of a film without either, what is said of the film.

    Where feedparser is handed the whole document, it sets captions among an entry's own texts.
    """
    contents = [
        one for one in _of(entry, "content") or [] if _is_text(one) and str(_of(one, "value") or "").strip()
    ]
    own = [one for one in contents if _of(one, "value") not in media_texts]
    summary = _of(entry, "summary_detail") if _of(entry, "summary") is not None else None
    own_summary = None if _of(summary or {}, "value") in media_texts else summary
    if own or own_summary:
        contents, summary = own, own_summary
    detail = next((one for one in contents if _kind(one) in HTML_TYPES), next(iter(contents), None))
    if media_texts and not any(_of(one or {}, "value") for one in (detail, summary)):
        is_html = "</" in media_texts[0]
        text = {"value": media_texts[0], "type": "text/html" if is_html else "text/plain"}
        return Texts(content=None, summary=text, is_of_media=True)
    return Texts(content=detail, summary=summary)


def _kind(detail: Any) -> str:
    """The type without its parameters: `text/html; charset=utf-8`."""
    return _bare_type(str(_of(detail or {}, "type") or ""))


@lru_cache(maxsize=200)
def _bare_type(stated: str) -> str:
    return stated.partition(";")[0].strip().lower()


def _is_text(detail: Any) -> bool:
    """False for pictures, sound and all else that content may hold as base64 (RFC 4287 section 4.1.3.3)."""
    kind = _kind(detail)
    if not kind or kind.startswith("text/") or kind.endswith(("xml", "html")) or "/" not in kind:
        return True
    # What was text in base64 is decoded by now.
    is_of_bytes = kind.startswith(("image/", "audio/", "video/", "font/"))
    return not is_of_bytes and not _BASE64.fullmatch(str(_of(detail, "value") or ""))


def file_of(entry: Any) -> Enclosure | None:
    """What an entry holds elsewhere (atom:content src)."""
    for detail in _of(entry, "content") or []:
        if address := _of(detail, "src"):
            kind = str(_of(detail, "type") or "") or None
            return Enclosure(url=address, media_type=None if kind in ("text/plain", None) else kind)
    return None


def html_of(detail: Any, *, is_atom: bool, has_lines: bool = False) -> str | None:
    """A text construct as HTML. RSS says nothing of types: entities in it are meant, stray angles are not.

    With `has_lines`, the paragraphs and lines of plain text are kept.
    """
    value: str | None = _of(detail, "value") if detail else None
    if value is None:
        return None
    if "<![" in value:
        value = without_cdata(value)
    kind = _kind(detail)
    if kind in MARKDOWN_TYPES and has_lines:
        return markdown_as_html(value)
    if kind in HTML_TYPES:
        made = unescaped_once_more(value)
        is_plain = not is_atom
        if is_plain and "<" in made and not holds_tags(made):
            made = escape_angles(made)
    elif is_atom:
        made, is_plain = escape_text(value), True
    else:
        made, is_plain = value, True
        if kind == "text/plain":
            # Nobody writes words about HTML without a space before a `<br>` and behind it.
            made = escape_angles(value if has_lines else _BREAK.sub(" ", value))
    return lines_as_html(made) if has_lines and is_plain else made


def has_blocks(detail: Any) -> bool:
    """True for what a summary, a line of text, would lose: lines of plain text; links, pictures and blocks of HTML."""
    kind, value = _kind(detail), str(_of(detail, "value") or "").strip()
    if kind in HTML_TYPES:
        return _MORE.search(value) is not None or len(_PARAGRAPH.findall(value)) > 1
    return (kind in MARKDOWN_TYPES or kind == "text/plain") and "\n" in value


def set_right(entry: Any, extra: EntryXml) -> None:
    """Title and description of an entry's own, where the lenient reading took those of something in it."""
    if extra.own_text and (contents := _of(entry, "content")):
        not_content = (*extra.other_texts, extra.own_text)
        entry["content"] = [one for one in contents if _of(one, "value") not in not_content]
    for field, own in (("title_detail", extra.own_title), ("summary_detail", extra.own_text)):
        if own and field in entry and _of(entry[field], "type") not in HTML_TYPES[1:]:
            entry[field]["value"] = own
            entry[field.removesuffix("_detail")] = own
