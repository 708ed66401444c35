"""`./run list …`: lists of sources that others keep, followed like a source; and the check of such a list."""

from __future__ import annotations

import asyncio
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import click

from commands.output import ago, ask_leave, json_option, write_json, write_table, yes_option
from commands.site import site_settings, site_store
from commands.work import desk, do_work
from db.store import Store
from feeds.actions.declaring.list_values import list_values, stated_list
from feeds.actions.lists import list_edits
from feeds.actions.lists.list_checks import CheckedEntry, CheckedList, check_list, with_previews
from feeds.actions.lists.list_polls import READ_LIST
from feeds.actions.operating.jobs import JobTools
from feeds.clock import system_clock
from feeds.config.toml_writer import toml_value
from feeds.errors import ParseError, RequestError
from feeds.model.lists import FollowedList, ListEntry
from feeds.model.settings import DatabaseSettings, Settings
from feeds.text.dates import rfc3339
from feeds.text.urls import shown_url
from parts.polling import poll_tools
from parts.store import open_store, prepare_store
from parts.writer import Writer

DONE = ("added", "paused", "resumed", "changed")


@click.group("list")
def list_() -> None:
    """Follow lists of sources that others maintain, and check such lists."""


@list_.command("list")
@json_option
def all_(as_json: bool) -> None:
    """List the lists you follow."""
    with site_store(site_settings()) as store:
        rows = [(one, store.lists.entries(one.id)) for one in store.lists.every()]
    if as_json:
        write_json([_plain(one, entries) for one, entries in rows])
        return
    now = system_clock()
    write_table(
        ("SLUG", "STATE", "SOURCES", "WAIT", "READ", "TITLE"),
        (
            (
                one.slug,
                _state(one),
                _count(entries, "followed"),
                _count(entries, "waiting"),
                ago(one.reading.read_at, now),
                one.title,
            )
            for one, entries in rows
        ),
        empty="No list is followed yet: ./run list add SLUG ADDRESS",
    )


@list_.command()
@click.argument("slug")
@json_option
def show(slug: str, as_json: bool) -> None:
    """Show a list: the last reading, and the result for each entry."""
    with site_store(site_settings()) as store:
        followed = list_edits.found_list(store, slug)
        entries = store.lists.entries(followed.id)
        slugs = _slugs(store, entries)
    plain = _plain(followed, entries)
    rows = [
        {
            "url": shown_url(one.url),
            "title": one.stated.title or None,
            "state": one.state,
            "source": slugs.get(one.source_id or 0),
            "detail": one.detail or None,
        }
        for one in entries
    ]
    if as_json:
        write_json({**plain, "entries": rows})
        return
    for key, value in plain.items():
        if value not in (None, "", []):
            click.echo(f"{key + ':':<16}{_shown(key, value)}")
    click.echo()
    write_table(
        ("STATE", "SOURCE", "ADDRESS", "TITLE", "DETAIL"),
        (
            (one["state"], one["source"] or "", one["url"], one["title"] or "", one["detail"] or "")
            for one in rows
        ),
        empty="It was not read yet.",
    )


@list_.command()
@click.argument("slug")
@click.argument("url")
@click.option("--title", help="Default: made from the slug.")
@click.option("--topic", "topics", multiple=True, help="A topic for its sources; repeatable.")
@click.option("--every", help="How often to read it, such as 6h. Default: once a day.")
@click.option("--new-hosts", type=int, help="New hosts to add per day. Default: 20.")
@json_option
def add(slug: str, url: str, topics: tuple[str, ...], as_json: bool, **options: Any) -> None:
    """Follow the list at URL (an address or a file path) under the name SLUG."""
    settings = site_settings()
    given = {key: value for key, value in options.items() if value is not None}
    place = url if "://" in url else str(Path(url).expanduser().resolve())
    stated = stated_list({"slug": slug, "url": place, "topics": list(topics), **given})
    with site_store(settings) as store:
        followed = list_edits.add_list(desk(settings, store), stated)
        result = do_work(settings, store, READ_LIST, {"list": followed.slug})
    _print_result(result, as_json=as_json)


@list_.command()
@click.argument("slug")
@yes_option
def remove(slug: str, yes: bool) -> None:
    """Stop following a list. Its sources stay as they are."""
    settings = site_settings()
    with site_store(settings) as store:
        followed = list_edits.found_list(store, slug)
        if not yes:
            ask_leave(f"Follow “{followed.title}” no more? Its sources stay.")
        change = list_edits.remove_list(desk(settings, store), followed.slug)
    hint = f" To take that back: ./run log undo {change.id}" if change else ""
    click.echo(f"{followed.slug} is no longer followed.{hint}")


@list_.command()
@click.argument("slug")
@json_option
def poll(slug: str, as_json: bool) -> None:
    """Read a list now, and print what changed."""
    _read(slug, {}, as_json=as_json)


@list_.command()
@click.argument("slug")
@json_option
def accept(slug: str, as_json: bool) -> None:
    """Apply a list now without limits: waiting hosts are added, and sources that left it are paused."""
    _read(slug, {"accept": True}, as_json=as_json)


@list_.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--topic", "topics", multiple=True, help="A topic for its sources; repeatable.")
@click.option("--preview", is_flag=True, help="Fetch each source and show its newest titles.")
@click.option(
    "--against",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Show only what was added, removed or renamed since this file.",
)
@json_option
@click.pass_context
def check(
    ctx: click.Context,
    file: Path,
    topics: tuple[str, ...],
    preview: bool,
    against: Path | None,
    as_json: bool,
) -> None:
    """Show what the list FILE (OPML or TOML) would add, and what is wrong with it. Needs no database.

    Ends with code 1 where an entry is wrong: for the check of a change to a list that is kept in git.
    """
    settings = site_settings()
    try:
        found = check_list(
            file.read_bytes(),
            name=file.name,
            topics=topics,
            settings=settings,
            before=against.read_bytes() if against else None,
        )
    except ParseError as error:
        raise RequestError(str(error)) from error
    if preview:
        found = asyncio.run(_previewed(found, settings))
    if as_json:
        write_json(
            {
                "good": found.is_good,
                "wrong": list(found.wrong),
                "entries": [_entry(one) for one in found.entries],
            }
        )
    else:
        _write_check(found, file.name, is_compared=against is not None)
    if not found.is_good:
        ctx.exit(1)


def _read(slug: str, more: dict[str, Any], *, as_json: bool) -> None:
    settings = site_settings()
    with site_store(settings) as store:
        followed = list_edits.found_list(store, slug)
        result = do_work(settings, store, READ_LIST, {"list": followed.slug, **more})
    _print_result(result, as_json=as_json)


def _print_result(result: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        write_json(result)
        return
    if result["fault"]:
        click.echo(f"Nothing was changed: {result['fault']}")
    for verb in DONE:
        if result[verb]:
            click.echo(f"{verb.capitalize()}: {', '.join(result[verb])}")
    for sentence in result["refused"]:
        click.echo(f"Left out: {sentence}")
    if result["waiting"]:
        count = len(result["waiting"])
        click.echo(
            f"{'1 entry waits' if count == 1 else f'{count:,} entries wait'} for tomorrow, because their hosts are new"
            f" here. To let them in now: ./run list accept {result['list']}"
        )
    if not result["fault"] and not any(result[verb] for verb in (*DONE, "refused", "waiting")):
        click.echo("Nothing changed.")


def _plain(followed: FollowedList, entries: Sequence[ListEntry]) -> dict[str, Any]:
    reading = followed.reading
    stated = {key: value for key, value in list_values(followed.stated).items() if key != "paused"}
    return {
        **stated,
        "url": shown_url(followed.stated.url),
        "title": followed.title,
        "state": followed.state,
        "declared_in": "config file" if followed.origin == "file" else None,
        "read": reading.read_at,
        "next": reading.next_at,
        "fault": reading.fault or None,
        "note": reading.note or None,
        "sources": _count(entries, "followed"),
        "waiting": _count(entries, "waiting"),
        "left_out": list(reading.wrong),
    }


def _state(followed: FollowedList) -> str:
    return "not believed" if followed.state == "active" and followed.reading.fault else followed.state


def _count(entries: Sequence[ListEntry], state: str) -> int:
    return sum(one.state == state for one in entries)


def _shown(key: str, value: Any) -> str:
    if key == "every":
        return toml_value(timedelta(seconds=value)).strip('"')
    if isinstance(value, datetime):
        return rfc3339(value)
    return (
        (", " if key == "topics" else "\n                ").join(value)
        if isinstance(value, list)
        else str(value)
    )


def _slugs(store: Store, entries: Sequence[ListEntry]) -> dict[int, str]:
    wanted = {one.source_id for one in entries}
    rows = store.sources.every(with_removed=True)
    return {row.source.id: row.source.slug for row in rows if row.source.id in wanted}


def _entry(one: CheckedEntry) -> dict[str, Any]:
    return {
        "line": one.entry.line,
        "how": one.how or None,
        "url": shown_url(one.entry.url),
        "former": one.former or None,
        "title": one.entry.title or None,
        "kind": one.entry.kind,
        "topics": list(one.topics),
        "fault": one.fault or None,
        "found": one.found or None,
        "newest": list(one.newest),
    }


def _write_check(found: CheckedList, name: str, *, is_compared: bool) -> None:
    for one in found.entries:
        how = f"{one.how}: " if one.how else ""
        place = f"{name}:{one.entry.line}: " if one.how != "leaves" else ""
        former = f" (was {shown_url(one.former)})" if one.former else ""
        title = one.entry.title or one.found or "without a title"
        topics = f" → {', '.join(one.topics)}" if one.topics else ""
        click.echo(f"{place}{how}{shown_url(one.entry.url)}{former}  {title}{topics}")
        if one.fault:
            click.echo(f"    wrong: {one.fault}")
        for newest in one.newest:
            click.echo(f"    {newest}")
    for sentence in found.wrong:
        click.echo(f"wrong: {sentence}")
    bad = sum(bool(one.fault) for one in found.entries) + len(found.wrong)
    if is_compared and not found.entries and not bad:
        click.echo("No source was added, removed or renamed.")
    elif bad:
        click.echo(f"{bad} of it {'is' if bad == 1 else 'are'} wrong.", err=True)


async def _previewed(found: CheckedList, settings: Settings) -> CheckedList:
    """Looks at each entry by way of a store that is thrown away: a look is polite, and needs somewhere to note that."""
    is_shown = sys.stderr.isatty()

    async def progress(done: int, total: int, message: str) -> None:
        if is_shown:
            click.echo(f"{message} ({done + 1}/{total})", err=True)

    with tempfile.TemporaryDirectory() as folder:
        own = replace(settings, database=DatabaseSettings(url=str(Path(folder) / "check.db")))
        prepare_store(own)
        writer = Writer(lambda: open_store(own))
        poll = poll_tools(own, system_clock, writer.run)
        try:
            tools = JobTools(in_store=writer.run, poll=poll, settings=own, clock=system_clock)
            return await with_previews(found, tools, progress)
        finally:
            await poll.send.close()
            poll.workers.close()
            writer.close()
