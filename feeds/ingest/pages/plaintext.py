"""A plain text file becomes an article: paragraphs, and what the lines above and below the text say of it. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from html import escape
from pathlib import PurePath

from feeds.errors import ParseError
from feeds.ingest.pages.boilerplate import is_boilerplate, read_navigation
from feeds.ingest.pages.surroundings import TEXT_CHARS, Surroundings, read_surroundings
from feeds.ingest.people.bylines import read_byline
from feeds.ingest.people.credits import read_credit
from feeds.model.incoming import Byline, Image, ParsedEntry, ParsedPage
from feeds.text.markup import strip_illegal

MAX_CHARS = 2_000_000
MAX_LINES = 20_000
TITLE_CHARS = 200
_URL = re.compile(r"\bhttps?://[^\s<>\"']{4,2000}[^\s<>\"'.,;:!?)\]]")
_FIELD = re.compile(
    r"^(?P<name>title|headline|titel|titre|título|titolo|author|authors|by|autor|autoren|auteur|date|published|datum|tags|keywords|section|category)\s*:\s+(?P<value>\S.{0,400})$",
    re.IGNORECASE,
)
_SENTENCE = re.compile(r"[.!?…。]['\"”’»)]*$")
_TITLES = frozenset("title headline titel titre título titolo".split())


def read_text(text: str, *, name: str | None, title: str | None = None, now: datetime) -> ParsedPage:
    """The text as an article. A title that is not handed in is the first line where it stands as one, else the file's name.

    `name` is the file's. Raises ParseError if the text is empty or too long, or where neither name nor title is there.
    """
    if len(text) > MAX_CHARS:
        raise ParseError(
            f"The text is longer than {MAX_CHARS // 1_000_000} million characters; cut it into several files."
        )
    paragraphs = _paragraphs(strip_illegal(text))
    if not paragraphs:
        raise ParseError("The text is empty.")
    stated, paragraphs = _fields(paragraphs)
    heading, where = (title, "given") if title else (stated.get("title"), "a line `Title: …`")
    if not heading and (first := _heading(paragraphs)):
        heading, where = first, "the first line"
    is_guessed = not heading
    if not heading:
        heading, where = title_of_name(name), "the file name"
    if not heading:
        raise ParseError(
            "The text has no title: state one (--title), or put it on the first line with an empty line after it.",
            state="no-title",
        )
    around = read_surroundings(paragraphs, title=heading, names=(), now=now)
    kept = [line for place, line in enumerate(paragraphs) if place not in around.dropped]
    if not kept:
        raise ParseError("The text holds nothing but a title and lines about it.")
    return _page(kept, around, title=heading, where=where, is_guessed=is_guessed, stated=stated)


def _page(
    kept: Sequence[str],
    around: Surroundings,
    *,
    title: str,
    where: str,
    is_guessed: bool,
    stated: dict[str, str],
) -> ParsedPage:
    names = tuple(Byline(text=one) for one in around.names)
    if stated.get("author"):
        names = (Byline(text=stated["author"]),)
    presented = tuple(Byline(text=one.name) for one in around.biographies)
    published = stated.get("date") or around.published
    evidence = {
        "title": where,
        "author": "a line `Author: …`"
        if stated.get("author")
        else "byline"
        if names
        else "closing paragraph"
        if presented
        else "",
        "date": "a line `Date: …`" if stated.get("date") else "byline" if around.published else "",
        "credit": "a line above the text" if around.credit else "",
        "biography": "closing paragraph" if around.biographies else "",
        "body": "paragraphs",
    }
    caption_line = " ".join(
        part for part in (around.caption, f"Photo: {around.credit}" if around.credit else None) if part
    )
    return ParsedPage(
        entry=ParsedEntry(
            title_html=escape(title, quote=False),
            content_html="\n".join(f"<p>{linked(line)}</p>" for line in kept),
            published=published,
            updated=around.updated,
            bylines=names or presented,
            categories=tuple(
                part.strip() for part in re.split("[,;]", stated.get("tags", "")) if part.strip()
            ),
            images=pictureless(around),
            biographies=around.biographies,
        ),
        previous_title=around.previous.title or None if around.previous else None,
        next_title=around.following.title or None if around.following else None,
        is_title_guessed=is_guessed,
        evidence=(
            *((key, value) for key, value in evidence.items() if value),
            *((("picture", caption_line),) if caption_line else ()),
        ),
    )


def pictureless(around: Surroundings) -> tuple[Image, ...]:
    """What is said of a picture that is not there: caption and credit with an empty address.

    Whoever hangs a picture on the article joins it; `normalize` lets a picture without an address go.
    """
    return (Image(url="", credit=around.credit, caption=around.caption),) if around.credit else ()


def linked(line: str) -> str:
    """The line as HTML, its addresses as links."""
    parts: list[str] = []
    end = 0
    for found in _URL.finditer(line):
        parts += [
            escape(line[end : found.start()], quote=False),
            f'<a href="{escape(found[0])}">{escape(found[0], quote=False)}</a>',
        ]
        end = found.end()
    return "".join((*parts, escape(line[end:], quote=False)))


def title_of_name(name: str | None) -> str | None:
    """The title that a file's name means: `2024-03-14_boats-are-back.txt` is `Boats are back`."""
    stem = PurePath(name or "").stem
    words = re.sub(r"^\d{4}[-_.]?\d\d[-_.]?\d\d[-_.\s]*", "", stem)
    clean = " ".join(re.sub(r"[-_]+", " ", words).split())
    return clean[:1].upper() + clean[1:TITLE_CHARS] if re.search(r"[^\W\d_]", clean) else None


def _paragraphs(text: str) -> list[str]:
    """The paragraphs: apart by empty lines, or line by line where lines are long or no line is empty.

    Lines that say something of their own above and below the text (credit, byline, navigation) stay lines.
    """
    lines = [line.strip() for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n")][:MAX_LINES]
    filled = [line for line in lines if line]
    if not filled:
        return []
    is_wrapped = "" in lines[lines.index(filled[0]) :] and max(map(len, filled)) <= 100
    found: list[str] = []
    parts: list[str] = []
    for line in [*lines, ""]:
        is_own = bool(line) and (not is_wrapped or speaks_alone(line))
        if (not line or is_own) and parts:
            found.append(" ".join(parts))
            parts = []
        if is_own:
            found.append(line)
        elif line:
            parts.append(line)
    return [" ".join(one.split()) for one in found]


def speaks_alone(line: str) -> bool:
    """True for a line that says something about the text or around it, so that it is no part of a paragraph."""
    return bool(
        read_credit(line) or read_navigation(line) or is_boilerplate(line) or _FIELD.match(line)
        or ((read := read_byline(line)) and (read.is_said or not read.names))
    )  # fmt: skip


def _fields(paragraphs: list[str]) -> tuple[dict[str, str], list[str]]:
    """Lines such as `Title: Boats` at the very beginning, and the rest."""
    found: dict[str, str] = {}
    for place, line in enumerate(paragraphs):
        field = _FIELD.match(line)
        if field is None:
            return found, paragraphs[place:]
        name = field["name"].lower()
        key = (
            "title"
            if name in _TITLES
            else "date"
            if name in ("date", "published", "datum")
            else "tags"
            if name in ("tags", "keywords", "section", "category")
            else "author"
        )
        found[key] = f"{found[key]}, {field['value']}" if key in found else field["value"]
    return found, []


def _heading(paragraphs: Sequence[str]) -> str | None:
    """The first line where it is a title: short, no sentence, no line about the text, with text below it."""
    first = paragraphs[0]
    if len(paragraphs) < 2 or len(first) > TEXT_CHARS or _SENTENCE.search(first) or speaks_alone(first):
        return None
    return first if any(len(line) > len(first) for line in paragraphs[1:]) else None
