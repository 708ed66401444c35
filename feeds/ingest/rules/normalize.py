"""From a parsed document to drafts: absolute addresses, plain titles, clean content, judged bylines. Pure."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from feeds.ingest.people.authors import judge_bylines, photographers_of
from feeds.ingest.people.closing_lines import take_biographies
from feeds.ingest.people.names import looks_like_name
from feeds.ingest.rules.episodes import clean_episode
from feeds.ingest.rules.expiry import ends_at
from feeds.ingest.rules.images import collect_images, is_picture
from feeds.ingest.rules.rights import joined_terms, what_terms_forbid
from feeds.ingest.rules.versions import version_hash
from feeds.model.articles import Draft, DraftAuthor, DraftFeed
from feeds.model.incoming import Biography, Enclosure, Image, ParsedEntry, ParsedFeed, Source
from feeds.model.passed_on import COLUMNS
from feeds.text.dateguess import OneDocument, guess_date
from feeds.text.languagenames import language_tag
from feeds.text.markup import (
    excerpt,
    html_of_unstated,
    one_line,
    running_text,
    sanitize,
    strip_illegal,
    text_of_html,
)
from feeds.text.sourcetypes import source_type_of
from feeds.text.urls import (
    absolute_url,
    canonical_url,
    host_of,
    is_secret,
    place_url,
    without_session,
)

MAX_AHEAD = timedelta(minutes=10)
"""What clocks differ by, `[fetch] max_ahead` where nobody set it."""
_ADDRESS_ALONE = re.compile(r"https?://\S+|www\.\S+\.\S+/\S*", re.IGNORECASE)
_ARTICLES = re.compile(r"(?:the|la|le|les|el|los|il|der|die|das|de|het|o|os)\s", re.IGNORECASE)
_NOTHING = frozenset({"n/a", "null", "none", "nil", "undefined", "nan", "[object object]", "-", "#"})
_tag_of = lru_cache(maxsize=500)(language_tag)
UNTITLED = "(untitled)"
TITLE_CHARS = 500
GUID_CHARS = 2000
MOST_CATEGORIES = 50
MOST_DATES = 10
"""Dates of one entry that are looked at."""
READ_KEPT = 500
"""Labels whose reading is kept: a feed's entries share a few."""
LABEL_CHARS = 1000
MOST_COMMAS = 3
"""A label with more of them is a list of labels."""


@OneDocument()
def normalize(
    parsed: ParsedFeed,
    *,
    source: Source,
    url: str,
    now: datetime,
    max_entries: int,
    max_ahead: timedelta = MAX_AHEAD,
) -> DraftFeed:
    """The document as drafts, in its own order; entries without title, address and content are no articles."""
    home = _showable(absolute_url(_with_scheme(parsed.home_url, url), url), source)
    faults = list(parsed.faults)
    if len(parsed.entries) > max_entries:
        faults.append(too_many(len(parsed.entries), max_entries))
    made = [
        (place, draft)
        for place, entry in enumerate(parsed.entries[:max_entries])
        if (
            draft := _draft(entry, parsed, source=source, url=url, home=home, now=now, latest=now + max_ahead)
        )
        is not None
    ]
    return DraftFeed(
        format=parsed.format,
        title=text_of_html(parsed.title)[:TITLE_CHARS] or None if parsed.title else None,
        home_url=home,
        self_url=absolute_url(parsed.self_url, url),
        moved_url=absolute_url(parsed.moved_url, url),
        language=_language(parsed.language),
        rights=_line(parsed.rights),
        license_url=_showable(absolute_url(parsed.license_url, url), source),
        terms=joined_terms(parsed.terms, url),
        hub_urls=tuple(hub for one in parsed.hub_urls if (hub := absolute_url(one, url)) is not None),
        more_urls=tuple(more for one in parsed.more_urls if (more := absolute_url(one, url)) is not None),
        is_more_dated=parsed.is_more_dated,
        ttl=parsed.ttl,
        skips=parsed.skips,
        deleted=parsed.deleted,
        drafts=tuple(draft for _, draft in made),
        places=tuple(place for place, _ in made),
        faults=tuple(faults),
        entry_count=len(parsed.entries),
    )


def too_many(count: int, most: int) -> str:
    """The sentence for a document of more entries than are read."""
    return f"It holds {count} entries; those after the first {most} were left out."


def _showable(url: str | None, source: Source) -> str | None:
    """The address; None if the source's own is private and this one looks as if it held the same secret."""
    if url is None or source.public_url is not None:
        return url
    return None if is_secret(url) else url


def _draft(
    entry: ParsedEntry,
    parsed: ParsedFeed,
    *,
    source: Source,
    url: str,
    home: str | None,
    now: datetime,
    latest: datetime,
) -> Draft | None:
    link = _showable(absolute_url(_with_scheme(_clean(entry.url), url), url), source)
    link = without_session(link) if link else None
    base = _base(entry, parsed, url=url, link=link, home=home)
    content = sanitize(entry.content_html or "", base_url=base)
    summary = text_of_html(entry.summary_html or "")
    title = _title_in_words(text_of_html(entry.title_html or "")[:TITLE_CHARS], link)
    authors = judge_bylines(
        (*entry.bylines, *parsed.bylines),
        titles=_names_of_feeds(entry, parsed, source),
        fallback=source.author_name,
        base_url=base,
    )
    biographies, content = _presented(entry, content, authors, base)
    images = collect_images(entry.images, entry.enclosures, content, base_url=base)
    enclosures = tuple(_enclosures(entry, base))
    if not (_says_anything(entry) or link or images or enclosures):
        return None
    language = _language(entry.language) or _language(parsed.language)
    zone = source.timezone
    published, modified, is_guessed = _moments(entry, language, zone=zone, now=now, latest=latest)
    given = strip_illegal(_clean(entry.guid) or "").strip()[:GUID_CHARS]
    terms = joined_terms((*entry.terms, *parsed.terms), base)
    draft = Draft(
        guid=given or _made_guid(link, title, entry.published or entry.updated, content),
        is_guid_given=bool(given),
        url=link,
        canonical_url=canonical_url(link),
        title=title or excerpt(running_text(content) or summary, 80) or _name_of(link),
        summary=summary,
        content_html=content,
        published_at=published or modified,
        modified_at=modified,
        is_date_guessed=is_guessed,
        is_title_guessed=not title,
        expires_at=ends_at(entry.valid, zone=zone, now=now) if entry.valid else None,
        authors=authors,
        biographies=biographies,
        categories=_categories(entry.categories),
        enclosures=enclosures,
        images=_credited(images, photographers_of(entry.bylines)),
        language=language,
        rights=_line(entry.rights),
        terms=terms,
        is_restricted=bool(what_terms_forbid(terms)),
        **_passed_on(entry, parsed, base, source),
    )
    return replace(draft, hash=version_hash(draft))


def _with_scheme(address: str | None, url: str) -> str | None:
    """`www.quay.example/1`, or an address that begins with the document's own host, as one of that host; any other as it is."""
    bare = (address or "").strip()
    host = bare.partition("/")[0].lower()
    if not host or ":" in host:
        return address
    is_host = host.startswith("www.") and host.count(".") > 1
    is_host = is_host or host.removeprefix("www.") == host_of(url).removeprefix("www.")
    return f"//{bare}" if is_host else address


def _passed_on(entry: ParsedEntry, parsed: ParsedFeed, base: str, source: Source) -> dict[str, Any]:
    """The columns that say something, each cleaned by its kind; a licence that the entry does not name is the feed's."""
    stated = {name: value for name in COLUMNS if (value := getattr(entry, name))}
    if parsed.license_url:
        stated.setdefault("license_url", parsed.license_url)
    for name, value in stated.items():
        kind = COLUMNS[name].kind
        if kind == "address":
            stated[name] = _showable(absolute_url(value, base), source)
        else:
            stated[name] = clean_episode(value, base) if kind == "episode" else source_type_of(value)
    return stated


def _clean(text: str | None) -> str | None:
    """The id or address; None for what programs write where they have none."""
    return None if text is None or text.strip().casefold() in _NOTHING else text


def _presented(
    entry: ParsedEntry, content: str, authors: Sequence[DraftAuthor], base: str
) -> tuple[tuple[Biography, ...], str]:
    """What is told of the authors; where the entry tells it at the end of its text, the text without that."""
    biographies = _biographies(entry.biographies, base)
    if biographies:
        return biographies, content
    closing = take_biographies(content, [one.name for one in authors if one.kind == "person"])
    if not closing.biographies:
        return (), content
    return closing.biographies, sanitize(closing.content_html, base_url=base)


def _moments(
    entry: ParsedEntry, language: str | None, *, zone: str, now: datetime, latest: datetime
) -> tuple[datetime | None, datetime | None, bool]:
    """When the entry was published and changed, and whether the first is a guess.

    A moment behind `latest` has not come: the entry counts as published when it was read, and no reader's list has it
    on top until then. Of several dates the first that is one and has come counts, so that a second copy changes nothing.
    """
    published, is_guessed = _first_come(
        entry.more_published or (entry.published,), language, zone=zone, now=now, latest=latest
    )
    modified = published
    changes = entry.more_updated or (entry.updated,)
    if changes != (entry.published,):
        modified, _ = _first_come(changes, language, zone=zone, now=now, latest=latest)
    if modified is not None and modified > latest:
        modified = None
        is_guessed |= published is None
        published = published or now
    if published is not None and published > latest:
        published, is_guessed = min(modified or now, now), True
    return published, modified, is_guessed


def _first_come(
    texts: Sequence[str | None], language: str | None, *, zone: str, now: datetime, latest: datetime
) -> tuple[datetime | None, bool]:
    """The first of the moments that has come, and whether it is a guess; where none has, the first of all."""
    first: tuple[datetime | None, bool] = (None, False)
    for text in texts[:MOST_DATES]:
        found, is_guessed = guess_date(text, language=language, zone=zone, now=now)
        if found is not None and found <= latest:
            return found, is_guessed
        if first[0] is None:
            first = found, is_guessed
    return first


def _names_of_feeds(entry: ParsedEntry, parsed: ParsedFeed, source: Source) -> tuple[str | None, ...]:
    """What feeds are called is nobody's name; but many a weblog that others gather is called like its author."""
    origin = text_of_html(entry.origin_title or "")
    is_persons = looks_like_name(origin) and not _ARTICLES.match(origin)
    return (parsed.title, source.own_title, None if is_persons else origin)


def _says_anything(entry: ParsedEntry) -> bool:
    """True if the source wrote something, even if nothing of it may be shown: it is not lost."""
    return any(text and text.strip() for text in (entry.title_html, entry.content_html, entry.summary_html))


def _base(entry: ParsedEntry, parsed: ParsedFeed, *, url: str, link: str | None, home: str | None) -> str:
    """An explicit xml:base; else the document's address in Atom (RFC 4287 section 2), the article's elsewhere."""
    given = absolute_url(entry.base_url, url)
    if given and given != url:
        return given
    return url if parsed.format.startswith("atom") else link or home or url


def _made_guid(link: str | None, title: str, date: str | None, content: str) -> str:
    """What stands in for a guid that the source did not give: the address, else a hash of title and date.

    With its fragment: entries that differ in nothing else are several articles on one page.
    """
    if link:
        return place_url(link) or link
    text = "\x1f".join((title, date or "", "" if title else content))
    return "hash:" + hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def _title_in_words(title: str, link: str | None) -> str:
    """The title; empty if it is only the address of the entry, or any other."""
    is_address = bool(_ADDRESS_ALONE.fullmatch(title)) or (link is not None and title == link)
    return "" if is_address or title.casefold() == "[object object]" else title


def _name_of(link: str | None) -> str:
    last = (link or "").split("?", 1)[0].rstrip("/").rsplit("/", 1)[-1]
    return last[:80] if last and "." not in last[:-6] else UNTITLED


def _enclosures(entry: ParsedEntry, base: str) -> list[Enclosure]:
    found: dict[str, Enclosure] = {}
    for one in entry.enclosures:
        address = absolute_url(one.url, base)
        if address and address not in found and not is_picture(one):
            kind = one_line(one.media_type or "").lower()[:100] or None
            found[address] = replace(one, url=address, media_type=kind, title=_line(one.title))
    return list(found.values())


def _biographies(stated: tuple[Biography, ...], base: str) -> tuple[Biography, ...]:
    return tuple(
        replace(
            one,
            text=_without_repetition(one.name, one_line(one.text)),
            url=absolute_url(one.url, base) if one.url else None,
            picture_url=absolute_url(one.picture_url, base) if one.picture_url else None,
        )
        for one in stated
    )


def _without_repetition(name: str, text: str) -> str:
    """The biography without a name that stands in an element of its own before it: `Jane Roe Jane Roe is …`."""
    doubled = re.compile(
        rf"(?:about(?: the author)?|author|autor(?:in)?|über)?[\s:]*{re.escape(name)}[\s:,.|–—-]+(?={re.escape(name)}\b)",
        re.IGNORECASE,
    )
    found = doubled.match(text) if name else None
    return text[found.end() :] if found else text


def _credited(images: tuple[Image, ...], makers: tuple[str, ...]) -> tuple[Image, ...]:
    """A single picture without a credit is by whom the byline names for pictures."""
    if not makers or len(images) != 1 or images[0].credit:
        return images
    return (replace(images[0], credit=", ".join(makers)),)


def _categories(labels: tuple[str, ...]) -> tuple[str, ...]:
    unique: dict[str, str] = {}
    for label in labels:
        reading = _labels_in if len(label) <= LABEL_CHARS else _labels_in.__wrapped__
        unique |= {folded: shown for folded, shown in reading(label) if folded not in unique}
    return tuple(unique.values())[:MOST_CATEGORIES]


@lru_cache(maxsize=READ_KEPT)
def _labels_in(field: str) -> tuple[tuple[str, str], ...]:
    """The labels of one field, folded and as shown: a list of keywords is several, `Movies, Music & TV` is one."""
    text = text_of_html(html_of_unstated(field))
    parts = [part.strip() for part in text.split(",")]
    is_list = len(parts) > MOST_COMMAS and all(part and len(part) <= 40 for part in parts)
    found = dict[str, str]()
    for one in parts if is_list else [text] if text else []:
        found.setdefault(one[:100].casefold(), one[:100])
    return tuple(found.items())


def _language(text: str | None) -> str | None:
    return _tag_of(text) if text and len(text) <= 100 else None


def _line(text: str | None) -> str | None:
    return (text_of_html(html_of_unstated(text))[:500] or None) if text else None
