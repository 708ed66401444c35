"""Articles: find anything that went out, and what can be done with many."""

from __future__ import annotations

from typing import cast

from flask import request
from werkzeug.wrappers import Response as AnyResponse

from feeds.actions import article_edits
from feeds.actions.search import search
from feeds.actions.topics import found_topic
from feeds.errors import RequestError
from feeds.model.articles import Article
from feeds.model.kept import ArticleFilter, ArticleMark
from web.admin.forms import ReasonForm
from web.admin.frame import PER_PAGE, Frame, row_number, safe_next

MARKS = ("", "held", "withdrawn", "changed", "picked", "pinned")


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
            done = "put into" if verb == "put" else "kept out of"
            text = (
                f"{len(ids)} article{'' if len(ids) == 1 else 's'} {done} {title}."
                if change
                else "It was so already."
            )
            return frame.go(back, text, change)
        if verb in ("pin", "unpin"):
            change = article_edits.pin(desk, ids, verb == "pin")
            text = (
                f"{len(ids)} article{'' if len(ids) == 1 else 's'} {'pinned' if verb == 'pin' else 'no longer pinned'}."
                if change
                else "It was so already."
            )
            return frame.go(back, text, change)
        if verb == "hold":
            change = article_edits.hold(desk, ids)
            return frame.go(back, f"{len(ids)} article{'' if len(ids) == 1 else 's'} held back.", change)
        if verb == "withdraw":
            form = ReasonForm()
            found = article_edits.published(desk.store, ids, may_be_held=True)
            if request.form.get("sure") == "yes" and form.validate_on_submit():
                change = article_edits.withdraw(desk, ids, form.reason.data, is_silent=form.silent.data)
                return frame.go(
                    back, f"{len(found)} article{'' if len(found) == 1 else 's'} withdrawn.", change
                )
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


def _wanted() -> ArticleFilter:
    mark = request.args.get("mark", "")
    return ArticleFilter(
        words=request.args.get("q", "").strip()[:100],
        source=request.args.get("source", "")[:100],
        topic=request.args.get("topic", "")[:100],
        author=request.args.get("author", "")[:100],
        mark=cast(ArticleMark, mark) if mark in MARKS else "",
    )
