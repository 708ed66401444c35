"""Plain text as HTML: its paragraphs and lines where the writer set them, its addresses as links. Pure."""

from __future__ import annotations

import html
import re

_MARKUP = re.compile(r"<[a-zA-Z!/?]")
_ADDRESS = re.compile(r"\bhttps?://[^\s<>\"'`]{1,2000}")
_TRAILING = ".,;:!?*_~»›”’"
_BLANK = re.compile(r"\n[ \t\xa0]*\n\s*")
_INDENT = re.compile(r"^[ \t]{2,}\S")


def lines_as_html(text: str) -> str:
    """Text that holds no tags, its references already written as HTML, with paragraphs and line breaks.

    One line stays one line. Lines that are all set in by the same amount are those of whoever laid out the document.
    """
    clean = text.replace("\r\n", "\n").replace("\r", "\n").strip()
    if not clean or _MARKUP.search(clean):
        return text
    linked = linked_addresses(clean)
    if "\n" not in clean:
        return linked
    parts = [part for part in _BLANK.split(linked) if part.strip()]
    return "".join(f"<p>{_broken(part)}</p>" for part in parts)


def linked_addresses(text: str) -> str:
    """The HTML text with a link on every address of the web in it; a stop or bracket behind it is not part of it."""
    return _ADDRESS.sub(_link, text) if "://" in text else text


def _link(found: re.Match[str]) -> str:
    written = found[0]
    address = html.unescape(written)
    kept = address.rstrip(_TRAILING)
    if kept.endswith(")") and kept.count("(") < kept.count(")"):
        kept = kept[:-1].rstrip(_TRAILING)
    if len(kept) <= len("https://"):
        return written
    behind = address[len(kept) :]
    shown = html.escape(kept, quote=False)
    return f'<a href="{html.escape(kept)}">{shown}</a>{html.escape(behind, quote=False)}'


def _broken(part: str) -> str:
    lines = part.strip("\n").split("\n")
    if len(lines) > 1 and all(_INDENT.match(line) for line in lines[1:]):
        indents = {len(line) - len(line.lstrip()) for line in lines[1:]}
        if len(indents) == 1:
            return " ".join(line.strip() for line in lines)
    return "<br>".join(line.strip() for line in lines)
