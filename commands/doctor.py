"""`./run doctor`: what may be wrong around the program, each with its cure."""

from __future__ import annotations

import os
import shutil
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

import click

from commands.output import ago, counted, json_option, write_json
from commands.site import is_scheduler_alive, site_settings, site_store
from db.store import Store
from feeds.actions.declaring.declare import problems
from feeds.actions.delivering.hub import is_on
from feeds.actions.delivering.senders import SENDERS
from feeds.actions.gathering.signing_keys import origin
from feeds.actions.operating.alert_sending import CHANNEL
from feeds.actions.operating.backups import late_fault, newest
from feeds.actions.operating.certificate import address, fault_of
from feeds.actions.operating.wrong_clock import ahead
from feeds.clock import system_clock
from feeds.config.load import SHIPPED
from feeds.errors import FeedwrightError, StoreBusyError
from feeds.http.address_guard import guard_of
from feeds.http.certificates import NotSeenError, look
from feeds.model.settings import Settings
from parts.backups import backup_folder, copies, database_file

LITTLE_DISK = 500_000_000
OLDEST_BUILD_YEAR = 2026


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing looked at: well, or what is wrong and how to cure it."""

    name: str
    is_well: bool
    text: str
    cure: str = ""


@click.command()
@json_option
def doctor(as_json: bool) -> None:
    """Look for problems and print how to fix them. Exit code 1 if there are any."""
    settings = site_settings()
    now = system_clock()
    found = [
        *_around(settings, now),
        *_inside(settings, now),
    ]
    if as_json:
        write_json(
            [{"name": one.name, "ok": one.is_well, "told": one.text, "cure": one.cure} for one in found]
        )
    else:
        for one in found:
            click.echo(f"{'ok  ' if one.is_well else 'LOOK'}  {one.name}: {one.text}")
            if not one.is_well:
                click.echo(f"      → {one.cure}")
    if not all(one.is_well for one in found):
        raise SystemExit(1)


def _around(settings: Settings, now: datetime) -> Iterator[Finding]:
    yield _base_address(settings)
    url = address(settings)
    if url is not None:
        yield _certificate(url, settings, now)
    yield _permissions(settings)
    yield _disk(settings)
    yield _backup(settings, now)
    yield _names()
    is_sane = now.year >= OLDEST_BUILD_YEAR
    yield Finding(
        name="clock",
        is_well=is_sane,
        text=f"it is {now:%Y-%m-%d %H:%M} UTC",
        cure="The clock is behind this program's own birth: set it (timedatectl set-ntp true).",
    )


def _base_address(settings: Settings) -> Finding:
    base = settings.site.base_url
    if settings.path == SHIPPED:
        return Finding(name="base address", is_well=True, text="the demonstration needs none")
    if base is None:
        set_ones = {
            "[fetch] signed": settings.fetch.signed,
            "[publish] hubs": settings.publish.hubs,
            "[publish] indexnow": settings.publish.indexnow,
            "[mail] sender": settings.mail.sender,
            "[admin.oidc] issuer": settings.oidc.issuer,
        }
        idle = ", ".join(name for name, value in set_ones.items() if value)
        return Finding(
            name="base address",
            is_well=False,
            text="[site] base_url is not set" + (f"; without it nothing comes of {idle}" if idle else ""),
            cure="Set it to the public address before anybody subscribes: it stands in every feed.",
        )
    host = urlsplit(base).hostname or ""
    try:
        socket.getaddrinfo(host, None)
    except OSError:
        return Finding(
            name="base address",
            is_well=False,
            text=f"{host} has no address in DNS",
            cure="Enter the name in DNS, or correct [site] base_url.",
        )
    if settings.fetch.signed and origin(settings) is None:
        return Finding(
            name="base address",
            is_well=False,
            text=f"{base} is not https; nothing comes of [fetch] signed: nobody could trust the keys",
            cure="Serve the site over https and set [site] base_url to that, or set [fetch] signed = false.",
        )
    return Finding(name="base address", is_well=True, text=base)


def _certificate(url: str, settings: Settings, now: datetime) -> Finding:
    try:
        seen = look(url, guard_of(settings.fetch.allow))
    except NotSeenError as error:
        text = f"could not be looked at from here ({error}); that says nothing of how others see it"
        return Finding(name="certificate", is_well=True, text=text)
    fault = fault_of(seen, now)
    return Finding(
        name="certificate",
        is_well=fault is None,
        text=fault or f"{seen.host}, until {seen.ends_at:%Y-%m-%d %H:%M} UTC",
        cure="Renew it, or mend what renews it; docs/operate.md says more.",
    )


def _permissions(settings: Settings) -> Finding:
    folder = _folder(settings)
    if folder is None:
        return Finding(name="permissions", is_well=True, text="the database is elsewhere")
    present = next(one for one in (folder, *folder.parents) if one.exists())
    is_well = os.access(present, os.W_OK | os.X_OK)
    return Finding(
        name="permissions",
        is_well=is_well,
        text=f"{present} can{'' if is_well else 'not'} be written",
        cure=f"Give it to the user who runs Feedwright: chown {os.getuid()} {present}",
    )


def _disk(settings: Settings) -> Finding:
    folder = _folder(settings) or settings.path.parent
    present = next(one for one in (folder, *folder.parents) if one.exists())
    free = shutil.disk_usage(present).free
    return Finding(
        name="disk",
        is_well=free >= LITTLE_DISK,
        text=f"{free / 1e9:.1f} GB free at {present}",
        cure="Make room: below 0.5 GB the database may not be able to grow.",
    )


def _names() -> Finding:
    try:
        socket.getaddrinfo("example.com", 443)
    except OSError as error:
        return Finding(
            name="DNS",
            is_well=False,
            text=f"names are not found ({error})",
            cure="Without DNS no source can be polled: check the network and /etc/resolv.conf.",
        )
    return Finding(name="DNS", is_well=True, text="names are found")


def _inside(settings: Settings, now: datetime) -> Iterator[Finding]:
    try:
        with site_store(settings) as store:
            yield from _stored(store, now)
            yield _alerting(store, settings)
            yield _hubs(store, settings)
            yield _deliveries(store, settings, now)
    except StoreBusyError as error:
        yield Finding(
            name="database",
            is_well=False,
            text=str(error),
            cure="See which program has it open (fuser -v FILE), and end it: polls and changes wait for it,"
            " feeds are served as they were.",
        )
    except FeedwrightError as error:
        yield Finding(
            name="database",
            is_well=False,
            text=str(error),
            cure="Look at [database] url, then: ./run db check",
        )


def _backup(settings: Settings, now: datetime) -> Finding:
    every, path = settings.backup.every, database_file(settings)
    cure = "The log of the scheduler says why; ./run db backup tries by hand."
    if every is None:
        return Finding(name="backup", is_well=True, text="none is taken: [backup] every is unset")
    if path is None:
        return Finding(
            name="backup",
            is_well=False,
            text="[backup] copies SQLite only",
            cure="For PostgreSQL let pg_dump run by cron, and unset [backup] every.",
        )
    last = newest(copies(backup_folder(settings)), path.stem, now)
    if last is None:
        text = f"there is no copy yet in {backup_folder(settings)}"
        return Finding(name="backup", is_well=False, text=text, cure=f"It is taken soon after ./run. {cure}")
    late = late_fault(last, every, now, now)
    return Finding(
        name="backup", is_well=late is None, text=f"the newest was taken {ago(last, now)}", cure=cure
    )


def _stored(store: Store, now: datetime) -> Iterator[Finding]:
    by = ahead(store, now)
    yield Finding(
        name="signs of life",
        is_well=by is None,
        text="none lies in the future" if by is None else f"the newest lies {by} in the future",
        cure="A clock was ahead, or this one is behind: set it (timedatectl set-ntp true). The running scheduler"
        " puts right what it left behind.",
    )
    open_ones = store.alerts.open_ones()
    yield Finding(
        name="alerts",
        is_well=not open_ones,
        text="; ".join(one.message for one in open_ones[:10]) or "none is open",
        cure="./run alert list shows all of them, each with its next step.",
    )
    with store.write():
        counts = store.upkeep.counts()
    text = f"{counted(counts['sources'], 'source')}, {counted(counts['articles'], 'article')}"
    yield Finding(name="database", is_well=True, text=text)
    beats = store.kept.beats()
    last = beats.get("scheduler")
    fallen = beats.get("supervisor")
    yield Finding(
        name="scheduler",
        is_well=is_scheduler_alive(store),
        text=f"last sign of life {ago(last[0] if last else None, now)}"
        + (f"; {fallen[1]} ({ago(fallen[0], now)})" if fallen else ""),
        cure="Start ./run; where it runs, its log says why the scheduler does not stay alive.",
    )
    wrong = problems(store)
    yield Finding(
        name="declarations",
        is_well=not wrong,
        text="; ".join(wrong) or "applied as the file states them",
        cure="Mend the file; `./run config check` tells the same. Until then the former ones are in force.",
    )
    troubled = [
        row.source.slug
        for row in store.sources.every()
        if row.source.state == "active" and row.poll.failure_count >= 3
    ]
    yield Finding(
        name="sources",
        is_well=not troubled,
        text=f"in trouble: {', '.join(troubled[:10])}" if troubled else "none is in lasting trouble",
        cure="./run source show SLUG says why, and what to do.",
    )


def _alerting(store: Store, settings: Settings) -> Finding:
    alerts = settings.alerts
    named = [name for name, stated in (("mail", alerts.to), ("webhook", alerts.webhook),
             ("command", alerts.command), ("heartbeat", alerts.heartbeat)) if stated]  # fmt: skip
    broken = [one for one in store.alerts.open_ones() if one.kind == CHANNEL]
    text = f"told by {', '.join(named)}" if named else "nobody is told: [alerts] names no channel"
    return Finding(
        name="alert channels",
        is_well=not broken,
        text="; ".join(one.message for one in broken) or text,
        cure="Mend it, then try it: ./run alert test. docs/operate.md says more.",
    )


def _hubs(store: Store, settings: Settings) -> Finding:
    every = store.hubs.live_subscriptions()
    silent = sum(one.state == "silent" for one in every)
    active = sum(one.state == "active" for one in every)
    if not settings.poll.websub or settings.path == SHIPPED:
        return Finding(name="hubs", is_well=True, text="not asked to tell us")
    if every and settings.site.base_url is None:
        return Finding(
            name="hubs",
            is_well=False,
            text=f"{counted(len(every), 'source')} could be told of at once, but hubs cannot reach us",
            cure="Set [site] base_url to the public address, or [poll] websub = false.",
        )
    return Finding(
        name="hubs",
        is_well=not silent or active > 0,
        text=f"{counted(active, 'source')} told of by hubs"
        + (f", {silent} by hubs that went silent" if silent else ""),
        cure="No push reaches us: let POST to /websub/… through your proxy, then see ./run source list.",
    )


def _deliveries(store: Store, settings: Settings, now: datetime) -> Finding:
    if not is_on(settings):
        return Finding(name="own hub", is_well=True, text="off: nobody is told of your feeds at once")
    waiting, since = store.deliveries.waiting()
    given_up = store.deliveries.given_up(
        without={kind for kind, one in SENDERS.items() if not one.is_alerted}
    )
    live = sum(one.receivers for one in store.deliveries.tallies())
    text = f"{counted(live, 'receiver')}, {waiting:,} waiting"
    if since is not None:
        text += f" (the oldest since {ago(since, now)})"
    if given_up:
        text += f"; given up at {', '.join(sorted(given_up)[:10])}"
    return Finding(
        name="own hub",
        is_well=not given_up,
        text=text,
        cure="./run hub show HOST says what went wrong there.",
    )


def _folder(settings: Settings) -> Path | None:
    return None if "://" in settings.database.url else Path(settings.database.url).parent
