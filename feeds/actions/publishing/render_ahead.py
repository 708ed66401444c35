"""Renders feeds ahead: those that were read lately are rendered when they change, before the next reader asks."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from db.store import Store
from feeds.actions.publishing.publish import Renderer
from feeds.errors import RenderError
from feeds.model.outgoing import FeedKey, Format, SiteInfo
from feeds.model.settings import PublishSettings
from feeds.publish.render import FORMATS, recipe_of

READ_LATELY = timedelta(days=2)
MOST_STALE = 200
AT_MOST_EVERY = timedelta(seconds=5)
"""A feed that changes all the time is rendered ahead no more often than this; one that lost an article is, at once."""
AT_ONCE = 3
"""So many changes of a feed are rendered at once before it has to wait: most feeds change now and then, and are read at once."""

log = logging.getLogger(__name__)


class Ahead:
    """What one scheduler renders ahead, and how often it did so of each feed."""

    def __init__(self) -> None:
        self._made: dict[tuple[FeedKey, str], list[datetime]] = {}
        self._seq = -1
        self.is_waiting = False
        """True if a changed feed was left for later: nothing else need happen before it is due."""

    def is_due(self, store: Store) -> bool:
        """True if something was published since it was asked last, by whichever process, or a changed feed waits."""
        before, self._seq = self._seq, store.feeds.seq()
        return self._seq != before or self.is_waiting

    def render(self, store: Store, *, site: SiteInfo, publish: PublishSettings, now: datetime) -> int:
        """How many representations that were read lately have been made ahead of their next reader."""
        recipe = recipe_of(site, entries=publish.entries, excerpt_chars=publish.excerpt_chars)

        def stale(rendered_before: datetime) -> list[tuple[FeedKey, str]]:
            since = now - READ_LATELY
            return list(
                store.feeds.stale(
                    read_since=since, rendered_before=rendered_before, recipe=recipe, most=MOST_STALE
                )
            )

        self._forget(now)
        due = stale(now - AT_MOST_EVERY)
        early = [place for place in stale(now) if place not in due]
        due += [place for place in early if len(self._made.get(place, ())) < AT_ONCE]
        self.is_waiting = any(place not in due for place in early)
        self._write(Renderer(store, site=site, publish=publish, now=now), due)
        for place in due:
            self._made.setdefault(place, []).append(now)
        return len(due)

    def _forget(self, now: datetime) -> None:
        """Each rendering counts for as long as the feed would have had to wait after it."""
        for place, moments in list(self._made.items()):
            kept = [one for one in moments if now - one < AT_MOST_EVERY * AT_ONCE]
            if kept:
                self._made[place] = kept
            else:
                del self._made[place]

    def _write(self, renderer: Renderer, places: list[tuple[FeedKey, str]]) -> None:
        wanted: dict[FeedKey, list[Format]] = {}
        for key, name in places:
            wanted.setdefault(key, []).extend(one for one in FORMATS if one == name)
        for key, formats in wanted.items():
            for format in formats:
                try:
                    renderer.feed(key, format)
                except RenderError:
                    log.exception("feed %s could not be written as %s", key.path(), format)
