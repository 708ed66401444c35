"""When a copy of the database is due, which old copies go, and whether a copy can be read."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from db.store import Store
from feeds.model.outgoing import FeedKey

BACKUP = "backup"
"""The kind of alert."""
TURN = "backup_turn"
AGAIN_AFTER = timedelta(minutes=10)
"""How long after a failure it is tried again."""
UNFINISHED = ".unfinished"
_STAMP = "%Y%m%d-%H%M%S"


def copy_name(stem: str, now: datetime) -> str:
    """The name of a copy taken now."""
    return f"{stem}-{now.astimezone(UTC):{_STAMP}}.db"


def taken_at(name: str, stem: str) -> datetime | None:
    """When the copy of that name was taken; None for a file that is no copy of ours."""
    if not name.startswith(f"{stem}-") or not name.endswith(".db"):
        return None
    try:
        return datetime.strptime(name[len(stem) + 1 : -3], _STAMP).replace(tzinfo=UTC)
    except ValueError:
        return None


def newest(names: Sequence[str], stem: str, now: datetime) -> datetime | None:
    """When the newest copy was taken; one from the future is of a clock that was wrong, and counts for nothing."""
    times = [at for at in (taken_at(name, stem) for name in names) if at is not None and at <= now]
    return max(times, default=None)


def is_due(last: datetime | None, every: timedelta, now: datetime) -> bool:
    """True if another copy is to be taken."""
    return last is None or now - last >= every


def to_remove(names: Sequence[str], stem: str, keep: int) -> tuple[str, ...]:
    """The copies beyond the newest so many; other files are none of our business."""
    ours = sorted(name for name in names if taken_at(name, stem) is not None)
    return tuple(ours[:-keep])


def faults_of(copy: Store, original: Store) -> tuple[str, ...]:
    """What is wrong with a copy: its pages, and whether the newest feed is in it as in the original."""
    wrong = copy.upkeep.check()
    if wrong:
        return wrong
    key = FeedKey(kind="all")
    there = original.feeds.info(key)
    found = copy.feeds.page(key, entries=50, window=timedelta(0), most=50)
    if there is not None and there.article_count and (found is None or not found.articles):
        return ("the feed of all articles is empty in it",)
    return ()


def late_fault(last: datetime | None, every: timedelta, since: datetime, now: datetime) -> str | None:
    """What to say where the newest copy is too old; `since` is when this process began to look."""
    if now - (last or since) <= every * 2:
        return None
    shown = "There is no backup" if last is None else f"The newest backup is of {last:%Y-%m-%d %H:%M} UTC"
    return f"{shown}, although [backup] every asks for newer ones. The scheduler's log says why."
