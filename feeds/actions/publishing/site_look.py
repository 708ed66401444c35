"""The site as it looks: the config file first, then what an admin set in the browser."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from db.store import Store
from feeds.model.settings import Settings, SiteSettings

LOGO = "logo"
STORED = "database:"
"""Before the name of a logo that was handed in by the browser."""
AT_START = ("title", LOGO)
"""What processes take up when they start, since it stands in every feed: where it changes, they are renewed."""
LOOK_EVERY = timedelta(seconds=2)


def site_look(site: SiteSettings, store: Store) -> SiteSettings:
    """The site's settings with what was set in the browser where the file says nothing."""
    values = store.looks.values()
    return replace(
        site,
        title=site.title or values.get("title"),
        accent=site.accent or values.get("accent"),
        welcome=site.welcome or values.get("welcome"),
        logo=site.logo or (STORED + values[LOGO] if LOGO in values else None),
    )


def settled(settings: Settings, store: Store) -> Settings:
    """The settings as a process begins with them."""
    found = site_look(settings.site, store)
    return replace(settings, site=replace(settings.site, title=found.title, logo=found.logo))


class LookWatch:
    """Whether what this process took up when it started is out of date."""

    def __init__(self, site: SiteSettings, begun: SiteSettings) -> None:
        self._site, self._begun = site, _at_start(begun)
        self._asked_at: datetime | None = None

    def has_changed(self, store: Store, now: datetime) -> bool:
        """True once where an admin has set another title or logo since; asks the store every two seconds at most."""
        if self._asked_at is not None and abs(now - self._asked_at) < LOOK_EVERY:
            return False
        self._asked_at = now
        present = _at_start(site_look(self._site, store))
        changed, self._begun = present != self._begun, present
        return changed


def _at_start(site: SiteSettings) -> tuple[object, ...]:
    return tuple(getattr(site, name) for name in AT_START)


def stored_logo(logo: str) -> str | None:
    """The name of the picture in the store; None if the logo is a file."""
    return logo.removeprefix(STORED) if logo.startswith(STORED) else None
