"""`./run feed …`: feeds held against what partners demand of them."""

from __future__ import annotations

from typing import Any

import click

from commands.output import json_option, write_json, write_table
from commands.site import site_settings, site_store
from feeds.actions.publishing.lint import found_profile, lint
from feeds.clock import system_clock
from feeds.errors import RequestError
from feeds.model.partners import feed_of_path
from feeds.publish.profiles import PROFILES, Breach


@click.group()
def feed() -> None:
    """Check feeds against the rules of partners."""


@feed.command("profiles")
@json_option
def profiles_(as_json: bool) -> None:
    """List the profiles with their rules, and where and when each rule was read."""
    rows = [
        {
            "profile": one.name,
            "rule": rule.name,
            "demand": rule.text,
            "source": rule.source,
            "read": rule.read,
        }
        for one in PROFILES.values()
        for rule in one.rules
    ]
    if as_json:
        write_json(rows)
        return
    write_table(
        ("PROFILE", "RULE", "DEMAND", "SOURCE", "READ"), (tuple(row.values()) for row in rows), empty=""
    )


@feed.command("lint")
@click.argument("path", metavar="FEED")
@click.option("--profile", required=True, type=click.Choice(list(PROFILES)), help="Whose rules to check.")
@json_option
def lint_(path: str, profile: str, as_json: bool) -> None:
    """List articles of FEED (as topics/harbour) that break a rule, with the rule. Exit code 1 if any does."""
    settings = site_settings()
    try:
        key = feed_of_path(path)
    except ValueError as error:
        raise RequestError(f"{str(error)[:1].upper()}{str(error)[1:]}.") from error
    with site_store(settings) as store:
        report = lint(store, settings, key, found_profile(profile), system_clock())
    if as_json:
        write_json(
            {
                "feed": key.path()[1:],
                "profile": profile,
                "articles": report.articles,
                "fitting": report.fitting,
                "breaches": [_breach_json(one) for one in report.breaches],
            }
        )
    else:
        write_table(
            ("RULE", "ARTICLE", "WHAT", f"AT ?profile={profile}"),
            (
                (one.rule, one.title or "the feed itself", one.what, _at_profile(one))
                for one in report.breaches
            ),
            empty="Nothing breaks a rule.",
        )
        click.echo(f"{report.fitting} of {report.articles} articles break none.")
    if report.breaches:
        raise SystemExit(1)


def _at_profile(one: Breach) -> str:
    if not one.is_met_by_shape:
        return "stays so"
    return "left out" if one.urn else "mended"


def _breach_json(one: Breach) -> dict[str, Any]:
    return {
        "rule": one.rule,
        "id": one.urn,
        "url": one.url or None,
        "title": one.title or None,
        "what": one.what,
        "at_profile": _at_profile(one),
        "source": one.source,
        "read": one.read,
    }
