"""`./run init DIR`: a new site outside the checkout."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from feeds.config.load import IS_INSTALLED, SHIPPED, parse
from feeds.config.toml_writer import new_site
from feeds.errors import ConfigError, RequestError


@click.command()
@click.argument("folder", metavar="DIR", type=click.Path(file_okay=False, path_type=Path))
@click.option("--title", help="What feeds and pages call the site.")
@click.option("--base-url", help="The public address, such as https://news.example; empty: not known yet.")
@click.option("--contact", help="An e-mail address or page where people who run a source can reach you.")
@click.option("--language", help="The language of the site's own words, as a tag such as en or pt-BR.")
@click.option("--yes", is_flag=True, help="Do not ask questions; whatever is not given keeps its default.")
def init(
    folder: Path,
    title: str | None,
    base_url: str | None,
    contact: str | None,
    language: str | None,
    yes: bool,
) -> None:
    """Write DIR/config.toml and DIR/data for a new site. An existing file is never overwritten."""
    file = folder / "config.toml"
    if file.exists():
        raise RequestError(f"{file} exists and stays as it is; choose another folder, or edit that file.")
    if not IS_INSTALLED and folder.resolve() == SHIPPED.parent:
        raise RequestError(
            "A site lives outside the checkout, so that updating never touches it: choose another folder."
        )
    title = _asked(title, "Title of the site", "title", folder.resolve().name.capitalize(), yes=yes)
    base_url = _asked(base_url, "Public address (empty: not known yet)", "base_url", "", yes=yes)
    contact = _asked(contact, "Contact for people who run a source (e-mail or page)", "contact", "", yes=yes)
    language = _asked(language, "Language", "language", "en", yes=yes)
    text = new_site(title=title, base_url=base_url or None, contact=contact or None, language=language)
    parse(text, file, {})
    try:
        (folder / "data").mkdir(parents=True, exist_ok=True)
        # It may come to hold tokens: for its owner alone.
        with os.fdopen(
            os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8"
        ) as out:
            out.write(text)
    except OSError as error:
        raise RequestError(
            f"{folder} cannot be written ({error.strerror}): choose another folder."
        ) from error
    click.echo(f"Written: {file}")
    program = "feedwright" if IS_INSTALLED else "./run"
    click.echo(f"Start it:        {program} --config {file}")
    click.echo(f"Add a source:    {program} --config {file} source add https://…")


def _asked(given: str | None, question: str, key: str, default: str, *, yes: bool) -> str:
    if given is not None or yes:
        return default if given is None else given.strip()
    while True:
        try:
            answer: str = click.prompt(question, default=default, show_default=bool(default)).strip()
        except click.Abort:
            if sys.stdin.isatty():
                raise
            raise RequestError(
                f"Nobody can answer “{question}”: state --{key.replace('_', '-')}, or take the defaults with --yes."
            ) from None
        wrong = _fault(key, answer)
        if wrong is None:
            return answer
        click.echo(wrong, err=True)


def _fault(key: str, answer: str) -> str | None:
    stated = {"title": "T", "base_url": None, "contact": None, "language": "en", key: answer or None}
    if key in ("title", "language") and not answer:
        return "It cannot be empty."
    try:
        parse(
            new_site(
                title=stated["title"] or "",
                base_url=stated["base_url"],
                contact=stated["contact"],
                language=stated["language"] or "",
            ),
            Path("config.toml"),
            {},
        )
    except ConfigError as error:
        return error.problems[0].split(": ", 2)[-1]
    return None
