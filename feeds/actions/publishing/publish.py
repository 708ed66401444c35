"""Publishes: numbers what was touched, and gives a feed's bytes, made anew when stale."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import PurePath

from db.store import Store
from feeds.config.load import base_url
from feeds.errors import RenderError, StoreBusyError
from feeds.model.outgoing import FeedDocument, FeedKey, FeedPage, Format, RenderedFeed, SiteInfo
from feeds.model.settings import PublishSettings, Settings
from feeds.publish.compose import compose, is_numbered
from feeds.publish.profiles import Profile, shape
from feeds.publish.render import FORMATS, print_of, recipe_of, render

HUB_PATH, CLOUD_PATH = "/hub", "/cloud"
"""Where whoever wants to be told of changes asks for it: by WebSub, by rssCloud."""
WINDOW = timedelta(hours=48)
"""Whoever polls once a day misses nothing of a busy topic."""
MOST_ENTRIES = 500
UNKEPT = ("query", "changes")
"""Feeds whose bytes are kept in no table."""
MOST_RETOLD = 200
"""How many articles are sent to readers again in one tick because their source, author or topic was renamed."""

log = logging.getLogger(__name__)


def site_info(settings: Settings) -> SiteInfo:
    """What documents and pages say of the site; without `base_url`, the listening address."""
    site, own = settings.site, settings.site.base_url
    has_hub = settings.publish.hub and own is not None
    root = (own or "").rstrip("/")
    return SiteInfo(
        title=site.name,
        base_url=base_url(settings).rstrip("/"),
        language=site.language,
        contact=site.contact,
        timezone=site.timezone,
        ai=settings.rights.ai,
        license_url=settings.rights.license,
        hub_urls=((root + HUB_PATH,) if has_hub else ()) + (settings.publish.hubs if own is not None else ()),
        cloud_url=root + CLOUD_PATH if has_hub else None,
        logo_url=base_url(settings).rstrip("/") + logo_path(site.logo) if site.logo else None,
    )


def logo_path(logo: str) -> str:
    """Where the site's logo is served; its ending says what it is."""
    return f"/look/logo{PurePath(logo).suffix.lower()}"


def links_of(key: FeedKey, format: Format, site: SiteInfo) -> str:
    """The `Link` header of a feed: its hubs and its own address; empty if nobody tells of it."""
    if not site.hub_urls or not is_numbered(key):
        return ""
    hubs = [f'<{url}>; rel="hub"' for url in site.hub_urls]
    return ", ".join([*hubs, f'<{feed_url(key, format, site)}>; rel="self"'])


def feed_url(key: FeedKey, format: Format, site: SiteInfo) -> str:
    """The one address of a feed in a format."""
    return f"{site.base_url}{key.path()}.{FORMATS[format].extension}"


def publish_touched(store: Store, now: datetime) -> int:
    """Numbers every change of a feed that is committed by now; returns how many."""
    total = 0
    store.feeds.retell(now, MOST_RETOLD)
    while numbered := store.feeds.number_touched(now):
        total += numbered
    return total


class Renderer:
    """Makes the bytes of feeds as they are at one moment; formats of one feed share its page and composition.

    What it made is kept in the store for others, unless `is_keeping` is False.
    """

    def __init__(
        self,
        store: Store,
        *,
        site: SiteInfo,
        publish: PublishSettings,
        now: datetime,
        is_keeping: bool = True,
        keep_within_s: float | None = None,
    ) -> None:
        """With `keep_within_s`, bytes that cannot be kept within so many seconds are shown without being kept."""
        self._store, self._site, self._publish, self._now = store, site, publish, now
        self._is_keeping, self._keep_within_s = is_keeping, keep_within_s
        self._recipe = recipe_of(site, entries=publish.entries, excerpt_chars=publish.excerpt_chars)
        self._composed: tuple[FeedKey, int, FeedDocument] | None = None

    def kept(self, key: FeedKey, format: Format, changed_seq: int) -> RenderedFeed | None:
        """The bytes that somebody made already, if they show the feed as it is at that seq."""
        kept = self._store.feeds.rendered(key, format, self._recipe)
        return kept[1] if kept is not None and kept[0] >= changed_seq else None

    def feed(self, key: FeedKey, format: Format) -> RenderedFeed | None:
        """The feed's bytes as they are now: the kept ones if still true, else made and kept.

        None if there is no such feed. Where the document cannot be written, the last good bytes;
        `RenderError` where there are none.
        """
        info = self._store.feeds.info(key)
        if info is None:
            return None
        kept = self._store.feeds.rendered(key, format, self._recipe)
        if kept is not None and kept[0] == info.changed_seq:
            return kept[1]
        try:
            found = self._document(key, info.changed_seq)
            if found is None:
                return None
            changed_seq, document = found
            # A document that is not stored has to state the same age in every process.
            made = render(document, format, changed_at=info.changed_at if key.kind in UNKEPT else self._now)
        except RenderError:
            if kept is None:
                raise
            log.exception(
                "feed %s could not be written as %s; its last good state is served", key.path(), format
            )
            return kept[1]
        if not self._is_keeping:
            return made
        prints = [] if key.archive else [print_of(one, self._recipe) for one in document.entries]
        try:
            return self._store.feeds.keep_rendered(
                key, format, self._recipe, changed_seq, made, prints, within_s=self._keep_within_s
            )
        except StoreBusyError:
            if self._keep_within_s is None:
                raise
            return made

    def since(
        self, key: FeedKey, format: Format, tags: Sequence[str], present: str
    ) -> tuple[str, RenderedFeed] | None:
        """What a reader that has the feed under one of the tags lacks of it as it is under `present`; and which tag that is.

        None if the whole has to be sent: no tag is known, the feed is another by now, or nothing of it stayed.
        """
        former = self._store.feeds.former_state(key, format, tags, present)
        found = self._document(key, former.changed_seq) if former is not None else None
        if former is None or found is None or found[0] != former.changed_seq:
            return None
        document = found[1]
        prints = [print_of(one, self._recipe) for one in document.entries]
        if set(prints) != former.entries or not former.unchanged:
            return None
        lacking = tuple(
            one for one, mark in zip(document.entries, prints, strict=True) if mark not in former.unchanged
        )
        part = render(replace(document, entries=lacking), format, changed_at=self._now)
        return former.etag, replace(part, etag=present)

    def variant(
        self, key: FeedKey, format: Format, *, limit: int | None, is_excerpt: bool
    ) -> RenderedFeed | None:
        """The feed with fewer entries, or less of each; made for one request and kept nowhere."""
        publish = self._publish
        page = self._store.feeds.page(
            key, entries=limit or publish.entries, window=timedelta(0), most=limit or publish.entries
        )
        if page is None:
            return None
        shown = replace(page, articles=page.articles[: limit or publish.entries])
        return self.once(shown, format, is_excerpt=is_excerpt)

    def document(self, key: FeedKey) -> FeedDocument | None:
        """The feed composed, as its readers get it; None if there is none."""
        info = self._store.feeds.info(key)
        found = self._document(key, info.changed_seq) if info is not None else None
        return found[1] if found is not None else None

    def shaped(self, key: FeedKey, format: Format, profile: Profile) -> RenderedFeed | None:
        """The feed as the partner of that profile wants it; made for one request and kept nowhere."""
        document = self.document(key)
        if document is None:
            return None
        # Rules count days: what was left out since then would be hidden from who asks by an older time.
        return render(shape(document, profile, self._now), format, changed_at=self._now)

    def once(self, page: FeedPage, format: Format, *, is_excerpt: bool = False) -> RenderedFeed:
        """The bytes of that page; made for one request and kept nowhere."""
        document = compose(
            page,
            self._site,
            excerpt_chars=self._publish.excerpt_chars,
            most="excerpt" if is_excerpt else "full",
        )
        return render(document, format, changed_at=page.info.changed_at)

    def _document(self, key: FeedKey, changed_seq: int) -> tuple[int, FeedDocument] | None:
        if self._composed is not None and self._composed[0] == key and self._composed[1] >= changed_seq:
            return self._composed[1:]
        publish = self._publish
        page = self._store.feeds.page(
            key,
            entries=publish.entries,
            window=WINDOW,
            most=max(MOST_ENTRIES, publish.entries),
            is_linked=True,
        )
        if page is None:
            return None
        document = compose(page, self._site, excerpt_chars=publish.excerpt_chars)
        self._composed = (key, page.info.changed_seq, document)
        return page.info.changed_seq, document
