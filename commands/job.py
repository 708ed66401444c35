"""`./run job …`: jobs of the scheduler, how far they are, and cancelling one."""

from __future__ import annotations

import click

from commands.output import ago, json_option, write_json, write_table
from commands.site import site_settings, site_store
from feeds.clock import system_clock
from feeds.errors import NotFoundError, RequestError
from feeds.model.kept import Job

SHOWN = 30


@click.group()
def job() -> None:
    """List or cancel the scheduler's jobs."""


@job.command("list")
@json_option
def list_(as_json: bool) -> None:
    """List the newest jobs, newest first."""
    with site_store(site_settings()) as store:
        found = store.jobs.latest(most=SHOWN)
    if as_json:
        write_json([_values(one) for one in found])
        return
    now = system_clock()
    write_table(
        ("JOB", "WORK", "STATE", "ASKED", "BY", "HOW FAR"),
        (
            (str(one.id), one.kind, one.state, ago(one.asked_at, now), one.asked_by, _progress(one))
            for one in found
        ),
        empty="Nothing was asked of the scheduler.",
    )


@job.command()
@click.argument("number", type=int)
def cancel(number: int) -> None:
    """Cancel job NUMBER: at once if it waits, within seconds if it runs."""
    with site_store(site_settings()) as store:
        if store.jobs.get(number) is None:
            raise NotFoundError(f"There is no job {number}; `./run job list` shows the newest.")
        if not store.jobs.cancel(number, now=system_clock()):
            raise RequestError(f"Job {number} has ended already.")
    click.echo(f"Job {number} is cancelled; what it has done so far stays.")


def _progress(one: Job) -> str:
    return f"{one.done} of {one.total}: {one.message}" if one.total > 1 else one.message


def _values(one: Job) -> dict[str, object]:
    return {
        "id": one.id,
        "kind": one.kind,
        "state": one.state,
        "asked_by": one.asked_by,
        "asked_at": one.asked_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "done": one.done,
        "total": one.total,
        "message": one.message,
        "attempts": one.attempts,
    }
