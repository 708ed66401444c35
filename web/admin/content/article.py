"""One article: what is shown and who said so, its versions, its feeds and why; changing and withdrawing it."""

from __future__ import annotations

from typing import Any

from flask import request
from werkzeug.wrappers import Response as AnyResponse

from feeds.actions.editing import article_edits
from feeds.actions.sorting.explain import explain_article, explain_topic
from feeds.actions.sorting.topics import found_topic
from feeds.errors import NotFoundError, RequestError
from feeds.model.articles import Article, Tombstone
from feeds.text.markup import text_of_html
from web.admin.content.diffs import word_changes
from web.admin.content.forms import CorrectionForm, OverrideForm
from web.admin.frame import Frame
from web.language import gettext, later

FIELDS = {
    "title": later("Title"),
    "summary": later("Summary"),
    "authors": later("Authors"),
    "picture": later("Leading picture"),
    "credit": later("Picture by"),
    "rights": later("Rights"),
    "correction": later("Correction"),
}
"""What people may set over the source, as pages call it."""
PASSED_ON = {
    "license_url": later("Licence"),
    "source_type": later("How it was made"),
    "comments_url": later("Comments"),
}
"""Columns of `feeds.model.passed_on` that are texts: only the source sets them."""


def add(frame: Frame) -> None:
    """Hangs the screens into the frame."""

    @frame.get("/articles/<int:article_id>")
    def article(article_id: int) -> AnyResponse:
        found = _found(frame, article_id)
        if isinstance(found, Tombstone):
            original = frame.store.changes.original_article(article_id)
            return frame.page(
                "article-gone.html",
                grave=found,
                told=original,
                article_id=article_id,
                changes=_changes(frame, article_id),
            )
        explained = explain_article(frame.store, article_id, frame.context.settings.publish)
        return _page(
            frame,
            "article.html",
            found,
            explained=explained,
            others=[explain_topic(frame.store, article_id, slug) for slug in explained.others[:30]],
            versions=_versions(frame, found),
            topics=frame.store.topics.every(),
        )

    @frame.get("/articles/<int:article_id>/change")
    def article_change(article_id: int) -> AnyResponse:
        found = _published(frame, article_id)
        form = OverrideForm(formdata=None, data=article_edits.shown_values(found))
        return _page(frame, "article-change.html", found, form=form)

    @frame.post("/articles/<int:article_id>/change", "articles")
    def change_article(article_id: int) -> AnyResponse:
        found, form = _published(frame, article_id), OverrideForm()
        if form.validate_on_submit():
            try:
                changed = _typed(form, found)
                change = article_edits.override(frame.desk(), article_id, changed) if changed else None
            except RequestError as problem:
                form.picture.errors = [*form.picture.errors, str(problem)]
                return _page(frame, "article-change.html", found, 400, form=form)
            text = gettext("Saved; polls do not touch it.") if change else gettext("Nothing was changed.")
            return frame.go(f"/articles/{article_id}", text, change)
        return _page(frame, "article-change.html", found, 400, form=form)

    _add_decisions(frame)


def _add_decisions(frame: Frame) -> None:
    """Correcting it, and what its own page offers."""

    @frame.get("/articles/<int:article_id>/correct")
    def article_correct(article_id: int) -> AnyResponse:
        found = _published(frame, article_id)
        form = CorrectionForm(formdata=None, data=article_edits.shown_values(found))
        return _page(frame, "article-correct.html", found, form=form)

    @frame.post("/articles/<int:article_id>/correct", "articles")
    def correct_article(article_id: int) -> AnyResponse:
        found, form = _published(frame, article_id), CorrectionForm()
        if form.validate_on_submit():
            try:
                change = article_edits.correct(frame.desk(), article_id, _typed(form, found), form.note.data)
            except RequestError as problem:
                form.picture.errors = [*form.picture.errors, str(problem)]
                return _page(frame, "article-correct.html", found, 400, form=form)
            text = gettext("Corrected; feeds show it as updated, with your note.")
            return frame.go(f"/articles/{article_id}", text, change)
        return _page(frame, "article-correct.html", found, 400, form=form)

    @frame.post("/articles/<int:article_id>", "articles")
    def do_article(article_id: int) -> AnyResponse:
        desk, verb = frame.desk(), request.form.get("do", "")
        if verb == "restore":
            change = article_edits.restore(desk, article_id)
            return frame.go(f"/articles/{article_id}", gettext("It is in its feeds again."), change)
        if verb == "release":
            change = article_edits.release(desk, article_id)
            return frame.go(f"/articles/{article_id}", gettext("It is in its feeds."), change)
        if verb.startswith("take-back "):
            field = verb.removeprefix("take-back ")
            if field not in FIELDS:
                raise RequestError("There is nothing to take back.")
            change = article_edits.override(desk, article_id, {field: None})
            text = gettext("%(field)s: as the source says again.", field=gettext(FIELDS[field]))
            return frame.go(f"/articles/{article_id}", text, change)
        if verb in ("put", "keep-out", "let-rule"):
            topic = request.form.get("topic", "")
            title = found_topic(desk.store, topic).title
            change = article_edits.pick(
                desk, [article_id], topic, {"put": True, "keep-out": False, "let-rule": None}[verb]
            )
            text = {
                "put": later("It is in %(topic)s."),
                "keep-out": later("It is kept out of %(topic)s."),
                "let-rule": later("The rule decides again on %(topic)s."),
            }[verb]
            return frame.go(f"/articles/{article_id}", gettext(text, topic=title), change)
        raise RequestError("Choose what to do.")


def _typed(form: OverrideForm, found: Article) -> dict[str, str | None]:
    """What differs from what is shown now."""
    shown = article_edits.shown_values(found)
    typed = {key: article_edits.checked_override(key, form[key].data or "") for key in shown if key in form}
    return {key: text for key, text in typed.items() if text != shown[key]}


def _found(frame: Frame, article_id: int) -> Article | Tombstone:
    found = frame.store.articles.get(article_id) if article_id < 2**62 else None
    if found is None:
        raise NotFoundError(f"There is no article {article_id}.")
    return found


def _published(frame: Frame, article_id: int) -> Article:
    found = _found(frame, article_id)
    if isinstance(found, Tombstone):
        raise RequestError("The article is withdrawn: restore it first.")
    return found


def _changes(frame: Frame, article_id: int) -> Any:
    return frame.store.changes.changes(subject=f"article/{article_id}", most=10)


def _page(frame: Frame, template: str, found: Article, status: int = 200, **values: Any) -> AnyResponse:
    original = frame.store.changes.original_article(found.id)
    laid = {str(one.field): one for one in frame.store.changes.overrides_of([found.id]).get(found.id, ())}
    picks = {one.topic_slug: one for one in frame.store.changes.picks_of([found.id]).get(found.id, ())}
    return frame.page(
        template,
        status,
        article=found,
        told=original,
        shown_values=article_edits.shown_values(found),
        source_values=article_edits.shown_values(original) if original else {},
        is_own=frame.store.own.get(found.id) is not None,
        laid=laid,
        is_pinned=bool(frame.store.changes.pinned_of([found.id])),
        picks=picks,
        fields=FIELDS,
        passed_on=PASSED_ON,
        changes=_changes(frame, found.id),
        **values,
    )


def _versions(frame: Frame, found: Article) -> list[dict[str, Any]]:
    """Former states, newest first, each with what replaced it."""
    shown: list[dict[str, Any]] = []
    original = frame.store.changes.original_article(found.id) or found
    after = (original.title, text_of_html(original.content_html) or original.summary)
    for one in frame.store.articles.versions(found.id):
        before = (one.title, text_of_html(one.content_html) or one.summary)
        shown.append(
            {
                "number": one.number,
                "is_major": one.is_major,
                "replaced_at": one.replaced_at,
                "title": word_changes(before[0], after[0]) if before[0] != after[0] else None,
                "text": word_changes(before[1], after[1]) if before[1] != after[1] else None,
            }
        )
        after = before
    return shown
