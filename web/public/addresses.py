"""From the words in an address to a feed: the feed itself, a redirect to where it went, or what is near."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from difflib import get_close_matches

from werkzeug.exceptions import Gone, NotFound

from feeds.model.outgoing import FeedInfo, FeedKey, FeedKind
from web.context import WebContext
from web.language import later

NEAREST = 3
SETTLED_AFTER = timedelta(days=30)
MOST_COMPARED = 200
"""Comparing costs 10 µs a name; only the names beside a mistyped one in the alphabet are compared with it."""


NOT_HERE = {
    "topic": later("There is no topic “%(slug)s” here."),
    "author": later("There is no author “%(slug)s” here."),
    "source": later("There is no source “%(slug)s” here."),
    "mix": later("There is no mix “%(slug)s” here."),
}
RETIRED = {
    "topic": later("The topic “%(slug)s” was retired; its feed has ended."),
    "author": later("The author “%(slug)s” was retired; its feed has ended."),
    "source": later("The source “%(slug)s” was retired; its feed has ended."),
    "mix": later("The mix “%(slug)s” was retired; its feed has ended."),
}
"""By kinds of feeds that have a slug; said in English here, and in the page's language where a page shows it."""


class UnknownFeedError(NotFound):
    """There is no such feed; `nearest` are those whose names are alike."""

    def __init__(self, kind: FeedKind, slug: str, nearest: tuple[FeedInfo, ...]) -> None:
        message = NOT_HERE.get(kind, f"There is no {kind} “%(slug)s” here.")
        super().__init__(message % {"slug": slug})
        self.kind = kind
        self.nearest = nearest


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """The feed has another slug now."""

    key: FeedKey
    code: int
    """307 for the first thirty days, then 308: a rename that was a mistake can be taken back."""


class RetiredFeedError(Gone):
    """The feed was given up by the admin; it will not come back under this address by itself."""


def find(context: WebContext, kind: FeedKind, slug: str) -> FeedInfo | Moved:
    """The feed, or where it moved to; raises `UnknownFeedError` that names the nearest."""
    store = context.stores.get()
    info = store.feeds.info(FeedKey(kind=kind, slug=slug))
    if info is not None:
        return info
    present = store.feeds.slug_now(kind, slug)
    if present == slug and not store.feeds.is_hidden(FeedKey(kind=kind, slug=slug)):
        raise RetiredFeedError(RETIRED[kind] % {"slug": slug})
    if present not in (None, slug) and not store.feeds.is_hidden(FeedKey(kind=kind, slug=present)):
        given = store.feeds.slug_given_at(kind, present)
        is_settled = given is not None and context.clock() - given >= SETTLED_AFTER
        return Moved(key=FeedKey(kind=kind, slug=present), code=308 if is_settled else 307)
    raise UnknownFeedError(kind, slug, nearest(store.feeds.similar(kind, slug, most=MOST_COMPARED), slug))


def nearest(infos: tuple[FeedInfo, ...], slug: str) -> tuple[FeedInfo, ...]:
    """Those of the feeds whose slug is most alike, best first."""
    feeds = {info.key.slug: info for info in infos}
    close = get_close_matches(slug.lower(), feeds, n=NEAREST, cutoff=0.5)
    inside = [name for name in feeds if len(slug) > 2 and slug.lower() in name and name not in close]
    return tuple(feeds[name] for name in [*close, *inside][:NEAREST])
