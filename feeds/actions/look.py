"""The look that an admin sets in the browser: what may be set there, and what holds. The config file comes first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from db.store import Store
from feeds.actions.changes import Desk, recorded
from feeds.config.look import accent
from feeds.errors import RequestError
from feeds.model.people import Change
from feeds.model.settings import SiteSettings

SET_HERE = ("accent", "welcome")
MOST_WELCOME = 2_000


def site_look(site: SiteSettings, store: Store) -> SiteSettings:
    """The site's settings with what was set in the browser where the file says nothing."""
    held = store.looks.values()
    return replace(
        site,
        accent=site.accent if site.accent is not None else held.get("accent"),
        welcome=site.welcome if site.welcome is not None else held.get("welcome"),
    )


def set_look(desk: Desk, values: Mapping[str, str]) -> Change | None:
    """Sets the look, an empty value takes back; raises RequestError for what cannot be shown or what the file owns."""
    wanted = {name: _checked(desk, name, text.strip()) for name, text in values.items()}

    def work() -> None:
        held = desk.store.looks.values()
        for name, text in wanted.items():
            if held.get(name) != text:
                desk.store.looks.put(name, text, desk.now)

    _, change = recorded(
        desk,
        kind="site",
        what=f"set the {' and '.join(wanted)} of the site",
        work=work,
        subjects=("site/1",),
    )
    return change


def _checked(desk: Desk, name: str, text: str) -> str | None:
    if name not in SET_HERE:
        raise RequestError(f"{name} is set in config.toml only.")
    if not text:
        return None
    if getattr(desk.settings.site, name) is not None:
        raise RequestError(f"{name} stands in config.toml: change it there.")
    if name == "welcome":
        if len(text) > MOST_WELCOME:
            raise RequestError(f"welcome: at most {MOST_WELCOME:,} characters")
        return text
    try:
        return accent(text)
    except ValueError as error:
        raise RequestError(f"accent: {error}") from error
