"""`./run` without a command, or `./run serve`: serves the site until a signal ends it."""

from __future__ import annotations

import logging
import os
import sys
from pathlib import Path

import click

from feeds.config.load import load_strictly
from web.server.serve import serve as serve_site


@click.command()
@click.option(
    "--no-scheduler",
    is_flag=True,
    help="Serve only. Polling is done by `scheduler`, here or on another machine.",
)
def serve(no_scheduler: bool = False) -> None:
    """Serve the site. This is the default command."""
    settings = load_strictly(Path(os.environ["FEEDWRIGHT_CONFIG"]), os.environ)
    # The parent's own log; web workers and the scheduler set up theirs.
    logging.basicConfig(
        level=settings.log.level.upper(), format="%(asctime)s %(levelname)-7s %(name)s: %(message)s"
    )
    sys.exit(serve_site(settings, os.environ, _say, has_scheduler=not no_scheduler))


def _say(text: str) -> None:
    click.echo(text)
    sys.stdout.flush()


@click.command()
def scheduler() -> None:
    """Poll and publish without serving. Any number may run, on several machines with one PostgreSQL."""
    # The scheduler is a program of its own beside the commands; it takes this process over, and its signals with it.
    os.execv(sys.executable, [sys.executable, "-m", "scheduler"])  # noqa: S606
