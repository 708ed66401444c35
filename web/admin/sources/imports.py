"""Importing a list of sources: every line accounted for, and how each source fares since."""

from __future__ import annotations

from collections import Counter

from flask import request
from werkzeug.wrappers import Response as AnyResponse

from feeds.actions.lists.list_imports import IMPORT, text_of_list
from feeds.actions.operating.alerts import NETWORK
from feeds.errors import NotFoundError, RequestError
from web.admin.frame import PER_PAGE, Frame
from web.admin.source_states import words_of
from web.admin.sources.forms import ListForm

MOST_BYTES = 5_000_000


def add(frame: Frame) -> None:
    """Hangs the screens into the frame."""

    @frame.get("/add/sources")
    def add_sources() -> AnyResponse:
        return frame.page("import.html", form=ListForm(formdata=None))

    @frame.post("/add/sources", "sources")
    def import_sources() -> AnyResponse:
        desk, form = frame.desk(), ListForm()
        upload = request.files.get("file")
        body = upload.read(MOST_BYTES + 1) if upload else b""
        try:
            text = text_of_list(body, MOST_BYTES) if body else form.text.data or ""
        except RequestError as error:
            form.text.errors = [str(error)]
            return frame.page("import.html", 400, form=form)
        if not text.strip():
            form.text.errors = ["A list is needed: choose a file, or paste its text."]
        elif max(len(body), len(text)) > MOST_BYTES:
            form.text.errors = ["That is more than a list of sources holds."]
        else:
            asked = {"text": text, "folders": bool(form.folders.data), "who": desk.actor.name}
            job = desk.store.jobs.add(IMPORT, asked, asked_by=desk.actor.name, now=desk.now)
            return frame.go(f"/jobs/{job}")
        return frame.page("import.html", 400, form=form)

    @frame.get("/add/sources/<int:job_id>", sees="sources")
    def imported(job_id: int) -> AnyResponse:
        job = frame.store.jobs.get(job_id) if job_id < 2**62 else None
        if job is None or job.kind != IMPORT or job.result is None:
            raise NotFoundError("That report is no longer kept; the log still has the import.")
        found = [frame.store.sources.get(slug) for slug in job.result["added"]]
        rows = [(row, words_of(row)) for row in found if row is not None and row.source.state != "removed"]
        rows.sort(key=lambda one: (one[1].mark not in ("bad", "watch"), one[1].headline))
        waiting = sum(words.headline == "Not polled yet" for _, words in rows)
        page = frame.number()
        change = next(iter(frame.store.changes.changes(words="imported a list", most=1)), None)
        return frame.page(
            "imported.html",
            job=job,
            result=job.result,
            rows=rows[(page - 1) * PER_PAGE : page * PER_PAGE],
            total=len(rows),
            states=Counter(words.headline for _, words in rows).most_common(),
            waiting=waiting,
            page=page,
            per_page=PER_PAGE,
            change=change,
            is_our_network=any(one.kind == NETWORK for one in frame.store.alerts.open_ones()),
            refresh=5 if waiting else None,
        )
