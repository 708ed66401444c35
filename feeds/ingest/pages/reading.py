"""Articles that are read from their own pages: which pages to read, and what page and listing say together. Pure.

A listing is a feed with `full_text`, a sitemap, a page of links, or a folder; each entry of it is a
draft, and the store remembers (as `PageMark`) which of them were read in which state.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from feeds.clock import EPOCH
from feeds.ingest.people.authors import with_links
from feeds.ingest.rules.article_identity import page_key
from feeds.ingest.rules.images import joined_image
from feeds.ingest.rules.rereading import Dated, after_reading, judge_dates
from feeds.ingest.rules.versions import is_same, version_hash
from feeds.model.articles import Draft
from feeds.model.incoming import Image, Source
from feeds.model.pages import PageDates, PageMark
from feeds.model.passed_on import joined, with_passed_on
from feeds.text.markup import text_of_html
from feeds.text.urls import canonical_url, url_domain

FIRST_LISTED = 50
"""Of a listing that is no feed, so many of the newest become articles at first; older ones are its archive."""
MOST_TRIES = 5
FIRST_WAIT = timedelta(hours=1)
ENOUGH = 0.9
"""A page's text counts as the whole one where it is at least so long as what the feed gave."""
_NOT_THERE = frozenset({"missing", "gone"})
_REFUSED = _NOT_THERE | {
    "blocked", "robots", "not-a-feed", "no-article", "credentials", "refused", "large",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class PagePlan:
    """What one poll does with a listing's drafts."""

    to_read: tuple[Draft, ...] = ()
    """Newest first; those that are read again for their date alone come last."""
    for_date: frozenset[str] = frozenset()
    """Guids of those that are read again for their date alone."""
    dated: Dated | None = None
    """What the listing's dates say of pages that were read before; None if they were not looked at."""
    as_listed: tuple[Draft, ...] = ()
    """Drafts that stand without a page: those of feeds that have no address."""
    skipped: tuple[PageMark, ...] = ()
    """Archive of a new source."""
    is_tried: bool = True
    """False if pages are left that nobody asked for yet."""
    is_whole: bool = True
    """False if pages are left for a later poll."""
    spelled_otherwise: frozenset[str] = frozenset()
    """Guids of pages that stand in the listing under other addresses, too, which nobody asked for yet."""


def reads_pages(source: Source) -> bool:
    """True if the source's articles come from pages (or files) of their own."""
    return source.kind != "feed" or source.options.full_text


def plan(
    source: Source,
    drafts: Sequence[Draft],
    marks: Mapping[str, PageMark],
    *,
    is_import: bool,
    most: int,
    now: datetime,
    again: frozenset[str] = frozenset(),
    dates: PageDates | None = None,
    hidden: int = 0,
) -> PagePlan:
    """Which of the listing's pages are to be read now; those known in the same state are left out, but for `again`.

    With `dates`, some of these too: where the listing dates them anew (`feeds.ingest.rules.rereading`). `hidden` of
    its entries are none of the drafts, since they stand as they stood.
    """
    unique, spelled_otherwise = _one_each(source, drafts, marks)
    due = [
        draft
        for draft in unique.values()
        if draft.guid in again or _is_due(draft, marks.get(draft.guid), now)
    ]
    waiting = any(_is_waiting(draft, marks.get(draft.guid), now) for draft in unique.values())
    places = {draft.guid: place for place, draft in enumerate(drafts)}
    listed = tuple(draft for draft in due if not _has_page(source, draft))
    with_page = sorted(
        (draft for draft in due if _has_page(source, draft)),
        key=lambda one: (one.published_at or one.modified_at or EPOCH, -places[one.guid]),
        reverse=True,
    )
    skipped: tuple[PageMark, ...] = ()
    if is_import and source.kind in ("sitemap", "page") and not marks:
        skipped = tuple(
            PageMark(guid=one.guid, hash=one.hash, state="skipped") for one in with_page[FIRST_LISTED:]
        )
        with_page = with_page[:FIRST_LISTED]
    chosen = with_page[:most]
    dated = None
    if dates is not None:
        due_guids = {draft.guid for draft in due}
        others = [draft for draft in reversed(unique.values()) if draft.guid not in due_guids]
        dated = judge_dates(others, marks, dates, hidden=hidden, now=now)
    for_date = dated.to_read[: most - len(chosen)] if dated is not None else ()
    return PagePlan(
        to_read=(*chosen, *(unique[guid] for guid in for_date)),
        for_date=frozenset(for_date),
        dated=dated,
        as_listed=listed if source.kind == "feed" else (),
        skipped=skipped,
        is_tried=len(chosen) == len(with_page),
        is_whole=len(chosen) == len(with_page) and not waiting,
        spelled_otherwise=spelled_otherwise,
    )


def _one_each(
    source: Source, drafts: Sequence[Draft], marks: Mapping[str, PageMark]
) -> tuple[dict[str, Draft], frozenset[str]]:
    """One draft for each page, last first: of its spellings that which is known, else the first that may be read.

    Spellings that were read as articles each, before, stay so. With it the guids that leave a spelling untried.
    """
    unique = {draft.guid: draft for draft in reversed(drafts)}
    if source.kind not in ("sitemap", "page"):
        return unique, frozenset()
    spellings: dict[str, list[str]] = {}
    for guid in reversed(unique):
        spellings.setdefault(page_key(guid), []).append(guid)
    kept: set[str] = set()
    spare: set[str] = set()
    for several in spellings.values():
        states = {guid: marks[guid].state if guid in marks else "" for guid in several}
        known = [guid for guid in several if states[guid] in ("read", "skipped")]
        left = [guid for guid in several if states[guid] != "refused"]
        kept.update(known or left[:1] or several[:1])
        spare.update(left[:1] if len(left) > 1 and not known else ())
    return {guid: draft for guid, draft in unique.items() if guid in kept}, frozenset(spare)


def mark_read(draft: Draft, made: str) -> PageMark:
    """The page was read in this state of the listing; `made` is the hash of what both say together."""
    return PageMark(guid=draft.guid, hash=draft.hash, state="read", dated_at=draft.modified_at, made=made)


def mark_reread(draft: Draft, before: PageMark, made: str) -> PageMark:
    """The page was read again for its date alone, and says the same or something else."""
    tries = before.tries + 1 if is_unchanged(before, made) else 0
    return replace(mark_read(draft, made), tries=tries)


def is_unchanged(before: PageMark, made: str) -> bool:
    """True if the page is known to have said the same before."""
    return is_same(before.made or "", made)


def mark_unread(draft: Draft, before: PageMark, state: str, now: datetime) -> PageMark:
    """The page could not be read again: what was read of it stays, and it is tried again, or with its next date."""
    tries = before.tries + 1
    if state in _NOT_THERE:
        return replace(before, state="refused", tries=tries, next_try_at=None)
    is_final = state in _REFUSED or tries >= MOST_TRIES
    wait = FIRST_WAIT * 2 ** (tries - 1)
    return replace(
        before,
        dated_at=draft.modified_at or before.dated_at,
        tries=tries,
        next_try_at=None if is_final else now + wait,
    )


def dates_after(
    chosen: PagePlan, noted: Mapping[str, PageMark], *, same: int, other: int, hidden: int, now: datetime
) -> PageDates | None:
    """How far the source's dates are believed after these pages were noted; None if they were not looked at."""
    if chosen.dated is None:
        return None
    waiting = [noted.get(mark.guid, mark) for mark in chosen.dated.waiting]
    return after_reading(chosen.dated.dates, same=same, other=other, waiting=waiting, hidden=hidden, now=now)


def mark_failed(draft: Draft, before: PageMark | None, state: str, now: datetime) -> PageMark:
    """The page could not be read: tried again later and later, not at all where the host said no.

    A page that was read before, and is still there, is read again once its listing dates it anew.
    """
    tries = (before.tries if before is not None and is_same(before.hash, draft.hash) else 0) + 1
    is_final = state in _REFUSED or tries >= MOST_TRIES
    wait = FIRST_WAIT * 2 ** (tries - 1)
    made = PageMark(
        guid=draft.guid,
        hash=draft.hash,
        state="refused" if is_final else "failed",
        tries=tries,
        next_try_at=None if is_final else now + wait,
    )
    if before is None or not was_read(before):
        return made
    is_kept = is_final and state not in _NOT_THERE
    return replace(
        made,
        state="read" if is_kept else made.state,
        tries=0 if is_kept else tries,
        dated_at=draft.modified_at,
        made=before.made or "",
    )


def was_read(mark: PageMark | None) -> bool:
    """True if the page could be read once, whatever became of it since."""
    return mark is not None and (mark.state == "read" or mark.made is not None)


def merged(source: Source, listed: Draft, page: Draft) -> Draft:
    """What listing and page say together: a feed is believed about everything but its text, others about dates."""
    made = _of_feed(listed, page) if source.kind == "feed" else _of_listing(listed, page)
    return replace(made, hash=version_hash(made))


def _of_feed(listed: Draft, page: Draft) -> Draft:
    given, found = text_of_html(listed.content_html), text_of_html(page.content_html)
    is_longer = len(found) >= max(len(given), len(listed.summary)) * ENOUGH and len(found) > 0
    return replace(
        with_passed_on(listed, joined(listed, page)),
        content_html=page.content_html if is_longer else listed.content_html,
        summary=listed.summary or (given if is_longer else ""),
        published_at=listed.published_at or page.published_at,
        is_date_guessed=listed.is_date_guessed if listed.published_at else page.is_date_guessed,
        authors=with_links(listed.authors, page.authors) or page.authors,
        biographies=page.biographies or listed.biographies,
        categories=listed.categories or page.categories,
        images=_pictures(listed.images, page.images),
        language=listed.language or page.language,
        rights=listed.rights or page.rights,
        terms=tuple(dict.fromkeys((*listed.terms, *page.terms))),
        is_restricted=listed.is_restricted or page.is_restricted,
    )


def _of_listing(listed: Draft, page: Draft) -> Draft:
    # A page knows its own date; a sitemap's is exact where the page's is a day.
    is_listed_date = page.published_at is None or page.is_date_guessed
    published = listed.published_at if is_listed_date and listed.published_at else page.published_at
    return replace(
        with_passed_on(page, joined(page, listed)),
        guid=listed.guid,
        is_guid_given=listed.is_guid_given,
        url=_address(listed, page),
        canonical_url=canonical_url(_address(listed, page)),
        published_at=published,
        is_date_guessed=page.is_date_guessed and published == page.published_at,
        modified_at=page.modified_at or listed.modified_at,
        categories=page.categories or listed.categories,
        images=_pictures(page.images, listed.images),
        language=page.language or listed.language,
        terms=tuple(dict.fromkeys((*listed.terms, *page.terms))),
        is_restricted=page.is_restricted or listed.is_restricted,
    )


def _address(listed: Draft, page: Draft) -> str | None:
    """What the page calls its own address, where that may be so: the same publisher, and not its home page."""
    if page.url is None or listed.url is None:
        return listed.url or page.url
    stated = urlsplit(page.url)
    is_home = stated.path in ("", "/") and not stated.query
    return page.url if url_domain(page.url) == url_domain(listed.url) and not is_home else listed.url


def _pictures(first: tuple[Image, ...], second: tuple[Image, ...]) -> tuple[Image, ...]:
    known = {image.url: image for image in second}
    return (*(joined_image(image, known.pop(image.url, image)) for image in first), *known.values())


def _is_due(draft: Draft, mark: PageMark | None, now: datetime) -> bool:
    if mark is None or (not is_same(mark.hash, draft.hash) and mark.state != "skipped"):
        return True
    return mark.state == "failed" and mark.next_try_at is not None and mark.next_try_at <= now


def _is_waiting(draft: Draft, mark: PageMark | None, now: datetime) -> bool:
    return mark is not None and mark.state == "failed" and not _is_due(draft, mark, now)


def _has_page(source: Source, draft: Draft) -> bool:
    return draft.url is not None or source.kind == "folder"
