"""`./run partner webhook …`: what a partner's addresses are told by, whether they take it, and telling it again."""

from __future__ import annotations

import asyncio
import os
import secrets
from datetime import UTC, datetime, timedelta

import click

from commands.output import ago, counted, json_option, write_json, write_table
from commands.site import site_settings, site_store
from db.store import Store
from feeds.actions.declaring.partners import found_partner
from feeds.actions.delivering import webhook_tests, webhooks
from feeds.actions.delivering.deliveries import SendTools
from feeds.clock import system_clock
from feeds.errors import RequestError
from feeds.model.deliveries import Sent
from feeds.model.people import Actor
from feeds.model.settings import Settings
from parts.polling import open_transport


@click.group()
def webhook() -> None:
    """Make the secret of a partner's webhooks, test them, list their state, replay past changes."""


@webhook.command("list")
@click.argument("slug")
@json_option
def list_(slug: str, as_json: bool) -> None:
    """List the partner's webhook addresses, their feeds and their state."""
    settings, now = site_settings(), system_clock()
    with site_store(settings) as store:
        partner = found_partner(store, slug)
        has_secret = bool(store.partners.hook_secrets(partner.id, now))
        webhooks.sync_webhooks(store, settings, now)
        found = webhooks.receivers_of(store, partner)
        feeds = store.feeds.of_ids([one.feed_id for one in found])
    rows = [
        {
            "url": one.url,
            "feed": feeds[one.feed_id].key.path()[1:] if one.feed_id in feeds else None,
            "state": one.state,
            "told": one.told_count,
            "told_at": one.told_at and one.told_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "detail": one.detail,
        }
        for one in found
    ]
    if as_json:
        write_json(rows)
        return
    write_table(
        ("ADDRESS", "FEED", "STATE", "DELIVERIES", "LAST", "DETAIL"),
        (
            (
                row["url"],
                row["feed"] or "gone",
                row["state"],
                row["told"],
                ago(one.told_at, now),
                row["detail"],
            )
            for row, one in zip(rows, found, strict=True)
        ),
        empty=f"It has no webhook: ./run partner set {slug} --webhook URL"
        if has_secret
        else f"Webhooks begin with their secret: ./run partner webhook secret {slug}",
    )


@webhook.command()
@click.argument("slug")
def secret(slug: str) -> None:
    """Make the secret that signs messages to SLUG and print it once. The former one stays valid for a day."""
    settings, now = site_settings(), system_clock()
    actor = Actor(name=os.environ.get("USER") or "somebody", via="command")
    with site_store(settings) as store:
        made = webhooks.new_webhook_secret(store, slug, os.urandom, actor=actor, settings=settings, now=now)
    click.echo(made)
    click.echo("It is shown this once. Verify webhook-signature with it (standardwebhooks.com).", err=True)


@webhook.command()
@click.argument("slug")
@json_option
def test(slug: str, as_json: bool) -> None:
    """Send a signed test message to each address of SLUG, and print the answers. Exit code 1 if one fails."""
    settings = site_settings()
    with site_store(settings) as store:
        found = asyncio.run(_tried(store, slug, settings))
    if as_json:
        write_json(
            [
                {"url": url, "ok": sent.is_taken, "status": sent.status, "told": sent.detail}
                for url, sent in found
            ]
        )
    else:
        rows = ((url, f"took it ({sent.status})" if sent.is_taken else sent.detail) for url, sent in found)
        write_table(("ADDRESS", "WHAT CAME OF IT"), rows, empty="It has no webhook.")
    if not all(sent.is_taken for _, sent in found):
        raise SystemExit(1)


@webhook.command()
@click.argument("slug")
@click.option("--since", required=True, help="Since when: 2026-11-20, 2026-11-20T14:00Z, 3d or 12h.")
def replay(slug: str, since: str) -> None:
    """Send SLUG the changes since a moment in the last seven days again: each article once, as it is now."""
    settings, now = site_settings(), system_clock()
    with site_store(settings) as store:
        count = webhooks.replay(store, slug, _moment(since, now), settings=settings, now=now)
    count_text = counted(count, "receiver")
    click.echo(
        f"{count_text[:1].upper()}{count_text[1:]} will be told again."
        if count
        else "There is nobody to tell."
    )


async def _tried(store: Store, slug: str, settings: Settings) -> list[tuple[str, Sent]]:
    transport = open_transport(settings)
    tools = SendTools(
        transport=transport,
        settings=settings,
        clock=system_clock,
        new_secret=lambda: secrets.token_urlsafe(32),
    )
    try:
        return await webhook_tests.send_test(store, slug, tools, lambda: secrets.token_hex(16))
    finally:
        await transport.close()


def _moment(text: str, now: datetime) -> datetime:
    units = {"d": "days", "h": "hours", "m": "minutes"}
    try:
        if text[-1:] in units and text[:-1].isdigit():
            return now - timedelta(**{units[text[-1]]: int(text[:-1])})
        found = datetime.fromisoformat(text)
    except (ValueError, OverflowError):
        raise RequestError(f"Expected a time such as 2026-11-20 or 3d, not {text!r}.") from None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
