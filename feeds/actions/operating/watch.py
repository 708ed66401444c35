"""Watches the site itself: whether anything is fetched, published, backed up, and whether the disk has room; with the words of these alerts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from db.store import Store
from feeds.actions.declaring.declare import problems
from feeds.model.alerts import KINDS, UNKNOWN
from feeds.model.kept import Pulse

FETCHING, PUBLISHING, SCHEDULER, WORK, DISK, DECLARATIONS = (
    "fetching",
    "publishing",
    "scheduler",
    "work",
    "disk",
    "declarations",
)
WATCHED = (FETCHING, PUBLISHING, SCHEDULER, WORK, DISK, DECLARATIONS)
FAILING = "failing "
"""Before the name of a tick: the sign that it keeps failing (`parts.tick_guard`)."""
FAILING_FOR = timedelta(minutes=15)
"""A tick that did not fail for so long is well again; the slowest comes every ten minutes."""
LITTLE_DISK = 500_000_000
ENOUGH_DISK = 600_000_000
"""Above the limit, so that an alert does not open and close with every log file."""
LATE_PUBLISHING = timedelta(minutes=2)
FALLEN_FOR = timedelta(minutes=10)
"""A scheduler that was started again counts as well after so long without another fall."""

WARN_BEFORE_END = timedelta(days=7)
"""How long an end waits for a channel that fails."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """What the store does not know."""

    free_bytes: int | None
    """Where the database is; None: it is not on this machine."""
    is_polling: bool
    silence: timedelta
    """`[alerts] nothing_fetched`."""


def watch(store: Store, around: Around, now: datetime) -> bool:
    """Opens and closes the alerts of the site itself; True if nothing grave is open."""
    store.alerts.forget_sent(before=now - WARN_BEFORE_END)
    pulse = store.polls.pulse()
    open_kinds = {one.kind for one in store.alerts.open_ones()}
    faults = (
        fetching_fault(pulse, around, now),
        publishing_fault(pulse, now),
        _fall(store, now),
        failing_fault(store.kept.beats(), now),
        disk_fault(around.free_bytes, is_open=DISK in open_kinds),
        _declared(store),
    )
    for kind, message in zip(WATCHED, faults, strict=True):
        if message is not None:
            store.alerts.open(kind, "", message, now)
            open_kinds.add(kind)
        elif kind in open_kinds:
            store.alerts.close(kind, "", now)
            open_kinds.remove(kind)
    return not any(KINDS.get(kind, UNKNOWN).is_grave for kind in open_kinds)


def fetching_fault(pulse: Pulse, around: Around, now: datetime) -> str | None:
    """What to say where nothing was fetched anywhere, although something was due."""
    since = now - around.silence
    if not around.is_polling or not pulse.source_count:
        return None
    if pulse.last_ok_at is not None and pulse.last_ok_at > since:
        return None
    is_late = pulse.first_due_at is not None and pulse.first_due_at < since
    has_failed = pulse.last_polled_at is not None and (
        pulse.last_ok_at is None or pulse.last_polled_at > pulse.last_ok_at
    )
    has_waited = pulse.first_added_at is not None and pulse.first_added_at < since
    if not has_waited or not (is_late or has_failed):
        return None
    return (
        f"No source could be fetched since {_shown(pulse.last_ok_at)}."
        " See `./run doctor`, then the log of the scheduler."
    )


def publishing_fault(pulse: Pulse, now: datetime) -> str | None:
    """What to say where changes wait to be published."""
    if pulse.unpublished_since is None or now - pulse.unpublished_since < LATE_PUBLISHING:
        return None
    return (
        f"Changes wait since {_shown(pulse.unpublished_since)} to be published."
        " Feeds show what was published before. The scheduler's log says why."
    )


def disk_fault(free_bytes: int | None, *, is_open: bool) -> str | None:
    """What to say where there is little room left."""
    if free_bytes is None or free_bytes >= (ENOUGH_DISK if is_open else LITTLE_DISK):
        return None
    return (
        f"Only {free_bytes / 1e6:,.0f} MB are free where the database is."
        " Make room: when nothing is left, polling stops until there is."
    )


def _fall(store: Store, now: datetime) -> str | None:
    fallen = store.kept.beats().get("supervisor")
    if fallen is None or now - fallen[0] > FALLEN_FOR:
        return None
    return f"{fallen[1]} The log says why; feeds are served meanwhile."


def failing_fault(beats: Mapping[str, tuple[datetime, str]], now: datetime) -> str | None:
    """What to say where some of the scheduler's own work goes on failing."""
    failing = [
        f"{name.removeprefix(FAILING).removesuffix('_tick')}: {fault}"
        for name, (at, fault) in sorted(beats.items())
        if name.startswith(FAILING) and now - at < FAILING_FOR
    ]
    if not failing:
        return None
    return (
        f"Some of the scheduler's work fails again and again. {'; '.join(failing[:3])}."
        " The log holds the trace: report it, and update Feedwright."
    )


def _declared(store: Store) -> str | None:
    wrong = problems(store)
    if not wrong:
        return None
    return (
        f"The config file is not applied as it stands: {'; '.join(wrong[:5])}. The former declarations hold."
    )


def _shown(moment: datetime | None) -> str:
    return "the beginning" if moment is None else f"{moment:%Y-%m-%d %H:%M} UTC"
