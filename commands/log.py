"""`./run log …`: who changed what, by page, command or file; and taking it back."""

from __future__ import annotations

from typing import Any

import click

from commands.output import ask_leave, json_option, write_json, write_table, yes_option
from commands.site import site_settings, site_store
from commands.work import desk
from feeds.actions.editing.changes import found_change, undo, why_not_undone
from feeds.model.people import Change


@click.group()
def log() -> None:
    """Show who changed what, and undo it."""


@log.command("list")
@click.option("--who", default="", help="Only changes by this person.")
@click.option(
    "--kind",
    type=click.Choice(["source", "topic", "author", "mix", "list", "article", "partner", "site", "people"]),
    default=None,
    help="Only changes of this kind.",
)
@click.option(
    "--most", type=click.IntRange(1, 1000), default=20, show_default=True, help="How many to show at most."
)
@json_option
def list_(who: str, kind: str | None, most: int, as_json: bool) -> None:
    """List what was changed, newest first."""
    with site_store(site_settings()) as store:
        found = store.changes.changes(who=who, kind=kind or "", most=most)
    if as_json:
        write_json([_plain(one) for one in found])
        return
    write_table(
        ("NUMBER", "WHEN", "WHO", "WHAT", "FEEDS"),
        (
            (
                one.id,
                f"{one.made_at:%Y-%m-%d %H:%M}",
                f"{one.who}, by API" if one.via == "api" else one.who,
                one.what[:70] + (" (taken back)" if one.undone_by_id else ""),
                _effect(one),
            )
            for one in found
        ),
        empty="No change yet.",
    )


@log.command()
@click.argument("number", type=int)
@json_option
def show(number: int, as_json: bool) -> None:
    """Show a change: before, after, and its effect on feeds."""
    with site_store(site_settings()) as store:
        one = found_change(store, number)
        problem = why_not_undone(store, one)
    if as_json:
        steps = [{"subject": s.subject, "before": s.before, "after": s.after} for s in one.steps]
        write_json({**_plain(one), "steps": steps, "cannot_be_undone": str(problem) if problem else None})
        return
    click.echo(f"{one.made_at:%Y-%m-%d %H:%M} {one.who} ({one.via}) {one.what}")
    for step in one.steps:
        for key in {**step.before, **step.after}:
            if step.before.get(key) != step.after.get(key) and key != "url":
                click.echo(f"  {step.subject} {key}: {step.before.get(key)} -> {step.after.get(key)}")
    for effect in one.effects:
        click.echo(f"  /{effect.feed}: +{effect.entered} -{effect.left}")
    click.echo(str(problem) if problem else f"To take it back: ./run log undo {one.id}")


@log.command("undo")
@click.argument("number", type=int)
@yes_option
def undo_(number: int, yes: bool) -> None:
    """Undo a change. Refused if a later change builds on it."""
    settings = site_settings()
    with site_store(settings) as store:
        one = found_change(store, number)
        problem = why_not_undone(store, one)
        if problem is not None:
            raise problem
        if not yes:
            ask_leave(f"Take back that {one.who} {one.what}?")
        at = desk(settings, store)
        undo(store, number, at.actor, settings=settings, now=at.now)
    click.echo("Taken back.")


def _effect(one: Change) -> str:
    entered, left = sum(e.entered for e in one.effects), sum(e.left for e in one.effects)
    return f"+{entered} -{left}" if entered or left else ""


def _plain(one: Change) -> dict[str, Any]:
    return {
        "number": one.id,
        "made_at": one.made_at,
        "who": one.who,
        "via": one.via,
        "kind": one.kind,
        "what": one.what,
        "undone_by": one.undone_by_id,
        "undoes": one.undoes_id,
        "effects": [{"feed": e.feed, "entered": e.entered, "left": e.left} for e in one.effects],
    }
