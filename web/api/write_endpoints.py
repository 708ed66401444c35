"""What the API lets scripts write: each address with its body, its answer and what does it, through the actions behind the pages."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from msgspec import Meta, Struct

from feeds.actions.declaring.declare import require_not_declared
from feeds.actions.editing import article_edits, source_edits, topic_edits
from feeds.actions.editing.changes import Desk
from feeds.actions.sorting.topics import require_slug
from feeds.config.stated import stated_source, stated_topic
from feeds.errors import RequestError
from feeds.model.articles import Topic
from feeds.model.people import Change
from web.api.endpoints import Call
from web.api.errors import PREFIX, ApiError
from web.api.managed import (
    Managed,
    ManagedArticle,
    ManagedSource,
    ManagedTopic,
    managed_article,
    managed_source,
    managed_topic,
    tag_of,
)
from web.api.parameters import Parameter, part
from web.api.write_bodies import ArticleChange, Body, Correction, NewSource, SourceChange, TopicBody
from web.server.conditional import tags_of

_WEAK = re.compile(r'W/"[^"]*"')
LineNumber = Annotated[
    int | None, Meta(description="The line in the log, by which it can be taken back; null: nothing changed.")
]
LineNumbers = Annotated[tuple[int, ...], Meta(description="All lines that this wrote, in order.")]


class Written(Struct, frozen=True, kw_only=True):
    """What was done."""

    change: LineNumber
    changes: LineNumbers


class SourceWritten(Written, frozen=True, kw_only=True):
    """The source as it is now."""

    source: ManagedSource


class TopicWritten(Written, frozen=True, kw_only=True):
    """The topic as it is now."""

    topic: ManagedTopic
    job: Annotated[int, Meta(description="The work that holds stored articles against the rule.")]


class ArticleWritten(Written, frozen=True, kw_only=True):
    """The article as it is now."""

    article: ManagedArticle


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """What a write is answered."""

    body: Written
    status: int = 200
    location: str | None = None
    etag: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WriteCall:
    """One write that was let in; its transaction is open."""

    desk: Desk
    base_url: str
    values: dict[str, Any]
    body: Any
    if_match: str | None
    if_none_match: str | None

    def require(self, state: Managed) -> None:
        """Raises ApiError if `If-Match` names another state."""
        if self.if_match is None or self.if_match.strip() == "*":
            return
        # RFC 9110 section 13.1.1: a weak tag matches nothing here.
        present = tag_of(state)
        if present not in tags_of(_WEAK.sub("", self.if_match)):
            raise ApiError(
                "changed-since", "It was changed since you read it: read it again.", {"ETag": f'"{present}"'}
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class Write:
    """One write of the API."""

    method: Literal["POST", "PATCH", "PUT", "DELETE"]
    path: str
    name: str
    summary: str
    subject: str
    """What it changes: a key of `MAY`."""
    answer: type[Written]
    work: Callable[[WriteCall], Done]
    body: type[Body] | None = None
    parameters: tuple[Parameter, ...] = ()
    statuses: tuple[int, ...] = (200,)
    problems: tuple[str, ...] = ("not-found", "owned-by-file", "changed-since")


def _numbers(*changes: Change | None) -> dict[str, Any]:
    made = tuple(one.id for one in changes if one is not None)
    return {"change": made[-1] if made else None, "changes": made}


def _source(call: WriteCall, slug: str, *changes: Change | None, status: int = 200) -> Done:
    _, state = managed_source(call.desk.store, slug, call.desk.settings)
    return Done(
        body=SourceWritten(source=state, **_numbers(*changes)),
        status=status,
        location=f"{call.base_url}{PREFIX}/sources/{state.slug}" if status == 201 else None,
        etag=tag_of(state),
    )


def _add_source(call: WriteCall) -> Done:
    stated = {key: value for key, value in call.body.stated().items() if value is not None}
    source = source_edits.add_source(call.desk, stated_source(stated, call.desk.settings))
    change = next(iter(call.desk.store.changes.changes(subject=f"source/{source.id}", most=1)), None)
    return _source(call, source.slug, change, status=201)


def _managed_source(call: WriteCall) -> ManagedSource:
    """The source, which nobody else changes until this write ends."""
    store, slug = call.desk.store, call.values["slug"]
    source_id, _ = managed_source(store, slug, call.desk.settings)
    store.answers.hold("source", source_id)
    _, state = managed_source(store, slug, call.desk.settings)
    call.require(state)
    return state


def _change_source(call: WriteCall) -> Done:
    before = _managed_source(call)
    slug, stated = before.slug, call.body.stated()
    wanted = stated.pop("state", before.state)
    set_, moved = None, None
    # What config.toml owns is refused before anything is looked at.
    source_edits.own_sources(call.desk, [slug])
    if stated:
        after, set_ = source_edits.change_source(call.desk, slug, stated)
        slug = after.slug
    if wanted != before.state:
        moved, _ = source_edits.set_sources(call.desk, [slug], "pause" if wanted == "paused" else "resume")
    return _source(call, slug, set_, moved)


def _remove_source(call: WriteCall) -> Done:
    before = _managed_source(call)
    change, _ = source_edits.set_sources(call.desk, [before.slug], "remove")
    return Done(body=Written(**_numbers(change)))


def _managed_article(call: WriteCall) -> tuple[int, ManagedArticle]:
    store, urn = call.desk.store, call.values["id"]
    article_id, _ = managed_article(store, urn)
    store.answers.hold("article", article_id)
    _, state = managed_article(store, urn)
    call.require(state)
    return article_id, state


def _article(call: WriteCall, *changes: Change | None) -> Done:
    _, state = managed_article(call.desk.store, call.values["id"])
    return Done(body=ArticleWritten(article=state, **_numbers(*changes)), etag=tag_of(state))


def _texts(stated: dict[str, Any]) -> dict[str, str | None]:
    """The fields as they are kept: `authors` one a line."""
    return {key: "\n".join(value) if isinstance(value, list) else value for key, value in stated.items()}


def _change_article(call: WriteCall) -> Done:
    article_id, before = _managed_article(call)
    desk, stated, state = call.desk, call.body.stated(), before.state
    is_held_wanted, made = stated.pop("held", None), []
    pinned = stated.pop("pinned", None)
    reason = stated.pop("withdrawn", "")
    if reason is None and state == "withdrawn":
        made.append(article_edits.restore(desk, article_id))
        state = managed_article(desk.store, before.id)[1].state
    if state == "withdrawn" and (stated or is_held_wanted is not None or pinned is not None or reason):
        raise RequestError("The article is withdrawn: restore it first.")
    if is_held_wanted is False and state == "held":
        made.append(article_edits.release(desk, article_id))
    if stated:
        made.append(article_edits.override(desk, article_id, _texts(stated)))
    if pinned is not None:
        made.append(article_edits.pin(desk, [article_id], pinned))
    if is_held_wanted and state != "held":
        made.append(article_edits.hold(desk, [article_id]))
    if reason:
        made.append(article_edits.withdraw(desk, [article_id], reason))
    return _article(call, *made)


def _correct_article(call: WriteCall) -> Done:
    article_id, state = _managed_article(call)
    if state.state == "withdrawn":
        raise RequestError("The article is withdrawn: restore it first.")
    stated = call.body.stated()
    note = stated.pop("note")
    return _article(call, article_edits.correct(call.desk, article_id, _texts(stated), note))


def _topic_now(call: WriteCall) -> Topic | None:
    return next((one for one in call.desk.store.topics.every() if one.slug == call.values["slug"]), None)


def _put_topic(call: WriteCall) -> Done:
    store, slug = call.desk.store, call.values["slug"]
    require_slug(slug)
    present = _topic_now(call)
    if present is None:
        # There is no row yet that two who make the same topic at once could wait for.
        store.answers.hold_all("topic")
        present = _topic_now(call)
    if present is None and call.if_match is not None:
        raise ApiError(
            "changed-since", f"There is no topic {slug} (any more): send no `If-Match` to make it."
        )
    if present is not None:
        # No condition would let it through: who reads the tag first would be refused all the same.
        require_not_declared(call.desk.settings, "topic", slug)
        if call.if_none_match is not None and call.if_none_match.strip() == "*":
            raise ApiError("changed-since", f"There is a topic {slug} already.")
        if call.if_match is None:
            raise ApiError(
                "needs-condition",
                "The topic exists, and this replaces its whole rule: send the `ETag` that you read as `If-Match`.",
            )
        store.answers.hold("topic", present.id)
        call.require(managed_topic(store, slug, call.desk.settings)[1])
    declared = stated_topic(
        {key: value for key, value in call.body.stated().items() if value is not None} | {"slug": slug}
    )
    topic, job, change = topic_edits.put_topic(
        call.desk,
        slug=slug,
        title=declared.title,
        description=declared.description,
        rule=declared.rule(),
    )
    _, state = managed_topic(store, topic.slug, call.desk.settings)
    is_new = present is None
    return Done(
        body=TopicWritten(topic=state, job=job, **_numbers(change)),
        status=201 if is_new else 200,
        location=f"{call.base_url}{PREFIX}/topics/{topic.slug}" if is_new else None,
        etag=tag_of(state),
    )


def _retire_topic(call: WriteCall) -> Done:
    store = call.desk.store
    topic_id, state = managed_topic(store, call.values["slug"], call.desk.settings)
    store.answers.hold("topic", topic_id)
    _, state = managed_topic(store, state.slug, call.desk.settings)
    call.require(state)
    return Done(body=Written(**_numbers(topic_edits.set_topic_state(call.desk, state.slug, "retire"))))


_SLUG = part("slug", "Its word in addresses.", example="harbour")
_URN = part("id", "The article's urn.", example="urn:uuid:…")

WRITES: tuple[Write, ...] = (
    Write(
        method="POST", path="/sources", name="add_source", summary="Adds a source; its first poll follows.",
        subject="sources", answer=SourceWritten, work=_add_source, body=NewSource, statuses=(201,),
        problems=("owned-by-file",),
    ),
    Write(
        method="PATCH", path="/sources/{slug}", name="change_source", summary="Changes, pauses or resumes a source.",
        subject="sources", answer=SourceWritten, work=_change_source, body=SourceChange, parameters=(_SLUG,),
    ),
    Write(
        method="DELETE", path="/sources/{slug}", name="remove_source",
        summary="Takes a source out; its articles stay in the topics and with their authors.",
        subject="sources", answer=Written, work=_remove_source, parameters=(_SLUG,),
    ),
    Write(
        method="PATCH", path="/articles/{id}", name="change_article",
        summary="Changes what an article shows, holds it back, releases, withdraws or restores it.",
        subject="articles", answer=ArticleWritten, work=_change_article, body=ArticleChange, parameters=(_URN,),
        problems=("not-found", "changed-since"),
    ),
    Write(
        method="POST", path="/articles/{id}/correction", name="correct_article",
        summary="Corrects an article: readers see the note, and feeds show it as updated.",
        subject="articles", answer=ArticleWritten, work=_correct_article, body=Correction, parameters=(_URN,),
        problems=("not-found", "changed-since"),
    ),
    Write(
        method="PUT", path="/topics/{slug}", name="put_topic", summary="Makes a topic, or replaces its whole rule.",
        subject="topics", answer=TopicWritten, work=_put_topic, body=TopicBody, parameters=(_SLUG,), statuses=(200, 201),
        problems=("owned-by-file", "changed-since", "needs-condition"),
    ),
    Write(
        method="DELETE", path="/topics/{slug}", name="retire_topic", summary="Ends a topic with its feed.",
        subject="topics", answer=Written, work=_retire_topic, parameters=(_SLUG,),
    ),
)  # fmt: skip


def managed_read(call: Call, name: str, settings: Any) -> Managed | None:
    """One source, topic or article as whoever has a token sees it; None for other addresses."""
    values = call.values
    if name == "get_source":
        return managed_source(call.store, values["slug"], settings)[1]
    if name == "get_topic":
        return managed_topic(call.store, values["slug"], settings)[1]
    return managed_article(call.store, values["id"])[1] if name == "get_article" else None
