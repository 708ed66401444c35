"""Asks every public address of the site once: what is a file, what leads elsewhere, what is gone.

Pages lead into their past by places. The chain that begins on the page itself is followed to its end; that of a month
until it leaves its month, where the server leads on to the month before. So the number of files grows with the number of
articles, not with its square.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Protocol

from db.store import Store
from feeds.model.outgoing import FeedKey
from feeds.publish.feed_paths import KINDS
from feeds.publish.render import BY_EXTENSION
from web.freeze.asking import Asked
from web.public.syndication import GUESSES

AT_ONCE = 500
"""Names and ids that are read from the store in one go."""
STATIC = ("/static/site.css", "/static/icon.svg")
ALONE = ("/", "/feeds.opml", "/contract", "/bot", "/robots.txt", "/news-sitemap.xml", *STATIC)
_OLDER = re.compile(r'rel="next" href="\?(?:before|page)=([^"&]+)"')
_MONTHS = re.compile(r'href="\?before=(\d{4}-\d\d-\d\dT[\d:.]+Z-0)"')
_LOC = re.compile(r"<loc>[^<]*?(/sitemap/[^<]+\.xml)</loc>")


class Taker(Protocol):
    """What the walk tells of: it asks the app, and puts down what comes."""

    def take(self, path: str, *, past: str = "", kind: str = "") -> Asked:
        """Asks for the address, or a place in its past (`kind` is `before` or `page`), and puts down what is there."""
        ...

    def has(self, path: str, past: str) -> bool:
        """True if that place of that address was put down."""
        ...

    def note_month(self, month: str, place: str) -> None:
        """A month, such as `2026-11`, is read backwards from that place."""
        ...


def walk(store: Store, taker: Taker, samples: Iterable[str]) -> Iterator[str]:
    """Takes address after address; yields what it is at, for whoever shows progress."""
    for path in (*ALONE, *GUESSES, *samples):
        taker.take(path)
        yield path
    for path in _LOC.findall(taker.take("/sitemap.xml").body.decode()):
        taker.take(path)
        yield path
    for plural in KINDS:
        yield from _list(taker, plural)
    yield from _pages(taker, "/changes")
    for extension in BY_EXTENSION:
        taker.take(f"/changes.{extension}")
    yield from _feed(store, taker, FeedKey(kind="all"))
    for kind in KINDS.values():
        after = ""
        while several := store.feeds.slugs_after(kind, after, most=AT_ONCE):
            for slug in several:
                yield from _named(store, taker, FeedKey(kind=kind, slug=slug))
            after = several[-1]
    last = 0
    while ids := store.articles.public_after(last, most=AT_ONCE):
        for article_id in ids:
            taker.take(f"/articles/{article_id}")
            yield f"/articles/{article_id}"
        last = ids[-1]


def month_closed_by(place: str) -> str:
    """The month that ends at a place, such as `2026-11`, in whichever zone."""
    year, month, day = int(place[:4]), int(place[5:7]), int(place[8:10])
    # East of Greenwich a month ends on its last evening, as UTC counts; west of it, on the first morning of the next.
    if day <= 15:
        year, month = (year, month - 1) if month > 1 else (year - 1, 12)
    return f"{year:04}-{month:02}"


def _list(taker: Taker, plural: str) -> Iterator[str]:
    taker.take(f"/{plural}.opml")
    found = taker.take(f"/{plural}")
    yield f"/{plural}"
    while (older := _older(found)) is not None:
        found = taker.take(f"/{plural}", past=older, kind="page")
        yield f"/{plural}?page={older}"


def _named(store: Store, taker: Taker, key: FeedKey) -> Iterator[str]:
    """A feed at a slug that is, or was, somebody's; what leads to a private one is not told."""
    if store.feeds.info(key) is not None:
        yield from _feed(store, taker, key)
        return
    present = store.feeds.slug_now(key.kind, key.slug)
    if present is not None and not store.feeds.is_hidden(FeedKey(kind=key.kind, slug=present)):
        taker.take(key.path())
    yield key.path()


def _feed(store: Store, taker: Taker, key: FeedKey) -> Iterator[str]:
    yield from _pages(taker, key.path())
    info = store.feeds.info(key)
    for number in range((info.archive_count if info is not None else 0) + 1):
        path = FeedKey(kind=key.kind, slug=key.slug, archive=number).path()
        for extension in BY_EXTENSION:
            taker.take(f"{path}.{extension}")
        yield path


def _pages(taker: Taker, path: str) -> Iterator[str]:
    first = taker.take(path)
    yield path
    yield from _chain(taker, path, first)
    months = {month_closed_by(place): place for place in _MONTHS.findall(first.body.decode())}
    for month, place in months.items():
        taker.note_month(month, place)
        if not taker.has(path, place):
            found = taker.take(path, past=place, kind="before")
            yield f"{path}?before={place}"
            earlier = {one: begin for one, begin in months.items() if one < month}
            yield from _chain(taker, path, found, earlier)


def _chain(taker: Taker, path: str, page: Asked, earlier: Mapping[str, str] | None = None) -> Iterator[str]:
    """From page to older page, to the end, or until an earlier month, by its place, shows all that is left."""
    while (older := _older(page)) is not None and not taker.has(path, older):
        if earlier and earlier.get(older[:7], "") >= older:
            return
        page = taker.take(path, past=older, kind="before")
        yield f"{path}?before={older}"


def _older(page: Asked) -> str | None:
    found = _OLDER.search(page.body.decode()) if page.status == 200 else None
    return found[1] if found else None
