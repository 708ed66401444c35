"""RSS 0.9x to 2.0, RDF, Atom 0.3 and 1.0, CDF: feedparser, plus what it flattens.

feedparser is only ever given a stream (bytes that are a path would be opened as a file), with its
sanitizer and its resolving of addresses off: both are ours, and 40 times as quick.
"""

from __future__ import annotations

import io
import re
import warnings
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from html import escape, unescape
from time import gmtime
from typing import Any
from xml.sax import SAXException, SAXParseException

import feedparser

from feeds.errors import ParseError
from feeds.ingest.formats.alternates import in_own_language
from feeds.ingest.formats.charset import as_utf8
from feeds.ingest.formats.entryxml import DocumentXml, EntryXml, read_xml
from feeds.ingest.formats.namespaces import well_spelled, with_declared
from feeds.ingest.formats.sax_parser import gathering
from feeds.ingest.formats.scan import spans_of
from feeds.ingest.formats.texts import HTML_TYPES, Texts, file_of, has_blocks, html_of, set_right, texts_of
from feeds.ingest.rules.politeness import longest, period
from feeds.model.incoming import Byline, Enclosure, Image, ParsedEntry, ParsedFeed
from feeds.model.passed_on import PassedOn, joined, with_passed_on
from feeds.text.markup import escape_angles, whole_number
from feeds.text.references import mended_document, well_formed_text
from feeds.text.sourcetypes import is_source_scheme
from feeds.text.urls import absolute_url

# Dates are read by us: each costs feedparser up to nine tries, and its answer is asked for nowhere.
feedparser.registerDateHandler(lambda _: gmtime(0))
# Tried first; what it cannot read goes to the one that is built in.
feedparser.api.PREFERRED_XML_PARSERS = ["feeds.ingest.formats.sax_parser"]
# It cuts a name out of an author's text by a pattern in which domains end after four letters: of `wilf@quay.example (Wilf
# Tarrant)` it makes `ple (Wilf Tarrant`. Bylines are read by us.
feedparser.mixin._FeedParserMixin._sync_author_detail = lambda reader, key="author": _keep_whole(reader, key)
# feedparser's own dicts answer one field under another's name (`updated` with `published`), at ten times the cost.
_of: Callable[..., Any] = dict.get
UNDECLARED = "unbound prefix"
"""What expat says of a prefix that stands for no namespace; the lenient reading of such documents loses credits."""
HEAD = 2_000
"""Bytes in which a document states its type."""
MOST_LOST = 20
"""Entries with which a document cannot be read that are looked for; with more of them, it is unreadable."""
_FILE = re.compile(
    r"\.(?:mp[34]|m4[abv]|aac|og[agv]|opus|wav|flac|mov|webm|pdf|epub|jpe?g|png|gif|webp)(?:[?#]|$)",
    re.IGNORECASE,
)
_ADDRESS = re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]+")


_start_search = feedparser.namespaces._base.Namespace._start_textinput


def _start_field(reader: Any, given: Any) -> None:
    """A search field: what asks for one within an item is asked of the channel's, which need not be there."""
    reader.feeddata.setdefault("textinput", feedparser.FeedParserDict())
    _start_search(reader, given)


feedparser.namespaces._base.Namespace._start_textinput = _start_field
feedparser.namespaces._base.Namespace._start_textInput = _start_field


def parse_feed(body: bytes, *, url: str, content_type: str) -> ParsedFeed:
    """The feed in an XML body; raises ParseError if there is none in it."""
    given = as_utf8(body, content_type)
    mended = mended_document(given)
    if b"<!DOCTYPE" in mended[:HEAD]:
        # expat passes over entities that a document type elsewhere may declare, and the text lacks their letters.
        given = mended = well_formed_text(mended)
    body, data, is_irregular, lost = _salvaged(well_spelled(mended), url)
    broken = _faults(data) if isinstance(data.get("bozo_exception"), SAXException) else ()
    if broken:
        body, data, is_irregular = _mended_reading(body, data, url) or (body, data, is_irregular)
    xml = read_xml(body)
    is_well_formed = not isinstance(data.get("bozo_exception"), SAXException)
    if is_well_formed and (is_irregular or len(xml.entries) != len(data.entries)):
        # Who is who is not known, so that feedparser has to tell all of it. (Its lenient parser always does.)
        with gathering(is_whole=True):
            data = _read(body, url)
        xml = replace(xml, entries=tuple(replace(one, categories=()) for one in xml.entries))
    if not data.version and not data.entries:
        reason = str(data.get("bozo_exception", "")).strip() or "it is not in any feed format"
        raise ParseError(
            f"This is no feed: {reason[:150]}.", state="not-a-feed" if not data.bozo else "unreadable"
        )
    faults = [*lost, *(broken or _faults(data))]
    if mended != given:
        faults.append("Held references that mean no character, such as halves of an emoji; they were mended.")
    return _feed(data, xml, url, is_well_formed, tuple(faults))


def _mended_reading(body: bytes, data: Any, url: str) -> tuple[bytes, Any, bool] | None:
    """The document with what XML does not know spelled out, and what is read of it; None if that helps nothing.

    The lenient reading of what is not well-formed loses credits and pictures, and writes `AT&T;` for `AT&T`.
    """
    is_undeclared = UNDECLARED in str(data.get("bozo_exception"))
    for mended in (with_declared(body) if is_undeclared else body, with_declared(well_formed_text(body))):
        if mended == body:
            continue
        again, is_irregular = _gathered(mended, url)
        is_read = not isinstance(again.get("bozo_exception"), SAXException)
        if is_read and len(again.entries) >= len(data.entries):
            return mended, again, is_irregular
    if is_undeclared:
        mended = with_declared(body)
        return mended, *_gathered(mended, url)
    return None


def _salvaged(body: bytes, url: str) -> tuple[bytes, Any, bool, tuple[str, ...]]:
    """The document as feedparser can bear it, what it makes of it, and a sentence for what had to be left out.

    An entry that nothing can be made of is looked for by halves: it costs itself, never its neighbours.
    """
    try:
        return body, *_gathered(body, url), ()
    except ParseError as error:
        spans = spans_of(body)
        bad = _unreadable(body, spans, url, [MOST_LOST]) if len(spans) > 1 else []
        if not bad or len(bad) == len(spans):
            raise
        rest = _without(body, bad)
        sentence = f"{len(bad)} of {len(spans)} entries were left out: {str(error)[:120]}"
        return rest, *_gathered(rest, url), (sentence,)


def _unreadable(
    body: bytes, spans: list[tuple[int, int]], url: str, left: list[int]
) -> list[tuple[int, int]]:
    """Those of the entries with which the document cannot be read; none once more were met than are looked for."""
    try:
        _gathered(_without(body, [one for one in spans_of(body) if one not in spans]), url)
    except ParseError:
        if len(spans) == 1:
            left[0] -= 1
            return spans
        half = len(spans) // 2
        found = _unreadable(body, spans[:half], url, left)
        return found + _unreadable(body, spans[half:], url, left) if left[0] > 0 else []
    return []


def _without(body: bytes, spans: list[tuple[int, int]]) -> bytes:
    pieces, copied = [], 0
    for start, end in spans:
        pieces.append(body[copied:start])
        copied = end
    return b"".join((*pieces, body[copied:]))


def _gathered(body: bytes, url: str) -> tuple[Any, bool]:
    """What feedparser makes of the elements that it is asked for, and whether others may mean something to it."""
    with gathering(is_whole=False) as present:
        return _read(body, url), present.is_irregular


def _read(body: bytes, url: str) -> Any:
    # Without the document's address: resolving by it costs feedparser a fifth, and is ours to do.
    headers = {"content-type": "application/xml; charset=utf-8"}
    if b"xml:base" in body:
        # Having no base to go back to, it would hang all that follows on an entry's own.
        headers["content-location"] = url
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return feedparser.parse(
                io.BytesIO(body), response_headers=headers, sanitize_html=False, resolve_relative_uris=False
            )
        except (
            AssertionError,
            ValueError,
            LookupError,
            TypeError,
            AttributeError,
            ArithmeticError,
            RecursionError,
        ) as error:
            raise ParseError(
                f"The feed cannot be read: {type(error).__name__} {str(error)[:100]}."
            ) from error


def _feed(data: Any, xml: DocumentXml, url: str, is_well_formed: bool, faults: tuple[str, ...]) -> ParsedFeed:
    head = data.feed
    is_atom = data.version.startswith("atom")
    extras = xml.entries if len(xml.entries) == len(data.entries) else ()
    language = head.get("language") or data.get("headers", {}).get("content-language")
    return ParsedFeed(
        format=data.version or "unknown",
        title=html_of(head.get("title_detail"), is_atom=is_atom),
        subtitle=html_of(head.get("subtitle_detail"), is_atom=is_atom),
        home_url=head.get("link"),
        self_url=_link(head, "self"),
        moved_url=head.get("itunes_new-feed-url") or head.get("newlocation") or None,
        feed_id=absolute_url(head.get("id"), url)
        if str(head.get("id") or "").startswith("/")
        else head.get("id"),
        language=language,
        rights=_rights(head, is_atom=is_atom) or _link(head, "license"),
        icon_url=head.get("icon") or head.get("logo"),
        hub_urls=tuple(
            link["href"] for link in head.get("links", ()) if link.get("rel") == "hub" and link.get("href")
        ),
        more_urls=tuple(
            older for name in ("prev-archive", "next") if (older := _link(head, name)) is not None
        ),
        ttl=longest(
            _ttl(head.get("ttl")), period(head.get("sy_updateperiod"), head.get("sy_updatefrequency"))
        ),
        skips=xml.skips,
        deleted=xml.deleted,
        is_complete=xml.is_complete,
        license_url=xml.license_url or _link(head, "license"),
        terms=xml.terms,
        bylines=_bylines(head, is_feed_level=True) if is_atom else xml.bylines,
        entries=tuple(
            _entry(
                entry,
                is_atom=is_atom,
                is_strict=is_well_formed,
                extra=extras[place] if extras else EntryXml(),
                language=language,
            )
            for place, entry in enumerate(data.entries)
        ),
        faults=faults,
    )


def _entry(
    entry: Any, *, is_atom: bool, is_strict: bool, extra: EntryXml, language: str | None
) -> ParsedEntry:
    if not is_strict:
        set_right(entry, extra)
    texts = texts_of(entry, extra.media_texts)
    detail, elsewhere = texts.content, file_of(entry)
    content = html_of(detail, is_atom=is_atom, has_lines=True)
    summary = html_of(texts.summary, is_atom=is_atom)
    if content is None and texts.summary and (not is_atom or has_blocks(texts.summary)):
        # RSS has one body: what stands in description is the content where there is no content:encoded.
        content, detail = html_of(texts.summary, is_atom=is_atom, has_lines=True), texts.summary
        summary = None if not is_atom else summary
    if extra.full_text and not _of(entry, "content") and len(extra.full_text) > len(content or ""):
        kind = "text/html" if "</" in extra.full_text else "text/plain"
        content, summary = (
            html_of({"value": extra.full_text, "type": kind}, is_atom=False, has_lines=True),
            content,
        )
    if elsewhere and not content and not summary:
        content = f'<p><a href="{escape(elsewhere.url)}">{escape(elsewhere.url, quote=False)}</a></p>'
    title_detail = _of(entry, "title_detail")
    origin = extra.origin
    parsed = ParsedEntry(
        guid=extra.guid or _of(entry, "id") or None,
        url=in_own_language(entry, extra.language or language) or _address(_of(entry, "link"), extra.url),
        title_html=html_of(title_detail, is_atom=is_atom) or extra.other_title,
        summary_html=summary,
        content_html=content,
        base_url=(_of(detail or next(iter(_of(entry, "content") or ()), {}), "base")) or None,
        published=_of(entry, "published")
        or next(iter(extra.published[::-1]), None)
        or _of(entry, "created")
        or (extra.other_date if not _of(entry, "updated") else None),
        updated=_of(entry, "updated") or next(iter(extra.updated[::-1]), None),
        more_published=extra.published[1:] and extra.published[::-1],
        more_updated=extra.updated[1:] and extra.updated[::-1],
        bylines=extra.bylines or _bylines(entry) or (origin.bylines if origin else ()),
        categories=(*extra.categories, *_labels(entry)),
        enclosures=_timed(_enclosures(entry, elsewhere), extra) or extra.enclosures,
        images=_without_caption(extra.images, texts) if texts.is_of_media else extra.images,
        language=extra.language
        or (_of(detail, "language") if detail else None)
        or (_of(title_detail, "language") if title_detail else None),
        rights=_rights(entry, is_atom=is_atom) or extra.rights or _link(entry, "license"),
        valid=extra.valid,
        terms=extra.terms,
        origin_guid=origin.guid if origin else None,
        origin_title=origin.title if origin else None,
    )
    return with_passed_on(parsed, joined(extra, PassedOn(license_url=_link(entry, "license"))))


def _address(given: str | None, text: str | None) -> str | None:
    """The link as it is given, the text of its element where that alone is an address of the web."""
    if not given or (text and not absolute_url(given, "http://base.invalid") and absolute_url(text, None)):
        return text or given or None
    return given


def _rights(node: Any, *, is_atom: bool) -> str | None:
    """Atom states a type, and many write `&amp;copy;` under any; what RSS means is seen by the text."""
    text: str | None = _of(node, "rights")
    is_plain = is_atom and _of(_of(node, "rights_detail") or {}, "type") not in HTML_TYPES
    return escape_angles(text) if text and is_plain else text


def _keep_whole(reader: Any, key: str) -> None:
    """The text of an author, which had no parts, as their name in feedparser's result."""
    context = reader._get_context()
    given = context.get(f"{key}s") or [{}]
    if not given[-1] and context.get(key):
        given[-1]["name"] = context[key]


def _bylines(node: Any, *, is_feed_level: bool = False) -> tuple[Byline, ...]:
    found: list[Byline] = []
    for one in _of(node, "authors") or []:
        text = _of(one, "name") or _of(one, "email")
        if text:
            address = _ADDRESS.search(_of(one, "email") or text)
            email = address[0] if address else None
            found.append(Byline(text=text, url=_of(one, "href"), email=email, is_feed_level=is_feed_level))
    return tuple(found)


def _labels(entry: Any) -> list[str]:
    return [
        label
        for tag in _of(entry, "tags") or []
        if not is_source_scheme(_of(tag, "scheme")) and (label := _of(tag, "label") or _of(tag, "term"))
    ]


def _without_caption(images: tuple[Image, ...], texts: Texts) -> tuple[Image, ...]:
    """The pictures of a film without what is the entry's own text: it is said once."""
    own = " ".join(unescape(str(_of(texts.summary, "value"))).split())
    return tuple(
        replace(one, caption=None)
        if one.role == "thumbnail" and one.caption and unescape(one.caption) == own
        else one
        for one in images
    )


def _enclosures(entry: Any, elsewhere: Enclosure | None) -> list[Enclosure]:
    found = (
        [elsewhere] if elsewhere and elsewhere.media_type and elsewhere.media_type not in HTML_TYPES else []
    )
    for one in _of(entry, "links") or []:
        if _of(one, "rel") == "enclosure" and _of(one, "href"):
            length = str(_of(one, "length") or "")
            kind = _of(one, "type") or None
            found.append(
                Enclosure(
                    url=one["href"],
                    # feedparser calls a link without a type a page.
                    media_type=None if kind in HTML_TYPES and _FILE.search(one["href"]) else kind,
                    length=whole_number(length, digits=15),
                    title=_of(one, "title"),
                )
            )
    return found


def _timed(files: list[Enclosure], extra: EntryXml) -> tuple[Enclosure, ...]:
    """The files; how long it takes is said of an entry, and means its only one, or of each by Media RSS."""
    known = {one.url: one.duration_s for one in extra.enclosures}
    only = extra.duration_s if len(files) == 1 else None
    return tuple(replace(one, duration_s=only or known.get(one.url)) for one in files)


def _link(node: Any, rel: str) -> str | None:
    return next((_of(link, "href") for link in _of(node, "links") or () if _of(link, "rel") == rel), None)


def _ttl(text: Any) -> timedelta | None:
    minutes = whole_number(str(text or ""), digits=6)
    return None if minutes is None else timedelta(minutes=minutes)


def _faults(data: Any) -> tuple[str, ...]:
    if not data.bozo:
        return ()
    error = data.get("bozo_exception")
    if isinstance(error, feedparser.CharacterEncodingOverride | feedparser.NonXMLContentType):
        return ()
    if isinstance(error, SAXParseException):
        where = f"line {error.getLineNumber()}, column {(error.getColumnNumber() or 0) + 1}"
        what = _short(error.getMessage()).removeprefix("not well-formed (").removesuffix(")")
        return (f"Not well-formed in {where}: {what}.",)
    return (f"Not well-formed: {_short(error)}.",)


def _short(error: object) -> str:
    return " ".join(str(error).split())[:150].rstrip(".")
