"""Captions and credits made visible in an article's HTML: who made a picture is said under it. Pure.

Works on HTML that `feeds.text.markup.sanitize` has passed: tags are balanced, attributes quoted with
double quotes, so that a walk over the tags is enough and nothing is serialized anew.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from feeds.model.incoming import Image
from feeds.text.markup import text_of_html
from feeds.text.pictures import picture_key, without_pictures

_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)((?:[^>\"]|\"[^\"]*\")*)>")
_IMG = re.compile(r"<img\b((?:[^>\"]|\"[^\"]*\")*)>", re.IGNORECASE)
_SRC = re.compile(r"\bsrc=\"([^\"]*)\"")
_OWN_LEAD = re.compile(
    r"(?:photo|picture|image|illustration|credit|foto|©|[^\W\d_][^:/]{0,30}:\s)", re.IGNORECASE
)
"""How a credit begins that says by itself what it is: `Composite: …`, `Bild: …`."""
_VOID = frozenset({"br", "col", "hr", "img", "source", "wbr"})
_WRAPPERS = frozenset({"a", "picture"})
_FLOW = frozenset({"article", "aside", "blockquote", "center", "dd", "div", "li", "main", "section", "td"})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Tag:
    name: str
    start: int
    end: int


def with_captions(content_html: str, images: Iterable[Image], say: Callable[[str], str] = str) -> str:
    """The HTML with each picture's caption and credit visible under it. `say` gives our own words in another language.

    Of the pictures that the text does not show, the first stands as a figure at the top, further
    ones after the text; a thumbnail only where there is no other picture. Sizes of one picture (by query, or `-300x200` before the ending) count as one.
    """
    shown, text = content_html, _folded(text_of_html(content_html))
    missing: dict[str, str] = {}
    pictures = tuple(images)
    is_pictured = any(image.role != "thumbnail" for image in pictures)
    for image in pictures:
        place = _find(shown, image.url)
        if place is None:
            if image.role == "thumbnail" and is_pictured:
                continue
            is_in_text = bool(image.caption) and _folded(image.caption or "") in text
            missing.setdefault(
                picture_key(image.url), _figure(replace(image, caption=None) if is_in_text else image, say)
            )
            continue
        words = _unsaid(image, text, say)
        if words:
            shown = _captioned(shown, place, words)
            text += " " + _folded(text_of_html(words))
    first, *others = missing.values() if missing else ("",)
    return "\n".join(part for part in (first, shown, *others) if part)


def only_pictures(content_html: str, images: Iterable[Image]) -> str:
    """The HTML with none but these pictures."""
    kept = {picture_key(image.url) for image in images}
    return without_pictures(content_html, lambda address: picture_key(address) not in kept)


def _find(content_html: str, url: str) -> re.Match[str] | None:
    wanted = picture_key(url)
    for tag in _IMG.finditer(content_html):
        src = _SRC.search(tag[1])
        if src and picture_key(src[1]) == wanted:
            return tag
    return None


def _unsaid(image: Image, text: str, say: Callable[[str], str]) -> str:
    """What is not yet to be read: caption, credit, or both, as HTML."""
    caption = image.caption if image.caption and _folded(image.caption) not in text else None
    is_credit_in_text = image.credit is not None and (
        _folded(image.credit) in text or _folded(image.credit) in _folded(caption or "")
    )
    return _words(caption, None if is_credit_in_text else image.credit, say)


def _folded(text: str) -> str:
    return " ".join(text.casefold().split())


def _words(caption: str | None, credit: str | None, say: Callable[[str], str]) -> str:
    parts = []
    if caption:
        parts.append(html.escape(caption, quote=False))
    if credit:
        lead = "" if _OWN_LEAD.match(credit) else say("Picture: ")
        parts.append(f"<small>{lead}{html.escape(credit, quote=False)}</small>")
    return " ".join(parts)


def _figure(image: Image, say: Callable[[str], str]) -> str:
    size = "".join(
        f' {name}="{value}"' for name, value in (("width", image.width), ("height", image.height)) if value
    )
    picture = (
        f'<img src="{html.escape(image.url)}" alt="{html.escape(image.alt or "")}"{size}'
        ' loading="lazy" referrerpolicy="no-referrer">'
    )
    credit = None if image.credit and _folded(image.credit) in _folded(image.caption or "") else image.credit
    words = _words(image.caption, credit, say)
    return f"<figure>{picture}{f'<figcaption>{words}</figcaption>' if words else ''}</figure>"


def _captioned(content_html: str, place: re.Match[str], words: str) -> str:
    """The HTML with `words` under the picture at `place`, in the way its surroundings allow."""
    stack = _open_at(content_html, place.start())
    figure = next((tag for tag in reversed(stack) if tag.name == "figure"), None)
    if figure is not None:
        return _in_figure(content_html, figure, words)
    start, end = place.start(), place.end()
    while stack and stack[-1].name in _WRAPPERS:
        wrapper = stack.pop()
        start, end = wrapper.start, _close_of(content_html, wrapper)[1]
    caption = f"<figcaption>{words}</figcaption></figure>"
    before, unit, after = content_html[:start], content_html[start:end], content_html[end:]
    if not stack or stack[-1].name in _FLOW:
        return f"{before}<figure>{unit}{caption}{after}"
    if stack[-1].name == "p" and (len(stack) == 1 or stack[-2].name in _FLOW):
        paragraph = stack[-1]
        inner_end, outer_end = _close_of(content_html, paragraph)
        alone = not (content_html[paragraph.end : start] + content_html[end:inner_end]).strip()
        if alone:
            return f"{content_html[: paragraph.start]}<figure>{unit}{caption}{content_html[outer_end:]}"
    # Inside running text a figure would break the paragraph apart.
    return f"{before}{unit}<br>{words if words.startswith('<small>') else f'<small>{words}</small>'}{after}"


def _in_figure(content_html: str, figure: _Tag, words: str) -> str:
    inner_end, _ = _close_of(content_html, figure)
    inside = content_html[figure.end : inner_end]
    at = inside.rfind("</figcaption>")
    if at >= 0:
        at += figure.end
        return f"{content_html[:at]} {words}{content_html[at:]}"
    return f"{content_html[:inner_end]}<figcaption>{words}</figcaption>{content_html[inner_end:]}"


def _open_at(content_html: str, position: int) -> list[_Tag]:
    stack: list[_Tag] = []
    for tag in _TAG.finditer(content_html, 0, position):
        name = tag[2].lower()
        if name in _VOID:
            continue
        if not tag[1]:
            stack.append(_Tag(name=name, start=tag.start(), end=tag.end()))
        elif any(opened.name == name for opened in stack):
            while stack.pop().name != name:
                pass
    return stack


def _close_of(content_html: str, opened: _Tag) -> tuple[int, int]:
    """Where the element's closing tag begins and ends; the end of the text where it has none."""
    depth = 1
    for tag in _TAG.finditer(content_html, opened.end):
        if tag[2].lower() == opened.name:
            depth += -1 if tag[1] else 1
            if depth == 0:
                return tag.start(), tag.end()
    return len(content_html), len(content_html)
