"""How commands write: tables for people, one JSON value for scripts."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

import click

from feeds.text.dates import rfc3339

json_option = click.option("--json", "as_json", is_flag=True, help="Print one JSON value, for scripts.")
yes_option = click.option("--yes", is_flag=True, help="Do not ask.")
dry_run_option = click.option("--dry-run", is_flag=True, help="Show what would happen, and change nothing.")


def ask_leave(question: str, *, default: bool = False, err: bool = False) -> None:
    """Returns where the answer is yes; ends the command where it is no, or where nobody can answer."""
    try:
        is_meant = click.confirm(question, default=default, err=err)
    except click.Abort:
        if sys.stdin.isatty():
            raise
        raise click.ClickException(
            "This asks for confirmation, and nobody can answer: add --yes to confirm."
        ) from None
    if not is_meant:
        raise click.Abort


def write_json(value: Any) -> None:
    """Writes one JSON value, indented, times in RFC 3339."""
    click.echo(json.dumps(value, indent=2, ensure_ascii=False, default=_plain))


def write_table(titles: Sequence[str], rows: Iterable[Sequence[object]], *, empty: str) -> None:
    """Writes aligned columns under their titles, or the sentence where there are no rows."""
    lines = [[str(cell) for cell in row] for row in rows]
    if not lines:
        click.echo(empty)
        return
    widths = [max(len(line[place]) for line in (titles, *lines)) for place in range(len(titles))]
    for line in (titles, *lines):
        cells = (cell.ljust(width) for cell, width in zip(line, widths, strict=True))
        click.echo("  ".join(cells).rstrip())


def counted(number: int, singular: str) -> str:
    """`1 article`, `2 articles`."""
    return f"{number:,} {singular}" if number == 1 else f"{number:,} {singular}s"


def ago(then: datetime | None, now: datetime) -> str:
    """How long ago, in one unit: `never`, `12 s ago`, `3 d ago`, `in 5 min`."""
    if then is None:
        return "never"
    seconds = (now - then).total_seconds()
    text = _span(timedelta(seconds=abs(seconds)))
    return f"{text} ago" if seconds >= 0 else f"in {text}"


def _span(span: timedelta) -> str:
    seconds = int(span.total_seconds())
    for size, unit in ((86400, "d"), (3600, "h"), (60, "min")):
        if seconds >= size:
            return f"{seconds // size} {unit}"
    return f"{seconds} s"


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return rfc3339(value)
    if isinstance(value, timedelta):
        return value.total_seconds()
    raise TypeError(f"{type(value).__name__} is no JSON value")
