"""Saved mixes: what they are made of, saving one from what is typed or mixed by clicking, giving one up."""

from __future__ import annotations

from flask import request
from werkzeug.wrappers import Response as AnyResponse

from feeds.actions.editing import saved_mixes as mixes
from feeds.errors import RequestError
from feeds.model.outgoing import FeedKey
from web.admin.frame import Frame
from web.admin.publishing.forms import MixForm
from web.language import gettext


def add(frame: Frame) -> None:
    """Hangs the screen into the frame."""

    @frame.get("/feeds/mixes")
    def saved_mixes() -> AnyResponse:
        path = request.args.get("path", "")[:2_000]
        return _page(frame, MixForm(formdata=None, path=path.strip("/").removeprefix("mix/")))

    @frame.post("/feeds/mixes", "topics")
    def save_mix() -> AnyResponse:
        form = MixForm()
        if form.validate_on_submit():
            try:
                mix, job = mixes.put_mix(
                    frame.desk(),
                    slug=form.slug.data.strip(),
                    path=form.path.data,
                    title=(form.title.data or "").strip() or None,
                    description=(form.description.data or "").strip(),
                )
            except RequestError as problem:
                form.path.errors = [*form.path.errors, str(problem)]
            else:
                return frame.go(
                    f"/jobs/{job}",
                    gettext("%(title)s is saved at %(path)s.", title=mix.title, path=f"/mixes/{mix.slug}"),
                )
        return _page(frame, form, 400)

    @frame.post("/feeds/mixes/<slug>/retire", "topics")
    def retire_mix(slug: str) -> AnyResponse:
        title = mixes.found_mix(frame.store, slug).title
        change = mixes.retire_mix(frame.desk(), slug)
        return frame.go(
            "/feeds/mixes", gettext("%(title)s is retired: its feed answers 410 Gone.", title=title), change
        )


def _page(frame: Frame, form: MixForm, status: int = 200) -> AnyResponse:
    store = frame.store
    rows = [
        (one, store.feeds.info(FeedKey(kind="mix", slug=one.slug)))
        for one in store.mixes.every()
        if one.state != "retired"
    ]
    return frame.page("mixes.html", status, rows=rows, form=form)
