"""`./run digest …`: who gets feeds by e-mail."""

from __future__ import annotations

import click

from commands.output import ago, json_option, write_json, write_table
from commands.site import site_settings, site_store
from feeds.actions.delivering import digests
from feeds.clock import system_clock
from feeds.errors import NotFoundError
from feeds.text.dates import rfc3339


@click.group()
def digest() -> None:
    """List e-mail digests, or end one on request."""


@digest.command("list")
@click.option("--most", type=click.IntRange(1, 100_000), default=100, show_default=True)
@json_option
def list_(most: int, as_json: bool) -> None:
    """List digests, newest first. The output holds people's addresses: keep it to yourself."""
    settings = site_settings()
    with site_store(settings) as store:
        rows, now = store.digests.every(most=most), system_clock()
    if as_json:
        write_json(
            [
                {
                    "id": one.id,
                    "email": one.email,
                    "feed": one.key.path(),
                    "rhythm": one.rhythm,
                    "state": one.state,
                    "asked_at": rfc3339(one.asked_at),
                    "told_at": rfc3339(one.told_at) if one.told_at else None,
                    "next_at": rfc3339(one.next_at) if one.next_at else None,
                    "detail": one.detail,
                }
                for one in rows
            ]
        )
        return
    if not digests.is_on(settings):
        click.echo("Mail cannot be sent: set [mail] sender and [site] base_url.", err=True)
    write_table(
        ("ID", "ADDRESS", "FEED", "RHYTHM", "STATE", "LAST MAIL"),
        (
            (
                one.id,
                one.email,
                one.key.path(),
                one.rhythm,
                one.state,
                ago(one.told_at, now) if one.told_at else "–",
            )
            for one in rows
        ),
        empty="Nobody has asked for a feed by e-mail yet.",
    )


@digest.command()
@click.argument("digest_id", metavar="ID", type=int)
def end(digest_id: int) -> None:
    """End a digest. Nothing more is mailed."""
    with site_store(site_settings()) as store:
        found = store.digests.get(digest_id)
        if found is None:
            raise NotFoundError(f"There is no digest {digest_id}: ./run digest list names them all.")
        digests.end(store, digest_id, detail="an admin ended it")
    click.echo(f"{found.email} gets {found.key.path()} no more.")
