"""A page without a feed: its links in groups, as it is built; a click shows what a group would bring, another one takes it."""

from __future__ import annotations

from typing import Any

from flask import request
from werkzeug.wrappers import Response as AnyResponse

from feeds.actions.gathering.link_choice import CHOOSE_LINKS
from feeds.actions.job_kinds import PREVIEW
from feeds.errors import NotFoundError, RequestError
from feeds.model.kept import Job
from feeds.text.urls import shown_url
from web.admin.frame import Frame
from web.admin.sources.add_source import whole_address
from web.language import later

AREAS = {
    "header": later("Head of the page"),
    "nav": later("Menu"),
    "main": later("Main part"),
    "": later("Elsewhere"),
    "aside": later("Beside it"),
    "footer": later("Foot of the page"),
}
"""Parts of a page in their usual order, as people call them."""
GIVEN = ("user", "password")


def add(frame: Frame) -> None:
    """Hangs the screens into the frame."""

    @frame.post("/add/links", "sources")
    def read_page() -> AnyResponse:
        desk, url = frame.desk(), whole_address(request.form.get("address", "")[:2000])
        if not url:
            raise RequestError("An address is needed, such as example.org/news.")
        wanted = {key: text for key in GIVEN if (text := request.form.get(key, "").strip()[:300])}
        job = desk.store.jobs.add(
            CHOOSE_LINKS, {"url": url, "wanted": wanted}, asked_by=desk.actor.name, now=desk.now
        )
        return frame.go(f"/jobs/{job}")

    @frame.get("/add/links/<int:job_id>", sees="sources")
    def choose(job_id: int) -> AnyResponse:
        job = _read(frame, job_id)
        return _page(frame, job, frame.number("group"))

    @frame.post("/add/links/<int:job_id>", "sources")
    def take(job_id: int) -> AnyResponse:
        job, desk = _read(frame, job_id), frame.desk()
        selector = request.form.get("links", "").strip()[:500]
        if not selector:
            raise RequestError("Choose a group of links, or write a selector.")
        wanted = {**job.arguments.get("wanted", {}), "kind": "page", "links": selector}
        asked = {"url": job.arguments["url"], "wanted": wanted}
        made = desk.store.jobs.add(PREVIEW, asked, asked_by=desk.actor.name, now=desk.now)
        return frame.go(f"/jobs/{made}")


def _read(frame: Frame, job_id: int) -> Job:
    job = frame.store.jobs.get(job_id) if job_id < 2**62 else None
    if job is None or job.kind != CHOOSE_LINKS or job.state != "done" or not job.result:
        raise NotFoundError("That preview is no longer kept: look at the address again.")
    return job


def _page(frame: Frame, job: Job, number: int) -> AnyResponse:
    groups: list[dict[str, Any]] = (job.result or {})["groups"]
    place = min(number, len(groups)) - 1
    by_area = [
        (name, [(at + 1, one) for at, one in enumerate(groups) if one["area"] == area])
        for area, name in AREAS.items()
    ]
    return frame.page(
        "choose-links.html",
        job=job,
        address=shown_url(str(job.arguments["url"])),
        areas=[(name, several) for name, several in by_area if several],
        chosen=groups[place],
        number=place + 1,
    )
