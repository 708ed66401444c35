"""`./run freeze DIR`: the whole public site as files, for nginx or Caddy."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from commands.output import counted
from commands.site import site_settings, site_store
from feeds.clock import system_clock
from web.freeze.freezing import SERVERS
from web.freeze.freezing import freeze as freeze_site

REPORT_EVERY = 2000
"""Addresses between two lines, where nobody sees a line that moves."""


@click.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path, file_okay=False))
@click.option(
    "--server",
    "servers",
    multiple=True,
    type=click.Choice(SERVERS),
    help="Write the configuration for this server only.",
)
@click.option(
    "--since",
    is_flag=True,
    expose_value=False,
    help="Update an earlier freeze. This is the default.",
)
def freeze(folder: Path, servers: tuple[str, ...]) -> None:
    """Write the public site to DIR as files, with configurations for nginx and Caddy.

    A second run writes what changed, and removes what is gone. docs/freeze.md says the rest.
    """
    settings = site_settings()
    with site_store(settings) as store:
        found = freeze_site(
            settings, store, folder, now=system_clock(), servers=servers or SERVERS, progress=_progress
        )
    if sys.stderr.isatty():
        click.echo("", err=True)
    click.echo(
        f"{found.addresses:,} addresses, {found.moved:,} moved, {found.gone:,} gone:"
        f" {counted(found.written, 'file')} written, {found.kept:,} kept, {found.removed:,} removed."
    )
    if settings.site.base_url is None:
        warning = (
            "[site] base_url is not set: all files name the listening address. Set it, and freeze again."
        )
        click.echo(warning, err=True)
    click.echo(
        f"{folder / 'current'} leads to {found.path.name}. Tell your web server: reload its configuration."
    )


def _progress(done: int, total: int, at: str) -> None:
    if sys.stderr.isatty():
        if done % 50 == 0:
            click.echo(f"\r{min(99, done * 100 // total)} %  {at[:60]:60}", err=True, nl=False)
    elif done % REPORT_EVERY == 0:
        click.echo(f"{min(99, done * 100 // total)} %  {at}", err=True)
