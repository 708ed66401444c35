"""Writing an article of our own: typed in Markdown, looked at, published; and changing it later."""

from __future__ import annotations

import secrets

from flask import request
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response as AnyResponse

from feeds.actions.editing import article_edits, own_texts
from feeds.errors import RequestError
from feeds.model.own_texts import OwnText
from web.admin.content.forms import ArticleForm
from web.admin.frame import Frame
from web.language import gettext, later


def add(frame: Frame) -> None:
    """Hangs the screens into the frame."""

    @frame.get("/write", sees="articles")
    def write_page() -> AnyResponse:
        return _page(frame, _form(frame, None), None)

    @frame.post("/write", "articles")
    def write_article() -> AnyResponse:
        return _written(frame, None)

    @frame.get("/articles/<int:article_id>/write", sees="articles")
    def rewrite_page(article_id: int) -> AnyResponse:
        found = frame.store.own.get(article_id) if article_id < 2**62 else None
        if found is None:
            raise NotFound("That article was not written here.")
        return _page(frame, _form(frame, found[1]), article_id)

    @frame.post("/articles/<int:article_id>/write", "articles")
    def rewrite_article(article_id: int) -> AnyResponse:
        if article_id >= 2**62 or frame.store.own.get(article_id) is None:
            raise NotFound("That article was not written here.")
        return _written(frame, article_id)


def _written(frame: Frame, article_id: int | None) -> AnyResponse:
    form = _form(frame, None, is_sent=True)
    if not form.validate_on_submit():
        return _page(frame, form, article_id, 400)
    text, desk = _typed(form), frame.desk()
    try:
        if request.form.get("do") == "look":
            shown = own_texts.preview(frame.store, text, settings=desk.settings, now=desk.now)
            return _page(frame, form, article_id, shown=shown)
        made, change = article_edits.write_article(
            desk, text, article_id=article_id, new_token=lambda: secrets.token_hex(8)
        )
    except RequestError as problem:
        form.text.errors = [*form.text.errors, str(problem)]
        return _page(frame, form, article_id, 400)
    done = later("“%(title)s” is changed.") if article_id is not None else later("“%(title)s” is published.")
    return frame.go(f"/articles/{made}", gettext(done, title=text.title.strip()), change)


def _form(frame: Frame, text: OwnText | None, *, is_sent: bool = False) -> ArticleForm:
    data = None
    if text is not None:
        data = {name: getattr(text, name) for name in _PLAIN} | {
            "authors": ", ".join(text.authors),
            "topics": list(text.topics),
        }
    form = ArticleForm() if is_sent else ArticleForm(formdata=None, data=data)
    form.topics.choices = {one.slug: one.title for one in frame.store.topics.every() if one.state == "active"}
    return form


_PLAIN = (
    "title", "text", "summary", "language", "picture_url", "picture_credit", "picture_caption", "picture_alt",
)  # fmt: skip


def _typed(form: ArticleForm) -> OwnText:
    return OwnText(
        **{name: (getattr(form, name).data or "").strip() for name in _PLAIN},
        authors=tuple(one.strip() for one in (form.authors.data or "").split(",") if one.strip()),
        topics=tuple(form.topics.data or ()),
    )


def _page(
    frame: Frame, form: ArticleForm, article_id: int | None, status: int = 200, *, shown: object = None
) -> AnyResponse:
    return frame.page("write.html", status, form=form, article_id=article_id, shown=shown)
