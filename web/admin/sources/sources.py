"""Sources: the list, harm first, with filter, a sparkline each, and what can be done with many at once."""

from __future__ import annotations

from typing import Literal, cast

from flask import request
from werkzeug.wrappers import Response as AnyResponse

from feeds.actions.editing import source_edits
from feeds.actions.gathering.sources import is_declared
from feeds.actions.job_kinds import POLL
from feeds.actions.sorting.topics import found_topic
from feeds.errors import RequestError
from feeds.model.kept import SourceFilter
from web.admin.frame import PER_PAGE, Frame
from web.admin.source_states import TROUBLE, words_of
from web.language import gettext, later, ngettext, pair

GROUPS = ("all", "trouble", "odd", "paused")
ORDERS = {
    "harm": later("State"),
    "name": later("Source"),
    "new": later("Last new"),
    "polled": later("Last poll"),
    "next": later("Next poll"),
}
KINDS = (later("feed"), later("sitemap"), later("page"), later("folder"))
MOST_AT_ONCE = 5_000
SPARK_DAYS = 30
_DONE = {
    "pause": pair("%(count)s source paused.", "%(count)s sources paused."),
    "resume": pair("%(count)s source resumed.", "%(count)s sources resumed."),
    "remove": pair("%(count)s source removed.", "%(count)s sources removed."),
}


def add(frame: Frame) -> None:
    """Hangs the screen into the frame."""

    @frame.get("/sources")
    def sources() -> AnyResponse:
        store, page, wanted, settings = frame.store, frame.number(), _wanted(), frame.settings()
        total = store.changes.source_count(wanted, TROUBLE)
        rows = store.changes.source_page(wanted, TROUBLE, most=PER_PAGE, offset=(page - 1) * PER_PAGE)
        return frame.page(
            "sources.html",
            rows=[(row, words_of(row), is_declared(row.source, settings)) for row in rows],
            daily=store.changes.daily_of_sources(
                [row.source.id for row in rows], frame.context.clock(), SPARK_DAYS
            ),
            total=total,
            page=page,
            per_page=PER_PAGE,
            wanted=wanted,
            tally=store.changes.source_tally(TROUBLE),
            topics=store.topics.every(),
            orders=ORDERS,
            kinds=KINDS,
        )

    @frame.post("/sources", "sources")
    def change_sources() -> AnyResponse:
        return _changed(frame, request.form.get("do", ""))


def _changed(frame: Frame, verb: str) -> AnyResponse:
    """What a button does with the chosen sources."""
    desk, values = frame.desk(), dict[str, str]()
    names = request.form.getlist("source")
    if request.form.get("every"):
        wanted = _wanted(request.form)
        rows = desk.store.changes.source_page(wanted, TROUBLE, most=MOST_AT_ONCE, offset=0)
        names = [row.source.slug for row in rows]
    if not names:
        raise RequestError("Choose at least one source: tick the box in front of it.")
    if verb == "poll":
        job = desk.store.jobs.add(
            POLL, {"sources": _active(frame, names)}, asked_by=desk.actor.name, now=desk.now
        )
        return frame.go(f"/jobs/{job}")
    if verb == "remove" and request.form.get("sure") != "yes":
        mine, left_out = source_edits.own_sources(desk, names)
        chosen = [desk.store.sources.of_id(one.id) for one in mine]
        return frame.page(
            "remove-sources.html",
            rows=[row for row in chosen if row is not None],
            articles=sum(row.article_count for row in chosen if row is not None),
            left_out=left_out,
        )
    if verb == "topic":
        topic = request.form.get("topic", "")
        change, left_out = source_edits.give_topic(desk, names, topic)
        done = (
            "%(count)s source set to the topic %(topic)s.",
            "%(count)s sources set to the topic %(topic)s.",
        )
        values["topic"] = found_topic(desk.store, topic).title
    elif verb in ("pause", "resume", "remove"):
        change, left_out = source_edits.set_sources(desk, names, verb)
        done = _DONE[verb]
    else:
        raise RequestError("Choose what to do with them.")
    count = len(names) - len(left_out)
    text = ngettext(*done, count, **values)
    if left_out:
        left = gettext("Left out, owned by config.toml: %(names)s.", names=", ".join(left_out[:8]))
        text = f"{text} {left}"
    return frame.go("/sources", text, change)


def _active(frame: Frame, names: list[str]) -> list[str]:
    found = [frame.store.sources.get(name) for name in names]
    active = [row.source.slug for row in found if row is not None and row.source.state == "active"]
    if not active:
        raise RequestError("None of these is polled: resume them first.")
    return active


def _wanted(values: object = None) -> SourceFilter:
    given = request.args if values is None else request.form
    group, order = given.get("group", "all"), given.get("sort", "")
    return SourceFilter(
        group=cast(Literal["all", "trouble", "odd", "paused"], group) if group in GROUPS else "all",
        words=given.get("q", "").strip()[:100],
        kind=given.get("kind", "")[:20],
        topic=given.get("topic", "")[:100] if values is None else given.get("in_topic", "")[:100],
        origin=given.get("owner", "")[:20],
        order=cast(Literal["harm", "name", "new", "polled", "next"], order) if order in ORDERS else "harm",
    )
