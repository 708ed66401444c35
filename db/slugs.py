"""Slugs: given once, never given again to another; those of renamed or merged subjects redirect (table `slugs`)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from db.engines.engine import Engine, one
from feeds.clock import from_ms, to_ms
from feeds.errors import RequestError


def give(engine: Engine, kind: str, wanted: str, target_id: int, now: datetime) -> str:
    """The slug that the target has from now on: `wanted`, or with `-2`, `-3` … where that is taken."""
    slug, number = wanted, 1
    while not _take(engine, kind, slug, target_id, now):
        number += 1
        slug = f"{wanted}-{number}"
    engine.run(
        "UPDATE slugs SET given_at = :now WHERE kind = :kind AND slug = :slug AND is_current = 0",
        {"kind": kind, "slug": slug, "now": to_ms(now)},
    )
    engine.run(
        "UPDATE slugs SET is_current = CASE WHEN slug = :slug THEN 1 ELSE 0 END"
        " WHERE kind = :kind AND target_id = :target",
        {"kind": kind, "slug": slug, "target": target_id},
    )
    return slug


def former(engine: Engine, kinds: Sequence[str]) -> list[tuple[str, str, str]]:
    """Kind, former slug and present slug of what was renamed."""
    rows = engine.rows(
        "SELECT was.kind, was.slug AS old, now.slug AS new FROM slugs was JOIN slugs now ON now.kind = was.kind"
        " AND now.target_id = was.target_id AND now.is_current = 1"
        " WHERE was.kind IN (:kinds*) AND was.is_current = 0 ORDER BY was.kind, was.slug",
        {"kinds": list(kinds)},
    )
    return [(row["kind"], row["old"], row["new"]) for row in rows]


def former_by_present(engine: Engine, kind: str) -> dict[str, tuple[str, ...]]:
    """By present slug of that kind, the former ones."""
    found: dict[str, list[str]] = {}
    for _, old, new in former(engine, (kind,)):
        found.setdefault(new, []).append(old)
    return {slug: tuple(several) for slug, several in found.items()}


def after(engine: Engine, kind: str, slug: str, *, most: int) -> list[str]:
    """All slugs of that kind, former ones too, that stand after this one in the alphabet."""
    rows = engine.rows(
        "SELECT slug FROM slugs WHERE kind = :kind AND slug > :slug ORDER BY slug LIMIT :most",
        {"kind": kind, "slug": slug, "most": most},
    )
    return [row["slug"] for row in rows]


def is_free(engine: Engine, kind: str, slug: str) -> bool:
    """True if nobody has, or had, the slug."""
    return holder(engine, kind, slug) is None


def free_one(engine: Engine, kind: str, wanted: str) -> str:
    """`wanted`, or the next of `-2`, `-3` … that nobody has or had.

    A thousand papers may each have their own Ada Quill: the end of the row is found by doubling and
    halving, not by walking along it.
    """
    if is_free(engine, kind, wanted):
        return wanted
    taken, free = 1, 2
    while not is_free(engine, kind, f"{wanted}-{free}"):
        taken, free = free, free * 2
    while free - taken > 1:
        middle = (taken + free) // 2
        if is_free(engine, kind, f"{wanted}-{middle}"):
            free = middle
        else:
            taken = middle
    return f"{wanted}-{free}"


def holder(engine: Engine, kind: str, slug: str) -> int | None:
    """The id of what has, or had, the slug."""
    row = one(
        engine.rows(
            "SELECT target_id FROM slugs WHERE kind = :kind AND slug = :slug", {"kind": kind, "slug": slug}
        )
    )
    return row["target_id"] if row else None


def present(engine: Engine, kind: str, slug: str) -> int | None:
    """The id of what has the slug now, None if it is free; raises RequestError for a former one."""
    owner = holder(engine, kind, slug)
    if owner is not None and current(engine, kind, slug) != slug:
        raise _used(kind, slug)
    return owner


def current(engine: Engine, kind: str, slug: str) -> str | None:
    """The present slug of what has, or had, this one."""
    row = one(
        engine.rows(
            "SELECT now.slug FROM slugs was JOIN slugs now ON now.kind = was.kind"
            " AND now.target_id = was.target_id AND now.is_current = 1"
            " WHERE was.kind = :kind AND was.slug = :slug",
            {"kind": kind, "slug": slug},
        )
    )
    return row["slug"] if row else None


def given_at(engine: Engine, kind: str, slug: str) -> datetime | None:
    """Since when the slug is the present one; None if it is not."""
    row = one(
        engine.rows(
            "SELECT given_at FROM slugs WHERE kind = :kind AND slug = :slug AND is_current = 1",
            {"kind": kind, "slug": slug},
        )
    )
    return from_ms(row["given_at"]) if row else None


def move(engine: Engine, kind: str, old_target: int, new_target: int) -> None:
    """Lets all slugs of one target lead to another."""
    engine.run(
        "UPDATE slugs SET target_id = :new, is_current = 0 WHERE kind = :kind AND target_id = :old",
        {"kind": kind, "old": old_target, "new": new_target},
    )


def lead(engine: Engine, kind: str, former: str, target_id: int, now: datetime) -> bool:
    """A slug that nobody had leads to the target from now on, as a former one of it; False if somebody has it."""
    return bool(
        engine.run(
            "INSERT INTO slugs (kind, slug, target_id, is_current, given_at) VALUES (:kind, :slug, :target, 0, :now)"
            " ON CONFLICT (kind, slug) DO NOTHING",
            {"kind": kind, "slug": former, "target": target_id, "now": to_ms(now)},
        )
    )


def require_free(engine: Engine, kind: str, slug: str, target_id: int) -> None:
    """Raises RequestError if the slug belongs, or belonged, to something else."""
    owner = holder(engine, kind, slug)
    if owner is not None and owner != target_id:
        raise _used(kind, slug)


def _used(kind: str, slug: str) -> RequestError:
    return RequestError(f"The slug {slug!r} was used for another {kind} before: choose another one.")


def _take(engine: Engine, kind: str, slug: str, target_id: int, now: datetime) -> bool:
    owner = holder(engine, kind, slug)
    if owner is not None:
        return owner == target_id
    engine.run(
        "INSERT INTO slugs (kind, slug, target_id, is_current, given_at) VALUES (:kind, :slug, :target, 1, :now)",
        {"kind": kind, "slug": slug, "target": target_id, "now": to_ms(now)},
    )
    return True
