"""Finds the feed and the format that the path of an address names. Pure."""

from __future__ import annotations

from feeds.model.mixes import MixError, parse_mix
from feeds.model.outgoing import FeedKey, FeedKind, Format
from feeds.publish.render import BY_EXTENSION

KINDS: dict[str, FeedKind] = {
    "topics": "topic",
    "authors": "author",
    "sources": "source",
    "mixes": "mix",
}
"""The first word of a feed's path, and what it is a feed of."""


def place_of(path: str) -> tuple[FeedKey, Format] | None:
    """The feed, or archive document, and format that an address names; None if it is no feed's address."""
    stem, dot, extension = path.rpartition(".")
    spec = BY_EXTENSION.get(extension)
    if not dot or spec is None:
        return None
    number = 0
    if "/archive/" in stem:
        stem, _, last = stem.rpartition("/archive/")
        if not (last.isascii() and last.isdigit() and len(last) < 10 and last[0] != "0"):
            return None
        number = int(last)
    if stem == "/all":
        return FeedKey(kind="all", archive=number), spec.format
    if stem == "/changes" and not number:
        return FeedKey(kind="changes"), spec.format
    _, _, rest = stem.partition("/")
    kind, _, slug = rest.partition("/")
    if kind == "mix" and slug and not number:
        return FeedKey(kind="query", slug=slug), spec.format
    if kind not in KINDS or not slug:
        return None
    return FeedKey(kind=KINDS[kind], slug=slug, archive=number), spec.format


def key_of(path: str) -> FeedKey | None:
    """The feed of a path without format, such as `/topics/harbour`; None if it names none, or an archive document."""
    place = place_of(f"{path}.atom")
    if place is None or place[0].archive:
        return None
    if place[0].kind != "query":
        return place[0]
    try:
        return FeedKey(kind="query", slug=parse_mix(place[0].slug).path())
    except MixError:
        return None
