"""The log: who changed what, before and after, and taking it back."""

from __future__ import annotations

from typing import Any

from flask import request
from werkzeug.exceptions import Forbidden
from werkzeug.wrappers import Response as AnyResponse

from db.store import Store
from feeds.actions.editing.changes import BuiltUponError, found_change, undo, why_not_undone
from feeds.model.people import Change
from feeds.text.urls import shown_url
from web.admin.frame import LOG_KINDS, PER_PAGE, Frame
from web.language import gettext, later, spoken

KINDS = ("source", "topic", "author", "mix", "list", "article", "partner", "site", "people")


def add(frame: Frame) -> None:
    """Hangs the screens into the frame."""

    @frame.get("/log")
    def change_log() -> AnyResponse:
        page = frame.number()
        who, kind = request.args.get("who", "")[:100], request.args.get("kind", "")
        words = request.args.get("q", "").strip()[:100]
        found = frame.store.changes.changes(
            who=who,
            kind=kind if kind in KINDS else "",
            words=words,
            wordings=spoken().wordings(words),
            most=PER_PAGE + 1,
            offset=(page - 1) * PER_PAGE,
        )
        return frame.page(
            "log.html",
            changes=found[:PER_PAGE],
            has_more=len(found) > PER_PAGE,
            page=page,
            who=who,
            kind=kind,
            kinds=KINDS,
            words=words,
            names=frame.store.changes.changers(),
        )

    @frame.get("/log/<int:change_id>")
    def change(change_id: int) -> AnyResponse:
        found = found_change(frame.store, change_id if change_id < 2**62 else 0)
        return _page(frame, found)

    @frame.post("/log/<int:change_id>/undo", "log")
    def undo_change(change_id: int) -> AnyResponse:
        desk = frame.desk()
        found = found_change(desk.store, change_id if change_id < 2**62 else 0)
        subject = LOG_KINDS.get(found.kind)
        if subject is None or not frame.may(subject):
            who = frame.who_may(subject or "people")
            raise Forbidden(f"You may take back what you may change. Ask {who}.")
        try:
            done = undo(desk.store, found.id, desk.actor, settings=desk.settings, now=desk.now)
        except BuiltUponError:
            return _page(frame, found, 409)
        return frame.go(f"/log/{done.id}", gettext("Taken back."))


def _page(frame: Frame, found: Change, status: int = 200) -> AnyResponse:
    problem = why_not_undone(frame.store, found)
    subject = LOG_KINDS.get(found.kind)
    return frame.page(
        "change.html",
        status,
        change=found,
        steps=[
            (*_subject(frame.store, step.subject), _rows(step.before, step.after))
            for step in found.steps[:100]
        ],
        more_steps=max(0, len(found.steps) - 100),
        problem=problem,
        later=problem.change if isinstance(problem, BuiltUponError) else None,
        may_undo=subject is not None and frame.may(subject) and frame.may("log"),
    )


def _subject(store: Store, subject: str) -> tuple[str, str]:
    """Name and admin address of what a line is about."""
    kind, _, number = subject.partition("/")
    key = int(number)
    if kind == "source":
        source = store.changes.source_alone(key)
        return (source.title, f"/sources/{source.slug}") if source else (subject, "")
    if kind == "topic":
        topic = store.changes.topic_of_id(key)
        retired = store.changes.retired_topic(key)
        return (
            (topic.title, f"/topics/{topic.slug}") if topic else (retired.title if retired else subject, "")
        )
    if kind == "article":
        article = store.changes.original_article(key)
        return (
            article.title if article and article.title else gettext("article %(id)s", id=key)
        ), f"/articles/{key}"
    if kind == "mix":
        mix = next((one for one in store.mixes.every() if one.id == key), None)
        return (mix.title or mix.slug if mix else subject), ""
    if kind == "list":
        followed = store.lists.of_id(key)
        return (followed.title if followed else subject), ""
    if kind == "partner":
        partner = store.partners.of_id(key)
        return (partner.spec.name, f"/feeds/partners/{partner.spec.slug}") if partner else (subject, "")
    if kind == "site":
        return gettext("the site"), "/settings/look"
    bundle = store.changes.author_bundle(key)
    return str(bundle["slug"]), f"/authors/{bundle['slug']}"


WORDS = {
    "is_there": later("is there"),
    "withdrawn": later("withdrawn because"),
    "url": later("address"),
    "merged_into": later("is the same as"),
    "share": later("what the public sees"),
    "categories": later("labels"),
    "phrases": later("words"),
    "url_parts": later("parts of addresses"),
    "source_slugs": later("sources"),
    "exclude": later("kept out"),
    "parent": later("above it"),
    "medtop": later("IPTC Media Topics"),
    "slug": later("word in addresses"),
    "ours": later("our own"),
    "credit of": later("the picture it credits"),
    "picture of": later("pictures taken out"),
    "full_text": later("articles read from their own pages"),
    "title": later("title"),
    "path": later("path"),
    "webhook_events": later("webhook events"),
    "webhook_form": later("webhook form"),
    "webhook_feeds": later("webhook feeds"),
    "timeout": later("timeout"),
    "max_bytes": later("max bytes"),
    "user": later("user"),
    "password": later("password"),
    "kind": later("kind"),
    "headers": later("headers"),
    "state": later("state"),
    "topics": later("topics"),
    "author": later("author"),
    "authors": later("authors"),
    "language": later("language"),
    "timezone": later("timezone"),
    "interval": later("interval"),
    "pictures": later("pictures"),
    "links": later("links"),
    "description": later("description"),
    "summary": later("summary"),
    "text": later("text"),
    "name": later("name"),
    "contact": later("contact"),
    "quota": later("quota"),
    "accent": later("accent"),
    "welcome": later("welcome"),
    "role": later("role"),
    "bio": later("bio"),
    "match": later("match"),
    "feeds": later("feeds"),
    "webhooks": later("webhooks"),
    "ends": later("ends"),
    "picture": later("picture"),
    "credit": later("credit"),
    "rights": later("rights"),
    "correction": later("correction"),
    "aliases": later("aliases"),
}
"""Words of ours for keys; others are shown as they stand."""
HIDDEN = frozenset({"article_authors", "author_names", "author_links"})


def _rows(before: Any, after: Any) -> list[tuple[str, str, str]]:
    """Each key in words with what stood there before and after."""
    return [
        (_key(key), _shown(key, before.get(key)), _shown(key, after.get(key)))
        for key in {**before, **after}
        if key not in HIDDEN and _shown(key, before.get(key)) != _shown(key, after.get(key))
    ]


def _key(key: str) -> str:
    name, _, slug = key.partition(" ")
    if name == "topic" and slug:
        return gettext("topic %(slug)s", slug=slug)
    return gettext(WORDS.get(key, key.replace("_", " ")))


def _shown(key: str, value: Any) -> str:
    if value is None or value in ([], ""):
        return "–"
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    if key == "headers":
        return ", ".join(str(one).partition(":")[0] for one in value)
    if key in ("credit of", "picture of"):
        return ", ".join(str(one).removesuffix("?") for one in value)
    if isinstance(value, list):
        return ", ".join(str(one) for one in value)
    return shown_url(str(value)) if key == "url" else str(value)
