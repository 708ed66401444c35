"""The settings of a source as options of commands: the keys of a `[[source]]`, in the same words."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

import click

F = TypeVar("F", bound=Callable[..., Any])
LISTS = {"topic": "topics", "only": "only", "header": "headers"}
_OPTIONS: tuple[tuple[str, str], ...] = (
    ("slug", "Its word in addresses; unset: made from its title."),
    ("title", "What we call it; unset: what it calls itself."),
    ("author", "Who wrote what has no byline."),
    ("language", "Of what states none, such as nn."),
    ("timezone", "Of dates without a zone, such as Europe/Oslo."),
    ("interval", "Ask this often, such as 30m; unset: by its rhythm."),
    ("links", "For a page: the CSS selector of its links to articles."),
    ("user", "For HTTP basic authentication, with a password."),
    ("password", "env:NAME or file:PATH; the secret itself is not kept."),
    ("user-agent", "Unset: Feedwright's own."),
    ("timeout", "Unset: [fetch] timeout."),
    ("max-bytes", "Unset: [fetch] max_bytes."),
    ("proxy", "Ask by way of that [[proxy]]."),
)


def source_options(function: F) -> F:
    """The command with an option for each setting of a source."""
    for name, text in reversed(_OPTIONS):
        function = click.option(f"--{name}", help=text)(function)
    function = click.option("--header", multiple=True, help="Sent with each request: `Name: value`.")(
        function
    )
    function = click.option(
        "--only", multiple=True, help="For sitemaps and pages: part of articles' addresses."
    )(function)
    function = click.option("--topic", multiple=True, help="A topic that every article of it belongs to.")(
        function
    )
    function = click.option(
        "--full-text/--no-full-text", default=None, help="Articles are read from their own pages."
    )(function)
    function = click.option(
        "--pictures",
        type=click.Choice(["all", "credited", "none"]),
        help="Which of its pictures may be passed on.",
    )(function)
    function = click.option(
        "--check-pages/--no-check-pages", default=None, help="Take back articles whose own page answers 410."
    )(function)
    function = click.option(
        "--complete/--no-complete",
        default=None,
        help="Its document holds all that stands: what leaves it is taken back.",
    )(function)
    function = click.option(
        "--terms-agreed/--no-terms-agreed",
        default=None,
        help="You have its leave for what its terms of use restrict.",
    )(function)
    function = click.option("--ours/--not-ours", default=None, help="It is your own.")(function)
    function = click.option(
        "--share",
        type=click.Choice(["full", "excerpt", "headline"]),
        help="What may be passed on; unset: full, of texts from pages an excerpt.",
    )(function)
    function = click.option(
        "--audience",
        type=click.Choice(["public", "private"]),
        help="Who may read it; unset: private where it needs credentials, else public.",
    )(function)
    return click.option(
        "--kind",
        type=click.Choice(["feed", "sitemap", "page", "folder"]),
        help="What is at the address; unset: a feed.",
    )(function)


def stated(options: dict[str, Any]) -> dict[str, Any]:
    """The options that were given, as keys and raw values of a `[[source]]`; an empty text takes a setting back."""
    found: dict[str, Any] = {}
    for name, value in options.items():
        if value in (None, ()):
            continue
        if name in LISTS:
            found[LISTS[name]] = [one for one in value if one] or None
        elif name == "max_bytes" and str(value).isdigit():
            found[name] = int(value)
        else:
            found[name] = None if value == "" else value
    return found


def address(text: str, kind: str | None) -> str:
    """The address as it is meant: `news.example` is one, and a folder's path is whole."""
    if kind == "folder":
        return str(Path(text).expanduser().resolve())
    if ":" not in text and not text.startswith("/") and "." in urlsplit(f"//{text}").netloc:
        return f"https://{text}"
    return text
