"""Lists of sources as they are read: OPML or TOML into entries, and why one of them cannot become a source."""

from __future__ import annotations

import ipaddress
from dataclasses import replace

from feeds.actions.declaring.specs import spec_of
from feeds.config.listed import MOST_CHARS, read_toml_list
from feeds.errors import ParseError, RequestError
from feeds.http.address_guard import guard_of
from feeds.ingest.formats.gzipped import unpacked
from feeds.ingest.formats.opml import read_opml
from feeds.model.declarations import SourceDeclaration
from feeds.model.kept import SourceSpec
from feeds.model.lists import ListedSource, Listing
from feeds.model.settings import Settings
from feeds.text.urls import is_secret, name_of, shown_url

MOST_ENTRIES = 5_000
MOST_BYTES = 3_000_000
"""Of a list."""
LOCAL_NAMES = (".localhost", ".local", ".internal", ".lan", ".home.arpa")


def read_listing(body: bytes, name: str = "the list") -> Listing:
    """The entries that a list names; raises ParseError if it is none, or names nothing."""
    if not body.strip():
        raise ParseError("The list is empty.")
    body = unpacked(body, MOST_BYTES)
    if len(body) > MOST_BYTES:
        raise ParseError(f"A list may have {MOST_BYTES:,} bytes; this one has {len(body):,}.")
    is_marked_up = b"<" in body[:1000].replace(b"\x00", b"").split(b"[[source]]")[0]
    if is_marked_up:
        found = read_opml(body)
        wrong = tuple(one for one in found.left_out if one not in found.commented)
        # Folders say nothing here: what a source belongs to is for the list's own topics to say.
        entries = tuple(replace(one, title=one.title[:MOST_CHARS], folders=()) for one in found.sources)
        listing = Listing(form="opml", entries=entries, wrong=wrong)
    else:
        listing = read_toml_list(body, name)
    if not listing.entries:
        why = f" {listing.wrong[0]}" if listing.wrong else ""
        raise ParseError(f"The list names no source.{why}")
    if len(listing.entries) > MOST_ENTRIES:
        raise ParseError(
            f"A list may name {MOST_ENTRIES:,} sources; this one names {len(listing.entries):,}."
        )
    return listing


def declared(one: ListedSource, topics: tuple[str, ...]) -> SourceDeclaration:
    """The entry as a `[[source]]` would state it; where it names some of the list's topics, it goes into these alone."""
    return SourceDeclaration(
        url=one.url,
        title=one.title or None,
        slug=one.slug,
        topics=one.topics or topics,
        language=one.language,
        timezone=one.timezone,
        kind=one.kind,
        links=one.links,
        only=one.only,
    )


def spec_of_entry(one: ListedSource, topics: tuple[str, ...], settings: Settings) -> SourceSpec:
    """The source that an entry states; raises RequestError with what is wrong, and how to mend it."""
    url = one.url.strip()
    if url.startswith("/") or ":" not in url:
        raise RequestError(f"{url!r} is no address: it must begin with http:// or https://.")
    if is_secret(url):
        raise RequestError(
            f"{shown_url(url)} holds a password or a token, which a list may not pass on: take it out, or add the source by hand."
        )
    beyond = sorted(set(one.topics) - set(topics))
    if beyond:
        raise RequestError(
            f"{beyond[0]!r} is none of the list's topics ({', '.join(topics) or 'it has none'})."
        )
    spec = spec_of(declared(one, topics), settings)
    if _is_private(name_of(spec.host), settings):
        raise RequestError(
            f"{shown_url(spec.fetch_url)} is no public address: give one that everybody can reach."
        )
    return spec


def _is_private(host: str, settings: Settings) -> bool:
    """True if the address itself says so; what a name leads to is judged at each connection."""
    try:
        address = str(ipaddress.ip_address(host.strip("[]")))
    except ValueError:
        return host == "localhost" or host.endswith(LOCAL_NAMES)
    return not guard_of(settings.fetch.allow).is_open(address, 0, is_sample=False)
