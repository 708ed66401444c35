"""Everything that an admin changes, each with its line in the log: the same behind page and command."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from feeds.actions.declaring.declare import require_not_declared
from feeds.actions.editing.changes import Desk, recorded
from feeds.actions.gathering import sources
from feeds.actions.sorting import topics
from feeds.actions.sorting.trials import is_at_once
from feeds.errors import RequestError
from feeds.model.articles import Topic, TopicRule
from feeds.model.declarations import SourceDeclaration
from feeds.model.incoming import Source
from feeds.model.people import Change, Effect

SHOWN_IN_EFFECT = 50
"""Articles that the log names of one feed; it counts all."""


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


def put_topic(
    desk: Desk,
    *,
    slug: str,
    title: str | None,
    description: str | None,
    rule: TopicRule,
    trial: topics.Trial | None = None,
) -> tuple[Topic, int, Change | None]:
    """The topic, the job that holds stored articles against it, and the line in the log.

    What it changes in feeds stands there as `trial` foretold; without one it is tried here, unless that takes long.
    """
    topics.require_slug(slug)
    if trial is None and is_at_once(desk.store):
        trial = topics.try_rule(desk.store, rule, slug=slug, most=SHOWN_IN_EFFECT)
    present = next((one for one in desk.store.topics.every() if one.slug == slug), None)
    (topic, job), change = recorded(
        desk,
        kind="topic",
        what=lambda made: f"{'changed' if present else 'made'} the topic {made[0].title}",
        work=lambda: topics.put_topic(
            desk.store,
            slug=slug,
            title=title,
            description=description,
            rule=rule,
            settings=desk.settings,
            now=desk.now,
            asked_by=desk.actor.name,
        ),
        subjects=(f"topic/{present.id}",) if present else (),
        made=None if present else (lambda made: (f"topic/{made[0].id}",)),
        effects=effects_of(trial, slug) if trial else (),
    )
    return topic, job, change


def effects_of(trial: topics.Trial, slug: str) -> tuple[Effect, ...]:
    """What a rule would do to each public feed, as the log keeps it."""
    moved = [(one.id, one.title, True) for one, _ in trial.added]
    moved += [(one.id, one.title, False) for one, _ in trial.dropped]
    return tuple(
        Effect(
            feed=f"topics/{one.slug}",
            entered=one.added,
            left=one.dropped,
            articles=tuple(moved[: 2 * SHOWN_IN_EFFECT]) if one.slug in (slug, topics.TRIED) else (),
        )
        for one in trial.feeds
        if one.added or one.dropped
    )


def set_topic_state(desk: Desk, name: str, verb: str) -> Change | None:
    """Pauses or retires a topic."""
    topic = topics.found_topic(desk.store, name)

    def work() -> None:
        if verb == "pause":
            topics.pause_topic(desk.store, name, settings=desk.settings, now=desk.now)
        elif verb == "retire":
            topics.retire_topic(desk.store, name, settings=desk.settings, now=desk.now)
        else:
            raise RequestError(f"There is no way to {verb} a topic.")

    done = {"pause": "paused", "retire": "retired"}.get(verb, verb)
    _, change = recorded(
        desk,
        kind="topic",
        what=f"{done} the topic {topic.title}",
        work=work,
        subjects=(f"topic/{topic.id}",),
    )
    return change


def resume_topic(desk: Desk, name: str) -> tuple[Change | None, int]:
    """The topic gets articles again: the change, and the job that gives it what it missed."""
    topic = topics.found_topic(desk.store, name)
    (_, job), change = recorded(
        desk,
        kind="topic",
        what=f"resumed the topic {topic.title}",
        work=lambda: topics.resume_topic(
            desk.store, name, settings=desk.settings, now=desk.now, asked_by=desk.actor.name
        ),
        subjects=(f"topic/{topic.id}",),
    )
    return change, job


def rename_topic(desk: Desk, name: str, slug: str) -> Change | None:
    """The topic at another address; the old one leads there."""
    topic = topics.found_topic(desk.store, name)
    _, change = recorded(
        desk,
        kind="topic",
        what=f"moved the topic {topic.title} from /topics/{topic.slug} to /topics/{slug}",
        work=lambda: topics.rename_topic(desk.store, name, slug, settings=desk.settings, now=desk.now),
        subjects=(f"topic/{topic.id}",),
    )
    return change


def _named(source: Source) -> str:
    return f"source/{source.id}"


def several(names: Sequence[str], noun: str) -> str:
    """One by its name, many by their number."""
    return names[0] if len(names) == 1 else f"{len(names)} {noun}"
