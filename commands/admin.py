"""`./run admin …`: who may sign in to the pages under /admin."""

from __future__ import annotations

import os
import secrets

import click

from commands.output import ago, ask_leave, json_option, write_json, write_table, yes_option
from commands.site import site_settings, site_store
from db.store import Store
from feeds.actions import people
from feeds.clock import system_clock
from feeds.config.load import base_url
from feeds.model.people import Actor, Role
from feeds.model.settings import Settings


@click.group()
def admin() -> None:
    """See who may sign in to /admin, add people, make one-time links."""


@admin.command()
@click.argument("name", required=False)
@click.option("--if-none", is_flag=True, help="Print nothing where there is an admin already.")
def link(name: str | None, if_none: bool) -> None:
    """Print a one-time link: for the first admin, or for NAME to choose a password anew."""
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
@click.option(
    "--role", type=click.Choice(people.ROLES), default="admin", show_default=True, help="What they may do."
)
def add(name: str, role: Role) -> None:
    """Add NAME, who chooses a password by the link that is printed."""
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
    """Take NAME's leave to sign in; what they changed stays in the log."""
    with site_store(site_settings()) as store:
        if not yes:
            ask_leave(f"Remove {name}?")
        ended = people.remove_person(store, name, actor=_actor(), now=system_clock())
    click.echo(f"{name} is removed; {ended} sign-ins ended.")


def _link(settings: Settings, store: Store, name: str | None) -> str:
    token = people.link_for(store, name, new_secret=lambda: secrets.token_urlsafe(24), now=system_clock())
    return f"{base_url(settings)}/admin/start/{token}"


def _actor() -> Actor:
    return Actor(name=os.environ.get("USER") or "somebody", via="command")
