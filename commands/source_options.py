"""The settings of a source as options of commands: the keys of a `[[source]]`, in the same words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

import click

from feeds.model.incoming import SourceOptions

IS_PRIVATE = (
    "It needs credentials, so its articles are stored but not published. If you may publish them:"
    " ./run source set {} --audience public"
)
"""What is said of a source that has become private by its credentials; its slug is laid in."""

F = TypeVar("F", bound=Callable[..., Any])
LISTS = {"topic": "topics", "only": "only", "header": "headers"}
_OPTIONS: tuple[tuple[str, str], ...] = (
    ("slug", "Its name in addresses. Default: made from its title."),
    ("title", "Its name on this site. Default: the name it gives itself."),
    ("author", "Author of articles without a byline."),
    ("language", "Language of articles that state none, such as nn."),
    ("timezone", "Time zone of dates without one, such as Europe/Oslo."),
    ("interval", "How often to poll, such as 30m. Default: adapted to how often it publishes."),
    ("links", "For a page: a CSS selector for its links to articles."),
    ("user", "For HTTP basic authentication, with a password."),
    ("password", "env:NAME or file:PATH; the password itself is not stored."),
    ("user-agent", "Default: Feedwright's own."),
    ("timeout", "Default: [fetch] timeout."),
    ("max-bytes", "Default: [fetch] max_bytes."),
    ("proxy", "Send requests through this [[proxy]]."),
)


def source_options(function: F) -> F:
    """The command with an option for each setting of a source."""
    for name, text in reversed(_OPTIONS):
        function = click.option(f"--{name}", help=text)(function)
    function = click.option(
        "--header", multiple=True, help="An HTTP header to send with each request, as `Name: value`."
    )(function)
    function = click.option(
        "--only", multiple=True, help="For sitemaps and pages: only articles whose address contains this."
    )(function)
    function = click.option("--topic", multiple=True, help="A topic for all of its articles; repeatable.")(
        function
    )
    function = click.option(
        "--full-text/--no-full-text", default=None, help="Read each article from its own page."
    )(function)
    function = click.option(
        "--pictures",
        type=click.Choice(["all", "credited", "none"]),
        help="Which of its pictures are passed on.",
    )(function)
    function = click.option(
        "--check-pages/--no-check-pages",
        default=None,
        help="Withdraw articles whose own page answers 410 Gone.",
    )(function)
    function = click.option(
        "--complete/--no-complete",
        default=None,
        help="The feed lists every article it still publishes; articles that leave it are withdrawn.",
    )(function)
    function = click.option(
        "--terms-agreed/--no-terms-agreed",
        default=None,
        help="You have permission for what its terms of use restrict.",
    )(function)
    function = click.option("--ours/--not-ours", default=None, help="This is your own publication.")(function)
    function = click.option(
        "--share",
        type=click.Choice(["full", "excerpt", "headline"]),
        help="How much of each article is passed on. Default: full; an excerpt for text read from pages.",
    )(function)
    function = click.option(
        "--audience",
        type=click.Choice(["public", "private"]),
        help="Who may read it. Default: private if it needs credentials, otherwise public.",
    )(function)
    return click.option(
        "--kind",
        type=click.Choice(["feed", "sitemap", "page", "folder"]),
        help="What is at the address. Default: a feed.",
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


def options_json(options: SourceOptions) -> dict[str, Any]:
    """The options as `--json` tells them: headers by their names, the password never; `audience` is told in its own way."""
    return {
        one.name: _value_json(one.name, getattr(options, one.name))
        for one in fields(options)
        if one.name not in ("password", "audience")
    }


def _value_json(name: str, value: Any) -> Any:
    if name == "headers":
        return [line.partition(":")[0] for line in value]
    if isinstance(value, timedelta):
        return value.total_seconds()
    return list(value) if isinstance(value, tuple) else value


def address(text: str, kind: str | None) -> str:
    """The address as it is meant: `news.example` is one, and a folder's path is whole."""
    if kind == "folder":
        return str(Path(text).expanduser().resolve())
    if ":" not in text and not text.startswith("/") and "." in urlsplit(f"//{text}").netloc:
        return f"https://{text}"
    return text
