"""A Markdown file becomes an article: front matter, then CommonMark with tables, by markdown-it-py. Pure.

Raw HTML passes through to the sanitizer. Lines that speak alone, such as a byline above the text, are paragraphs of their
own although no empty line stands between them: people who write bylines do not know of empty lines.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from html import escape
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.token import Token

from feeds.errors import ParseError
from feeds.ingest.pages.plaintext import MAX_CHARS, MAX_LINES, speaks_alone, title_of_name
from feeds.ingest.pages.surroundings import Surroundings, read_surroundings
from feeds.model.incoming import Byline, Image, ParsedEntry, ParsedPage
from feeds.text.commonmark import markdown_reader, tight
from feeds.text.markup import strip_illegal, text_of_html

_FENCE = re.compile(r"^\s{0,3}(`{3,}|~{3,})")
_STRUCTURED = re.compile(r"^(?:\s{4}|\s*(?:[-+>#|<=\[]|[*]\s|[*_]{3}|\d{1,9}[.)]\s)|\t)")
"""Lines that are more than running text: what stands before or behind them is not parted from them."""
_BLOCK_START = re.compile(r"^<(?:p|div|figure|blockquote|table|ul|ol|h[1-6]|img)\b")
_KINDS = {"paragraph_open": "p", "bullet_list_open": "ul", "ordered_list_open": "ol", "blockquote_open": "quote",
    "fence": "pre", "code_block": "pre", "hr": "hr", "table_open": "table", "html_block": "html"}  # fmt: skip
_PAIR = re.compile(r"^([A-Za-z][\w-]{0,40})\s*:\s*(.*)$")
_FILE_NAME = "the file name"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    """One block of the file."""

    kind: str
    line: str
    """Its words as HTML, of a paragraph or heading."""
    markup: str
    picture: str | None = None
    """The address of the first picture in it."""


def read_markdown(text: str, *, name: str | None, title: str | None = None, now: datetime) -> ParsedPage:
    """The file as an article; title from what is handed in, front matter, the first heading, or the file's name.

    Front matter (between `---` or `+++`) may state title, author or authors, date, updated, tags, category,
    description, image and lang. Raises ParseError as `read_text` does.
    """
    if len(text) > MAX_CHARS:
        raise ParseError(
            f"The text is longer than {MAX_CHARS // 1_000_000} million characters; cut it into several files."
        )
    stated, rest = front_matter(strip_illegal(text).replace("\r\n", "\n"))
    parts = _parts(rest.split("\n")[:MAX_LINES])
    heading, where = (title, "given") if title else _title(stated, parts, name)
    lines = [text_of_html(one.line) if one.kind in ("p", "h1", "h2", "h3") else "" for one in parts]
    headings = frozenset(place for place, one in enumerate(parts) if re.fullmatch(r"h[1-6]|hr", one.kind))
    people = _many(stated, "author", "authors", "by")
    around = read_surroundings(lines, title=heading, names=people, now=now, headings=headings)
    markup = [one.markup for place, one in enumerate(parts) if place not in around.dropped]
    if not any(text_of_html(one) or "<img" in one for one in markup):
        raise ParseError("The text is empty.")
    evidence = {
        "title": where,
        "author": "front matter" if people else "byline" if around.names else "",
        "date": "front matter" if _one(stated, "date") else "byline" if around.published else "",
        "body": "Markdown",
    }
    return ParsedPage(
        entry=ParsedEntry(
            title_html=escape(heading, quote=False),
            summary_html=escape(_one(stated, "description", "summary") or "", quote=False) or None,
            content_html="\n".join(markup),
            published=_one(stated, "date", "published") or around.published,
            updated=_one(stated, "updated", "lastmod") or around.updated,
            bylines=tuple(Byline(text=one) for one in people or around.names),
            categories=tuple(
                dict.fromkeys(_many(stated, "category", "categories", "section", "tags", "keywords"))
            ),
            images=_pictures(stated, parts, around),
            language=_one(stated, "lang", "language"),
            biographies=around.biographies,
        ),
        language=_one(stated, "lang", "language"),
        previous_title=around.previous.title or None if around.previous else None,
        next_title=around.following.title or None if around.following else None,
        is_title_guessed=where == _FILE_NAME,
        evidence=tuple((key, value) for key, value in evidence.items() if value),
    )


def _title(stated: dict[str, tuple[str, ...]], parts: list[_Part], name: str | None) -> tuple[str, str]:
    """The title that the file tells itself, and where; raises ParseError if it tells none."""
    if given := _one(stated, "title"):
        return given, "front matter"
    if parts and parts[0].kind == "h1" and (given := text_of_html(parts[0].line)):
        return given, "the first heading"
    if given := title_of_name(name):
        return given, _FILE_NAME
    raise ParseError(
        "The text has no title: state one (--title), in front matter, or as a heading `# Title`.",
        state="no-title",
    )


def _pictures(
    stated: dict[str, tuple[str, ...]], parts: list[_Part], around: Surroundings
) -> tuple[Image, ...]:
    """The picture that front matter names; else the first one of the text, where the lines around it tell who made it."""
    image = _one(stated, "image", "cover", "featured_image")
    if image:
        return (Image(url=image, credit=around.credit, caption=around.caption),)
    if not around.credit:
        return ()
    first = next((one.picture for one in parts if one.picture), "")
    return (Image(url=first, credit=around.credit, caption=around.caption),)


def front_matter(text: str) -> tuple[dict[str, tuple[str, ...]], str]:
    """What stands between `---` (the plain part of YAML: pairs, lists) or `+++` (TOML) at the top, and the rest."""
    lines = text.lstrip("\ufeff\n").split("\n")
    mark = lines[0].strip()
    if mark not in ("---", "+++"):
        return {}, text
    end = next((place for place, line in enumerate(lines[1:400], 1) if line.strip() == mark), None)
    if end is None:
        return {}, text
    rest = "\n".join(lines[end + 1 :])
    return (_yaml(lines[1:end]) if mark == "---" else _toml("\n".join(lines[1:end]))), rest


def _toml(text: str) -> dict[str, tuple[str, ...]]:
    try:
        found = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise ParseError(f"The front matter is no TOML: {error}") from error
    return {
        name.lower(): tuple(_text_of(one) for one in (value if isinstance(value, list) else [value]))
        for name, value in found.items()
        if not isinstance(value, dict)
    }


def _text_of(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)


def _yaml(lines: list[str]) -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    name = ""
    for line in lines:
        pair = _PAIR.match(line)
        if pair:
            name, value = pair[1].lower(), pair[2].strip()
            is_list = value.startswith("[") and value.endswith("]")
            found[name] = (
                [_bare(one) for one in value[1:-1].split(",")] if is_list else [_bare(value)] if value else []
            )
        elif name and (item := re.match(r"^\s*-\s+(?:name:\s*)?(\S.*)$", line)):
            found[name].append(_bare(item[1]))
    return {key: tuple(one for one in values if one) for key, values in found.items() if any(values)}


def _bare(text: str) -> str:
    clean = text.strip()
    return clean[1:-1] if len(clean) > 1 and clean[0] == clean[-1] and clean[0] in "\"'" else clean


def _one(stated: dict[str, tuple[str, ...]], *names: str) -> str | None:
    return next((stated[name][0] for name in names if stated.get(name)), None)


def _many(stated: dict[str, tuple[str, ...]], *names: str) -> tuple[str, ...]:
    return tuple(one for name in names for one in stated.get(name, ()))


def _parts(lines: Sequence[str]) -> list[_Part]:
    """The blocks of the text, each with its HTML."""
    reader = markdown_reader(is_html=True)
    env: dict[str, Any] = {}
    tokens = reader.parse("\n".join(_parted(lines)), env)
    found: list[_Part] = []
    begin = 0
    for place, token in enumerate(tokens):
        if token.level == 0 and token.nesting <= 0:
            block = tokens[begin : place + 1]
            found.append(_part(reader, block, env))
            begin = place + 1
    return found


def _part(reader: MarkdownIt, block: Sequence[Token], env: dict[str, Any]) -> _Part:
    first = block[0]
    kind = first.tag if first.type == "heading_open" else _KINDS.get(first.type, "other")
    markup = tight(str(reader.renderer.render(block, reader.options, env)))
    inline = [one for one in block if one.type == "inline"]
    renderer: Any = reader.renderer
    line = str(renderer.renderInline(inline[0].children or [], reader.options, env)) if inline else ""
    if kind == "p" and _BLOCK_START.match(line):
        markup = line
    pictures = (child for one in inline for child in one.children or () if child.type == "image")
    address = next((str(one.attrs.get("src") or "") for one in pictures), None)
    return _Part(kind=kind, line=line, markup=markup, picture=address)


def _parted(lines: Sequence[str]) -> list[str]:
    """The lines with an empty one where a line of running text speaks alone."""
    made: list[str] = []
    fence = ""
    for line in lines:
        mark = _FENCE.match(line)
        if fence:
            fence = "" if mark and mark[1][0] == fence[0] and len(mark[1]) >= len(fence) else fence
        elif mark:
            fence = mark[1]
        elif (
            made and _is_text(line) and _is_text(made[-1]) and (speaks_alone(line) or speaks_alone(made[-1]))
        ):
            made.append("")
        made.append(line)
    return made


def _is_text(line: str) -> bool:
    return bool(line.strip()) and not _STRUCTURED.match(line)
