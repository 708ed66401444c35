"""One source: why it is so, its articles, its settings, and what can be done with it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from flask import request
from werkzeug.wrappers import Response as AnyResponse

from feeds.actions.declaring.declare import declaration_of
from feeds.actions.declaring.export import declared_source
from feeds.actions.editing import source_edits
from feeds.actions.gathering.backfill import BACKFILL
from feeds.actions.gathering.rediscover import REDISCOVER
from feeds.actions.gathering.sources import found_source
from feeds.actions.job_kinds import POLL, PREVIEW
from feeds.config.stated import stated_source
from feeds.config.toml_writer import declarations_toml
from feeds.errors import ConfigError, RequestError
from feeds.ingest.poll.health import health_of
from feeds.model.declarations import Declarations, SourceDeclaration
from feeds.model.incoming import Source
from feeds.model.kept import ArticleFilter, Job, SourceRow
from feeds.text.urls import shown_url
from web.admin.frame import PER_PAGE, Frame, row_number
from web.admin.source_states import words_of
from web.admin.sources.forms import SourceForm, source_data
from web.language import gettext, later, spoken

SHOWN_POLLS, QUIET_DAYS = 20, 30
PROPOSED = ("url", "max_bytes", "timeout")
"""Settings that a link may fill in; they count once they are saved."""


def add(frame: Frame) -> None:
    """Hangs the screens into the frame."""

    @frame.get("/sources/<slug>")
    def source(slug: str) -> AnyResponse:
        row = found_source(frame.store, slug)
        polls = frame.store.changes.polls(row.source.id, SHOWN_POLLS)
        quiet = frame.store.changes.quiet_polls(row.source.id, frame.context.clock(), QUIET_DAYS)
        return _page(
            frame,
            "source.html",
            slug,
            polls=[(one, health_of(one.status).label) for one in polls],
            quiet=quiet,
            rest=frame.store.polls.rest_of(row.host, now=frame.context.clock()),
        )

    @frame.get("/sources/<slug>/articles")
    def source_articles(slug: str) -> AnyResponse:
        page = frame.number()
        row = found_source(frame.store, slug)
        wanted = ArticleFilter(source=row.source.slug)
        found = frame.store.changes.article_page(wanted, most=PER_PAGE, offset=(page - 1) * PER_PAGE)
        return _page(
            frame,
            "source-articles.html",
            slug,
            articles=found,
            page=page,
            per_page=PER_PAGE,
            total=row.article_count,
            topics=frame.store.topics.every(),
        )

    @frame.get("/sources/<slug>/settings")
    def source_settings(slug: str) -> AnyResponse:
        row = found_source(frame.store, slug)
        tried = _tried(frame, row)
        if tried is not None:
            form = SourceForm(formdata=None, data=tried.arguments["form"])
            return _page(frame, "source-settings.html", slug, form=form, tried=tried)
        form = _form(row)
        proposed = {name: request.args[name][:2000] for name in PROPOSED if name in request.args}
        for name, text in proposed.items():
            form[name].data = text
        names = [spoken().inside(form[name].label.text.removesuffix(" (optional)")) for name in proposed]
        return _page(frame, "source-settings.html", slug, form=form, proposed=gettext(" and ").join(names))

    _add_changes(frame)


def _add_changes(frame: Frame) -> None:
    """What changes a source."""

    @frame.post("/sources/<slug>/settings", "sources")
    def set_source(slug: str) -> AnyResponse:
        desk, form = frame.desk(), SourceForm()
        row = found_source(desk.store, slug)
        if form.validate_on_submit():
            try:
                if request.form.get("do") == "try":
                    return frame.go(f"/jobs/{_try(frame, form, row)}")
                after, change = source_edits.change_source(desk, row.source.slug, _changed(form, row))
            except (ConfigError, RequestError) as problem:
                _at_fields(form, str(problem))
            else:
                text = _saved(row.source, after) if change else gettext("Nothing was changed.")
                return frame.go(f"/sources/{after.slug}/settings", text, change)
        return _page(frame, "source-settings.html", slug, 400, form=form)

    @frame.post("/sources/<slug>", "sources")
    def do_source(slug: str) -> AnyResponse:
        desk, verb = frame.desk(), request.form.get("do", "")
        row = found_source(desk.store, slug)
        name, title = row.source.slug, row.source.title
        if verb == "poll":
            if row.source.state != "active":
                raise RequestError(f"{title} is {row.source.state}: resume it first.")
            job = desk.store.jobs.add(POLL, {"sources": [name]}, asked_by=desk.actor.name, now=desk.now)
            return frame.go(f"/jobs/{job}")
        if verb == "look":
            job = desk.store.jobs.add(REDISCOVER, {"source": name}, asked_by=desk.actor.name, now=desk.now)
            return frame.go(f"/jobs/{job}")
        if verb == "archive":
            job = desk.store.jobs.add(BACKFILL, {"source": name}, asked_by=desk.actor.name, now=desk.now)
            return frame.go(f"/jobs/{job}")
        if verb == "settings":
            return frame.go(f"/sources/{name}/settings?{urlencode(_proposal(row))}".removesuffix("?"))
        if verb not in ("pause", "resume", "remove"):
            raise RequestError("Choose what to do.")
        if verb == "remove" and request.form.get("sure") != "yes":
            source_edits.own_sources(desk, [name])
            return frame.page("remove-sources.html", rows=[row], articles=row.article_count, left_out=())
        change, _ = source_edits.set_sources(desk, [name], verb)
        text = {
            "pause": later("%(title)s is paused."),
            "resume": later("%(title)s is resumed; it is polled at once."),
            "remove": later("%(title)s is removed."),
        }[verb]
        path = "/sources" if verb == "remove" else f"/sources/{name}"
        return frame.go(path, gettext(text, title=title), change)


def _page(frame: Frame, template: str, slug: str, status: int = 200, **values: Any) -> AnyResponse:
    row = found_source(frame.store, slug)
    settings = frame.settings()
    declared = declaration_of(settings, "source", row.source.slug, row.source.fetch_url)
    assert declared is None or isinstance(declared, SourceDeclaration)
    return frame.page(
        template,
        status,
        row=row,
        source=row.source,
        words=words_of(row),
        is_owned=declared is not None,
        owned=owned_lines(declared) if declared else "",
        line=declared.line if declared else None,
        address=shown_url(row.source.fetch_url),
        changes=frame.store.changes.changes(subject=f"source/{row.source.id}", most=5),
        **values,
    )


def owned_lines(declared: SourceDeclaration) -> str:
    """What config.toml states of the source; addresses and headers that may hold secrets as they may be shown."""
    shown = replace(
        declared,
        url=shown_url(declared.url) if "://" in declared.url else declared.url,
        headers=tuple(f"{one.partition(':')[0]}: …" for one in declared.headers),
    )
    return declarations_toml(Declarations(sources=(shown,))).strip()


def _try(frame: Frame, form: SourceForm, row: SourceRow) -> int:
    """The job that looks what the source would bring with these settings; nothing is changed."""
    desk, typed = frame.desk(), form.stated()
    changed = _changed(form, row)
    url = str(changed.get("url") or row.source.fetch_url)
    wanted = {key: value for key, value in typed.items() if value and key not in ("url", "slug")}
    stated_source({**wanted, "url": url}, desk.settings)
    if row.source.kind != "feed":
        wanted["kind"] = row.source.kind
    asked = {"url": url, "wanted": wanted, "source": row.source.slug, "form": form.typed()}
    return desk.store.jobs.add(PREVIEW, asked, asked_by=desk.actor.name, now=desk.now)


def _tried(frame: Frame, row: SourceRow) -> Job | None:
    """The trial that the address names, where it is of this source and who asks may see it."""
    number = row_number(request.args.get("tried"))
    job = frame.store.jobs.get(number) if number is not None and frame.may("sources") else None
    if job is None or job.kind != PREVIEW or job.arguments.get("source") != row.source.slug:
        return None
    return job if job.state in ("done", "failed") else None


def _proposal(row: SourceRow) -> dict[str, str]:
    """What would mend the source's state, filled in for who opens its settings."""
    poll, options = row.poll, row.source.options
    if poll.move is not None:
        return {"url": poll.move.url}
    if poll.status == "large":
        return {"max_bytes": str(2 * (options.max_bytes or 15_000_000))}
    if poll.status == "slow":
        return {"timeout": "60s"}
    return {}


def _form(row: SourceRow) -> SourceForm:
    declared = declared_source(row.source)
    if row.source.kind != "folder":
        declared = replace(declared, url=shown_url(declared.url))
    return SourceForm(formdata=None, data=source_data(declared))


def _changed(form: SourceForm, row: SourceRow) -> dict[str, Any]:
    """What the form states otherwise than the source is set: a secret address that was not touched stays."""
    before, after = _form(row), form.stated()
    shown = before.stated()
    return {key: value for key, value in after.items() if value != shown.get(key)}


def _at_fields(form: SourceForm, problem: str) -> None:
    """Each fault at its field; what belongs to none stands at the address."""
    for line in problem.splitlines():
        key, _, text = line.partition(": ")
        field = form[key] if key in form and text else form.url
        field.errors = [*field.errors, text if key in form and text else line]


def _saved(before: Source, after: Source) -> str:
    text = gettext("Saved; %(title)s is polled with these settings from now on.", title=after.title)
    if before.is_private or not after.is_private:
        return text
    private = gettext("It needs credentials now, so its articles leave all public feeds.")
    return f"{text} {private}"
