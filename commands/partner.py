"""`./run partner …`: who reads our feeds and API under a name, and their keys."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any, TypeVar, get_args

import click
import msgspec

from commands import partner_webhook
from commands.output import ask_leave, json_option, write_json, write_table, yes_option
from commands.site import site_settings, site_store
from commands.work import desk
from db.store import Store
from feeds.actions.declaring import partners
from feeds.actions.delivering.partner_links import new_link
from feeds.actions.editing import partner_edits
from feeds.actions.publishing.publish import site_info
from feeds.clock import system_clock
from feeds.config import values
from feeds.errors import RequestError
from feeds.model.partners import EVENTS, HookForm, Partner, PartnerSpec
from feeds.model.people import Actor
from feeds.model.statements import COUNTED, month_of
from feeds.publish.statements import csv_lines, statement_answer

F = TypeVar("F", bound=Callable[..., Any])
NONE = "none"


def _options(work: F) -> F:
    for option in reversed(
        (
            click.option("--contact", help="Whom to write to: an e-mail address or a page."),
            click.option("--feed", "feeds", multiple=True, help="A feed or mix they may read; repeatable."),
            click.option(
                "--share",
                type=click.Choice(["full", "excerpt", "headline"]),
                help="The most they may read of each article.",
            ),
            click.option("--quota", help=f"Requests per day, or {NONE}."),
            click.option(
                "--webhook",
                "webhooks",
                multiple=True,
                help=f"An address to notify of changes; repeatable; or {NONE}.",
            ),
            click.option(
                "--webhook-event",
                "webhook_events",
                multiple=True,
                type=click.Choice(EVENTS),
                help="An event to notify of; repeatable.",
            ),
            click.option(
                "--webhook-feed", "webhook_feeds", multiple=True, help="A feed to notify of; repeatable."
            ),
            click.option("--webhook-form", type=click.Choice(get_args(HookForm)), help="The format to send."),
            click.option("--ends", help=f"The last day their keys work, such as 2027-12-31, or {NONE}."),
        )
    ):
        work = option(work)
    return work


@click.group()
def partner() -> None:
    """Add partners, set what they may read, make and revoke their keys."""


partner.add_command(partner_webhook.webhook)


@partner.command()
@click.argument("slug")
@click.argument("name")
@_options
def add(slug: str, name: str, **stated: Any) -> None:
    """Add the partner NAME under the name SLUG. Make a key with `./run partner key SLUG`."""
    settings = site_settings()
    spec = PartnerSpec(
        slug=_checked(values.slug, slug), name=_checked(values.filled, name), **_stated(stated)
    )
    with site_store(settings) as store:
        made = partner_edits.add_partner(desk(settings, store), spec)
        notice = partner_edits.missing_notice(store, made.spec)
    click.echo(f"{made.spec.name} is added. Their key: ./run partner key {made.spec.slug}")
    _say(notice)


@partner.command("set")
@click.argument("slug")
@click.option("--name", help="Their name.")
@click.option("--every-feed", is_flag=True, help="They may read everything public.")
@_options
def set_(slug: str, name: str | None, every_feed: bool, **stated: Any) -> None:
    """Change a partner."""
    settings = site_settings()
    changes = _stated(stated) | ({"name": _checked(values.filled, name)} if name else {})
    changes |= {"feeds": ()} if every_feed else {}
    if not changes:
        raise click.UsageError("Say what to change; --help lists the options.")
    with site_store(settings) as store:
        changed, change = partner_edits.set_partner(desk(settings, store), slug, changes)
        notice = partner_edits.missing_notice(store, changed.spec)
    click.echo("Changed." if change else "Nothing changes by that.")
    _say(notice)


def _say(notice: str) -> None:
    if notice:
        click.echo(notice, err=True)


@partner.command("list")
@json_option
def list_(as_json: bool) -> None:
    """List partners with the beginnings of their keys and today's requests."""
    today = system_clock().date()
    with site_store(site_settings()) as store:
        rows = [_partner_json(store, one, today) for one in store.partners.every()]
    if as_json:
        write_json(rows)
        return
    write_table(
        ("SLUG", "NAME", "FEEDS", "SHARE", "KEYS", "TODAY", "QUOTA", "ENDS"),
        (
            (
                row["slug"],
                row["name"] + (" (paused)" if row["state"] == "paused" else ""),
                ", ".join(row["feeds"]) or "all",
                row["share"],
                ", ".join(row["keys"]) or "none",
                row["requests_today"],
                row["quota"] or "–",
                row["ends"] or "–",
            )
            for row in rows
        ),
        empty="There is no partner yet: ./run partner add SLUG NAME",
    )


@partner.command()
@click.argument("slug")
@click.option("--take-back", metavar="BEGINNING", help="Revoke the key that begins like this, instead.")
def key(slug: str, take_back: str | None) -> None:
    """Make a key and print it once. A partner may have two, so that one can replace the other."""
    settings, now = site_settings(), system_clock()
    actor = Actor(name=os.environ.get("USER") or "somebody", via="command")
    with site_store(settings) as store:
        if take_back is not None:
            begin = partner_edits.take_key_back(store, slug, take_back, actor=actor, now=now)
            click.echo(f"The key {begin}… is revoked.")
            return
        made = partner_edits.new_key(store, slug, os.urandom, actor=actor, now=now)
    click.echo(made)
    click.echo("It is shown this once. It is sent as `Authorization: Bearer KEY`.", err=True)


@partner.command()
@click.argument("slug")
@click.option(
    "--days", type=click.IntRange(1, 366), default=30, show_default=True, help="How many days it works."
)
@click.option("--only", is_flag=True, help="Revoke earlier links.")
def link(slug: str, days: int, only: bool) -> None:
    """Print a link to the partner's own page: feeds, keys, webhooks, statement. Anyone with the link can open it."""
    settings, now = site_settings(), system_clock()
    actor = Actor(name=os.environ.get("USER") or "somebody", via="command")
    with site_store(settings) as store:
        path = new_link(
            store,
            slug,
            until=now + timedelta(days=days),
            new_secret=lambda: secrets.token_urlsafe(32),
            actor=actor,
            now=now,
            is_only=only,
        )
    click.echo(site_info(settings).base_url + path)


@partner.command()
@click.argument("slug")
@click.option("--month", required=True, help="The month, such as 2026-11 (UTC).")
@click.option("--csv", "as_csv", is_flag=True, help="Every entry of the ledger, as CSV.")
@json_option
def statement(slug: str, month: str, as_csv: bool, as_json: bool) -> None:
    """Print what SLUG read in a month, and when it learned of withdrawals."""
    begin, end = _checked(month_of, month)
    with site_store(site_settings()) as store:
        found = partners.found_partner(store, slug)
        if as_csv:
            for line in csv_lines(store.ledger.entries(found.id, begin, end)):
                click.echo(line, nl=False)
            return
        made = store.ledger.statement(found.id, found.spec.slug, begin, end)
    if as_json:
        click.echo(msgspec.json.encode(statement_answer(made)))
        return
    rows = [*((day.isoformat(), counts) for day, counts in sorted(made.days.items())), ("all", made.totals)]
    write_table(
        ("DAY", *(name.upper() for name in COUNTED)),
        ((day, *counts.values()) for day, counts in rows),
        empty="",
    )
    if made.taken_back:
        click.echo()
        write_table(
            ("WITHDRAWN", "ARTICLE", "FETCHED", "ACKNOWLEDGED"),
            (
                (_minute(one.withdrawn_at), one.urn, _minute(one.fetched_at), _minute(one.acknowledged_at))
                for one in made.taken_back
            ),
            empty="",
        )


@partner.command()
@click.argument("slug")
@yes_option
def remove(slug: str, yes: bool) -> None:
    """Remove a partner and revoke its keys."""
    settings = site_settings()
    with site_store(settings) as store:
        found = partners.found_partner(store, slug)
        if not yes:
            ask_leave(f"Remove {found.spec.name} and take their keys back?")
        change = partner_edits.remove_partner(desk(settings, store), slug)
    undo = f" To undo (without keys): ./run log undo {change.id}" if change else ""
    click.echo(f"{found.spec.name} is removed.{undo}")


def _stated(stated: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if stated["contact"]:
        found["contact"] = _checked(values.contact, stated["contact"])
    if stated["feeds"]:
        found["feeds"] = tuple(_checked(values.feed_path, one) for one in stated["feeds"])
    if stated["webhooks"]:
        urls = () if stated["webhooks"] == (NONE,) else stated["webhooks"]
        found["webhooks"] = tuple(_checked(values.hook_address, one) for one in urls)
    if stated["webhook_events"]:
        found["webhook_events"] = stated["webhook_events"]
    if stated["webhook_feeds"]:
        found["webhook_feeds"] = tuple(_checked(values.feed_path, one) for one in stated["webhook_feeds"])
    if stated["webhook_form"]:
        found["webhook_form"] = stated["webhook_form"]
    if stated["share"]:
        found["share"] = stated["share"]
    if stated["quota"]:
        found["quota"] = None if stated["quota"] == NONE else _checked(_quota, stated["quota"])
    if stated["ends"]:
        ends = stated["ends"]
        found["ends_on"] = None if ends == NONE else date.fromisoformat(_checked(values.day, ends))
    return found


def _minute(moment: datetime | None) -> str:
    return "not yet" if moment is None else f"{moment:%Y-%m-%d %H:%M}"


def _quota(text: str) -> int:
    number: int = values.number(1, 1_000_000_000)(values.from_text(int, text))
    return number


def _checked(check: Callable[[str], Any], text: str) -> Any:
    try:
        return check(text)
    except ValueError as error:
        raise RequestError(f"{str(error)[:1].upper()}{str(error)[1:]}.") from error


def _partner_json(store: Store, one: Partner, today: date) -> dict[str, Any]:
    return {
        **partners.partner_values(one.spec),
        "state": one.state,
        "keys": [f"{each.begin}…" for each in store.partners.keys(one.id)],
        "requests_today": store.partners.used(one.id, today),
        "declared_in": "config file" if one.origin == "file" else None,
    }
