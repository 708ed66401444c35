"""Work under way: how far it is, on a page that loads itself anew until it is done."""

from __future__ import annotations

from urllib.parse import quote, urlencode

from flask import Response, request
from werkzeug.exceptions import Forbidden
from werkzeug.wrappers import Response as AnyResponse

from feeds.actions.declaring.declare import FILL_MIXES, REMATCH
from feeds.actions.gathering.backfill import BACKFILL
from feeds.actions.gathering.link_choice import CHOOSE_LINKS
from feeds.actions.gathering.rediscover import REDISCOVER
from feeds.actions.job_kinds import POLL, PREVIEW
from feeds.actions.lists.list_imports import IMPORT
from feeds.actions.lists.list_polls import READ_LIST
from feeds.actions.sorting.trials import TRY
from feeds.errors import NotFoundError
from feeds.model.kept import Job
from feeds.text.urls import shown_url
from web.admin.frame import Frame
from web.admin.operating.overview import ALIVE
from web.language import gettext, later, ngettext, sentence

TITLES = {
    PREVIEW: later("Looking at the address"),
    POLL: later("Polling"),
    REMATCH: later("Sorting articles into topics"),
    FILL_MIXES: later("Filling the mix"),
    REDISCOVER: later("Looking for its new address"),
    BACKFILL: later("Reading the archive"),
    IMPORT: later("Taking in the list"),
    READ_LIST: later("Reading the list"),
    TRY: later("Trying the rule"),
    CHOOSE_LINKS: later("Reading the page"),
}


def add(frame: Frame) -> None:
    """Hangs the screen into the frame."""

    @frame.get("/jobs/<int:job_id>")
    def job(job_id: int) -> AnyResponse:
        found = _found(frame, job_id)
        beat = frame.store.kept.beats().get("scheduler")
        is_alive = beat is not None and frame.context.clock() - beat[0] <= ALIVE
        if found.state == "done" and "X-Progress" in request.headers:
            # Whoever only asks how far it is would take away what the next page says.
            return Response(status=204)
        if found.state == "done":
            return frame.go(*_onward(found))
        return frame.page(
            "job.html",
            job=found,
            title=gettext(TITLES.get(found.kind, found.kind)),
            is_alive=is_alive,
            back=_back(found),
            refresh=2 if found.state in ("waiting", "running") else None,
            may_cancel=found.state in ("waiting", "running") and frame.may(_subject(found)),
        )

    @frame.post("/jobs/<int:job_id>/cancel", "topics")
    def cancel_job(job_id: int) -> AnyResponse:
        found = _found(frame, job_id)
        if not frame.may(_subject(found)):
            raise Forbidden(
                f"Only people who may change sources can cancel this. Ask {frame.who_may('sources')}."
            )
        if not frame.store.jobs.cancel(job_id, now=frame.context.clock()):
            return frame.go(f"/jobs/{job_id}", gettext("It had ended already."))
        return frame.go(f"/jobs/{job_id}")


def _found(frame: Frame, job_id: int) -> Job:
    """The job; raises NotFoundError, and Forbidden if its address may hold a secret that is not for everybody."""
    found = frame.store.jobs.get(job_id) if job_id < 2**62 else None
    if found is None:
        raise NotFoundError("There is no such job, or it is no longer kept.")
    if found.kind in (PREVIEW, IMPORT, CHOOSE_LINKS) and not frame.may("sources"):
        who = frame.who_may("sources")
        raise Forbidden(f"Only people who may change sources can see this. Ask {who}.")
    return found


def _subject(job: Job) -> str:
    """What somebody must be allowed to change to cancel it."""
    return "topics" if job.kind in (REMATCH, TRY, FILL_MIXES) else "sources"


def _onward(job: Job) -> tuple[str, str]:
    """Where the result is seen, and what is said there."""
    result = job.result or {}
    if job.kind == PREVIEW and "source" in job.arguments:
        return f"/sources/{job.arguments['source']}/settings?tried={job.id}", ""
    if job.kind == PREVIEW:
        return f"/add/source/{job.id}", ""
    if job.kind == CHOOSE_LINKS:
        return f"/add/links/{job.id}", ""
    if job.kind in (IMPORT, TRY):
        return f"/add/{'sources' if job.kind == IMPORT else 'rule'}/{job.id}", ""
    if job.kind == POLL:
        slugs = list(job.arguments.get("sources", ()))
        new = sum(one.get("new", 0) for one in result.get("sources", {}).values())
        text = ngettext("Polled: %(count)s new article.", "Polled: %(count)s new articles.", new)
        return (f"/sources/{slugs[0]}" if len(slugs) == 1 else "/sources"), text
    if job.kind == FILL_MIXES:
        return (
            "/feeds/mixes",
            gettext(
                "%(count)s articles were looked at, %(changed)s joined or left.",
                count=result.get("articles", 0),
                changed=result.get("changed", 0),
            ),
        )
    if job.kind == REMATCH:
        slugs = list(job.arguments.get("topics", ()))
        text = gettext(
            "%(count)s articles were looked at, %(changed)s moved.",
            count=result.get("articles", 0),
            changed=result.get("changed", 0),
        )
        return (f"/topics/{slugs[0]}" if len(slugs) == 1 else "/topics"), text
    if job.kind == REDISCOVER:
        url = result.get("url")
        slug = job.arguments.get("source", "")
        if not url:
            text = gettext("No feed was found there. Give its new address, if you know it.")
            return f"/sources/{slug}", text
        place = f"/sources/{slug}/settings?url={quote(str(url), safe='')}"
        return place, gettext("%(address)s holds what we know of it.", address=shown_url(str(url)))
    if job.kind == BACKFILL:
        text = gettext(
            "The archive brought %(count)s articles in %(documents)s documents.",
            count=result.get("added", 0),
            documents=result.get("documents", 0),
        )
        stopped = sentence(result.get("stopped") or "")
        return f"/sources/{job.arguments.get('source', '')}/articles", f"{text} {stopped}"
    return "/", gettext("Done.")


def _back(job: Job) -> str:
    if job.kind == PREVIEW and "source" in job.arguments:
        return f"/sources/{job.arguments['source']}/settings?tried={job.id}"
    if job.kind in (PREVIEW, CHOOSE_LINKS):
        wanted = job.arguments.get("wanted", {})
        return f"/add/source?{urlencode({'address': job.arguments.get('url', ''), **wanted, 'more': 1})}"
    if job.kind == IMPORT:
        return "/add/sources"
    return "/"
