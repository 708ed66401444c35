"""`./run tidy`: deletes now what `[keep]` says, also where that is so much that the scheduler asks first."""

from __future__ import annotations

from datetime import datetime

import click

from commands.db import backup_path
from commands.output import counted, dry_run_option, yes_option
from commands.site import site_settings, site_store
from db.store import Store
from feeds.actions.operating.tidy import purge_all, purge_of
from feeds.actions.publishing.publish import publish_touched
from feeds.clock import system_clock
from feeds.errors import RequestError
from feeds.model.settings import KeepSettings


@click.command()
@yes_option
@dry_run_option
def tidy(yes: bool, dry_run: bool) -> None:
    """Delete articles older than [keep] articles. A backup is written first."""
    settings = site_settings()
    keep_for = settings.keep.articles
    now = system_clock()
    with site_store(settings) as store:
        _print_others(store, settings.keep, now)
        if keep_for is None:
            click.echo("[keep] articles is not set: articles are kept for ever.")
            return
        found = purge_of(store, keep_for, now)
        verb = "is" if found.count == 1 else "are"
        click.echo(f"{counted(found.count, 'article')} of {found.total:,} {verb} older than [keep] articles.")
        if dry_run or not found.count:
            return
        if not yes:
            raise RequestError("Say --yes to delete them; their content is gone then.")
        copy = backup_path(settings, "before-tidy")
        if copy is not None:
            store.upkeep.backup(str(copy))
            click.echo(f"Backup: {copy}")
        gone = purge_all(store, keep_for, now)
        publish_touched(store, now)
    click.echo(f"{counted(gone, 'article')} deleted.")


def _print_others(store: Store, keep: KeepSettings, now: datetime) -> None:
    """What the scheduler lets go of without asking."""
    old = store.articles.count_old_versions(before=now - keep.versions) if keep.versions else 0
    unread = store.feeds.count_unread(before=now - keep.rendered)
    if old:
        click.echo(
            f"{counted(old, 'former version')} {'is' if old == 1 else 'are'} older than [keep] versions."
            " The scheduler deletes them, some every ten minutes."
        )
    if unread:
        click.echo(
            f"The bytes of {counted(unread, 'feed')} were asked for by nobody within [keep] rendered; they go, too."
        )
