"""`./run signing …`: the keys that sign requests to sources, where `[fetch] signed` is set."""

from __future__ import annotations

import secrets

import click

from commands.output import json_option, write_json, write_table
from commands.site import site_settings, site_store
from feeds.actions.gathering.signing_keys import KeptKey, in_use, listed, make_first, origin, rotate
from feeds.clock import system_clock
from feeds.errors import RequestError
from feeds.http.request_signing import SigningKey
from feeds.model.settings import Settings

OFF = (
    "Requests to sources are not signed: set [fetch] signed = true, and [site] base_url to an https address."
)


@click.group()
def signing() -> None:
    """Show and rotate the keys that sign requests to sources."""


@signing.command()
@json_option
def show(as_json: bool) -> None:
    """List the published keys: which one signs, from when, until when."""
    settings, now = _settings(), system_clock()
    with site_store(settings) as store:
        make_first(store, secrets.token_bytes, now)
        _write(listed(store, now), as_json=as_json)


@signing.command("rotate")
@click.option("--at-once", is_flag=True, help="For a leaked key: stop listing the former keys at once.")
@json_option
def rotate_(at_once: bool, as_json: bool) -> None:
    """Make a new key. It signs after an hour; the former one stays listed for another day."""
    settings, now = _settings(), system_clock()
    with site_store(settings) as store:
        keys = rotate(store, secrets.token_bytes, now, at_once=at_once)
    _write(keys, as_json=as_json)
    if at_once and not as_json:
        click.echo(
            "Running schedulers sign with it within a minute; who kept the list learns of it within an hour."
        )


def _settings() -> Settings:
    settings = site_settings()
    if origin(settings) is None:
        raise RequestError(OFF)
    return settings


def _write(keys: tuple[KeptKey, ...], *, as_json: bool) -> None:
    signs = in_use(keys, system_clock())
    rows = [
        {
            "key_id": SigningKey.of(one.secret).key_id,
            "state": "signs" if one is signs else "waits" if one.ends_at is None else "ends",
            "used_from": f"{one.used_from:%Y-%m-%dT%H:%M:%SZ}",
            "ends_at": None if one.ends_at is None else f"{one.ends_at:%Y-%m-%dT%H:%M:%SZ}",
        }
        for one in keys
    ]
    if as_json:
        write_json(rows)
        return
    write_table(
        ("KEY", "STATE", "SIGNS FROM", "LISTED UNTIL"),
        ((row["key_id"], row["state"], row["used_from"], row["ends_at"] or "") for row in rows),
        empty="There is no key.",
    )
