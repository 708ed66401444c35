"""The look of a site: its colour, logo, own style sheet and templates; and the pages that say who is behind it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from flask import Blueprint, Flask, Response, render_template
from jinja2 import ChoiceLoader, FileSystemLoader
from markupsafe import Markup
from werkzeug.exceptions import NotFound

from db.store import Store
from feeds.actions.publishing.publish import logo_path
from feeds.actions.publishing.site_look import site_look, stored_logo
from feeds.config.look import LOGO_TYPES, MOST_LOGO, MOST_PAGE, MOST_STYLE, PAPER
from feeds.model.settings import Settings, SiteSettings
from feeds.text.colours import ink_on, mixed, readable_on
from feeds.text.commonmark import markdown_as_html
from feeds.text.markup import sanitize
from web.context import WebContext
from web.language import gettext, later
from web.server.conditional import represent

DARK_PAPER = "#16181a"
INKS = ("#ffffff", "#0d1a1a")
PAGES = {"imprint": later("Imprint"), "privacy": later("Privacy")}
ASKED_EVERY = timedelta(seconds=2)
STYLE, OWN_STYLE = "/look/accent.css", "/look/own.css"
# A picture that is opened by itself runs nothing.
LOGO_POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox"


def look(context: WebContext) -> Blueprint:
    """The blueprint of `/look/…`, `/imprint` and `/privacy`: what of it the settings name."""
    views = Blueprint("look", __name__)
    site, folder = context.settings.site, context.settings.path.parent

    @views.get(STYLE)
    def accent_css() -> Response:
        chosen = site_look(context.settings.site, context.stores.get()).accent
        return _for_a_while(
            context, accent_style(chosen).encode() if chosen else b"", "text/css; charset=utf-8"
        )

    if site.stylesheet is not None:
        own = folder / site.stylesheet

        @views.get(OWN_STYLE)
        def own_css() -> Response:
            return _for_a_while(context, _read(own, MOST_STYLE), "text/css; charset=utf-8")

    @views.get("/look/logo.<ending>")
    def logo_file(ending: str) -> Response:
        store = context.stores.get()
        logo = site_look(context.settings.site, store).logo
        if logo is None or logo_path(logo) != f"/look/logo.{ending}":
            raise NotFound("The site has no such logo.")
        stored = stored_logo(logo)
        body = store.looks.file(stored) or b"" if stored else _read(folder / logo, MOST_LOGO)
        answer = _for_a_while(context, body, LOGO_TYPES[f".{ending}"])
        answer.headers["Content-Security-Policy"] = LOGO_POLICY
        return answer

    for name, title in PAGES.items():
        path = getattr(site, name)
        if path is not None:
            views.add_url_rule(f"/{name}", name, _page(context, folder / path, title))
    return views


class Look:
    """What pages show of the look; what admins set in the browser is asked for anew every two seconds."""

    def __init__(self, context: WebContext) -> None:
        self._context = context
        self._asked_at: datetime | None = None
        self._site = context.begun
        own = context.settings.site.stylesheet
        sheet = _short(_read(context.settings.path.parent / own, MOST_STYLE)) if own else ""
        self._own = f"{OWN_STYLE}?v={sheet}" if own else None
        self.pages = [(f"/{name}", title) for name, title in PAGES.items() if getattr(self._site, name)]

    @property
    def logo(self) -> str | None:
        """The address of the logo; of one that was handed in by the browser another for each picture."""
        chosen = self._now().logo
        if chosen is None:
            return None
        stored = stored_logo(chosen)
        return logo_path(chosen) + (f"?v={stored[:8]}" if stored else "")

    @property
    def accent(self) -> str | None:
        """The address of the colour's style sheet."""
        chosen = self._now().accent
        return f"{STYLE}?v={_short(chosen.encode())}" if chosen else None

    @property
    def styles(self) -> list[str]:
        """The addresses of style sheets beside ours, in their order."""
        return [one for one in (self.accent, self._own) if one]

    @property
    def welcome(self) -> Markup | None:
        """The words at the top of the home page, as HTML."""
        words = self._now().welcome
        return Markup(sanitize(markdown_as_html(words))) if words else None  # noqa: S704

    def _now(self) -> SiteSettings:
        now = self._context.clock()
        if self._asked_at is None or abs(now - self._asked_at) >= ASKED_EVERY:
            self._asked_at = now
            self._site = site_look(self._context.settings.site, self._context.stores.get())
        return self._site


def dress(app: Flask, context: WebContext) -> None:
    """Gives the app's templates what they need of the look, and the site's own templates before ours."""
    site, folder = context.settings.site, context.settings.path.parent
    if site.templates is not None:
        assert app.jinja_loader is not None
        app.jinja_loader = ChoiceLoader([FileSystemLoader(folder / site.templates), app.jinja_loader])
        app.jinja_env.auto_reload = True
    app.jinja_env.globals["look"] = Look(context)


def look_paths(settings: Settings, store: Store) -> Iterator[str]:
    """The addresses that the look adds to the site."""
    site = site_look(settings.site, store)
    if site.accent is not None:
        yield STYLE
    if site.stylesheet is not None:
        yield OWN_STYLE
    if site.logo is not None:
        yield logo_path(site.logo)
    yield from (f"/{name}" for name in PAGES if getattr(site, name) is not None)


def accent_style(accent: str) -> str:
    """The colour's style sheet: as it is on light pages, lightened until it can be read on dark ones."""
    dark = readable_on(accent, DARK_PAPER)
    schemes = (
        _variables(accent, PAPER, 0.09),
        "@media (prefers-color-scheme: dark) {\n" + _variables(dark, DARK_PAPER, 0.16) + "}\n",
    )
    return "".join(schemes)


def _variables(accent: str, paper: str, share: float) -> str:
    return (
        f":root {{ --accent: {accent}; --accent-ink: {ink_on(accent, *INKS)};"
        f" --mark: {mixed(accent, paper, share)}; }}\n"
    )


def _page(context: WebContext, path: Path, title: str) -> Any:
    def page() -> Response:
        words = Markup(sanitize(markdown_as_html(_read(path, MOST_PAGE).decode("utf-8", "replace"))))  # noqa: S704
        body = render_template("words.html", heading=gettext(title), words=words).encode()
        return context.respond(represent(body, "text/html; charset=utf-8", level=4))

    return page


def _for_a_while(context: WebContext, body: bytes, media_type: str) -> Response:
    if not body:
        raise NotFound("The file named in the settings does not exist.")
    return context.respond(represent(body, media_type))


def _read(path: Path, most: int) -> bytes:
    """The file, or nothing where it went away: what the site says otherwise goes on."""
    try:
        with path.open("rb") as file:
            return file.read(most)
    except OSError:
        return b""


def _short(body: bytes) -> str:
    return hashlib.blake2b(body, digest_size=6).hexdigest()
