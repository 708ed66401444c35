"""What a page marks by its elements, classes and relations: names, dates, labels, author boxes, neighbours. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from itertools import islice
from typing import Literal

from lxml import etree, html

from feeds.ingest.pages.articlehead import is_ours
from feeds.ingest.pages.boilerplate import Direction, read_navigation
from feeds.ingest.pages.localday import with_local_day
from feeds.ingest.pages.tree import line_of
from feeds.ingest.people.bylines import is_no_name, read_byline
from feeds.ingest.people.job_titles import ROLES
from feeds.ingest.people.names import looks_like_name
from feeds.model.incoming import Biography, Byline
from feeds.text.datelines import find_date, is_today
from feeds.text.dates import parse_date
from feeds.text.urls import absolute_url

_AUTHOR = re.compile(
    r"(?:^|[\s_-])(?:byline\w{0,10}|author|authors|author-?names?|by-?author|posted-?by|written-?by|vcard|fn|autor(?:en)?|article-?author|entry-?author|post-?author|contributors?|writer|autorenzeile|verfasser|poster)(?=$|[\s_-])",
    re.IGNORECASE,
)
_ORGANISATION = re.compile(r"(?:^|\s)(?:fn\s+org|org\s+fn|country-name|geography)(?=$|\s)", re.IGNORECASE)
"""In hCard, a name that is the organisation's as well is nobody's; neither is a country's."""
_DATE = re.compile(
    r"(?:^|[\s_-])(?:date|dates|datum|published|publish(?:ed)?-?(?:date|time|on)?|pub-?date|post-?date|posted-?on|entry-?date|article-?date|date-?published|time|timestamp|updated|dateline|datetime|fecha|data|meta|byline|author)(?=$|[\s_-])",
    re.IGNORECASE,
)
_DATES_OF_ELEMENTS = (
    "datetime",
    "data-datetime",
    "data-published",
    "data-published-date",
    "data-date",
    "data-time",
)
_NAME = re.compile(r"(?:^|[\s_-])(?:name|author-?name|byline-?name)(?=$|\s)", re.IGNORECASE)
_OTHER_WORK = re.compile(
    r"\b(?:illustrat\w+|photo\w*|pictures?|edited|reviewed|translated|fotos?|bilder|übersetz\w*)\s*(?:by|von|par|por|:)\s*$",
    re.IGNORECASE,
)
_HUMPS = re.compile(r"(?<=[a-z])(?=[A-Z])")
"""Where the words of a class meet: `articleAuthor`."""
_BOX = re.compile(
    r"(?:^|[\s_-])(?:author-?(?:box|bio|info|card|profile|description|about|details|block|area)|about-?(?:the-?)?author|post-?author-?(?:box|bio)|author-?biography|bio|biography|author)(?=$|[\s_-])",
    re.IGNORECASE,
)
_LABELS = re.compile(
    r"(?:^|[\s_-])(?:cat-?links|categor(?:y|ies)|post-?categor(?:y|ies)|entry-?categor(?:y|ies)|tags?-?links|tags|post-?tags|entry-?tags|section-?name|kicker|rubrik|schlagworte)(?=$|[\s_-])",
    re.IGNORECASE,
)
_READS_AS_TEXT = re.compile(r"(?:\S+\s+){5}.*[.!?。]|[。]|(?:\S+\s+){11}")
_PATH_DATE = re.compile(r"/((?:19|20)\d\d)[/-](0?[1-9]|1[0-2])[/-](0?[1-9]|[12]\d|3[01])(?:/|-|$)")
_WAYS: tuple[tuple[Direction, frozenset[str], re.Pattern[str]], ...] = (
    ("previous", frozenset({"prev", "previous"}), re.compile(r"nav-?previous|post-?prev|prev-?post")),
    ("next", frozenset({"next"}), re.compile(r"nav-?next|post-?next|next-?post")),
)
_MAY_HINT = re.compile(
    r"by|author|posted|written|vcard|fn|autor|contribut|writer|verfasser|poster|bio"
    r"|dat|publi|time|fecha|meta|cat|tag|section|kicker|rubrik|schlagworte",
    re.IGNORECASE,
)
"""Parts of words of which each hint has one; most names have none of them."""
_NAMING = ("class", "id", "itemprop")
_NO_HINTS = frozenset("html body main article time head form input".split())
Hint = Literal["author", "date", "labels", "box"]
_HINTS: dict[Hint, re.Pattern[str]] = {"author": _AUTHOR, "date": _DATE, "labels": _LABELS, "box": _BOX}
_NONE: frozenset[Hint] = frozenset()
MOST = 60
MOST_NAMED = 120
MOST_ALONE = 8
MOST_SMALL = 300
"""Characters of an element that may be a line of navigation."""
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Neighbouring:
    """The article before or after this one, as the page links to it."""

    direction: Direction
    url: str | None
    title: str | None


class Hinted:
    """A page with those of its elements at which a class, an id or a property hints; walked through once."""

    def __init__(self, root: html.HtmlElement, scope: html.HtmlElement | None = None) -> None:
        """`scope` is the element in which the article stands; without it, the whole page."""
        self.scope = root if scope is None else scope
        self._found: list[tuple[html.HtmlElement, frozenset[Hint]]] = []
        for node in root.iter(etree.Element):
            hints = _NONE
            for key in _NAMING:
                if (names := node.get(key)) and (more := _hints_in(names)):
                    hints = hints | more
            if hints and node.tag not in _NO_HINTS:
                self._found.append((node, hints))

    def at(self, hint: Hint, *, is_any: bool = False) -> Iterator[html.HtmlElement]:
        """The elements that are called so: those of the article alone, or, with `is_any`, of the page."""
        meant = (node for node, hints in self._found if hint in hints and (is_any or self._is_within(node)))
        return islice(meant, MOST_NAMED + 1)

    def _is_within(self, node: html.HtmlElement) -> bool:
        return (node is self.scope or self.scope in node.iterancestors()) and is_ours(node)


def marked_bylines(hinted: Hinted, language: str | None) -> tuple[Byline, ...]:
    """Names that the page marks as the author's: rel=author, then classes that say so, then `By …` beside the title."""
    related = [
        node
        for node in hinted.scope.iter("a")
        if "author" in (node.get("rel") or "").lower().split()
        and 2 < len(line := line_of(node)) <= 80
        and not is_no_name(line)
        and (is_ours(node) or _is_contact(node))
    ]
    beside = [node for node in related if node.getparent() is related[0].getparent()]
    linked = _unique(Byline(text=line_of(node), url=node.get("href")) for node in beside)
    classed: list[Byline] = []
    for node in hinted.at("author"):
        if _ORGANISATION.search((node.get("class") or "")[:400]):
            continue
        line = line_of(node)
        if len(line) > 200:
            continue
        inner = _alone_in(node, line)
        if inner:
            classed = list(_unique(iter(inner)))
            break
        if len(line) <= 2 or re.fullmatch(r"(?i)\W*(?:comments?|.*\bcomments?\b.*)", line):
            continue
        read = read_byline(line, language=language, is_marked=True)
        if read and read.names:
            link = (
                next((one.get("href") for one in node.iter("a") if one.get("href")), None)
                if len(read.names) == 1
                else None
            )
            classed = [Byline(text=name, url=link) for name in read.names]
            break
    if linked and (len(linked) >= len(classed) or not classed):
        return linked
    return tuple(classed)


def _alone_in(node: html.HtmlElement, whole: str) -> list[Byline]:
    """The names that links, or elements called so, hold alone: other words may stand close to them, `Jane RoeEditor`."""
    found: dict[str, str | None] = {}
    for one in islice(node.iter("a", "span", "div", "p", "strong", "b"), MOST):
        line = line_of(one) if one.tag == "a" or _NAME.search(one.get("class") or "") else ""
        if looks_like_name(line) and line.casefold() not in ROLES and not is_no_name(line):
            found[line] = found.get(line) or one.get("href")
    links = {line_of(one): one.get("href") for one in islice(node.iter("a"), MOST)}
    names = [
        name
        for name in found
        if not any(name != other and other in name for other in found)
        and not _OTHER_WORK.search(whole.partition(name)[0][-40:])
    ]
    return [
        Byline(text=name, url=found[name] or next((links[line] for line in links if name in line), None))
        for name in names[:MOST_ALONE]
    ]


def marked_date(hinted: Hinted, *, language: str | None, now: datetime) -> tuple[str, str] | None:
    """The date that the page marks as the article's, and by what: `time`, then classes; today only where it has a time."""
    seen: list[tuple[str, str, date, bool]] = []
    for node in list(hinted.scope.iter("time"))[:MOST]:
        if not is_ours(node):
            continue
        written = _machine_date(node)
        moment = parse_date(written)
        read = find_date(line_of(node), language=language)
        if moment is not None:
            is_exact = len(written) > 10
            is_change = bool(re.search(r"updated|modified", node.get("class") or "")) and "published" not in (
                node.get("class") or ""
            )
            if not is_change:
                local = with_local_day(written, read.written if read else None)
                seen.append((local, "time element", moment.date(), is_exact))
        elif read is not None:
            seen.append((read.written, "time element", read.day, False))
        if seen:
            break
    for node in hinted.at("date"):
        line = line_of(node)
        if len(line) > 200:
            continue
        read = find_date(line, language=language)
        if read is not None:
            stated = _machine_date(node)
            is_stated = (moment := parse_date(stated)) is not None and abs(moment.date() - read.day) <= DAY
            seen.append(
                (
                    with_local_day(stated, read.written) if is_stated else read.written,
                    f"{node.tag}.{(node.get('class') or '').split(' ')[0][:40]}",
                    read.day,
                    len(read.written) > 10 or (is_stated and len(stated) > 10),
                )
            )
            break
    trusted = [one for one in seen if one[3] or not is_today(one[2], now)]
    best = next(iter(trusted or seen), None)
    if best is None:
        return None
    exact = next((one for one in trusted if one[3] and one[2] == best[2]), best)
    return exact[0], exact[1]


def _machine_date(node: html.HtmlElement) -> str:
    """The date that the element states for programs, whole days at least; empty if it states none."""
    given = ((node.get(name) or "").strip() for name in _DATES_OF_ELEMENTS)
    return next((one for one in given if len(one) >= 10 and parse_date(one) is not None), "")


def date_of_path(url: str | None) -> str | None:
    """The day in an address such as `/2024/03/14/boats`; None if there is none."""
    found = _PATH_DATE.search((url or "").split("?", 1)[0])
    return f"{found[1]}-{int(found[2]):02}-{int(found[3]):02}" if found else None


def author_boxes(hinted: Hinted, names: Sequence[str], url: str) -> tuple[Biography, ...]:
    """What boxes about the author say of the authors of the byline, by name; with their link and picture."""
    found: dict[str, Biography] = {}
    if not names:
        return ()
    for node in hinted.at("box", is_any=True):
        line = line_of(node)
        if not 25 <= len(line) <= 3000:
            continue
        texts = [
            text
            for one in node.iter("p", "div", "span", "dd")
            if len(text := line_of(one)) >= 25 and next(one.iter("p"), one) is one
        ]
        for name in names:
            if name in found or name.casefold() not in line.casefold():
                continue
            about = max((text for text in texts if text.casefold() != name.casefold()), key=len, default=None)
            if about is None and len(line) > len(name) + 30:
                about = line
            if about is None or not _READS_AS_TEXT.search(about) or read_byline(about) is not None:
                continue
            link = next(
                (one.get("href") for one in node.iter("a") if name.casefold() in line_of(one).casefold()),
                None,
            )
            picture = next((one.get("data-src") or one.get("src") for one in node.iter("img")), None)
            found[name] = Biography(
                name=name,
                text=about[:2000],
                url=absolute_url(link, url),
                picture_url=absolute_url(picture, url),
            )
    return tuple(found.values())


def marked_categories(hinted: Hinted) -> tuple[str, ...]:
    """The labels that the page links to as its own: rel=tag, and links in boxes named categories or tags."""
    links = [
        node
        for node in hinted.scope.iter("a")
        if "tag" in (node.get("rel") or "").lower().split() and is_ours(node)
    ]
    if not links:
        links = [one for node in hinted.at("labels") if len(line_of(node)) <= 300 for one in node.iter("a")]
    found = {line.casefold(): line for node in links if 1 < len(line := line_of(node).strip("# ")) <= 60}
    return tuple(found.values())[:MOST]


def neighbours(root: html.HtmlElement, url: str) -> tuple[Neighbouring, ...]:
    """The previous and the next article, by rel=prev and rel=next, by classes, and by the words of links."""
    found: dict[Direction, Neighbouring] = {}
    for node in root.iter("link", "a"):
        if len(found) == 2:
            break
        line = line_of(node) if node.tag == "a" else (node.get("title") or "")
        read = read_navigation(line) if node.tag == "a" else None
        direction = read.direction if read else _related(node)
        if direction is not None and (direction not in found or not found[direction].title):
            address = absolute_url(node.get("href"), url)
            if address is None:
                continue
            title = (read.title if read else re.sub(r"^[\W_]+|[\W_]+$", "", line)) or None
            found[direction] = Neighbouring(
                direction=direction, url=address, title=title[:300] if title else None
            )
    for node in root.iter("p", "div", "li"):
        if len(found) == 2:
            break
        read = read_navigation(line_of(node)) if _is_small(node) else None
        if read is None or read.direction in found or len(node.text_content()) > MOST_SMALL:
            continue
        links = list(node.iter("a"))
        is_leaf = next(islice(node.iter("p", "div", "li"), 1, None), None) is None
        if read.title and not links and is_leaf:
            found[read.direction] = Neighbouring(direction=read.direction, url=None, title=read.title)
        if len(links) == 1:
            address = absolute_url(links[0].get("href"), url)
            found[read.direction] = Neighbouring(
                direction=read.direction, url=address, title=read.title or None
            )
    return tuple(found.values())


def _related(node: html.HtmlElement) -> Direction | None:
    """Where a link leads by its relation, or by its class or that of the element around it."""
    rel = node.get("rel")
    relations = rel.lower().split() if rel else ()
    parent = node.getparent() if node.tag == "a" else None
    named = f"{node.get('class') or ''} {parent.get('class') or ''}".lower() if parent is not None else ""
    # Every way is called by one of both; most links stand in boxes that are called neither.
    if not relations and "prev" not in named and "next" not in named:
        return None
    for direction, words, pattern in _WAYS:
        if not words.isdisjoint(relations) or pattern.search(named):
            return direction
    return None


def _is_contact(node: html.HtmlElement) -> bool:
    """True in an `address` element, which is about the author of the article (HTML), beside the text as well."""
    box = next(islice(node.iterancestors("address"), 1), None)
    return box is not None and next(box.iterancestors("footer", "nav", "li"), None) is None


def _is_small(node: html.HtmlElement) -> bool:
    """Few elements with a few words, told without walking through a whole page."""
    if not len(node):
        return 0 < len(node.text or "") <= MOST_SMALL
    return len(node) <= 3 and next(islice(node.iter(), 7, None), None) is None


@lru_cache(8_192)
def _hints_in(names: str) -> frozenset[Hint]:
    # The same few names stand at most elements of a page.
    if not _MAY_HINT.search(names):
        return _NONE
    words = _HUMPS.sub("-", names[:400])
    return frozenset(hint for hint, pattern in _HINTS.items() if pattern.search(words))


def _unique(bylines: Iterator[Byline]) -> tuple[Byline, ...]:
    return tuple({one.text.casefold(): one for one in bylines}.values())[:MOST]
