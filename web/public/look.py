"""The look of a site: its colour, logo, own style sheet and templates; and the pages that say who is behind it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from flask import Blueprint, Flask, Response, render_template
from jinja2 import ChoiceLoader, FileSystemLoader
from markupsafe import Markup
from werkzeug.exceptions import NotFound

from feeds.actions.publish import logo_path
from feeds.config.look import LOGO_TYPES, MOST_LOGO, MOST_PAGE, MOST_STYLE, PAPER
from feeds.model.settings import Settings
from feeds.text.colours import ink_on, mixed, readable_on
from feeds.text.commonmark import markdown_as_html
from feeds.text.markup import sanitize
from web.context import WebContext
from web.server.conditional import represent

DARK_PAPER = "#16181a"
INKS = ("#ffffff", "#0d1a1a")
PAGES = {"imprint": "Imprint", "privacy": "Privacy"}
STYLE, OWN_STYLE = "/look/accent.css", "/look/own.css"
# A picture that is opened by itself runs nothing.
LOGO_POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox"


def look(context: WebContext) -> Blueprint:
    """The blueprint of `/look/…`, `/imprint` and `/privacy`: what of it the settings name."""
    views = Blueprint("look", __name__)
    site, folder = context.settings.site, context.settings.path.parent

    if site.accent is not None:
        style = accent_style(site.accent).encode()

        @views.get(STYLE)
        def accent_css() -> Response:
            return _for_a_while(context, style, "text/css; charset=utf-8")

    if site.stylesheet is not None:
        own = folder / site.stylesheet

        @views.get(OWN_STYLE)
        def own_css() -> Response:
            return _for_a_while(context, _read(own, MOST_STYLE), "text/css; charset=utf-8")

    if site.logo is not None:
        logo = folder / site.logo

        @views.get(logo_path(site.logo))
        def logo_file() -> Response:
            answer = _for_a_while(context, _read(logo, MOST_LOGO), LOGO_TYPES[logo.suffix.lower()])
            answer.headers["Content-Security-Policy"] = LOGO_POLICY
            return answer

    for name, title in PAGES.items():
        path = getattr(site, name)
        if path is not None:
            views.add_url_rule(f"/{name}", name, _page(context, folder / path, title))
    return views


def dress(app: Flask, settings: Settings) -> None:
    """Gives the app's templates what they need of the look, and the site's own templates before ours."""
    site, folder = settings.site, settings.path.parent
    if site.templates is not None:
        assert app.jinja_loader is not None
        app.jinja_loader = ChoiceLoader([FileSystemLoader(folder / site.templates), app.jinja_loader])
        app.jinja_env.auto_reload = True
    app.jinja_env.globals["look"] = {
        "styles": [f"{path}?v={version}" for path, version in _styles(settings)],
        "accent": f"{STYLE}?v={_short(accent_style(site.accent).encode())}" if site.accent else None,
        "logo": logo_path(site.logo) if site.logo else None,
        "welcome": Markup(sanitize(markdown_as_html(site.welcome))) if site.welcome else None,  # noqa: S704
        "pages": [(f"/{name}", title) for name, title in PAGES.items() if getattr(site, name)],
    }


def look_paths(settings: Settings) -> Iterator[str]:
    """The addresses that the look adds to the site."""
    site = settings.site
    yield from (path for path, _ in _styles(settings))
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


def _styles(settings: Settings) -> Iterator[tuple[str, str]]:
    site = settings.site
    if site.accent is not None:
        yield STYLE, _short(accent_style(site.accent).encode())
    if site.stylesheet is not None:
        yield OWN_STYLE, _short(_read(settings.path.parent / site.stylesheet, MOST_STYLE))


def _page(context: WebContext, path: Path, title: str) -> Any:
    def page() -> Response:
        words = Markup(sanitize(markdown_as_html(_read(path, MOST_PAGE).decode("utf-8", "replace"))))  # noqa: S704
        body = render_template("words.html", heading=title, words=words).encode()
        return context.respond(represent(body, "text/html; charset=utf-8", level=4))

    return page


def _for_a_while(context: WebContext, body: bytes, media_type: str) -> Response:
    if not body:
        raise NotFound("The file that the settings name is not there at present.")
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
