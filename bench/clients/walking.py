"""What a client makes of feeds that change: each article new once, none lost, none risen from the dead."""

from __future__ import annotations

from collections.abc import Sequence

from bench.clients.entries import Client, Entry, Shown
from tests.walk import WITHDRAWN


class Watch:
    """A client at some feeds, state after state; what went wrong is gathered."""

    def __init__(self, client: Client, urls: Sequence[str]) -> None:
        self.client = client
        self.urls = list(urls)
        self.states = 0
        self.wrong: list[str] = []
        self._held: dict[str, set[str]] = {url: set() for url in urls}

    def look(self, state: str, count: int) -> None:
        """The client reads once more; of each feed it has to hold so many articles, ever."""
        self.states += 1
        answers = {shown.url: shown for shown in self.client.look(self.urls)}
        for url in self.urls:
            shown = answers.get(url, Shown(url=url, error="no answer"))
            for fault in self._faults(state, count, shown):
                self.wrong.append(f"{state}: {url}: {fault}")

    def _faults(self, state: str, count: int, shown: Shown) -> list[str]:
        found: list[str] = []
        is_gone = state == "retired" and "topics" in shown.url
        if shown.error and not is_gone:
            return [shown.error]
        before, present = self._held[shown.url], {one.id for one in shown.entries}
        if len(present) != len(shown.entries):
            found.append(f"{len(shown.entries) - len(present)} told twice")
        keeps = any(one.is_new is not None for one in shown.entries)
        held = present if keeps else before | present
        fresh = _fresh(shown.entries, before)
        expected = count - len(before)
        if len(fresh) != expected:
            found.append(f"{len(fresh)} new where {expected} should be")
        if before - held:
            found.append(f"{len(before - held)} lost")
        if len(held) != count:
            found.append(f"{len(held)} held where {count} should be")
        # Mixes keep no withdrawals: from them an article goes without a word (docs/publishing.md).
        is_told = state == "withdrawn" and "/mix/" not in shown.url and self.client.updates
        if is_told and WITHDRAWN in {one.title for one in shown.entries}:
            found.append("the withdrawn article stands")
        self._held[shown.url] = held
        return found


def _fresh(entries: Sequence[Entry], before: set[str]) -> list[Entry]:
    """What its user is shown as new."""
    return [one for one in entries if (one.id not in before if one.is_new is None else one.is_new)]
