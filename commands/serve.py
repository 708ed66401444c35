"""`./run` without a command: serves the site until a signal ends it."""

from __future__ import annotations

import logging
import os
import sys
from pathlib import Path

import click

from feeds.config.load import load_strictly
from web.server.serve import serve as serve_site


@click.command(hidden=True)
def serve() -> None:
    """Serve the site."""
    settings = load_strictly(Path(os.environ["FEEDWRIGHT_CONFIG"]), os.environ)
    # The parent's own log; web workers and the scheduler set up theirs.
    logging.basicConfig(
        level=settings.log.level.upper(), format="%(asctime)s %(levelname)-7s %(name)s: %(message)s"
    )
    sys.exit(serve_site(settings, os.environ, _say))


def _say(text: str) -> None:
    click.echo(text)
    sys.stdout.flush()
