"""`./run config …`: is the file right, and the store as a file."""

from __future__ import annotations

import os

import click

from commands.output import counted, json_option, write_json
from commands.site import site_settings, site_store
from feeds.actions.declaring.export import stored_declarations
from feeds.actions.operating.tidy import purge_of
from feeds.clock import system_clock
from feeds.config.toml_writer import declarations_toml
from feeds.errors import ConfigError, FeedwrightError
from feeds.model.settings import Settings
from feeds.text.urls import is_secret
from parts.backups import SQLITE_ONLY, database_file
from parts.store import open_store


@click.group()
def config() -> None:
    """Check the config file, or export the store as one."""


@config.command()
@json_option
def check(as_json: bool) -> None:
    """Report every mistake in the config file at once. Exit code 1 if there is one."""
    try:
        settings = site_settings()
    except ConfigError as error:
        if as_json:
            write_json({"file": os.environ["FEEDWRIGHT_CONFIG"], "ok": False, "problems": error.problems})
        else:
            click.echo("\n".join(error.problems))
        raise SystemExit(1) from error
    declared = settings.declarations
    if as_json:
        write_json({"file": str(settings.path), "ok": True, "problems": []})
        return
    others = ((declared.lists, "list"), (declared.mixes, "mix"), (declared.partners, "partner"))
    found = [
        (declared.sources, "source"),
        (declared.topics, "topic"),
        (declared.authors, "author"),
        *((several, noun) for several, noun in others if several),
    ]
    kinds = ", ".join(counted(len(several), noun) for several, noun in found)
    click.echo(f"{settings.path} is right: {kinds} declared.")
    if settings.backup.every is not None and database_file(settings) is None:
        click.echo(SQLITE_ONLY)
    _warn_of_purge(settings)


def _warn_of_purge(settings: Settings) -> None:
    """How much [keep] articles would take from what is stored, where there is a store."""
    if settings.keep.articles is None:
        return
    try:
        store = open_store(settings)
    except FeedwrightError:
        return
    try:
        found = purge_of(store, settings.keep.articles, system_clock())
    finally:
        store.close()
    if found.count:
        click.echo(f"[keep] articles would delete {found.count:,} of {found.total:,} stored articles.")
    if found.is_large:
        click.echo("That is so much that it waits for `./run tidy --yes`.")


@config.command()
def export() -> None:
    """Print every source, topic and author as declarations, including addresses with secrets."""
    with site_store(site_settings()) as store:
        stored = stored_declarations(store)
    click.echo(declarations_toml(stored), nl=False)
    secret = [one.slug or one.url for one in stored.sources if is_secret(one.url)]
    if secret:
        click.echo(
            f"Keep this to yourself: the address of {', '.join(secret[:5])}{' and others' if len(secret) > 5 else ''}"
            " holds a secret.",
            err=True,
        )
