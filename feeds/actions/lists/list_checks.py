"""Checks a list against what a list may say, without a store: for those who keep one, and review changes to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from feeds.actions.gathering.preview import preview_source
from feeds.actions.lists.listings import declared, read_listing, spec_of_entry
from feeds.actions.operating.jobs import JobTools, Progress
from feeds.errors import RequestError
from feeds.ingest.rules.lists import address_of, compare
from feeds.model.lists import ListedSource, Listing
from feeds.model.settings import Settings

SHOWN_TITLES = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedEntry:
    """One entry, and what there is to say of it."""

    entry: ListedSource
    topics: tuple[str, ...]
    fault: str = ""
    """What is wrong with it, and how to mend it."""
    how: str = ""
    """`enters`, `leaves` or `renamed`, where two lists are compared."""
    former: str = ""
    """Its address in the former list."""
    found: str = ""
    """What its document calls itself."""
    newest: tuple[str, ...] = ()
    """Titles of the newest articles."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedList:
    """A list as it would be taken in."""

    entries: tuple[CheckedEntry, ...]
    wrong: tuple[str, ...]
    """What is no entry at all."""

    @property
    def is_good(self) -> bool:
        """True if nothing is wrong."""
        return not self.wrong and not any(one.fault for one in self.entries)


def check_list(
    body: bytes, *, name: str, topics: Sequence[str], settings: Settings, before: bytes | None = None
) -> CheckedList:
    """What of the list would become sources; with a former one, only what enters, leaves and is renamed.

    Raises ParseError if it is no list.
    """
    listing = read_listing(body, name)
    if before is None:
        return CheckedList(entries=_checked(listing.entries, tuple(topics), settings), wrong=listing.wrong)
    former = _former(before)
    known = {address_of(one): one for one in reversed(former)}
    found = compare(known, listing.entries)
    moved = {address_of(one): url for url, one in found.renamed}
    entered = {address_of(one) for one in found.entered}
    problems = [
        replace(one, how="enters")
        if address_of(one.entry) in entered
        else replace(one, how="renamed", former=moved[address_of(one.entry)])
        for one in _checked(listing.entries, tuple(topics), settings)
        if address_of(one.entry) in entered or address_of(one.entry) in moved
    ]
    left = [CheckedEntry(entry=known[url], topics=tuple(topics), how="leaves") for url in found.left]
    return CheckedList(entries=(*problems, *left), wrong=listing.wrong)


async def with_previews(checked: CheckedList, tools: JobTools, progress: Progress) -> CheckedList:
    """Each entry fetched as it would be when it is added: its newest titles, or why there are none."""
    entries: list[CheckedEntry] = []
    for number, one in enumerate(checked.entries):
        await progress(number, len(checked.entries), f"asking for {one.entry.url}")
        entries.append(one if one.fault or one.how == "leaves" else await _previewed(one, tools))
    return replace(checked, entries=tuple(entries))


async def _previewed(one: CheckedEntry, tools: JobTools) -> CheckedEntry:
    entry = one.entry
    wanted = {"kind": entry.kind, "links": entry.links, "only": list(entry.only)}

    async def untold(_done: int, _total: int, _message: str) -> None:
        """Who checks a list is told of the entries, not of each request."""

    try:
        found: dict[str, Any] = await preview_source(
            entry.url, tools, untold, {k: v for k, v in wanted.items() if v}
        )
    except RequestError as error:
        return replace(one, fault=str(error))
    fault = "" if found["reason"] == "the address itself" else f"It is no feed itself: name {found['url']}."
    titles = tuple(str(draft["title"]) for draft in found["latest"][:SHOWN_TITLES])
    return replace(one, fault=fault, found=found["title"], newest=titles)


def _checked(
    entries: Sequence[ListedSource], topics: tuple[str, ...], settings: Settings
) -> tuple[CheckedEntry, ...]:
    first: dict[str, ListedSource] = {}
    found: list[CheckedEntry] = []
    for one in entries:
        fault = ""
        # Where nobody says which topics the list has, its own word stands.
        allowed = topics or one.topics
        try:
            spec_of_entry(one, allowed, settings)
        except RequestError as error:
            fault = str(error)
        twin = first.setdefault(address_of(one), one)
        if twin is not one:
            fault = f"Its address stands in line {twin.line} already: take one of them out."
        found.append(CheckedEntry(entry=one, topics=declared(one, allowed).topics, fault=fault))
    return tuple(found)


def _former(body: bytes) -> tuple[ListedSource, ...]:
    listing: Listing | None = read_listing(body, "the former list") if body.strip() else None
    return listing.entries if listing else ()
