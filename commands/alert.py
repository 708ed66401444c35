"""`./run alert …`: what an admin should look at."""

from __future__ import annotations

import asyncio

import click

from commands.output import ago, json_option, write_json, write_table
from commands.site import site_settings, site_store
from feeds.actions.operating.alert_sending import CHANNEL
from feeds.clock import system_clock
from feeds.model.alerts import Line, Notice
from feeds.model.kept import Alert
from feeds.model.settings import Settings
from parts.channels import open_channels, open_heartbeat, site_address
from parts.polling import open_transport

TEST_WORDS = "This is a test, asked for by `./run alert test`. If you read it, alerts reach you this way."


@click.group()
def alert() -> None:
    """List open alerts, and test the alert channels."""


@alert.command("list")
@json_option
def list_(as_json: bool) -> None:
    """List open alerts: failing sources, network trouble and everything else that needs you."""
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


@alert.command("test")
@json_option
def test(as_json: bool) -> None:
    """Send a test message through every channel of [alerts], and print the results. Exit code 1 if one fails."""
    settings = site_settings()
    found = asyncio.run(_tried(settings))
    now = system_clock()
    with site_store(settings) as store:
        for name, fault in found.items():
            if fault is None:
                store.alerts.close(CHANNEL, name, now)
    if as_json:
        write_json(
            [{"channel": name, "ok": fault is None, "told": fault or ""} for name, fault in found.items()]
        )
    else:
        write_table(
            ("CHANNEL", "WHAT CAME OF IT"),
            ((name, fault or "taken") for name, fault in found.items()),
            empty="Nobody is told: set [alerts] to, webhook or command (docs/operate.md).",
        )
    if any(found.values()):
        raise SystemExit(1)


async def _tried(settings: Settings) -> dict[str, str | None]:
    now = system_clock()
    alert_ = Alert(kind="test", subject="", message=TEST_WORDS, opened_at=now)
    notice = Notice(
        site=settings.site.name,
        base_url=site_address(settings),
        lines=(Line(how="opened", kind="test", text=TEST_WORDS, alerts=(alert_,)),),
    )
    send = open_transport(settings)
    try:
        found = {one.name: await one.send(notice, now) for one in open_channels(settings, send)}
        heartbeat = open_heartbeat(settings, send)
        if heartbeat is not None:
            found[heartbeat.name] = await heartbeat.beat()
    finally:
        await send.close()
    return found
