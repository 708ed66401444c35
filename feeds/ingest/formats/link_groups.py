"""The links of a page in groups that look alike, each with the CSS selector that finds it: a list of articles is one of them. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from lxml import etree, html
from lxml.cssselect import CSSSelector

from feeds.errors import ParseError
from feeds.ingest.formats.charset import as_utf8
from feeds.text.markup import one_line
from feeds.text.urls import canonical_url

MOST_BODY = 3_000_000
MOST_ANCHORS = 3_000
MOST_GROUPS = 40
MOST_SHOWN = 30
"""Links of a group that are told."""
TITLE_CHARS = 200
MOST_STEPS = 4
"""Elements between an area and its links that a selector names."""
AREAS = ("header", "nav", "main", "aside", "footer")
_PLAIN = re.compile(r"[a-zA-Z][a-zA-Z_-]{1,30}")
"""Classes that name something; `css-1x2y3z` changes with the next build of the page."""
_SKIPPED = frozenset({"html", "body", "div", "span", "picture", "font", "center"})
_WEIGHTS = {"main": 3.0, "": 2.0, "aside": 0.8, "header": 0.4, "nav": 0.3, "footer": 0.2}


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkGroup:
    """Links of one kind, such as the headlines of a list."""

    selector: str
    area: str
    """header, nav, main, aside or footer; empty if the page marks none."""
    count: int
    links: tuple[tuple[str, str], ...]
    """Words and address of the first of them."""


def link_groups(body: bytes, *, url: str, content_type: str) -> tuple[LinkGroup, ...]:
    """The groups of a page's links, likeliest list of articles first; raises ParseError for what is no page."""
    try:
        root = html.document_fromstring(
            as_utf8(body[:MOST_BODY], content_type), parser=html.HTMLParser(encoding="utf-8", huge_tree=False)
        )
    except (etree.ParserError, etree.XMLSyntaxError, ValueError) as error:
        raise ParseError("The answer is no web page.", state="not-a-feed") from error
    groups: dict[tuple[str, tuple[str, ...]], dict[str, str]] = {}
    anchors: Iterator[html.HtmlElement] = root.iter("a")
    for number, anchor in enumerate(anchors):
        if number >= MOST_ANCHORS:
            break
        address, words = canonical_url(anchor.get("href"), url), one_line(anchor.text_content())[:TITLE_CHARS]
        if address is not None and words:
            links = groups.setdefault(_signature(anchor), {})
            links.setdefault(address, words)
    likely = sorted(groups.items(), key=lambda one: -_likelihood(one[0][0], list(one[1].values())))
    found: dict[str, LinkGroup] = {}
    for (area, steps), links in likely[:MOST_GROUPS]:
        selector = _selector(root, area, steps, len(links))
        found.setdefault(
            selector,
            LinkGroup(
                selector=selector,
                area=area,
                count=len(links),
                links=tuple((words, address) for address, words in links.items())[:MOST_SHOWN],
            ),
        )
    return tuple(found.values())


def _signature(anchor: html.HtmlElement) -> tuple[str, tuple[str, ...]]:
    """The area that a link stands in, and the elements around it from the outside in, the link last."""
    steps = [_step(anchor)]
    for around in anchor.iterancestors():
        if not isinstance(around.tag, str):
            continue
        if around.tag in AREAS:
            return around.tag, tuple(reversed(steps[:MOST_STEPS]))
        step = _step(around)
        if step and len(steps) < MOST_STEPS:
            steps.append(step)
    return "", tuple(reversed(steps[:MOST_STEPS]))


def _step(element: html.HtmlElement) -> str:
    """Tag and telling class of an element; empty for a box that says nothing."""
    named = next((one for one in (element.get("class") or "").split() if _PLAIN.fullmatch(one)), None)
    tag = str(element.tag)
    if named is None:
        return "" if tag in _SKIPPED else tag
    return f"{tag}.{named}"


def _selector(root: html.HtmlElement, area: str, steps: Sequence[str], count: int) -> str:
    """The shortest selector that finds these links, and no more of them than it must."""
    best = ""
    for length in range(1, len(steps) + 1):
        best = " ".join(one for one in (area, *steps[-length:]) if one)
        if _finds(root, best) <= count:
            return best
    # Further links may stand deeper in the same boxes.
    around, _, link = best.rpartition(" ")
    direct = f"{around} > {link}" if around else best
    return direct if count <= _finds(root, direct) < _finds(root, best) else best


def _finds(root: html.HtmlElement, selector: str) -> int:
    found: list[html.HtmlElement] = list(CSSSelector(selector)(root))  # type: ignore[arg-type]
    return len({one.get("href") for one in found})


def _likelihood(area: str, words: Sequence[str]) -> float:
    """How much a group looks like a list of articles: several, with words as long as headlines."""
    count, length = len(words), sum(map(len, words)) / len(words)
    several = min(count, 12) / 12 if count >= 3 else 0.1
    headline = 1.0 if 25 <= length <= 120 else 0.5 if 15 <= length < 25 else 0.15
    return several * headline * _WEIGHTS[area]
