"""A Markdown file becomes an article: front matter, headings, paragraphs, lists, quotations, code, links, pictures. Pure.

A small part of CommonMark, on purpose: what people write in news and weblogs. Raw HTML passes through to the sanitizer.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from html import escape, unescape

from feeds.errors import ParseError
from feeds.ingest.pages.plaintext import MAX_CHARS, MAX_LINES, speaks_alone, title_of_name
from feeds.ingest.pages.surroundings import Frame, read_frame
from feeds.model.incoming import Byline, Image, ParsedEntry, ParsedPage
from feeds.text.markup import strip_illegal, text_of_html

_FENCE = re.compile(r"^(`{3,}|~{3,})\s*[\w+-]{0,40}\s*$")
_HEADING = re.compile(r"^(#{1,6})\s+(\S.*?)\s*#*$")
_RULE = re.compile(r"^(?:\*\s*){3,}$|^(?:-\s*){3,}$|^(?:_\s*){3,}$")
_BULLET = re.compile(r"^\s{0,12}(?:[-*+]|(\d{1,9})[.)])\s+(\S.*)$")
_UNDERLINE = re.compile(r"^(=+|-+)\s*$")
_CODE = re.compile(r"(`{1,3})([^`]{1,2000})\1")
_IMAGE = re.compile(r"!\[([^\[\]]{0,500})\]\(\s*<?([^\s()<>]{1,2000})>?(?:\s+\"([^\"]{0,300})\")?\s*\)")
_LINK = re.compile(
    r"\[([^\[\]]{1,500})\]\(\s*<?([^\s()<>]{1,2000}(?:\([^\s()]{0,200}\))?)>?(?:\s+\"[^\"]{0,300}\")?\s*\)"
)
_BARE = re.compile(r"<(https?://[^\s<>]{1,2000})>")
_STRONG = re.compile(r"(\*\*|__)(?=\S)([^*_]{1,1000}?)(?<=\S)\1")
_EM = re.compile(r"(?<![\w*_])([*_])(?=\S)([^*_]{1,1000}?)(?<=\S)\1(?![\w*_])")
_PAIR = re.compile(r"^([A-Za-z][\w-]{0,40})\s*:\s*(.*)$")
_FILE_NAME = "the file name"


@dataclass(slots=True)
class _Part:
    """One block as it is gathered."""

    kind: str
    lines: list[str] = field(default_factory=list)


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
    told, where = (title, "given") if title else _title(stated, parts, name)
    lines = [
        text_of_html(_inline(" ".join(one.lines))) if one.kind in ("p", "h1", "h2", "h3") else ""
        for one in parts
    ]
    headings = frozenset(place for place, one in enumerate(parts) if one.kind.startswith("h"))
    people = _many(stated, "author", "authors", "by")
    frame = read_frame(lines, title=told, names=people, now=now, headings=headings)
    markup = [_markup(one) for place, one in enumerate(parts) if place not in frame.dropped]
    if not any(text_of_html(one) or "<img" in one for one in markup):
        raise ParseError("The text is empty.")
    evidence = {
        "title": where,
        "author": "front matter" if people else "byline" if frame.names else "",
        "date": "front matter" if _one(stated, "date") else "byline" if frame.published else "",
        "body": "Markdown",
    }
    return ParsedPage(
        entry=ParsedEntry(
            title_html=escape(told, quote=False),
            summary_html=escape(_one(stated, "description", "summary") or "", quote=False) or None,
            content_html="\n".join(markup),
            published=_one(stated, "date", "published") or frame.published,
            updated=_one(stated, "updated", "lastmod") or frame.updated,
            bylines=tuple(Byline(text=one) for one in people or frame.names),
            categories=tuple(
                dict.fromkeys(_many(stated, "category", "categories", "section", "tags", "keywords"))
            ),
            images=_pictures(stated, parts, frame),
            language=_one(stated, "lang", "language"),
            biographies=frame.biographies,
        ),
        language=_one(stated, "lang", "language"),
        previous_title=frame.previous.title or None if frame.previous else None,
        next_title=frame.following.title or None if frame.following else None,
        is_title_guessed=where == _FILE_NAME,
        evidence=tuple((key, value) for key, value in evidence.items() if value),
    )


def _title(stated: dict[str, tuple[str, ...]], parts: list[_Part], name: str | None) -> tuple[str, str]:
    """The title that the file tells itself, and where; raises ParseError where it tells none."""
    if told := _one(stated, "title"):
        return told, "front matter"
    if parts and parts[0].kind == "h1" and (told := text_of_html(_inline(parts[0].lines[0]))):
        return told, "the first heading"
    if told := title_of_name(name):
        return told, _FILE_NAME
    raise ParseError(
        "The text has no title: state one (--title), in front matter, or as a heading `# Title`.",
        state="no-title",
    )


def _pictures(stated: dict[str, tuple[str, ...]], parts: list[_Part], frame: Frame) -> tuple[Image, ...]:
    """The picture that front matter names; else the first one of the text, where the frame tells who made it."""
    image = _one(stated, "image", "cover", "featured_image")
    if image:
        return (Image(url=image, credit=frame.credit, caption=frame.caption),)
    if not frame.credit:
        return ()
    first = next((found for one in parts for line in one.lines if (found := _IMAGE.search(line))), None)
    return (Image(url=first[2] if first else "", credit=frame.credit, caption=frame.caption),)


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
        name.lower(): tuple(_said(one) for one in (value if isinstance(value, list) else [value]))
        for name, value in found.items()
        if not isinstance(value, dict)
    }


def _said(value: object) -> str:
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


def _parts(lines: list[str]) -> list[_Part]:  # noqa: PLR0912 - one branch for each kind of line
    """The blocks of the text, in one pass over its lines."""
    found: list[_Part] = []
    fence: str | None = None
    is_open = False
    for line in lines:
        clean = line.strip()
        if fence is not None:
            if clean.startswith(fence) and not clean.strip(fence[0]):
                fence = None
            else:
                found[-1].lines.append(line)
            continue
        last = found[-1] if found and is_open else None
        if opened := _FENCE.match(clean):
            fence = opened[1]
            found.append(_Part("pre"))
            is_open = False
        elif not clean:
            is_open = False
        elif last and last.kind == "p" and (under := _UNDERLINE.match(clean)) and len(last.lines) == 1:
            last.kind, is_open = "h1" if under[1][0] == "=" else "h2", False
        elif _RULE.match(clean[:200]):
            found.append(_Part("hr"))
            is_open = False
        elif heading := _HEADING.match(clean):
            found.append(_Part(f"h{len(heading[1])}", [heading[2]]))
            is_open = False
        elif (bullet := _BULLET.match(line)) and not (
            last and last.kind in ("p", "quote") and bullet[1] not in (None, "1")
        ):
            kind = "ol" if bullet[1] else "ul"
            if found and found[-1].kind == kind:
                found[-1].lines.append(bullet[2])
            else:
                found.append(_Part(kind, [bullet[2]]))
            is_open = True
        elif clean.startswith(">"):
            if last and last.kind == "quote":
                last.lines.append(clean[1:].strip())
            else:
                found.append(_Part("quote", [clean[1:].strip()]))
            is_open = True
        elif last and last.kind in ("ul", "ol", "quote"):
            last.lines[-1] += f" {clean}"
        elif last and last.kind == "p" and not (speaks_alone(last.lines[-1]) or speaks_alone(clean)):
            last.lines.append(clean + ("<br>" if line.endswith("  ") else ""))
        elif line.startswith("    ") and not is_open:
            found.append(_Part("pre", [line[4:]]))
        else:
            found.append(_Part("p", [clean]))
            is_open = True
    return found


def _markup(part: _Part) -> str:
    if part.kind == "pre":
        return f"<pre><code>{escape(chr(10).join(part.lines), quote=False)}</code></pre>"
    if part.kind == "hr":
        return "<hr>"
    if part.kind in ("ul", "ol"):
        return f"<{part.kind}>{''.join(f'<li>{_inline(one)}</li>' for one in part.lines)}</{part.kind}>"
    if part.kind == "quote":
        quoted = " ".join(one or "</p><p>" for one in (_inline(line) for line in part.lines))
        return f"<blockquote><p>{quoted}</p></blockquote>"
    text = " ".join(_inline(line) for line in part.lines)
    if part.kind == "p" and re.match(r"^<(?:p|div|figure|blockquote|table|ul|ol|h[1-6]|img)\b", text):
        return text
    return f"<{part.kind}>{text}</{part.kind}>"


def _inline(text: str) -> str:
    """One line's links, pictures, emphasis and code; other HTML in it stays for the sanitizer."""
    held: list[str] = []

    def hold(made: str) -> str:
        held.append(made)
        return f"\x02{len(held) - 1}\x03"

    def each(pattern: re.Pattern[str], make: Callable[[re.Match[str]], str], line: str) -> str:
        return pattern.sub(lambda found: hold(make(found)), line)

    line = text.replace("\x02", "").replace("\x03", "")
    line = each(_CODE, lambda one: f"<code>{escape(one[2].strip(), quote=False)}</code>", line)
    line = each(_IMAGE, lambda one: _picture(one[1], one[2], one[3]), line)
    line = each(_BARE, lambda one: f'<a href="{escape(one[1])}">{escape(one[1], quote=False)}</a>', line)
    line = _LINK.sub(
        lambda one: f"{hold(f'<a href={chr(34)}{escape(unescape(one[2]))}{chr(34)}>')}{one[1]}{hold('</a>')}",
        line,
    )
    line = _STRONG.sub(r"<strong>\2</strong>", line)
    line = _EM.sub(r"<em>\2</em>", line)
    # Twice, for a picture within a link.
    for _ in range(2):
        line = re.sub(r"\x02(\d{1,6})\x03", lambda one: held[int(one[1])], line)
    return re.sub(r"\\([\\`*_{}\[\]()#+.!-])", r"\1", line)


def _picture(alt: str, url: str, title: str | None) -> str:
    shown = f'<img src="{escape(url)}" alt="{escape(alt)}">'
    return f"<figure>{shown}<figcaption>{escape(title)}</figcaption></figure>" if title else shown
