"""Setting the look in the browser: what may be set there, and what the config file owns."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

from feeds.actions.editing.changes import Desk, recorded
from feeds.actions.publishing.site_look import LOGO
from feeds.config.look import LOGO_TYPES, accent, kind_of_picture
from feeds.errors import RequestError
from feeds.model.people import Change
from feeds.text.markup import one_line

SET_HERE = ("title", "accent", "welcome")
MOST_TITLE, MOST_WELCOME, MOST_LOGO = 200, 2_000, 200_000


def set_look(desk: Desk, values: Mapping[str, str]) -> Change | None:
    """Sets the look, an empty value takes back; raises RequestError for what cannot be shown or what the file owns."""
    wanted = {name: _checked(desk, name, text.strip()) for name, text in values.items()}
    return _put(desk, wanted) if wanted else None


def set_logo(desk: Desk, body: bytes | None) -> Change | None:
    """The site's logo from now on; None takes it back. Raises RequestError for what is no picture, or what the file owns."""
    if desk.settings.site.logo is not None:
        raise RequestError("logo: it stands in config.toml; change it there")
    if body is None:
        return _put(desk, {LOGO: None})
    if len(body) > MOST_LOGO:
        raise RequestError(f"logo: it has more than {MOST_LOGO:,} bytes")
    ending = kind_of_picture(body)
    if ending is None:
        raise RequestError(f"logo: that is no picture of a kind that is shown ({', '.join(LOGO_TYPES)})")
    name = f"{hashlib.blake2b(body, digest_size=10).hexdigest()}{ending}"
    desk.store.looks.put_file(name, body, desk.now)
    return _put(desk, {LOGO: name})


def _put(desk: Desk, wanted: Mapping[str, str | None]) -> Change | None:
    def work() -> None:
        former = desk.store.looks.values()
        for name, text in wanted.items():
            if former.get(name) != text:
                desk.store.looks.put(name, text, desk.now)

    former = desk.store.looks.values()
    keys = " and ".join(name for name, text in wanted.items() if former.get(name) != text) or "look"
    _, change = recorded(
        desk,
        kind="site",
        what=f"set the {keys} of the site",
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
    if name == "title":
        if len(one_line(text)) > MOST_TITLE:
            raise RequestError(f"title: at most {MOST_TITLE} characters")
        return one_line(text)
    if name == "welcome":
        if len(text) > MOST_WELCOME:
            raise RequestError(f"welcome: at most {MOST_WELCOME:,} characters")
        return text
    try:
        return accent(text)
    except ValueError as error:
        raise RequestError(f"accent: {error}") from error
