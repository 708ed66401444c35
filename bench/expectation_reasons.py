"""Why our reading differs from that of another parser: kinds of reason, each a rule that can be false."""

from __future__ import annotations

import html
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from bench.expectation_forms import Statement
from feeds.ingest.people.job_titles import ROLES
from feeds.ingest.rules.normalize import MOST_COMMAS
from feeds.model.articles import DraftFeed
from feeds.model.incoming import ParsedEntry, ParsedFeed
from feeds.text.markup import text_of_html


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A document as we read it."""

    body: bytes
    url: str = ""
    parsed: ParsedFeed | None = None
    feed: DraftFeed | None = None
    error: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Met:
    """A statement beside what we have in its place."""

    statement: Statement
    ours: tuple[str, ...]
    reading: Reading


def reason_of(met: Met) -> str | None:
    """The kind of reason for the difference; None if no rule holds."""
    if met.statement.field[0] == "-":
        return "not kept by us"
    return next((reason for reason, holds in _RULES if holds(met)), None)


def _is(met: Met, *fields: str) -> bool:
    return met.statement.field in fields


def _words(text: str) -> str:
    return "".join(text_of_html(text).split()).casefold()


def _refused(met: Met) -> bool:
    return met.reading.parsed is None and not met.reading.body


def _unread(met: Met) -> bool:
    """Broken in the root itself, or a CDF channel without an item: feedparser finds nothing."""
    parsed = met.reading.parsed
    return bool(met.reading.error) or (
        parsed is not None and not parsed.entries and not parsed.title and (b"<rss:" in met.reading.body)
    )


def _inherited_language(met: Met) -> bool:
    header = met.statement.path.rsplit("/", 1)[-1].startswith("http_content_language")
    return _is(met, "language") and header


def _bare_picture(met: Met) -> bool:
    return _is(met, "title", "rights", "subtitle", "text") and not _words(met.statement.value)


def _same_but_markup(met: Met) -> bool:
    """Their text holds markup where ours is plain, or the other way round: the letters are the same."""
    if not _is(met, "title", "rights", "subtitle", "text"):
        return False
    theirs = _letters(met.statement.value)
    return any(theirs and (theirs in _letters(one) or _letters(one) in theirs) for one in met.ours)


def _letters(text: str) -> str:
    return "".join(char for char in re.sub(r"<[^>]*>", "", text) if char.isalnum()).casefold()


def _text_elsewhere(met: Met) -> bool:
    """One of several texts that say nearly the same; theirs stands in an element that we do not choose."""
    return _is(met, "subtitle") or (
        met.statement.place is not None and _is(met, "text") and met.statement.where.endswith("subtitle")
    )


def _own_copy(met: Met) -> bool:
    """feed-rs writes the date of publication into `updated` where an entry has none."""
    entry = _entry(met)
    return met.statement.tool == "feed-rs" and _is(met, "updated") and entry is not None and not entry.updated


def _entry(met: Met) -> ParsedEntry | None:
    parsed, place = met.reading.parsed, met.statement.place
    return parsed.entries[place] if parsed and place is not None and place < len(parsed.entries) else None


def _made_id(met: Met) -> bool:
    entry = _entry(met)
    return _is(met, "id") and entry is not None and not entry.guid


def _raw_id(met: Met) -> bool:
    """They resolve an id like an address, or fold its letters; ours is as it was written (RFC 4287 4.2.6.1)."""
    return (
        _is(met, "id")
        and bool(met.ours)
        and met.statement.value.rstrip("/").casefold().endswith(met.ours[0].strip("/").casefold())
    )


def _nameless(met: Met) -> bool:
    entry = _entry(met)
    bylines = entry.bylines if entry else met.reading.parsed.bylines if met.reading.parsed else ()
    return _is(met, "author address", "author email") and not any(one.url or one.email for one in bylines)


def _taken_apart(met: Met) -> bool:
    """Name and address, or several names, stand in one field; we keep each by itself."""
    if not _is(met, "author", "author line", "author email"):
        return False
    theirs = set(re.findall(r"\w+", met.statement.value.casefold())) - {"and", "mailto", "by"}
    ours = set(re.findall(r"\w+", " ".join(met.ours).casefold()))
    return bool(ours) and (theirs <= ours or {word for word in ours if len(word) > 1} <= theirs)


def _editor(met: Met) -> bool:
    return (
        met.statement.place is None
        and _is(met, "author", "author line", "author email")
        and (b"managingEditor" in met.reading.body or b"dc:author" in met.reading.body)
    )


def _role(met: Met) -> bool:
    """`admin`, or the title of the feed itself."""
    title = met.reading.feed.title if met.reading.feed else None
    return _is(met, "author", "author line") and (
        met.statement.value.casefold() in ROLES or met.statement.value == title
    )


def _filler(met: Met) -> bool:
    """feed-rs names an author `author` where it finds an address without a name, or one in its own element."""
    return met.statement.tool == "feed-rs" and _is(met, "author") and met.statement.value == "author"


def _other_credit(met: Met) -> bool:
    return met.statement.tool == "feed-rs" and _is(met, "credit") and b"media:credit" not in met.reading.body


def _form_of_media(met: Met) -> bool:
    """Of a work in several forms one is kept, the enclosure first; players and media of unknown kind are none."""
    return _is(met, "enclosure") and b"media:content" in met.reading.body


def _label_first(met: Met) -> bool:
    return _is(met, "category") and bool(met.ours) and b"label=" in met.reading.body


def _authors_win(met: Met) -> bool:
    """JSON Feed 1.1: `authors` replaces the `author` of 1.0."""
    return met.statement.path.endswith(".json") and _is(met, "author")


def _their_charset(met: Met) -> bool:
    """Their text holds replacement characters, or the marks of bytes read in the wrong charset."""
    return any(mark in met.statement.value for mark in ("\ufffd", "ï¿½", "â€", "Ã"))


def _relative_left(met: Met) -> bool:
    return _is(met, "link") and met.statement.value.startswith("/")


def _http_only(met: Met) -> bool:
    return "content_location-relative" in met.statement.path or "docuri" in met.statement.path


def _style_text(met: Met) -> bool:
    return _is(met, "text") and b"style" in met.reading.body and "text-align" in met.statement.value


def _mixed_order(met: Met) -> bool:
    """rss-parser puts the text of XHTML before its elements, and loses some."""
    theirs = Counter(_letters(html.unescape(met.statement.value)))
    return (
        met.statement.tool == "rss-parser"
        and _is(met, "text")
        and any(not theirs - Counter(_letters(one)) for one in met.ours)
    )


def _atom_link(met: Met) -> bool:
    """RSS with a link and an atom:link rel=alternate: feedparser, and so we, take the latter."""
    return _is(met, "link") and met.statement.place is None and b"atom:link" in met.reading.body


def _split_labels(met: Met) -> bool:
    return _is(met, "category") and met.statement.value.count(",") >= MOST_COMMAS


def _leniency(met: Met) -> bool:
    """feedparser calls a document bad for its media type, its charset or a guess; we only where it is not well-formed."""
    return _is(met, "well-formed") and met.statement.value == "no"


def _written_cdata(met: Met) -> bool:
    """Text that a program escaped together with the CDATA around it."""
    return _is(met, "text") and "[CDATA[" in met.statement.value


_RULES: tuple[tuple[str, Callable[[Met], bool]], ...] = (
    ("the document is not in the folder", _refused),
    ("broken in its root, or CDF without items: not taken for a feed", _unread),
    ("media type or charset alone is no fault to us", _leniency),
    ("only markup in a text: titles, rights and descriptions are plain text to us", _bare_picture),
    ("stated by HTTP headers, which are not handed to the parser", _inherited_language),
    ("relative to an address that only HTTP states", _http_only),
    ("the same letters: they keep markup where we keep text", _same_but_markup),
    ("they read the bytes in another charset", _their_charset),
    ("a feed's description is not kept, or another of several was taken", _text_elsewhere),
    ("they copy the date of publication into the date of change", _own_copy),
    ("they make an id where the source gives none", _made_id),
    ("ids stay as written; they resolve or fold them", _raw_id),
    ("an address without a name is no author", _nameless),
    ("name, address and several names are taken apart", _taken_apart),
    ("managing editors are not authors", _editor),
    ("role accounts and feed titles are no authors", _role),
    ("they name an author `author`", _filler),
    ("JSON Feed 1.1: authors replaces author", _authors_win),
    ("they take itunes:author for the credit of a picture", _other_credit),
    ("one form of a work is kept, the enclosure first; players are none", _form_of_media),
    ("a category's label is kept rather than its term", _label_first),
    ("a list of keywords is several categories", _split_labels),
    ("they leave relative addresses as they are", _relative_left),
    ("style sheets in a text are no text", _style_text),
    ("CDATA that is written out around a text is no text", _written_cdata),
    ("they put text before elements in XHTML, and lose some", _mixed_order),
    ("of link and atom:link the latter is taken", _atom_link),
)
