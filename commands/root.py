"""The root of all commands: serves when none is named, else loads the one group that is asked for."""

from __future__ import annotations

import os
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

import click

from feeds import VERSION
from feeds.config.load import ENV_PREFIX, IS_INSTALLED, SHIPPED
from feeds.errors import ConfigError, FeedwrightError

GROUPS = {
    "init": ("commands.init", "Write a new site into a folder."),
    "source": ("commands.source", "Add, list, show, pause, resume, remove or poll sources."),
    "list": ("commands.list", "Follow lists of sources that others maintain, and check such lists."),
    "topic": ("commands.topic", "Add and list topics, see labels, try a rule."),
    "author": ("commands.author", "List authors."),
    "feed": ("commands.feed", "Check feeds against the rules of partners."),
    "mix": ("commands.mix", "Save mixes as feeds of their own."),
    "article": ("commands.article", "Show one article."),
    "partner": ("commands.partner", "Add partners, say what they may read, make their keys."),
    "opml": ("commands.opml", "Read and write lists of sources (OPML)."),
    "config": ("commands.config", "Check the config file, or export the store as one."),
    "db": ("commands.db", "Migrate, check, back up, restore or copy the database."),
    "job": ("commands.job", "List or cancel the scheduler's jobs."),
    "tidy": ("commands.tidy", "Delete articles older than [keep] articles."),
    "digest": ("commands.digest", "See who gets feeds by e-mail, and end what is asked of you."),
    "private": ("commands.private", "Give out private addresses of feeds, and take them back."),
    "admin": ("commands.admin", "List who may sign in to /admin, add people, make one-time links."),
    "log": ("commands.log", "Show who changed what, and undo it."),
    "hub": ("commands.hub", "List the push subscribers of your feeds, and end subscriptions."),
    "alert": ("commands.alert", "List open alerts, and test the alert channels."),
    "signing": ("commands.signing", "Show and rotate the keys that sign requests to sources."),
    "freeze": ("commands.freeze", "Write the whole public site as files, for nginx or Caddy."),
    "doctor": ("commands.doctor", "Look for what is wrong, and say how to cure it."),
    "serve": ("commands.serve", "Serve the site, with its scheduler or without."),
    "scheduler": ("commands.serve", "Poll and publish without serving, for several machines."),
}


class LazyGroup(click.Group):
    """A group that imports a command's module only when it runs: `./run` itself starts small."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names, in the order of the table."""
        return list(GROUPS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name; None if there is none."""
        return _loaded(GROUPS[cmd_name][0], cmd_name) if cmd_name in GROUPS else None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Lists the groups without loading any."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in GROUPS.items()])

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command and what is left; an unknown name is told with all that there are."""
        if args and args[0] not in GROUPS:
            raise click.UsageError(f"There is no command {args[0]!r}; there are {', '.join(GROUPS)}.", ctx)
        return super().resolve_command(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:
        """What the command answers; our own errors become a sentence and exit code 1."""
        try:
            return super().invoke(ctx)
        except ConfigError as error:
            raise click.ClickException(
                "The config file cannot be used:\n" + "\n".join(error.problems)
            ) from error
        except FeedwrightError as error:
            raise click.ClickException(str(error)) from error


@click.group(cls=LazyGroup, invoke_without_command=True)
@click.option("--config", "config_path", type=click.Path(path_type=Path), help="The config file of the site.")
@click.option("--host", help="Listen here instead of [web] host.")
@click.option("--port", type=click.IntRange(1, 65535), help="Listen on this port instead of [web] port.")
@click.version_option(VERSION, message="Feedwright %(version)s")
@click.pass_context
def cli(ctx: click.Context, config_path: Path | None, host: str | None, port: int | None) -> None:
    """Feedwright gathers articles from many sources and publishes them as feeds.

    Without a command it serves: the demonstration, or the site of --config FILE.
    """
    named = config_path or Path(os.environ.get("FEEDWRIGHT_CONFIG", SHIPPED))
    os.environ["FEEDWRIGHT_CONFIG"] = str(named.resolve())
    if IS_INSTALLED and named == SHIPPED:
        # The demonstration of an installed program: its own folder is not for data.
        os.environ.setdefault(f"{ENV_PREFIX}DATABASE_URL", str(_data_folder(os.environ) / "demonstration.db"))
    if host is not None:
        os.environ[f"{ENV_PREFIX}WEB_HOST"] = host
    if port is not None:
        os.environ[f"{ENV_PREFIX}WEB_PORT"] = str(port)
    if ctx.invoked_subcommand is None:
        ctx.invoke(_loaded("commands.serve", "serve"))


def main() -> None:
    """What `feedwright` runs where it is installed from a wheel."""
    # Whatever stands in the folder from which it is started is none of our modules, also for our processes.
    os.environ.setdefault("PYTHONSAFEPATH", "1")
    cli(prog_name="feedwright")


def _data_folder(environ: Mapping[str, str]) -> Path:
    """Where data of a user's programs belongs (XDG)."""
    stated = environ.get("XDG_DATA_HOME")
    return (Path(stated) if stated else Path.home() / ".local/share") / "feedwright"


def _loaded(module: str, name: str) -> click.Command:
    loaded = import_module(module)
    # `list` is a name of Python's own: that group bears it with a line after it.
    found: click.Command = getattr(loaded, name, None) or getattr(loaded, f"{name}_")
    return found
