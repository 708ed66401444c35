"""Replaces what a sanitizer would drop together with its meaning (late pictures, frames, formulas, drawings) by what it allows.

A walk over the tags: what is none of these is not touched, nor written anew. Linear in the text. Pure.
"""

from __future__ import annotations

import html
import re
from functools import lru_cache

from feeds.text.embeds import frame_as_link, player_as_link
from feeds.text.formulas import (
    drawing_in_words,
    formula_in_words,
    scripts_in_words,
    without_drawn_formulas,
)
from feeds.text.latepictures import (
    attributes_of,
    is_hollow,
    is_pixel,
    picture_key,
    real_address,
    symbol_of,
)
from feeds.text.tagnames import TAG_BODY, tag_names
from feeds.text.unseen import is_unseen_picture

_NAMES = (
    r"iframe|frame|object|embed|noscript|svg|math|video|audio|source|picture|img|input|amp-[a-z-]{2,30}|"
    r"(?:lite|youtube|vimeo)-[a-z-]{2,30}"
)
_OPENING = re.compile(rf"<(?:\w{{1,10}}:)?({_NAMES})(?=[\s/>]){TAG_BODY}>", re.IGNORECASE)
_NAME = re.compile(rf"(?:\w{{1,10}}:)?(?:{_NAMES})")
_PICTURE = re.compile(rf"<img\b{TAG_BODY}>", re.IGNORECASE)
_SOURCE = re.compile(rf"<source\b{TAG_BODY}>", re.IGNORECASE)
_INNER = re.compile(rf"<(?:embed|param|iframe)\b{TAG_BODY}>", re.IGNORECASE)
_OTHER_SCHEME = re.compile(r"\s*(?!https?:)[a-z][a-z0-9+.-]*\s*:", re.IGNORECASE)
_AMP_PICTURES = frozenset({"amp-img", "amp-anim"})
_PICTURE_FILE = re.compile(r"\.(?:jpe?g|png|gif|webp|avif)(?:[?#]|$)", re.IGNORECASE)
_ONE_LINK = re.compile(
    rf"\s*<a\b(?=[^<>]*\bhref\s*=\s*[\"']?(?:https?:)?/)(?![^<>]*javascript){TAG_BODY}>(?![^<]*javascript)[^<]{{1,200}}</a\s*>\s*",
    re.IGNORECASE,
)
MOST_DEPTH = 3
"""How deep frames hold frames of their own."""
_KEPT = ("alt", "width", "height", "title")


class _Walk:
    """One text on its way; what stands in `noscript` waits until it is known which pictures are shown anyway."""

    def __init__(self, depth: int) -> None:
        self.depth = depth
        self.pieces: list[str] = []
        self.waiting: list[tuple[int, str]] = []
        self.shown: set[str] = set()
        self.unclosed: set[str] = set()


def with_meaning(source: str, *, depth: int = 0) -> str:
    """The HTML with a picture, a link or words for all that would vanish without a trace; the same where nothing would."""
    source = without_drawn_formulas(scripts_in_words(source))
    if depth > MOST_DEPTH or not any(map(_is_asked, tag_names(source))):
        return source
    walk = _Walk(depth)
    place = 0
    while (found := _OPENING.search(source, place)) is not None:
        walk.pieces.append(source[place : found.start()])
        place = _one(walk, source, found)
    walk.pieces.append(source[place:])
    for at, inner in walk.waiting:
        walk.pieces[at] = _unseen_twice(inner, walk.shown)
    return "".join(walk.pieces)


@lru_cache(maxsize=1000)
def _is_asked(name: str) -> bool:
    return _NAME.fullmatch(name) is not None


def _one(walk: _Walk, source: str, found: re.Match[str]) -> int:
    """Takes one element over in its new form; the place behind it."""
    name, tag = found[1].lower(), found[0]
    if name == "img":
        walk.pieces.append(_picture(walk, tag))
        return found.end()
    if name == "input":
        walk.pieces.append(_box(tag))
        return found.end()
    if name == "source":
        walk.pieces.append(_file(tag))
        return found.end()
    if name in ("video", "audio"):
        walk.pieces.append(_player(name, tag))
        return found.end()
    if name in ("embed", "frame"):
        walk.pieces.append(frame_as_link(attributes_of(tag)))
        return found.end()
    inner, end = _element(walk, source, found)
    if name in ("svg", "math"):
        if inner is None:
            walk.pieces.append(tag)
            return found.end()
        whole = source[found.start() : end]
        walk.pieces.append(drawing_in_words(whole) if name == "svg" else formula_in_words(whole))
    elif name == "noscript":
        bare = inner or ""
        text = bare if "<" in bare else html.unescape(bare)
        walk.waiting.append((len(walk.pieces), with_meaning(text, depth=walk.depth + 1)))
        walk.pieces.append("")
    elif name == "picture":
        if inner is None:
            walk.pieces.append(tag)
            return found.end()
        walk.pieces.append(_of_picture(walk, inner))
    else:
        walk.pieces.append(_framed(walk, name, tag, inner or ""))
    return end


def _element(walk: _Walk, source: str, found: re.Match[str]) -> tuple[str | None, int]:
    """What the element holds, None if it is never closed; and the place behind it."""
    name = found[1].lower()
    end_tag = re.compile(rf"<(/?)(?:\w{{1,10}}:)?{re.escape(name)}(?=[\s/>])[^<>]*>", re.IGNORECASE)
    if found[0].endswith("/>"):
        # As XHTML writes it; in HTML an end tag follows nevertheless.
        behind = end_tag.match(source, found.end())
        return ("", behind.end() if behind and behind[1] else found.end())
    if name in walk.unclosed:
        return None, found.end()
    depth = 1
    for tag in end_tag.finditer(source, found.end()):
        is_nested = name in ("object", "svg") and not tag[0].endswith("/>")
        depth += -1 if tag[1] else is_nested
        if depth == 0:
            return source[found.end() : tag.start()], tag.end()
    walk.unclosed.add(name)
    return None, found.end()


def _picture(walk: _Walk, tag: str, more: str | None = None) -> str:
    stated = attributes_of(tag)
    address = real_address(stated) or more
    if (symbol := symbol_of(stated)) is not None:
        return html.escape(symbol, quote=False)
    if address is None or is_pixel(stated) or is_unseen_picture(stated):
        return ""
    walk.shown.add(picture_key(address))
    if address == stated.get("src", "").strip():
        return tag
    return _written(address, stated)


def _written(address: str, stated: dict[str, str]) -> str:
    kept = "".join(f' {name}="{html.escape(stated[name])}"' for name in _KEPT if name in stated)
    return f'<img src="{html.escape(address)}"{kept}>'


def _of_picture(walk: _Walk, inner: str) -> str:
    """The picture of a `picture`: its own, else the best of its sources, which say nothing beside it."""
    more = None
    for tag in _SOURCE.findall(inner):
        stated = attributes_of(tag)
        address = real_address({name: text for name, text in stated.items() if name != "src"})
        if address is not None:
            more = address
            break
    own = _PICTURE.search(inner)
    if own is not None:
        return _picture(walk, own[0], more)
    return _written(more, {}) if more else with_meaning(inner, depth=walk.depth + 1)


def _box(tag: str) -> str:
    """The box of a list of tasks as the sign for it: whether it is done says what the line means."""
    stated = attributes_of(tag)
    if stated.get("type", "").strip().lower() != "checkbox" or "disabled" not in stated:
        # What can be ticked belongs to a form.
        return tag
    return "\u2611" if "checked" in stated else "\u2610"


def _file(tag: str) -> str:
    """A file of sound or film, where it is named; sets of pictures outside of a picture are nothing."""
    stated = attributes_of(tag)
    if stated.get("src"):
        return "" if _OTHER_SCHEME.match(stated["src"]) else tag
    late = stated.get("data-src") or stated.get("data-lazy-src")
    if not late or is_hollow(late):
        return ""
    kind = f' type="{html.escape(stated["type"])}"' if "type" in stated else ""
    return f'<source src="{html.escape(late)}"{kind}>'


def _player(name: str, tag: str) -> str:
    """A player that people can start: with controls, and its file where a script would have brought it."""
    stated = attributes_of(tag)
    if stated.get("src") and "controls" in stated:
        return tag
    late = stated.get("src") or stated.get("data-src") or stated.get("data-lazy-src") or ""
    written = {"src": late} if late and not is_hollow(late) else {}
    written |= {one: stated[one] for one in ("poster", "width", "height", "title") if stated.get(one)}
    shown = "".join(f' {one}="{html.escape(text)}"' for one, text in written.items())
    return f'<{name}{shown} controls="">' + (f"</{name}>" if tag.endswith("/>") else "")


def _framed(walk: _Walk, name: str, tag: str, inner: str) -> str:
    stated = attributes_of(tag)
    if name in _AMP_PICTURES:
        return _picture(walk, f"<img{tag[len(name) + 1 :]}") or with_meaning(inner, depth=walk.depth + 1)
    if name in ("amp-video", "amp-audio"):
        kind = name.removeprefix("amp-")
        return f"{_player(kind, f'<{kind}{tag[len(name) + 1 :]}')}{inner}</{kind}>"
    if name == "iframe" and stated.get("srcdoc", "").strip():
        return f"<div>{with_meaning(stated['srcdoc'], depth=walk.depth + 1)}</div>"
    if name in ("iframe", "amp-iframe"):
        return frame_as_link(stated)
    if name == "object":
        return _object(walk, stated, inner)
    return player_as_link(name, stated) or with_meaning(inner, depth=walk.depth + 1)


def _object(walk: _Walk, stated: dict[str, str], inner: str) -> str:
    """What an object shows: a picture, a page or film as a link, else what it holds for whoever cannot show it."""
    address = stated.get("data", "").strip()
    if stated.get("type", "").lower().startswith("image/") or _PICTURE_FILE.search(address):
        return _picture(walk, "<img>", address) if address else ""
    for attributes in (stated, *(attributes_of(one) for one in _INNER.findall(inner))):
        is_parameter = attributes.get("name", "").lower() in ("movie", "src")
        link = frame_as_link({"src": attributes.get("value", "")} if is_parameter else attributes)
        if link:
            return link
    return with_meaning(inner, depth=walk.depth + 1)


def _unseen_twice(inner: str, shown: set[str]) -> str:
    """Of what stands in `noscript`, the pictures and players that the text does not show anyway; no word of it."""
    kept: list[str] = []
    for tag in _PICTURE.findall(inner):
        address = real_address(attributes_of(tag))
        if address is not None and picture_key(address) not in shown:
            shown.add(picture_key(address))
            kept.append(_written(address, attributes_of(tag)))
    return "".join(kept) or ("" if _PICTURE.search(inner) else _links(inner) or _only_link(inner))


def _only_link(inner: str) -> str:
    """A link that is all that readers without scripts are shown: it leads to what a script would have put there."""
    return f"<p>{inner.strip()}</p>" if _ONE_LINK.fullmatch(inner) else ""


def _links(inner: str) -> str:
    """Links to films and frames, which stand in paragraphs of ours."""
    return "".join(
        re.findall(r"<p>(?:<a href=\"[^\"]*\"><img [^>]*></a><br>)?<a href=\"[^\"]*\">[^<]*</a></p>", inner)
    )
