"""From bytes to drafts: which format, what is new in it, its parser, then normalizing. Pure; runs in workers."""

from __future__ import annotations

from dataclasses import replace

from feeds.errors import ParseError
from feeds.http.websub import links_of_page
from feeds.ingest.formats.charset import as_utf8
from feeds.ingest.formats.detect import detect
from feeds.ingest.formats.feed import parse_feed
from feeds.ingest.formats.gzipped import unpacked
from feeds.ingest.formats.hfeed import has_entries, parse_hfeed
from feeds.ingest.formats.jsonfeed import parse_jsonfeed
from feeds.ingest.formats.links import parse_links
from feeds.ingest.formats.scan import Scan, do_collide, joined, record, scan, shortened
from feeds.ingest.formats.sitemap import parse_sitemap
from feeds.ingest.poll.parked import is_parked
from feeds.ingest.poll.tasks import ParseTask
from feeds.ingest.rules.fingerprints import NO_MARK, guid_mark
from feeds.ingest.rules.normalize import normalize, too_many
from feeds.model.articles import Draft, DraftFeed
from feeds.model.fetched import Failed
from feeds.model.incoming import ParsedFeed
from feeds.text.urls import shown_url, unsecret_url


def make_drafts(task: ParseTask) -> DraftFeed | Failed:
    """The document normalized, or why it cannot be read; entries known from the last poll are left out."""
    try:
        if task.source.kind != "feed":
            return _listing(task)
        task = replace(task, body=unpacked(task.body, task.max_bytes))
        scanned = _scanned(task)
        if scanned is not None:
            made = _of_new_entries(task, scanned)
            if made is not None:
                return made
        whole = _whole(task)
    except ParseError as error:
        return Failed(url=shown_url(task.url), state=error.state, detail=str(error))
    if task.is_reread or task.is_perhaps_reread:
        whole = replace(
            whole,
            drafts=tuple(
                replace(one, is_reread=task.is_reread, is_perhaps_reread=task.is_perhaps_reread)
                for one in whole.drafts
            ),
        )
    return _remembered(whole, scanned) if scanned is not None else whole


def parse(body: bytes, *, url: str, content_type: str) -> ParsedFeed:
    """The parsed document, by the parser of its format; raises ParseError."""
    found = detect(body)
    if found == "empty":
        raise ParseError("The answer is empty.")
    if found == "html" and is_parked(body, url):
        raise ParseError("The domain is parked: somebody offers it for sale.", state="parked")
    if found == "html" and has_entries(body):
        return parse_hfeed(body, url=url, content_type=content_type)
    if found == "html":
        raise ParseError("The address answers a web page, not a feed.", state="not-a-feed")
    if found == "json":
        return parse_jsonfeed(body, content_type)
    if found == "unknown" and b"<" not in as_utf8(body, content_type).split(b"?>", 1)[1]:
        raise ParseError("The answer is plain text, not a feed.", state="not-a-feed")
    return parse_feed(body, url=url, content_type=content_type)


def _listing(task: ParseTask) -> DraftFeed:
    """A sitemap or a page of links: what it lists, as drafts that have no text yet."""
    source = task.source
    if source.kind == "sitemap":
        parsed = parse_sitemap(task.body)
    else:
        links = source.options.links or "a"
        parsed = parse_links(task.body, url=task.url, content_type=task.content_type, selector=links)
        stated = links_of_page(task.body, task.url)
        parsed = replace(parsed, hub_urls=stated.hub_urls, self_url=stated.feed_url)
    only = source.options.only
    if only:
        kept = tuple(one for one in parsed.entries if any(part in (one.url or "") for part in only))
        parsed = replace(parsed, entries=kept)
    url = unsecret_url(task.url)
    return _drafts(task, parsed, url)


def _whole(task: ParseTask) -> DraftFeed:
    cut = shortened(task.body, task.max_entries)
    if cut is None:
        return _normalized(task, task.body)
    body, count = cut
    made = _normalized(task, body)
    return replace(made, entry_count=count, faults=(*made.faults, too_many(count, task.max_entries)))


def _normalized(task: ParseTask, body: bytes) -> DraftFeed:
    # A token in the source's address must not reach what hangs relative addresses on it.
    url = unsecret_url(task.url)
    parsed = parse(body, url=url, content_type=task.content_type)
    if parsed.license_url is None and task.license_url is not None:
        parsed = replace(parsed, license_url=task.license_url)
    return _drafts(task, parsed, url)


def _drafts(task: ParseTask, parsed: ParsedFeed, url: str) -> DraftFeed:
    made = normalize(
        parsed,
        source=task.source,
        url=url,
        now=task.now,
        max_entries=task.max_entries,
        max_ahead=task.max_ahead,
    )
    if task.source.kind == "feed" and (parsed.is_complete or task.source.options.complete):
        return replace(made, is_complete=True, names=frozenset(one.guid for one in made.drafts))
    return made


def _scanned(task: ParseTask) -> Scan | None:
    if detect(task.body) != "xml":
        return None
    source = task.source
    salt = [task.url, source.own_title or "", source.timezone, source.author_name or ""]
    # Only where there is one: what is remembered of all other sources stays right.
    salt += [task.license_url] if task.license_url is not None else []
    found = scan(task.body, task.prints, content_type=task.content_type, salt=salt, rules=task.rules)
    return None if found is not None and len(found.prints) > task.max_entries else found


def _of_new_entries(task: ParseTask, scanned: Scan) -> DraftFeed | None:
    """The drafts of what is left of a scanned document; None if the whole document is needed."""
    if not scanned.known:
        return None
    try:
        made = _normalized(task, scanned.body)
    except ParseError:
        return None
    if made.entry_count != len(scanned.new_places) or do_collide(made.drafts, scanned.known):
        return None
    if made.is_complete:
        # What has left a complete document shows in the whole of it alone.
        return None
    fresh = dict(zip(made.places, made.drafts, strict=True))
    by_mark = {one[:8]: one for one in scanned.known}
    by_mark |= {
        scanned.prints[place]: record(scanned.prints[place], fresh.get(number))
        for number, place in enumerate(scanned.new_places)
    }
    prints = joined(by_mark[mark] for mark in scanned.prints)
    return replace(made, entry_count=len(scanned.prints), prints=prints)


def _remembered(whole: DraftFeed, scanned: Scan) -> DraftFeed:
    if whole.entry_count != len(scanned.prints):
        return whole
    pairs = zip(whole.places, whole.drafts, strict=True)
    made = {
        place: _reread(draft, scanned.reread[place]) if place in scanned.reread else draft
        for place, draft in pairs
    }
    return replace(
        whole,
        drafts=tuple(made.values()),
        prints=joined(record(mark, made.get(place)) for place, mark in enumerate(scanned.prints)),
    )


def _reread(draft: Draft, mark: bytes) -> Draft:
    """The draft of an entry that stands as it stood; one whose guid we made may have had another one by former rules."""
    is_other = not draft.is_guid_given and mark not in (NO_MARK, guid_mark(draft))
    return replace(draft, is_reread=True, former_guid=mark if is_other else b"")
