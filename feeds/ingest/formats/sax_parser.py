"""The SAX parser that feedparser is given: expat with its text gathered, without what nobody asks feedparser for.

Python's own reader hands over text piece by piece, cut at every entity and line; escaped HTML comes in a hundred
pieces an entry, each of which costs feedparser a call (measured: a quarter of reading a document). What
`entryxml` reads of an entry itself, and what no draft is made of, is not handed over at all: feedparser's time goes
by elements (measured: another fifth).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import urljoin
from xml.sax.expatreader import ExpatParser
from xml.sax.xmlreader import AttributesNSImpl

from feeds.ingest.formats.entryxml import ATOM, DC
from feeds.ingest.formats.mediaxml import MEDIA
from feeds.text.markup import MAX_HTML

GATHERED = 65_536
MOST_TEXT = MAX_HTML
"""Characters between two tags: no draft has more of them, and feedparser copies each several times."""
_UNREAD = frozenset(
    {
        "http://purl.org/rss/1.0/modules/slash/",
        "http://wellformedweb.org/CommentAPI/",
        "http://purl.org/syndication/thread/1.0",
        "http://rssnamespace.org/feedburner/ext/1.0",
        "com-wordpress:feed-additions:1",
    }
)
"""Namespaces of elements that no draft is made of."""
_OWN = frozenset(
    {(None, "author"), (None, "category"), (None, "comments")}
    | {(space, name) for space in ATOM for name in ("author", "category")}
    | {(DC[0], "subject"), (DC[0], "title")}
    | {(space, "creator") for space in DC}
)
"""Children of an entry that `entryxml` reads, or nobody."""
_MEDIA_OWN = frozenset({"credit", "thumbnail", "copyright", "description"})
"""Of these, feedparser takes descriptions of pictures for the entry's own text."""
_ANYWHERE_OURS = frozenset({(space, "title") for space in MEDIA} | {(None, "source"), (ATOM[0], "source")})
"""Never handed over: feedparser takes a picture's title for the entry's own, and forgets behind a source that it has one."""
_TEXTS = frozenset(
    "title description summary content encoded body div fullitem tagline subtitle info abstract rights copyright "
    "excerpt p".split()
)
"""Elements that hold text, and so may hold markup."""
_PERSONS = frozenset({"author", "contributor", "managingeditor", "webmaster", "creator", "publisher"})
_HEAD_HOLDERS = frozenset(
    {"image", "textinput", "item", "entry", "items", "skiphours", "skipdays", "category"}
)
_BASE = "http://www.w3.org/XML/1998/namespace base xml"
_ADDRESSES = frozenset({"href", "src", "cite", "poster"})
_XHTML = "http://www.w3.org/1999/xhtml"
_MEDIA_HOLDERS = frozenset({"content", "group"})

Name = tuple[str | None, str]
Part = Literal["entry", "entry's own", "ours", "unread", "holder", "read"]
_NO_ATTRIBUTES: Any = AttributesNSImpl({}, {})


@dataclass(slots=True, kw_only=True)
class Gathering:
    """How one document is handed over."""

    is_whole: bool = False
    """Every element is: for documents of which `entryxml` makes out other entries."""
    is_everything: bool = False
    """Every element is, of whatever use: for whoever calls feedparser outside of this."""
    is_irregular: bool = False
    """An element that was left out holds others, which may mean something to feedparser."""


_present: ContextVar[Gathering | None] = ContextVar("gathering", default=None)


@contextmanager
def gathering(*, is_whole: bool) -> Iterator[Gathering]:
    """Inside, parsers hand documents over so."""
    present = Gathering(is_whole=is_whole)
    token = _present.set(present)
    try:
        yield present
    finally:
        _present.reset(token)


class GatheringParser(ExpatParser):
    """Expat that hands over text whole, up to 64 KB at once, and only elements that are asked for."""

    def reset(self) -> None:
        """A fresh parser."""
        super().reset()
        parser: Any = self._parser  # type: ignore[attr-defined]
        parser.buffer_size = GATHERED
        parser.buffer_text = True
        self._gathering = _present.get() or Gathering(is_everything=True)
        self._names: dict[str, tuple[Name, Part]] = {}
        self._depth = self._entry_depth = self._head_depth = self._unread_depth = 0
        self._is_known = False
        """What is left out may hold elements: an author has a name and an address, and a picture's title is not ours."""
        self._is_open = True
        """What stands in the present child of an entry, or of the head, is handed over."""
        self._held: list[tuple[Name, Any]] = []
        """Elements that are handed over once something inside of them is."""
        self._text_left = MOST_TEXT
        self._bases: list[tuple[int, str]] = []

    def start_element_ns(self, name: str, attrs: Mapping[str, str]) -> None:
        """An element begins: expat names it by namespace, name and prefix."""
        self._depth += 1
        self._text_left = MOST_TEXT
        known = self._names.get(name)
        if known is None:
            known = self._names[name] = _known(name, self._gathering)
        pair, part = known
        if self._unread_depth:
            self._gathering.is_irregular |= not self._is_known and part != "unread"
            return
        frame = self._entry_depth or self._head_depth
        inside = self._depth - frame if frame else 0
        if part in ("unread", "ours") or (part == "entry's own" and self._depth == self._entry_depth + 1):
            self._leave_out(is_known=part == "ours" or pair[1] == "author")
            return
        if inside == 1:
            self._is_open = _may_hold(pair, is_head=not self._entry_depth)
        elif inside == 2 and not self._is_open:
            self._leave_out(is_known=True)
            return
        if part == "entry" and not self._entry_depth:
            self._entry_depth, self._is_open = self._depth, True
        elif not self._head_depth and pair[1] in ("channel", "feed") and not self._gathering.is_everything:
            self._head_depth = self._depth
        attributes = _attributes(self._based(attrs, inside)) if attrs else _NO_ATTRIBUTES
        handler: Any = self._cont_handler  # type: ignore[attr-defined]
        if part == "holder":
            self._held.append((pair, attributes))
            return
        if self._held:
            for one in self._held:
                handler.startElementNS(one[0], None, one[1])
            self._held.clear()
        handler.startElementNS(pair, None, attributes)

    def end_element_ns(self, name: str) -> None:
        """An element ends."""
        depth = self._depth
        self._depth = depth - 1
        self._text_left = MOST_TEXT
        handler: Any = self._cont_handler  # type: ignore[attr-defined]
        if self._unread_depth:
            if depth == self._unread_depth:
                self._unread_depth = 0
                self._parser.CharacterDataHandler = self.character_data  # type: ignore[attr-defined]
            return
        if self._held:
            self._held.pop()
            return
        if self._bases and self._bases[-1][0] == depth:
            self._bases.pop()
        if depth == self._entry_depth:
            self._entry_depth = 0
        elif depth == self._head_depth:
            self._head_depth = 0
        handler.endElementNS(self._names[name][0], None)

    def _based(self, attrs: Mapping[str, str], inside: int) -> Mapping[str, str]:
        """The attributes with their addresses seen from an xml:base within a text, which feedparser passes over."""
        base = attrs.get(_BASE) if inside > 1 and self._entry_depth else None
        if base:
            self._bases.append((self._depth, _joined(self._bases[-1][1], base) if self._bases else base))
        if not self._bases:
            return attrs
        return {
            name: _joined(self._bases[-1][1], value) if name in _ADDRESSES else value
            for name, value in attrs.items()
        }

    def _leave_out(self, *, is_known: bool) -> None:
        """Nothing of the present element is handed over."""
        self._unread_depth, self._is_known = self._depth, is_known
        self._parser.CharacterDataHandler = None  # type: ignore[attr-defined]

    def character_data(self, data: str) -> None:
        """Text between two tags, as much of it as anybody asks for."""
        if self._text_left > 0:
            self._cont_handler.characters(data)  # type: ignore[attr-defined]
            self._text_left -= len(data)

    def _reset_cont_handler(self) -> None:
        super()._reset_cont_handler()  # type: ignore[misc]
        self._parser.CharacterDataHandler = self.character_data  # type: ignore[attr-defined]


def create_parser() -> ExpatParser:
    """What `xml.sax.make_parser` calls in a module that it is named."""
    return GatheringParser()


def _known(name: str, how: Gathering) -> tuple[Name, Part]:
    parts = name.split()
    pair: Name = (None, name) if len(parts) == 1 else (parts[0], parts[1])
    if how.is_everything:
        return pair, "read"
    if pair in _ANYWHERE_OURS:
        return pair, "ours"
    if how.is_whole:
        return pair, "entry" if pair[1] in ("item", "entry") else "read"
    return pair, _part(*pair)


def _may_hold(pair: Name, *, is_head: bool) -> bool:
    """True for children of an entry, or of the head, in which feedparser finds what is the entry's or the head's own.

    In all others it takes what is called as something of the entry for that: the title of a gallery, of a picture.
    """
    space, local = pair[0], pair[1].lower()
    if local in _TEXTS or local in _PERSONS or local == "category" or space in MEDIA or space == _XHTML:
        return True
    return local in ("item", "entry") or (is_head and local in _HEAD_HOLDERS)


def _part(space: str | None, local: str) -> Part:
    if local in ("item", "entry"):
        return "entry"
    if (space, local) in _OWN:
        return "entry's own"
    if space in _UNREAD or (space in MEDIA and local in _MEDIA_OWN):
        return "unread"
    return "holder" if space in MEDIA and local in _MEDIA_HOLDERS else "read"


def _joined(base: str, address: str) -> str:
    try:
        return urljoin(base, address)
    except ValueError:
        return address


def _attributes(attrs: Mapping[str, str]) -> Any:
    values: dict[Name, str] = {}
    qnames: dict[Name, str] = {}
    for name, value in attrs.items():
        parts = name.split()
        pair: Name = (None, name) if len(parts) == 1 else (parts[0], parts[1])
        values[pair] = value
        qnames[pair] = name if len(parts) == 1 else ":".join(reversed(parts[1:]))
    return AttributesNSImpl(values, qnames)
