"""Publishing as use cases: number what was touched, and give a feed's bytes, made anew when stale."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from db.store import Store
from feeds.config.load import base_url
from feeds.errors import RenderError
from feeds.model.outgoing import FeedKey, Format, RenderedFeed, SiteInfo
from feeds.model.settings import PublishSettings, Settings
from feeds.publish.compose import compose
from feeds.publish.render import FORMATS, recipe_of, render

WINDOW = timedelta(hours=48)
"""Whoever polls once a day misses nothing of a busy topic."""
MOST_ENTRIES = 500
READ_LATELY = timedelta(days=2)
MOST_STALE = 200

log = logging.getLogger(__name__)


def site_info(settings: Settings) -> SiteInfo:
    """What documents and pages say of the site; without `base_url`, the listening address."""
    site = settings.site
    return SiteInfo(
        title=site.title,
        base_url=base_url(settings).rstrip("/"),
        language=site.language,
        contact=site.contact,
        timezone=site.timezone,
    )


def publish_touched(store: Store, now: datetime) -> int:
    """How many touches were given their number; none is left that was committed before."""
    total = 0
    while numbered := store.feeds.number_touched(now):
        total += numbered
    return total


def rendered_feed(
    store: Store, key: FeedKey, format: Format, *, site: SiteInfo, publish: PublishSettings, now: datetime
) -> RenderedFeed | None:
    """The feed's bytes as they are now: the kept ones if still true, else made and kept.

    None where there is no such feed. Where the document cannot be written, the last good bytes;
    `RenderError` where there are none.
    """
    info = store.feeds.info(key)
    if info is None:
        return None
    recipe = recipe_of(site, entries=publish.entries, excerpt_chars=publish.excerpt_chars)
    kept = store.feeds.rendered(key, format, recipe)
    if kept is not None and kept[0] == info.changed_seq:
        return kept[1]
    page = store.feeds.page(
        key, entries=publish.entries, window=WINDOW, most=max(MOST_ENTRIES, publish.entries)
    )
    if page is None:
        return None
    try:
        made = render(compose(page, site, excerpt_chars=publish.excerpt_chars), format, changed_at=now)
    except RenderError:
        if kept is None:
            raise
        log.exception("feed %s could not be written as %s; its last good state is served", key.path(), format)
        return kept[1]
    return store.feeds.keep_rendered(key, format, recipe, page.info.changed_seq, made)


def render_stale(store: Store, *, site: SiteInfo, publish: PublishSettings, now: datetime) -> int:
    """How many feeds that were read lately have been rendered ahead of their next reader."""
    recipe = recipe_of(site, entries=publish.entries, excerpt_chars=publish.excerpt_chars)
    keys = store.feeds.stale(read_since=now - READ_LATELY, recipe=recipe, most=MOST_STALE)
    for key in keys:
        for format in FORMATS:
            try:
                rendered_feed(store, key, format, site=site, publish=publish, now=now)
            except RenderError:
                log.exception("feed %s could not be written as %s", key.path(), format)
    return len(keys)
