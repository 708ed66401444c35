"""What an admin decides of topics, each with its line in the log: made, changed, paused, retired, moved to another address."""

from __future__ import annotations

from feeds.actions.editing.changes import SHOWN_IN_EFFECT, Desk, recorded
from feeds.actions.sorting import topics
from feeds.actions.sorting.trials import is_at_once
from feeds.errors import RequestError
from feeds.model.articles import Topic, TopicRule
from feeds.model.people import Change, Effect


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
