"""`./run alert …`: what an admin should look at."""

from __future__ import annotations

import click

from commands.output import ago, json_option, write_json, write_table
from commands.site import site_settings, site_store
from feeds.clock import system_clock


@click.group()
def alert() -> None:
    """See what needs you."""


@alert.command("list")
@json_option
def list_(as_json: bool) -> None:
    """List what is open: sources that keep failing, and whether anything outside can be reached."""
    with site_store(site_settings()) as store:
        found = store.alerts.open_ones()
    if as_json:
        write_json(
            [
                {
                    "kind": one.kind,
                    "subject": one.subject,
                    "message": one.message,
                    "opened_at": one.opened_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
                }
                for one in found
            ]
        )
        return
    now = system_clock()
    write_table(
        ("SINCE", "ABOUT", "WHAT"),
        ((ago(one.opened_at, now), one.subject or one.kind, one.message) for one in found),
        empty="Nothing needs you.",
    )
