"""Changes that people make: written into the log in the same transaction, and taken back as a whole."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from db.store import Store
from feeds.actions.editing.states import NOT_THERE, put_back, state_of
from feeds.actions.publishing.publish import publish_touched
from feeds.errors import NotFoundError, RequestError
from feeds.model.people import Actor, Change, Effect, State, Step
from feeds.model.settings import Settings

SHOWN_IN_EFFECT = 50
"""Articles that the log names of one feed; it counts all."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """Who is at work, in which store, when, under which settings."""

    store: Store
    actor: Actor
    settings: Settings
    now: datetime


class BuiltUponError(RequestError):
    """It cannot be taken back, because something later builds upon it; `change` is that, where the log knows it."""

    def __init__(self, message: str, change: Change | None) -> None:
        super().__init__(message)
        self.change = change


def recorded(
    desk: Desk,
    *,
    kind: str,
    what: Callable[[T], str] | str,
    work: Callable[[], T],
    subjects: Sequence[str] = (),
    made: Callable[[T], Sequence[str]] | None = None,
    effects: Sequence[Effect] = (),
) -> tuple[T, Change | None]:
    """What `work` answers, with its line in the log; none where nothing changed.

    `subjects` are there before (`source/3`), those of `made` come with the work. Both are written, or neither.
    """
    store = desk.store
    with store.write():
        before = {one: state_of(store, one) for one in subjects}
        result = work()
        steps = [_step(one, state, state_of(store, one)) for one, state in before.items()]
        for one in made(result) if made else ():
            steps.append(Step(subject=one, before=NOT_THERE, after=state_of(store, one)))
        steps = [one for one in steps if one.after != one.before]
        if not steps:
            return result, None
        text = what if isinstance(what, str) else what(result)
        change = store.changes.add_change(
            desk.actor, kind=kind, what=text, steps=steps, effects=effects, now=desk.now
        )
    publish_touched(store, desk.now)
    return result, change


def noted(store: Store, actor: Actor, now: datetime, *, kind: str, what: str) -> Change:
    """A line in the log that nothing can take back: the caller holds the transaction."""
    return store.changes.add_change(actor, kind=kind, what=what, steps=(), now=now)


def several(names: Sequence[str], noun: str) -> str:
    """One by its name, many by their number."""
    return names[0] if len(names) == 1 else f"{len(names)} {noun}"


def found_change(store: Store, change_id: int) -> Change:
    """That line of the log; raises NotFoundError."""
    change = store.changes.change(change_id)
    if change is None:
        raise NotFoundError(f"There is no line {change_id} in the log.")
    return change


def why_not_undone(store: Store, change: Change) -> RequestError | None:
    """Why the change cannot be taken back; None if it can."""
    if change.undone_by_id is not None:
        return RequestError("It was taken back already.")
    if change.undoes_id is not None:
        return RequestError("This undid a change; make that change again instead.")
    if not change.steps:
        return RequestError("This cannot be undone.")
    for step in change.steps:
        present = state_of(store, step.subject)
        if all(present.get(key) == value for key, value in step.after.items()):
            continue
        later = next(iter(store.changes.later_changes([step.subject], change.id)), None)
        if later is not None:
            return BuiltUponError(f"Later {later.who} {later.what}. Undo that first.", later)
        return BuiltUponError("It has been changed since by other means, so this would overwrite that.", None)
    return None


def undo(store: Store, change_id: int, actor: Actor, *, settings: Settings, now: datetime) -> Change:
    """Takes the change back with all its steps; raises RequestError, `BuiltUponError` where something builds on it."""
    with store.write():
        change = found_change(store, change_id)
        problem = why_not_undone(store, change)
        if problem is not None:
            raise problem
        steps: list[Step] = []
        for step in reversed(change.steps):
            before = state_of(store, step.subject)
            put_back(store, step.subject, step.before, who=actor.name, settings=settings, now=now)
            steps.append(_step(step.subject, before, state_of(store, step.subject)))
        done = store.changes.add_change(
            actor,
            kind=change.kind,
            what=f"took back: {change.who} {change.what}",
            steps=steps,
            effects=[Effect(feed=one.feed, entered=one.left, left=one.entered) for one in change.effects],
            undoes_id=change.id,
            now=now,
        )
    publish_touched(store, now)
    return done


def _step(subject: str, before: State, after: State) -> Step:
    """The keys in which the two differ."""
    if NOT_THERE in (before, after):
        return Step(subject=subject, before=before, after=after)
    differing = [key for key in {**before, **after} if before.get(key) != after.get(key)]
    return Step(
        subject=subject,
        before={key: before.get(key) for key in differing},
        after={key: after.get(key) for key in differing},
    )
