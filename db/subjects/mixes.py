"""The store's saved mixes: what they are, and filling them with stored articles."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from db import mixes, saved_mixes, saving, slugs
from db.subject import Subject
from db.subjects.feeds import Feeds
from feeds.model.mixes import FEED_KINDS, Mix, MixTerm, SavedMix, parse_mix
from feeds.model.outgoing import FeedKey

PART = 5_000


class SavedMixes(Subject):
    """Mixes that an admin saved; each is a feed like any other."""

    def put(
        self, *, slug: str, title: str, description: str, path: str, origin: str, now: datetime
    ) -> SavedMix:
        """Adds the mix or changes it; stored articles join when they are settled."""
        with self.write():
            return saved_mixes.put(
                self.engine,
                slug=slug,
                title=title,
                description=description,
                path=path,
                origin=origin,
                now=now,
            )

    def every(self) -> tuple[SavedMix, ...]:
        """All of them by slug, also those that were given up."""
        return saved_mixes.every(self.engine)

    def set_state(self, mix_id: int, state: str, now: datetime) -> None:
        """active, paused or retired."""
        with self.write():
            saved_mixes.set_state(self.engine, mix_id, state, now)

    def rename(self, mix_id: int, slug: str, now: datetime) -> None:
        """Gives it a new slug; the old one leads to the new one."""
        with self.write():
            saved_mixes.rename(self.engine, mix_id, slug, now)

    def lead(self, former: str, mix_id: int, now: datetime) -> bool:
        """Makes a slug that nobody had lead to the mix; False if somebody has it."""
        with self.write():
            return slugs.lead(self.engine, saved_mixes.KIND, former, mix_id, now)

    def former_slugs(self) -> dict[str, tuple[str, ...]]:
        """By present slug, the former ones."""
        return slugs.former_by_present(self.engine, saved_mixes.KIND)

    def concerned(self, mix: SavedMix) -> list[int]:
        """The articles that stand in it or should, the oldest first."""
        fitting: list[int] = []
        path = self._present_path(mix.path)
        found = Feeds(self.engine).mix(FeedKey(kind="query", slug=path)) if path else None
        place: dict[str, int] | None = {"sort_at": 2**62, "article_id": 0}
        while found is not None and place is not None:
            part = mixes.before_places(self.engine, found, most=PART, **place)
            fitting += [article for article, _ in part]
            place = {"sort_at": part[-1][1], "article_id": part[-1][0]} if len(part) == PART else None
        fits = set(fitting)
        return [*(one for one in saved_mixes.members(self.engine, mix.id) if one not in fits), *fitting[::-1]]

    def settle(self, ids: Sequence[int], now: datetime) -> int:
        """Puts these articles into the feeds that they belong to; returns how many of them changed a feed."""
        with self.write():
            return sum(saving.settle(self.engine, article_id, now, is_changed=False) for article_id in ids)

    def _present_path(self, path: str) -> str | None:
        """The path in the words of now, without those that nobody bears; None if nothing can fit."""
        terms: list[MixTerm] = []
        for term in parse_mix(path).terms:
            kind = FEED_KINDS.get(term.kind)
            words = set(term.words)
            if kind is not None:
                words = {slugs.current(self.engine, kind, word) or word for word in term.words}
                words = set(mixes.named_feeds(self.engine, kind, sorted(words)))
            if words:
                terms.append(replace(term, words=tuple(sorted(words))))
            elif not term.is_not:
                return None
        return parse_mix(Mix(terms=tuple(terms)).path()).path() if terms else None
