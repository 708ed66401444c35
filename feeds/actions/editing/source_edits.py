"""What an admin decides of sources, each with its line in the log: added, changed, paused, removed, put into a topic."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from feeds.actions.declaring.declare import require_not_declared
from feeds.actions.editing.changes import Desk, recorded, several
from feeds.actions.gathering import sources
from feeds.errors import RequestError
from feeds.model.declarations import SourceDeclaration
from feeds.model.incoming import Source
from feeds.model.people import Change


def add_source(desk: Desk, wanted: SourceDeclaration, *, found_title: str | None = None) -> Source:
    """The new source, due at once; `found_title` is what its document calls it."""
    source, _ = recorded(
        desk,
        kind="source",
        what=lambda one: f"added the source {one.title}",
        work=lambda: sources.add(
            desk.store, wanted, settings=desk.settings, now=desk.now, found_title=found_title
        ),
        made=lambda one: (_named(one),),
    )
    return source


def change_source(desk: Desk, name: str, changes: Mapping[str, Any]) -> tuple[Source, Change | None]:
    """The source with other settings; `changes` are keys of a `[[source]]`, None for the default."""
    before = sources.found_source(desk.store, name).source
    keys = ", ".join(changes)
    (_, after), change = recorded(
        desk,
        kind="source",
        what=f"set {keys} of {before.title}",
        work=lambda: sources.change(desk.store, name, changes, settings=desk.settings, now=desk.now),
        subjects=(_named(before),),
    )
    return after, change


_STATES = {"pause": sources.pause, "resume": sources.resume, "remove": sources.remove}
_DONE = {"pause": "paused", "resume": "resumed", "remove": "removed"}


def set_sources(desk: Desk, names: Sequence[str], verb: str) -> tuple[Change | None, tuple[str, ...]]:
    """Pauses, resumes or removes sources as one change; answers it, and why some were left out."""
    rows, left_out = own_sources(desk, names)

    def work() -> None:
        for row in rows:
            _STATES[verb](desk.store, row.slug, settings=desk.settings, now=desk.now)

    _, change = recorded(
        desk,
        kind="source",
        what=f"{_DONE[verb]} {several([one.title for one in rows], 'sources')}",
        work=work,
        subjects=[_named(one) for one in rows],
    )
    return change, left_out


def give_topic(desk: Desk, names: Sequence[str], topic: str) -> tuple[Change | None, tuple[str, ...]]:
    """Sets sources to a topic, beside those that they are set to; returns the change, and who was left out."""
    rows, left_out = own_sources(desk, names)

    def work() -> None:
        for row in rows:
            if topic not in row.topic_slugs:
                sources.change(
                    desk.store,
                    row.slug,
                    {"topics": [*row.topic_slugs, topic]},
                    settings=desk.settings,
                    now=desk.now,
                )

    _, change = recorded(
        desk,
        kind="source",
        what=f"set {several([one.title for one in rows], 'sources')} to the topic {topic}",
        work=work,
        subjects=[_named(one) for one in rows],
    )
    return change, left_out


def own_sources(desk: Desk, names: Sequence[str]) -> tuple[list[Source], tuple[str, ...]]:
    """Those of the sources that the file does not own, and the titles of the others."""
    rows = [sources.found_source(desk.store, name).source for name in dict.fromkeys(names)]
    if not rows:
        raise RequestError("Choose at least one source.")
    mine: list[Source] = []
    others: list[Source] = []
    for one in rows:
        (others if sources.is_declared(one, desk.settings) else mine).append(one)
    if not mine:
        if len(others) == 1:
            # Tells the line to edit.
            require_not_declared(desk.settings, "source", others[0].slug, others[0].fetch_url)
        raise RequestError(
            f"config.toml owns {several([one.title for one in others], 'sources')}: it is changed there."
        )
    return mine, tuple(one.title for one in others)


def _named(source: Source) -> str:
    return f"source/{source.id}"
