"""`[[mix]]` into the store: saved, changed, renamed; what vanished from the file gets no more articles."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from db.store import Store
from feeds.errors import RequestError
from feeds.model.declarations import MixDeclaration
from feeds.model.mixes import SavedMix

if TYPE_CHECKING:
    from feeds.actions.declaring.declare import DeclareReport


def declare_mixes(
    store: Store, declared: Sequence[MixDeclaration], report: DeclareReport, now: datetime
) -> list[str]:
    """The slugs of the mixes that are to be filled anew."""
    present = {one.slug: one for one in store.mixes.every()}
    to_fill: list[str] = []
    for one in declared:
        try:
            if _mix(store, one, present, report, now):
                to_fill.append(one.slug)
        except RequestError as error:
            report.problems.append(f"line {one.line}: {error}")
    kept = {one.slug for one in declared}
    for slug, mix in present.items():
        if mix.origin == "file" and mix.state == "active" and slug not in kept:
            store.mixes.set_state(mix.id, "paused", now)
            report.paused.append(f"mix {slug}")
    return to_fill


def _mix(
    store: Store, one: MixDeclaration, present: dict[str, SavedMix], report: DeclareReport, now: datetime
) -> bool:
    """True if it is to be filled anew."""
    former = next((slug for slug in one.was if slug in present), None)
    if one.slug not in present and former is not None:
        store.mixes.rename(present[former].id, one.slug, now)
        report.renamed.append(f"mix {former} → {one.slug}")
        present[one.slug] = present.pop(former)
    before = present.get(one.slug)
    title = one.title or one.slug.replace("-", " ").capitalize()
    wanted = (title, one.description, one.path, "file", "active")
    if before and (before.title, before.description, before.path, before.origin, before.state) == wanted:
        return False
    made = store.mixes.put(
        slug=one.slug, title=title, description=one.description, path=one.path, origin="file", now=now
    )
    for name in one.was:
        store.mixes.lead(name, made.id, now)
    (report.changed if before else report.added).append(f"mix {one.slug}")
    return before is None or before.path != one.path or before.state != "active"
