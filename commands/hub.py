"""`./run hub …`: who is told of our feeds by push, what waits for them, and its end."""

from __future__ import annotations

import click

from commands.output import ago, json_option, write_json, write_table
from commands.site import site_settings, site_store
from commands.work import desk
from feeds.actions.editing.hub_edits import end_subscriber
from feeds.clock import system_clock
from feeds.model.deliveries import HostTally, Receiver

MOST = 1000


@click.group()
def hub() -> None:
    """List the push subscribers of your feeds, and end subscriptions."""


@hub.command("list")
@json_option
def list_(as_json: bool) -> None:
    """List the subscribed hosts, their subscribers and how deliveries go."""
    with site_store(site_settings()) as store:
        found = store.deliveries.tallies(most=MOST)
    if as_json:
        write_json(
            [
                {
                    "host": one.host,
                    "receivers": one.receivers,
                    "waiting": one.waiting,
                    "given_up": one.given_up,
                    "told_at": one.told_at,
                    "failed_at": one.failed_at,
                    "state": _state(one),
                }
                for one in found
            ]
        )
        return
    now = system_clock()
    write_table(
        ("HOST", "RECEIVERS", "WAITING", "GIVEN UP", "LAST TOLD", "STATE"),
        (
            (one.host, one.receivers, one.waiting, one.given_up, ago(one.told_at, now), _state(one))
            for one in found
        ),
        empty="Nobody asked to be told. Readers find the hub in your feeds, once [site] base_url is set.",
    )


@hub.command()
@click.argument("host")
@json_option
def show(host: str, as_json: bool) -> None:
    """Show the subscribers at HOST: their feeds, until when, and the last delivery."""
    with site_store(site_settings()) as store:
        found = store.deliveries.receivers(host=host, most=MOST)
        infos = store.feeds.of_ids([one.feed_id for one in found])
    feeds = {number: info.key.path() for number, info in infos.items()}
    if as_json:
        write_json([_values(one, feeds) for one in found])
        return
    now = system_clock()
    write_table(
        ("RECEIVER", "KIND", "FEED", "STATE", "UNTIL", "LAST TOLD", "TIMES", "ADDRESS AND WHAT IS WRONG"),
        (
            (
                one.id,
                one.kind,
                _feed(one, feeds),
                one.state,
                ago(one.until_at, now) if one.until_at else "",
                ago(one.told_at, now),
                one.told_count,
                f"{one.url} {one.detail}",
            )
            for one in found
        ),
        empty=f"Nobody at {host} is told; `./run hub list` shows the hosts.",
    )


@hub.command()
@click.argument("number", type=int)
def end(number: int) -> None:
    """End subscriber NUMBER. Waiting deliveries to it are dropped."""
    settings = site_settings()
    with site_store(settings) as store:
        end_subscriber(desk(settings, store), number)
    click.echo(f"Receiver {number} gets nothing more. It may subscribe again.")


def _state(one: HostTally) -> str:
    if not one.failure_count:
        return "well" if one.told_at else "not told yet"
    return f"did not answer {one.failure_count} times: {one.detail}"


def _feed(one: Receiver, feeds: dict[int, str]) -> str:
    return f"{feeds.get(one.feed_id, 'ended')} {one.format}" if one.feed_id else "every feed"


def _values(one: Receiver, feeds: dict[int, str]) -> dict[str, object]:
    return {
        "id": one.id,
        "kind": one.kind,
        "url": one.url,
        "feed": feeds.get(one.feed_id) if one.feed_id else None,
        "format": one.format,
        "state": one.state,
        "since_at": one.since_at,
        "until_at": one.until_at,
        "told_at": one.told_at,
        "told_count": one.told_count,
        "detail": one.detail,
    }
