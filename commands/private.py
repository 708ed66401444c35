"""`./run private …`: addresses of feeds that only those know to whom they were given."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime, timedelta
from typing import get_args

import click

from commands.output import ago, json_option, write_json, write_table
from commands.site import site_settings, site_store
from commands.work import desk
from feeds.actions.editing import private_addresses
from feeds.clock import system_clock
from feeds.config.load import base_url
from feeds.model.private import PrivateAddress
from feeds.model.rights import Share
from feeds.publish.alertfeed import NAME as ALERTS
from feeds.text.dates import rfc3339


@click.group()
def private() -> None:
    """Make, list and revoke private addresses of feeds."""


@private.command()
@click.argument("name")
@click.option(
    "--feed",
    "feeds",
    multiple=True,
    help="The feed it opens, such as topics/harbour. Default: every public feed.",
)
@click.option(
    "--share",
    type=click.Choice(get_args(Share)),
    default="full",
    show_default=True,
    help="How much of each article it shows.",
)
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), help="The last day it works (UTC).")
def give(name: str, feeds: tuple[str, ...], share: Share, until: datetime | None) -> None:
    """Print a private address for NAME, this once. The database keeps only a hash."""
    settings = site_settings()
    with site_store(settings) as store:
        at = desk(settings, store)
        made, token = private_addresses.give(
            store,
            name=name,
            opened=feeds,
            share=share,
            ends_at=until.replace(tzinfo=UTC) + timedelta(days=1) if until else None,
            actor=at.actor,
            new_token=lambda: secrets.token_urlsafe(32),
            now=at.now,
        )
    first = made.feeds[0] if made.feeds else "all"
    # Alerts are a feed alone.
    first = f"{first}.atom" if first == ALERTS else first
    click.echo(f"{base_url(settings)}/p/{token}/{first}")
    click.echo(
        f"For {made.name}; feeds below it end in .atom, .rss or .json. It is shown this once."
        f" To end it: ./run private revoke {made.id}",
        err=True,
    )


@private.command("list")
@json_option
def list_(as_json: bool) -> None:
    """List private addresses: for whom, what they open, their last use. The addresses themselves are not stored."""
    with site_store(site_settings()) as store:
        rows, now = store.private.every(), system_clock()
    if as_json:
        write_json(
            [
                {
                    "id": one.id,
                    "name": one.name,
                    "feeds": one.feeds,
                    "share": one.share,
                    "made_at": rfc3339(one.made_at),
                    "ends_at": rfc3339(one.ends_at) if one.ends_at else None,
                    "used_at": rfc3339(one.used_at) if one.used_at else None,
                    "revoked_at": rfc3339(one.revoked_at) if one.revoked_at else None,
                    "state": _state(one, now),
                }
                for one in rows
            ]
        )
        return
    write_table(
        ("ID", "FOR", "OPENS", "SHOWS", "STATE", "LAST USED"),
        (
            (
                one.id,
                one.name,
                ", ".join(one.feeds) or "every public feed",
                one.share,
                _state(one, now),
                ago(one.used_at, now) if one.used_at else "never",
            )
            for one in rows
        ),
        empty="There are no private addresses: ./run private give NAME",
    )


@private.command()
@click.argument("address_id", metavar="ID", type=int)
def revoke(address_id: int) -> None:
    """Revoke a private address at once, for good."""
    settings = site_settings()
    with site_store(settings) as store:
        at = desk(settings, store)
        found = private_addresses.revoke(store, address_id, actor=at.actor, now=at.now)
    click.echo(f"The address of {found.name} no longer works.")


def _state(one: PrivateAddress, now: datetime) -> str:
    if one.revoked_at is not None:
        return "revoked"
    return "open" if one.is_open(now) else "ended"
