"""Adding a source: any address in, what it would bring shown, and only then stored."""

from __future__ import annotations

from typing import Any
from urllib.parse import unquote, urlsplit

from flask import request
from werkzeug.wrappers import Response as AnyResponse

from feeds.actions.editing import source_edits
from feeds.actions.job_kinds import PREVIEW
from feeds.config.stated import stated_source
from feeds.config.values import is_web_address
from feeds.errors import ConfigError, NotFoundError, RequestError
from feeds.model.kept import Job
from feeds.text.urls import shown_url
from web.admin.frame import Frame
from web.admin.source_states import format_name
from web.admin.sources.forms import AddressForm, SourceForm
from web.language import gettext


def add(frame: Frame) -> None:
    """Hangs the screens into the frame."""

    @frame.get("/add/source")
    def add_source() -> AnyResponse:
        given = ("address", "kind", "links", "user", "password")
        typed = {name: request.args[name][:2000] for name in given if name in request.args}
        form = AddressForm(formdata=None, data=typed)
        return frame.page("add-source.html", form=form, more="more" in request.args)

    @frame.post("/add/source", "sources")
    def look_at() -> AnyResponse:
        desk, form = frame.desk(), AddressForm()
        if form.validate_on_submit():
            url = whole_address(form.address.data)
            try:
                there = _known(frame, url)
            except RequestError as problem:
                form.address.errors = [*form.address.errors, str(problem)]
                return frame.page("add-source.html", 400, form=form)
            if there is not None:
                return frame.go(f"/sources/{there}", gettext("This source is already here."))
            wanted = {
                key: text
                for key in ("kind", "links", "user", "password")
                if (text := (form[key].data or "").strip())
            }
            job = desk.store.jobs.add(
                PREVIEW, {"url": url, "wanted": wanted}, asked_by=desk.actor.name, now=desk.now
            )
            return frame.go(f"/jobs/{job}")
        return frame.page("add-source.html", 400, form=form)

    _add_preview(frame)


def _add_preview(frame: Frame) -> None:
    """What the address would bring, and keeping it."""

    @frame.get("/add/source/<int:job_id>", sees="sources")
    def preview(job_id: int) -> AnyResponse:
        job = _looked(frame, job_id)
        chosen = _chosen(job, frame.number("choose"))
        form = _form(job, chosen)
        return _preview(frame, job, chosen, form)

    @frame.post("/add/source/<int:job_id>", "sources")
    def save(job_id: int) -> AnyResponse:
        job, desk, form = _looked(frame, job_id), frame.desk(), SourceForm()
        chosen = _chosen(job, frame.number("choose"))
        # What was looked at is what is stored.
        for name in ("url", "links", "user", "password", "timeout", "max_bytes"):
            del form[name]
        if form.validate_on_submit():
            try:
                source = source_edits.add_source(
                    desk, _declared(frame, job, chosen, form), found_title=chosen.get("title") or None
                )
            except ConfigError as problem:
                _at_fields(form, problem.problems)
            except RequestError as problem:
                form.title.errors = [*form.title.errors, str(problem)]
            else:
                change = next(iter(desk.store.changes.changes(subject=f"source/{source.id}", most=1)), None)
                return frame.go(
                    f"/sources/{source.slug}",
                    gettext("%(title)s is added; its first poll is under way.", title=source.title),
                    change,
                )
        return _preview(frame, job, chosen, form, status=400)


def whole_address(text: str) -> str:
    """The address as it is meant: `news.example` is one."""
    text = text.strip()
    if ":" not in text.split("/")[0] and not text.startswith("/") and "." in urlsplit(f"//{text}").netloc:
        return f"https://{text}"
    return text


def _known(frame: Frame, url: str) -> str | None:
    """The slug of the source that is polled at the address; raises RequestError for what is no address."""
    is_sample = url.startswith("/sample/") and frame.context.settings.sample_base is not None
    if not is_sample and not is_web_address(url):
        raise RequestError("This is not an address. An example: example.org.")
    row = frame.store.sources.at(url)
    is_there = row is not None and row.source.state != "removed" and row.source.fetch_url == url
    return row.source.slug if row is not None and is_there else None


def _looked(frame: Frame, job_id: int) -> Job:
    job = frame.store.jobs.get(job_id) if job_id < 2**62 else None
    if job is None or job.kind != PREVIEW or job.state != "done" or not job.result:
        raise NotFoundError("That preview is no longer kept: look at the address again.")
    return job


def _chosen(job: Job, number: int) -> dict[str, Any]:
    result = job.result or {}
    candidates = result.get("candidates") or [result]
    found: dict[str, Any] = candidates[min(number, len(candidates)) - 1]
    return found


def _form(job: Job, chosen: dict[str, Any]) -> SourceForm:
    is_page = job.arguments.get("wanted", {}).get("kind") in ("page", "sitemap")
    return SourceForm(
        formdata=None,
        data={
            "title": chosen.get("title") or "",
            "share": "excerpt" if is_page else "full",
            "pictures": "all",
        },
    )


def _declared(frame: Frame, job: Job, chosen: dict[str, Any], form: SourceForm) -> Any:
    url = str(chosen["url"])
    wanted = job.arguments.get("wanted", {})
    stated = {"url": unquote(url.removeprefix("file://")) if url.startswith("file:") else url, **wanted}
    stated |= {key: value for key, value in form.stated().items() if value is not None}
    if stated.get("title") == chosen.get("title") and "title" not in wanted:
        # Left as it was found: the source goes on being called what it calls itself.
        stated.pop("title", None)
    return stated_source(stated, frame.settings())


def _at_fields(form: SourceForm, problems: tuple[str, ...]) -> None:
    for line in problems:
        key, _, text = line.partition(": ")
        field = form[key] if key in form and text else form.title
        field.errors = [*field.errors, text if key in form and text else line]


def _preview(
    frame: Frame, job: Job, chosen: dict[str, Any], form: SourceForm, status: int = 200
) -> AnyResponse:
    result = job.result or {}
    return frame.page(
        "preview-source.html",
        status,
        job=job,
        chosen=chosen,
        address=shown_url(str(chosen["url"])),
        candidates=result.get("candidates") or [result],
        number=frame.number("choose"),
        form=form,
        topics=frame.store.topics.every(),
        format_name=format_name,
    )
