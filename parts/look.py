"""The site as a process begins with it: title and logo that an admin set in the browser among the settings."""

from __future__ import annotations

import logging
from dataclasses import replace

from feeds.actions.publishing.site_look import settled
from feeds.errors import FeedwrightError
from feeds.model.settings import Settings, SiteSettings
from parts.store import open_store

log = logging.getLogger("feedwright.look")


def settled_site(settings: Settings) -> SiteSettings:
    """The site's settings with them; as the file states them where the database does not answer, until it does."""
    try:
        store = open_store(settings)
    except FeedwrightError as error:
        log.warning("title and logo are those of config.toml for now: %s", error)
        return settings.site
    try:
        return settled(settings, store).site
    except FeedwrightError as error:
        log.warning("title and logo are those of config.toml for now: %s", error)
        return settings.site
    finally:
        store.close()


def begun_settings(settings: Settings) -> Settings:
    """The same, as all settings."""
    return replace(settings, site=settled_site(settings))
