"""`./run admin …`: who may sign in to the pages under /admin."""

from __future__ import annotations

import os
import secrets
from datetime import date

import click

from commands.output import ago, ask_leave, json_option, write_json, write_table, yes_option
from commands.site import site_settings, site_store
from db.store import Store
from feeds.actions.accounts import people, tokens
from feeds.clock import system_clock
from feeds.config import values
from feeds.config.load import base_url
from feeds.model.people import ROLES, Actor, Role
from feeds.model.settings import Settings


@click.group()
def admin() -> None:
    """List who may sign in to /admin, add people, make one-time links."""


@admin.command()
@click.argument("name", required=False)
@click.option("--if-none", is_flag=True, help="Print nothing if there is an admin already.")
def link(name: str | None, if_none: bool) -> None:
    """Print a one-time link: for the first admin, or for NAME to choose a new password."""
    settings = site_settings()
    if if_none and not settings.admin.is_on:
        return
    with site_store(settings) as store:
        if if_none and people.has_admin(store):
            return
        made = _link(settings, store, name)
    whose = f"{name} chooses a password" if name else "The first admin begins"
    click.echo(f"{whose} here (once, within a day): {made}")
    if not settings.admin.is_on:
        click.echo("The admin pages are switched off: set [admin] is_on = true.", err=True)


@admin.command()
@click.argument("name")
@click.option("--role", type=click.Choice(ROLES), default="admin", show_default=True, help="Their role.")
def add(name: str, role: Role) -> None:
    """Add NAME and print a link for choosing a password."""
    settings = site_settings()
    with site_store(settings) as store:
        person = people.add_person(store, name, role, actor=_actor(), now=system_clock())
        made = _link(settings, store, person.name)
    click.echo(f"{person.name} is added as {role} and chooses a password here (once, within a day): {made}")


@admin.command("list")
@json_option
def list_(as_json: bool) -> None:
    """List who may sign in."""
    with site_store(site_settings()) as store:
        found = store.people.every()
        open_ones = {one.id: len(store.people.sign_ins(one.id)) for one in found}
    if as_json:
        write_json(
            [
                {
                    "name": one.name,
                    "role": one.role,
                    "has_password": one.password is not None,
                    "passkeys": one.passkeys,
                    "email": one.email,
                    "has_single_sign_on": one.subject is not None,
                    "seen_at": one.seen_at,
                    "sign_ins": open_ones[one.id],
                }
                for one in found
            ]
        )
        return
    now = system_clock()
    write_table(
        ("NAME", "ROLE", "PASSWORD", "LAST SEEN", "SIGN-INS"),
        (
            (
                one.name,
                one.role,
                "chosen" if one.password else "not chosen yet",
                ago(one.seen_at, now),
                open_ones[one.id],
            )
            for one in found
        ),
        empty="Nobody can sign in yet: ./run admin link",
    )


@admin.command()
@click.argument("name")
@yes_option
def remove(name: str, yes: bool) -> None:
    """Remove NAME. Their changes stay in the log."""
    with site_store(site_settings()) as store:
        if not yes:
            ask_leave(f"Remove {name}?")
        ended = people.remove_person(store, name, actor=_actor(), now=system_clock())
    click.echo(f"{name} is removed; {ended} sign-ins ended.")


@admin.command()
@click.argument("name")
@click.option(
    "--role", type=click.Choice(ROLES), required=True, help="The token's role: at most that of NAME."
)
@click.option("--ends", help="The last day it works, such as 2027-12-31. Default: no end.")
def token(name: str, role: Role, ends: str | None) -> None:
    """Make a token with which NAME's scripts write to the API, and print it once."""
    ends_on = None
    if ends is not None:
        try:
            ends_on = date.fromisoformat(values.day(ends))
        except ValueError as error:
            raise click.UsageError(f"--ends: {error}") from error
    with site_store(site_settings()) as store:
        made = tokens.new_token(
            store, name, role, ends_on=ends_on, entropy=os.urandom, actor=_actor(), now=system_clock()
        )
    click.echo(made)
    click.echo("It is not shown again. Send it as Authorization: Bearer TOKEN (docs/api.md).", err=True)


@admin.command("tokens")
@click.argument("name")
@click.option("--take-back", "begin", help="Revoke the token that begins like this.")
@json_option
def tokens_(name: str, begin: str | None, as_json: bool) -> None:
    """List NAME's tokens, or revoke one."""
    with site_store(site_settings()) as store:
        if begin is not None:
            done = tokens.take_token_back(store, name, begin, actor=_actor(), now=system_clock())
            click.echo(f"The token {done}… is revoked.")
            return
        found = store.tokens.of_person(people.found_person(store, name).id)
    if as_json:
        write_json(
            [
                {
                    "begin": one.begin,
                    "role": one.role,
                    "made_at": one.made_at,
                    "ends": one.ends_on.isoformat() if one.ends_on else None,
                    "used_at": one.used_at,
                }
                for one in found
            ]
        )
        return
    now = system_clock()
    write_table(
        ("TOKEN", "ROLE", "MADE", "ENDS", "LAST USED"),
        (
            (f"{one.begin}…", one.role, ago(one.made_at, now), one.ends_on or "never", ago(one.used_at, now))
            for one in found
        ),
        empty=f"None yet: ./run admin token {name} --role editor",
    )


def _link(settings: Settings, store: Store, name: str | None) -> str:
    token = people.link_for(store, name, new_secret=lambda: secrets.token_urlsafe(24), now=system_clock())
    return f"{base_url(settings)}/admin/start/{token}"


def _actor() -> Actor:
    return Actor(name=os.environ.get("USER") or "somebody", via="command")
