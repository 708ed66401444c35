"""Articles: find anything that went out, and what can be done with many."""

from __future__ import annotations

from typing import cast

from flask import request
from werkzeug.wrappers import Response as AnyResponse

from feeds.actions.editing import article_edits
from feeds.actions.publishing.search import search
from feeds.actions.sorting.topics import found_topic
from feeds.errors import RequestError
from feeds.model.articles import Article
from feeds.model.kept import ArticleFilter, ArticleMark
from web.admin.content.forms import ReasonForm
from web.admin.frame import PER_PAGE, Frame, row_number, safe_next
from web.language import gettext, ngettext, pair

MARKS = ("", "held", "withdrawn", "changed", "picked", "pinned")
_DONE = {
    "put": pair("%(count)s article put into %(topic)s.", "%(count)s articles put into %(topic)s."),
    "keep-out": pair("%(count)s article kept out of %(topic)s.", "%(count)s articles kept out of %(topic)s."),
    "pin": pair("%(count)s article pinned.", "%(count)s articles pinned."),
    "unpin": pair("%(count)s article no longer pinned.", "%(count)s articles no longer pinned."),
    "hold": pair("%(count)s article held back.", "%(count)s articles held back."),
    "withdraw": pair("%(count)s article withdrawn.", "%(count)s articles withdrawn."),
}


def add(frame: Frame) -> None:
    """Hangs the screen into the frame."""

    @frame.get("/articles")
    def articles() -> AnyResponse:
        page, wanted, text = frame.number(), _wanted(), request.args.get("text", "").strip()[:200]
        offset = (page - 1) * PER_PAGE
        if text:
            found: tuple[Article, ...] = search(frame.store, text, most=PER_PAGE + 1, offset=offset)
        else:
            found = frame.store.changes.article_page(wanted, most=PER_PAGE + 1, offset=offset)
        ids = [one.id for one in found]
        return frame.page(
            "articles.html",
            articles=found[:PER_PAGE],
            has_more=len(found) > PER_PAGE,
            page=page,
            wanted=wanted,
            text=text,
            topics=frame.store.topics.every(),
            overrides=frame.store.changes.overrides_of(ids),
            pinned=frame.store.changes.pinned_of(ids),
            picks=frame.store.changes.picks_of(ids),
        )

    _add_changes(frame)


def _add_changes(frame: Frame) -> None:
    """What is done with the chosen ones."""

    @frame.post("/articles", "articles")
    def change_articles() -> AnyResponse:
        desk, verb = frame.desk(), request.form.get("do", "")
        ids = [one for text in request.form.getlist("article") if (one := row_number(text)) is not None]
        back = safe_next(request.form.get("back"), frame.root) or "/articles"
        if verb in ("put", "keep-out"):
            topic = request.form.get("topic", "")
            if not topic:
                raise RequestError("Choose a topic.")
            title = found_topic(desk.store, topic).title
            change = article_edits.pick(desk, ids, topic, verb == "put")
            return frame.go(back, _done(verb, len(ids), title) if change else _as_before(), change)
        if verb in ("pin", "unpin"):
            change = article_edits.pin(desk, ids, verb == "pin")
            return frame.go(back, _done(verb, len(ids)) if change else _as_before(), change)
        if verb == "hold":
            change = article_edits.hold(desk, ids)
            return frame.go(back, _done(verb, len(ids)), change)
        if verb == "withdraw":
            form = ReasonForm()
            found = article_edits.published(desk.store, ids, may_be_held=True)
            if request.form.get("sure") == "yes" and form.validate_on_submit():
                change = article_edits.withdraw(desk, ids, form.reason.data, is_silent=form.silent.data)
                return frame.go(back, _done(verb, len(found)), change)
            if request.form.get("sure") != "yes":
                form = ReasonForm(formdata=None)
            return frame.page(
                "withdraw.html",
                400 if form.errors else 200,
                articles=found,
                effects=article_edits.leaving(desk.store, found, desk.settings.publish),
                form=form,
                back=back,
            )
        raise RequestError("Choose what to do with them.")


def _done(verb: str, count: int, topic: str = "") -> str:
    """What was done with so many."""
    return ngettext(*_DONE[verb], count, topic=topic)


def _as_before() -> str:
    return gettext("It was so already.")


def _wanted() -> ArticleFilter:
    mark = request.args.get("mark", "")
    return ArticleFilter(
        words=request.args.get("q", "").strip()[:100],
        source=request.args.get("source", "")[:100],
        topic=request.args.get("topic", "")[:100],
        author=request.args.get("author", "")[:100],
        mark=cast(ArticleMark, mark) if mark in MARKS else "",
    )
