"""What changed in a list of sources: which entries came, went, or only have another address. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from feeds.model.lists import ListedSource
from feeds.text.urls import absolute_url, same_url_key, without_feed_scheme


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """A list before and after, entry by entry; each as its address before and what it states now."""

    same: tuple[tuple[str, ListedSource], ...] = ()
    """Those that stand in both, whatever else of them changed."""
    renamed: tuple[tuple[str, ListedSource], ...] = ()
    """Those whose address changed."""
    entered: tuple[ListedSource, ...] = ()
    left: tuple[str, ...] = ()


def address_of(one: ListedSource) -> str:
    """By which an entry is known: its address in the form in which it is fetched."""
    return absolute_url(without_feed_scheme(one.url)) or one.url


def compare(before: Mapping[str, ListedSource], after: Sequence[ListedSource]) -> Difference:
    """What changed between what is known of a list, by address, and what it names now.

    An address that is gone and one that is new are one entry where the new one names it in `was`, has its slug, differs
    from it in scheme, `www.` or a slash alone, or where title and site of both are the same, and nobody else's.
    """
    now: dict[str, ListedSource] = {}
    for one in after:
        now.setdefault(address_of(one), one)
    same = tuple((url, one) for url, one in now.items() if url in before)
    new = {url: one for url, one in now.items() if url not in before}
    gone = {url: one for url, one in before.items() if url not in now}
    former = _Former(gone, new.values())
    renamed: list[tuple[str, ListedSource]] = []
    for url, one in list(new.items()):
        found = former.of(url, one)
        if found is not None and found in gone:
            renamed.append((found, one))
            del gone[found], new[url]
    return Difference(same=same, renamed=tuple(renamed), entered=tuple(new.values()), left=tuple(gone))


def loses_too_much(present: int, left: int) -> bool:
    """True if more than half of the entries would go at once: most likely a mistake of whoever keeps the list."""
    return left * 2 > present


class _Former:
    """Finds the entry that a new one was before."""

    def __init__(self, gone: Mapping[str, ListedSource], new: Iterable[ListedSource]) -> None:
        self._gone = gone
        self._by_slug = {one.slug: url for url, one in gone.items() if one.slug}
        self._by_key = {same_url_key(url): url for url in gone}
        self._by_looks = {looks: url for url, one in gone.items() if (looks := _looks(one))}
        self._counts = Counter(map(_looks, gone.values())), Counter(map(_looks, new))

    def of(self, url: str, one: ListedSource) -> str | None:
        """The address of the entry that it was, None for one that is new."""
        for name in one.was:
            stated = absolute_url(name) or name
            if stated in self._gone or name in self._by_slug:
                return stated if stated in self._gone else self._by_slug[name]
        alike = self._by_slug.get(one.slug or "") or self._by_key.get(same_url_key(url))
        looks = _looks(one)
        if alike is None and looks is not None and all(counts[looks] == 1 for counts in self._counts):
            alike = self._by_looks[looks]
        return alike


def _looks(one: ListedSource) -> tuple[str, str] | None:
    """Title and site, by which people know an entry; None if it does not state both."""
    return (one.title.casefold(), same_url_key(one.home)) if one.title and one.home else None
