"""`./run source …`: everything about the sources that we poll."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from urllib.parse import unquote

import click

from commands.output import (
    ago,
    ask_leave,
    counted,
    dry_run_option,
    json_option,
    write_json,
    write_table,
    yes_option,
)
from commands.site import is_scheduler_alive, site_settings, site_store
from commands.source_options import IS_PRIVATE, address, options_json, source_options, stated
from commands.work import desk, do_work
from db.store import Store
from feeds.actions.declaring.declare import where_declared
from feeds.actions.declaring.specs import folder_path
from feeds.actions.editing import source_edits
from feeds.actions.gathering import pings, sources
from feeds.actions.gathering.backfill import BACKFILL, MOST_DOCUMENTS
from feeds.actions.gathering.subscribe import reach_of
from feeds.actions.job_kinds import POLL, PREVIEW
from feeds.clock import system_clock
from feeds.config.load import base_url
from feeds.config.stated import stated_source
from feeds.errors import ConfigError, RequestError
from feeds.ingest.poll.health import STATES
from feeds.ingest.poll.subscriber import LIVE, hub_words
from feeds.ingest.rules.rights import terms_in_words, what_terms_forbid
from feeds.model.kept import SourceRow
from feeds.model.lists import FollowedList, ListEntry
from feeds.model.push import HubSubscription
from feeds.text.urls import shown_url


@click.group()
def source() -> None:
    """Add, list, show, pause, resume, remove or poll sources."""


@source.command()
@click.argument("url")
@source_options
@click.option(
    "--choose", type=int, help="Which of several feeds of the page to take: its number in the list."
)
@yes_option
@dry_run_option
@json_option
def add(url: str, choose: int | None, yes: bool, dry_run: bool, as_json: bool, **options: Any) -> None:
    """Add the feed at URL, or the feed of that page. You see a preview before you confirm.

    A sitemap, a page without a feed, or a folder of files is added with --kind.
    """
    settings = site_settings()
    wanted = stated(options)
    with site_store(settings) as store:
        found = do_work(settings, store, PREVIEW, {"url": address(url, options["kind"]), "wanted": wanted})
        found = _one_of(found, choose)
        if not as_json:
            _show_candidate(found)
        if dry_run:
            _end_dry(found, as_json=as_json)
            return
        if not yes:
            ask_leave("Add it?", default=True, err=as_json)
        there = {"url": _as_stated(found["url"])}
        stated_all = {key: value for key, value in ({**there, **wanted}).items() if value is not None}
        try:
            declared = stated_source(stated_all, settings)
        except ConfigError as error:
            raise RequestError(str(error)) from error
        added = source_edits.add_source(desk(settings, store), declared, found_title=found["title"] or None)
        is_alive = is_scheduler_alive(store)
    if as_json:
        write_json({"added": added.slug, **found})
        return
    click.echo(f"Added as {added.slug}: its feed is /sources/{added.slug}")
    if added.share == "excerpt" and not wanted.get("share"):
        click.echo(
            "Texts read from pages are passed on as excerpts. If you may pass them on whole:"
            f" ./run source set {added.slug} --share full"
        )
    if added.is_private:
        click.echo(IS_PRIVATE.format(added.slug))
    click.echo("It is polled within seconds." if is_alive else f"Poll it now: ./run source poll {added.slug}")


@source.command("list")
@json_option
def list_(as_json: bool) -> None:
    """List all sources with their state."""
    settings = site_settings()
    with site_store(settings) as store:
        rows = store.sources.every()
        hubs = _hubs(store, rows)
    now = system_clock()
    if as_json:
        is_on = reach_of(settings).is_on
        write_json([_plain(row) | _hub_json(hubs.get(row.source.id), is_on=is_on) for row in rows])
        return
    write_table(
        ("SLUG", "STATE", "HUB", "ARTICLES", "LAST POLLED", "TITLE"),
        (
            (
                row.source.slug,
                _state(row),
                _hub_state(hubs.get(row.source.id)),
                row.article_count,
                ago(row.poll.last_polled_at, now),
                row.source.title,
            )
            for row in rows
        ),
        empty="There are no sources yet: ./run source add URL",
    )


@source.command()
@click.argument("name", metavar="SLUG")
@json_option
def show(name: str, as_json: bool) -> None:
    """Show a source: its settings, its state, the cause and what to do."""
    settings = site_settings()
    with site_store(settings) as store:
        row = sources.found_source(store, name)
        token = pings.ping_token(store, row.source.id, lambda: secrets.token_hex(32))
        hub = _hubs(store, [row]).get(row.source.id)
        lists = store.lists.naming([row.source.id]).get(row.source.id, ())
    plain = {
        **_plain(row),
        **_hub_json(hub, is_on=reach_of(settings).is_on),
        "lists": [_named_by(followed, entry) for followed, entry in lists],
        "ping": f"{base_url(settings).rstrip('/')}/ping/{token}",
    }
    if as_json:
        write_json(plain)
        return
    for key, value in plain.items():
        if value not in (None, "", []):
            click.echo(f"{key + ':':<16}{', '.join(value) if isinstance(value, list) else value}")
    known = STATES.get(row.poll.status)
    if known is not None:
        where = where_declared(settings, "source", row.source.slug, row.source.fetch_url)
        click.echo(f"\n{known.label}: {known.cause}\nWhat to do: {known.next_step} {where}".rstrip())


@source.command("set")
@click.argument("name", metavar="SLUG")
@click.option("--url", help="Its new address. Its articles stay.")
@source_options
@json_option
def set_(name: str, as_json: bool, **options: Any) -> None:
    """Change the settings of a source. An empty value restores the default."""
    changes = stated(options)
    if not changes:
        raise RequestError("Say what to change; ./run source set --help lists the options.")
    if changes.get("url"):
        changes["url"] = address(changes["url"], options["kind"])
    settings = site_settings()
    with site_store(settings) as store:
        before = sources.found_source(store, name).source
        after, change = source_edits.change_source(desk(settings, store), name, changes)
        plain = _plain(sources.found_source(store, after.slug))
    if as_json:
        write_json(plain)
        return
    click.echo(f"{after.slug} is changed." if change else f"{after.slug} was so already.")
    if after.is_private and not before.is_private and "audience" not in changes:
        click.echo(IS_PRIVATE.format(after.slug))


@source.command()
@click.argument("name", metavar="SLUG")
def pause(name: str) -> None:
    """Stop polling a source. Its articles stay."""
    settings = site_settings()
    with site_store(settings) as store:
        done = sources.found_source(store, name).source
        source_edits.set_sources(desk(settings, store), [name], "pause")
    click.echo(f"{done.slug} is paused. Its articles stay. Go on with: ./run source resume {done.slug}")


@source.command()
@click.argument("name", metavar="SLUG")
def resume(name: str) -> None:
    """Start polling a paused source again."""
    settings = site_settings()
    with site_store(settings) as store:
        done = sources.found_source(store, name).source
        source_edits.set_sources(desk(settings, store), [name], "resume")
    click.echo(f"{done.slug} is polled again.")


@source.command()
@click.argument("name", metavar="SLUG")
@yes_option
@dry_run_option
def remove(name: str, yes: bool, dry_run: bool) -> None:
    """Remove a source and its feed. Its articles stay in topics and with their authors."""
    settings = site_settings()
    with site_store(settings) as store:
        row = sources.found_source(store, name)
        click.echo(
            f"{row.source.slug} ({row.source.title}) goes, and its feed /sources/{row.source.slug} with it."
            f" {counted(row.article_count, 'article')} of it stay in topics and with their authors."
        )
        if dry_run:
            click.echo("Nothing was done (--dry-run).")
            return
        if not yes:
            ask_leave("Remove it?")
        source_edits.set_sources(desk(settings, store), [name], "remove")
    click.echo(f"{row.source.slug} is removed. Adding the same address again brings it back.")


@source.command()
@click.argument("names", metavar="[SLUG]...", nargs=-1)
@json_option
def poll(names: tuple[str, ...], as_json: bool) -> None:
    """Poll sources now (all of them if none is named), and print what they brought."""
    settings = site_settings()
    with site_store(settings) as store:
        slugs = [sources.found_source(store, name).source.slug for name in names]
        result = do_work(settings, store, POLL, {"sources": slugs})
    if as_json:
        write_json(result)
        return
    write_table(
        ("SLUG", "STATE", "NEW", "ARTICLES", "DETAIL"),
        (
            (slug, _label(row["status"]), row["new"], row["articles"], row["detail"])
            for slug, row in sorted(result["sources"].items())
        ),
        empty="There are no sources to poll: ./run source add URL",
    )


@source.command()
@click.argument("name", metavar="SLUG")
@click.option("--documents", type=click.IntRange(1, 10_000), default=MOST_DOCUMENTS, show_default=True)
@json_option
def backfill(name: str, documents: int, as_json: bool) -> None:
    """Import a source's archives. Older articles are filed under their own dates."""
    settings = site_settings()
    with site_store(settings) as store:
        slug = sources.found_source(store, name).source.slug
        result = do_work(settings, store, BACKFILL, {"source": slug, "documents": documents})
    if as_json:
        write_json(result)
        return
    click.echo(
        f"{counted(result['added'], 'article')} added from {counted(result['documents'], 'document')};"
        f" {result['stopped']}."
    )


def _as_stated(url: str) -> str:
    return unquote(url.removeprefix("file://")) if url.startswith("file:") else url


def _one_of(found: dict[str, Any], number: int | None) -> dict[str, Any]:
    candidates = found.get("candidates") or [found]
    if number is None:
        return found
    if not 1 <= number <= len(candidates):
        raise RequestError(f"There is no candidate {number}; there are {len(candidates)}.")
    others = [one["url"] for place, one in enumerate(candidates, 1) if place != number]
    return {**candidates[number - 1], "others": others, "candidates": candidates}


def _show_candidate(found: dict[str, Any]) -> None:
    click.echo(f"{found['title'] or 'Without a title'}  ({found['format']}, {found['url']})")
    entries = "1 entry" if found["entry_count"] == 1 else f"{found['entry_count']} entries"
    click.echo(f"Found by: {found['reason']}; it holds {entries}.")
    click.echo(f"Authors: {', '.join(found['authors'][:8]) or 'none named'}.")
    rights = [one for one in (found["rights"], found["license_url"]) if one]
    if rights:
        click.echo(f"Rights: {', '.join(rights)}")
    for fault in found["faults"]:
        click.echo(f"Readable with a fault: {fault}")
    for draft in found["latest"]:
        when = draft["published_at"][:10] if draft["published_at"] else "no date   "
        by = f", by {', '.join(draft['authors'])}" if draft["authors"] else ""
        click.echo(f"  {when}  {draft['title']}{by}")
    candidates = found.get("candidates", [])
    for number, other in enumerate(candidates, 1):
        if other["url"] == found["url"] or len(candidates) < 2:
            continue
        newest = f", newest of {other['latest_at'][:10]}" if other["latest_at"] else ""
        title = other["title"] or other["url"]
        click.echo(f"Another one (--choose {number}): {title} ({other['format']}{newest}), {other['url']}")


def _end_dry(found: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        write_json({"added": None, **found})
    else:
        click.echo("Nothing was added (--dry-run).")


def _hubs(store: Store, rows: Sequence[SourceRow]) -> dict[int, HubSubscription]:
    """What there is to say of each source's hub: of the subscription in force, else of the last one."""
    found = store.hubs.subscriptions_of([row.source.id for row in rows])
    return {one.source_id: one for one in sorted(found, key=lambda one: (one.state in LIVE, one.id))}


def _hub_json(hub: HubSubscription | None, *, is_on: bool) -> dict[str, Any]:
    return {"hub": None if hub is None else hub_words(hub, is_on=is_on)}


def _hub_state(hub: HubSubscription | None) -> str:
    return "" if hub is None or hub.state == "left" else {"active": "tells us"}.get(hub.state, hub.state)


def _state(row: SourceRow) -> str:
    return row.source.state if row.source.state != "active" else _label(row.poll.status)


def _label(status: str) -> str:
    known = STATES.get(status)
    return known.label if known else status


def _plain(row: SourceRow) -> dict[str, Any]:
    source, state = row.source, row.poll
    if source.state not in ("active", "paused", "gone"):
        raise RequestError(f"{source.slug} is {source.state}.")
    return {
        "slug": source.slug,
        "title": source.title,
        "address": folder_path(source)
        if source.kind == "folder"
        else source.public_url or shown_url(source.fetch_url),
        "home": source.home_url,
        "kind": source.kind,
        "state": source.state,
        "status": state.status,
        "detail": state.status_detail,
        "articles": row.article_count,
        "topics": list(source.topic_slugs),
        "author": source.author_name,
        "language": source.language,
        "timezone": source.timezone,
        "share": source.share,
        "audience": "private" if source.is_private else "public",
        "rights": row.rights,
        "license": row.license_url,
        "terms": [terms_in_words(one) for one in row.terms],
        "terms_forbid": what_terms_forbid(row.terms) or None,
        "ours": source.is_ours,
        **options_json(source.options),
        "declared_in": "config file" if source.origin == "file" else None,
        "paused_by": f"list {source.paused_by}" if source.paused_by else None,
        "last_polled": _moment(state.last_polled_at),
        "last_new": _moment(state.last_new_at),
        "next_poll": _moment(state.next_poll_at),
        "interval": _span(state.interval) if state.last_ok_at else None,
        "why": state.reason or None,
    }


def _named_by(followed: FollowedList, entry: ListEntry) -> str:
    """A list that the source came from, or that names it as well."""
    how = {"followed": "", "left": " (names it no more)"}.get(entry.state, " (names it, too)")
    return f"{followed.slug}{how if followed.state == 'active' else ' (followed no more)'}"


def _span(span: timedelta) -> str:
    minutes = round(span.total_seconds() / 60)
    hours, rest = divmod(minutes, 60)
    return f"{hours} h {rest} min" if hours and rest else f"{hours} h" if hours else f"{minutes} min"


def _moment(then: Any) -> str | None:
    return then.strftime("%Y-%m-%dT%H:%M:%SZ") if then else None
