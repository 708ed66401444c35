"""Topics: the list, a topic's rule with what enters and leaves before it is saved, and labels without a topic."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import request
from werkzeug.wrappers import Response as AnyResponse

from feeds.actions.declaring.declare import declaration_of
from feeds.actions.editing import topic_edits
from feeds.actions.sorting import topics
from feeds.actions.sorting.trials import TRY, is_at_once, stated, trial_of
from feeds.config.toml_writer import declarations_toml
from feeds.errors import NotFoundError, OwnedByFileError, RequestError
from feeds.model.articles import Topic, TopicRule
from feeds.model.declarations import Declarations, TopicDeclaration
from feeds.model.kept import Job
from feeds.model.outgoing import FeedKey
from feeds.text.urls import slugify
from web.admin.content.forms import LISTS, TopicForm, WordForm
from web.admin.frame import Frame, row_number
from web.language import gettext, later

SUGGESTED = 12
SHOWN = 20


def add(frame: Frame) -> None:
    """Hangs the screens into the frame."""

    @frame.get("/topics")
    def topic_list() -> AnyResponse:
        counts = {one.key.slug: one.article_count for one in frame.store.feeds.every("topic")}
        found = frame.store.topics.every()
        # Counting the labels of very many articles takes seconds: then on request only.
        is_counted = "labels" in request.args or is_at_once(frame.store)
        return frame.page(
            "topics.html",
            is_told=is_counted,
            topics=[(one, counts.get(one.slug, 0), filled_by(one.rule)) for one in found],
            suggested=topics.suggestions(frame.store, SUGGESTED) if is_counted else (),
        )

    @frame.get("/add/topic")
    def add_topic() -> AnyResponse:
        label = request.args.get("label", "")[:200]
        form = TopicForm(formdata=None, data={"title": label.capitalize(), "categories": label})
        return _editor(frame, form, None)

    @frame.post("/add/topic", "topics")
    def make_topic() -> AnyResponse:
        return _save(frame, None)

    @frame.get("/topics/<slug>")
    def topic(slug: str) -> AnyResponse:
        found = topics.found_topic(frame.store, slug)
        info = frame.store.feeds.info(FeedKey(kind="topic", slug=found.slug))
        page = frame.store.feeds.page(
            FeedKey(kind="topic", slug=found.slug), entries=SHOWN, window=timedelta(0), most=SHOWN
        )
        return _topic_page(
            frame,
            "topic.html",
            found,
            info=info,
            articles=page.articles if page else (),
            evidence=frame.store.topics.matches_of([one.id for one in page.articles]) if page else {},
        )

    _add_rule(frame)


def _add_rule(frame: Frame) -> None:
    """The rule of a topic, tried and saved."""

    @frame.get("/topics/<slug>/rule")
    def topic_rule(slug: str) -> AnyResponse:
        found = topics.found_topic(frame.store, slug)
        return _editor(frame, _filled(found), found)

    @frame.post("/topics/<slug>/rule", "topics")
    def set_rule(slug: str) -> AnyResponse:
        return _save(frame, topics.found_topic(frame.store, slug))

    @frame.get("/add/rule/<int:job_id>")
    def tried_rule(job_id: int) -> AnyResponse:
        job = _tried(frame, job_id)
        stated = job.arguments["form"]
        found = topics.found_topic(frame.store, job.arguments["slug"]) if job.arguments["is_known"] else None
        form = TopicForm(formdata=None, data=stated)
        return _editor(frame, form, found, trial=trial_of(job.result or {}), tried=job.id)

    _add_fate(frame)


def _add_fate(frame: Frame) -> None:
    """Its address, its pause and its end."""

    @frame.get("/topics/<slug>/rename")
    def topic_rename(slug: str) -> AnyResponse:
        found = topics.found_topic(frame.store, slug)
        return _topic_page(
            frame, "topic-rename.html", found, form=WordForm(formdata=None, data={"slug": found.slug})
        )

    @frame.post("/topics/<slug>/rename", "topics")
    def rename_topic(slug: str) -> AnyResponse:
        found, form = topics.found_topic(frame.store, slug), WordForm()
        if form.validate_on_submit():
            try:
                change = topic_edits.rename_topic(frame.desk(), found.slug, form.slug.data)
            except RequestError as problem:
                form.slug.errors = [*form.slug.errors, str(problem)]
            else:
                return frame.go(
                    f"/topics/{form.slug.data}",
                    gettext("Moved; %(path)s redirects here from now on.", path=f"/topics/{found.slug}"),
                    change,
                )
        return _topic_page(frame, "topic-rename.html", found, 400, form=form)

    @frame.get("/topics/<slug>/retire")
    def topic_retire(slug: str) -> AnyResponse:
        found = topics.found_topic(frame.store, slug)
        info = frame.store.feeds.info(FeedKey(kind="topic", slug=found.slug))
        return _topic_page(frame, "topic-retire.html", found, info=info)

    @frame.post("/topics/<slug>", "topics")
    def do_topic(slug: str) -> AnyResponse:
        found, verb = topics.found_topic(frame.store, slug), request.form.get("do", "")
        if verb not in ("pause", "resume", "retire"):
            raise RequestError("Choose what to do.")
        if verb == "resume":
            change, _ = topic_edits.resume_topic(frame.desk(), found.slug)
        else:
            change = topic_edits.set_topic_state(frame.desk(), found.slug, verb)
        if verb == "retire":
            text = gettext("%(title)s is retired; its address answers 410 Gone.", title=found.title)
            return frame.go("/topics", text, change)
        text = {
            "pause": later("It gets nothing new from now on; what it has stays."),
            "resume": later("It gets what it missed."),
        }[verb]
        return frame.go(f"/topics/{found.slug}", f"{found.title}: {gettext(text)}", change)


def filled_by(rule: TopicRule) -> str:
    """A rule in a few words, for a list."""
    parts = [
        _some(later("labels %(names)s"), rule.categories),
        _some(later("words %(names)s"), rule.phrases),
        _some(later("addresses with %(names)s"), rule.url_parts),
        _some(later("sources %(names)s"), rule.source_slugs),
        gettext("%(count)s expressions", count=len(rule.expressions)) if rule.expressions else "",
    ]
    return "; ".join(part for part in parts if part) or gettext("its sources")


def _some(message: str, names: tuple[str, ...]) -> str:
    if not names:
        return ""
    listed = ", ".join(names[:3])
    if len(names) > 3:
        listed = gettext("%(names)s and %(count)s more", names=listed, count=len(names) - 3)
    return gettext(message, names=listed)


def _topic_page(frame: Frame, template: str, found: Topic, status: int = 200, **values: Any) -> AnyResponse:
    declared = declaration_of(frame.settings(), "topic", found.slug)
    owned = declared is not None
    return frame.page(
        template,
        status,
        topic=found,
        owned=owned,
        line=declared.line if declared else None,
        owned_lines=_toml(found.slug, found.title, found.description, found.rule) if owned else "",
        changes=frame.store.changes.changes(subject=f"topic/{found.id}", most=5),
        **values,
    )


def _editor(
    frame: Frame, form: TopicForm, found: Topic | None, status: int = 200, **values: Any
) -> AnyResponse:
    _offer_parents(frame, form, found)
    values["is_live"] = is_at_once(frame.store)
    if found is not None:
        return _topic_page(frame, "topic-rule.html", found, status, form=form, **values)
    return frame.page("topic-rule.html", status, topic=None, owned=False, form=form, **values)


def _offer_parents(frame: Frame, form: TopicForm, found: Topic | None) -> None:
    own = found.slug if found else ""
    others = {one.slug: one.title for one in frame.store.topics.every() if one.slug != own}
    form.parent.choices = {"": gettext("none"), **others}


def _filled(found: Topic) -> TopicForm:
    rule = found.rule
    several = {
        "categories": rule.categories,
        "phrases": rule.phrases,
        "url_parts": rule.url_parts,
        "sources": rule.source_slugs,
        "match": rule.expressions,
        "exclude": rule.exclude,
        "medtop": rule.medtop,
    }
    return TopicForm(
        formdata=None,
        data={
            "title": found.title,
            "slug": found.slug,
            "description": found.description,
            "parent": rule.parent or "",
            **{name: "\n".join(several[name]) for name in LISTS},
        },
    )


def _save(frame: Frame, found: Topic | None) -> AnyResponse:
    """The rule tried and shown; saved where that was asked for."""
    form = TopicForm()
    _offer_parents(frame, form, found)
    if not form.validate_on_submit():
        return _editor(frame, form, found, 400)
    desk, rule = frame.desk(), form.rule()
    slug = found.slug if found else (form.slug.data or "").strip() or slugify(form.title.data, "topic")
    try:
        topics.require_slug(slug)
        if found is None and any(one.slug == slug for one in desk.store.topics.every()):
            raise RequestError(f"There is a topic at /topics/{slug} already.")
        if request.form.get("do") == "save":
            trial = _foretold(frame, slug, rule)
            if trial is None and not is_at_once(desk.store):
                return _try_apart(frame, form, found, slug, rule)
            made, job, change = topic_edits.put_topic(
                desk,
                slug=slug,
                title=form.title.data,
                description=form.description.data or "",
                rule=rule,
                trial=trial,
            )
            if change is None:
                return frame.go(f"/topics/{made.slug}", gettext("Nothing was changed."))
            return frame.go(f"/jobs/{job}", gettext("%(title)s is saved.", title=made.title), change)
        if not is_at_once(desk.store):
            topics.require_sound(desk.store, slug, rule)
            return _try_apart(frame, form, found, slug, rule)
        trial = topics.try_rule(desk.store, rule, slug=slug, most=SHOWN)
    except OwnedByFileError:
        stated = _toml(slug, form.title.data, form.description.data or "", rule)
        return _editor(frame, form, found, 409, paste=stated)
    except RequestError as problem:
        field = _field_of(form, rule, str(problem))
        field.errors = [*field.errors, str(problem)]
        return _editor(frame, form, found, 400)
    return _editor(frame, form, found, trial=trial, tried_slug=slug)


def _try_apart(frame: Frame, form: TopicForm, found: Topic | None, slug: str, rule: TopicRule) -> AnyResponse:
    """The rule is tried by the scheduler: there are too many articles for a page to wait."""
    desk = frame.desk()
    stated_form = {name: form[name].data or "" for name in ("title", "slug", "description", "parent", *LISTS)}
    asked = {
        "slug": slug,
        "rule": stated(rule),
        "most": SHOWN,
        "form": stated_form,
        "is_known": found is not None,
    }
    return frame.go(f"/jobs/{desk.store.jobs.add(TRY, asked, asked_by=desk.actor.name, now=desk.now)}")


def _tried(frame: Frame, job_id: int) -> Job:
    job = frame.store.jobs.get(job_id) if job_id < 2**62 else None
    if job is None or job.kind != TRY or job.state != "done":
        raise NotFoundError("That trial is no longer kept: try the rule again.")
    return job


def _foretold(frame: Frame, slug: str, rule: TopicRule) -> topics.Trial | None:
    """The trial that the form was shown with, where it is of this very rule."""
    number = row_number(request.form.get("tried"))
    job = frame.store.jobs.get(number) if number is not None else None
    if job is None or job.kind != TRY or job.state != "done" or job.result is None:
        return None
    is_same = job.arguments["slug"] == slug and job.arguments["rule"] == stated(rule)
    return trial_of(job.result) if is_same else None


def _field_of(form: TopicForm, rule: TopicRule, problem: str) -> Any:
    if "expression" in problem:
        return form["match"] if rule.expressions else form["exclude"]
    if "stand" in problem:
        return form.parent
    if "topic at" in problem or "slug" in problem.lower():
        return form.slug
    return form.categories


def _toml(slug: str, title: str, description: str, rule: TopicRule) -> str:
    declared = TopicDeclaration(
        slug=slug,
        title=title,
        description=description,
        categories=rule.categories,
        phrases=rule.phrases,
        url_parts=rule.url_parts,
        sources=rule.source_slugs,
        match=rule.expressions,
        exclude=rule.exclude,
        parent=rule.parent,
        medtop=rule.medtop,
    )
    return declarations_toml(Declarations(topics=(declared,))).strip()
