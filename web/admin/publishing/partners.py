"""Partners: who reads under a name, what each may read, their keys, webhooks with their deliveries, statement, and the link to their page."""

from __future__ import annotations

import os
from dataclasses import fields
from datetime import UTC, timedelta
from typing import Any

from flask import request
from werkzeug.wrappers import Response as AnyResponse

from feeds.actions.declaring import partners
from feeds.actions.declaring.declare import declaration_of
from feeds.actions.declaring.export import declared_partner
from feeds.actions.delivering.partner_links import new_link
from feeds.actions.delivering.webhook_tests import ask_for_tests
from feeds.actions.delivering.webhooks import new_webhook_secret, receivers_of, replay
from feeds.actions.editing import partner_edits
from feeds.actions.editing.changes import Desk
from feeds.config.stated import stated_partner
from feeds.config.toml_writer import declarations_toml
from feeds.errors import ConfigError, RequestError
from feeds.model.declarations import Declarations
from feeds.model.partners import Partner, PartnerSpec
from feeds.model.statements import COUNTED
from web.admin.frame import Frame
from web.admin.publishing.partner_form import PartnerForm, form_of
from web.language import Spoken, gettext, ngettext, sentence
from web.public.statement_files import asked_month, statement_download

MOST_DAYS = 366
MOST_REPLAY = 7
MOST_TAKEN_BACK = 200


def add(frame: Frame) -> None:
    """Hangs the screens into the frame."""

    @frame.get("/feeds/partners", sees="people")
    def partner_list() -> AnyResponse:
        return _list(frame, PartnerForm(formdata=None))

    @frame.post("/feeds/partners", "people")
    def add_partner() -> AnyResponse:
        form = PartnerForm()
        if form.validate_on_submit():
            try:
                made = partner_edits.add_partner(frame.desk(), stated_partner(form.stated()))
            except (ConfigError, RequestError) as problem:
                _at_fields(form, problem)
            else:
                slug = made.spec.slug
                notice = sentence(partner_edits.missing_notice(frame.store, made.spec))
                added = gettext("%(name)s is added. Make their key next.", name=made.spec.name)
                return frame.go(
                    f"/feeds/partners/{slug}",
                    f"{added} {notice}".strip(),
                )
        return _list(frame, form, 400)

    @frame.get("/feeds/partners/<slug>", sees="people")
    def one_partner(slug: str) -> AnyResponse:
        found = partners.found_partner(frame.store, slug)
        return _page(frame, found, form_of(found.spec))

    @frame.post("/feeds/partners/<slug>/settings", "people")
    def set_partner(slug: str) -> AnyResponse:
        found, form = partners.found_partner(frame.store, slug), PartnerForm()
        if form.validate_on_submit():
            try:
                spec = stated_partner(form.stated() | {"slug": slug})
                values = {one.name: getattr(spec, one.name) for one in fields(PartnerSpec)}
                changed = {key: it for key, it in values.items() if it != getattr(found.spec, key)}
                after, change = partner_edits.set_partner(frame.desk(), slug, changed)
            except (ConfigError, RequestError) as problem:
                _at_fields(form, problem)
            else:
                outcome = gettext("Saved.") if change else gettext("Nothing was changed.")
                notice = sentence(partner_edits.missing_notice(frame.store, after.spec))
                return frame.go(f"/feeds/partners/{slug}", f"{outcome} {notice}".strip(), change)
        return _page(frame, found, form, 400)

    @frame.post("/feeds/partners/<slug>", "people")
    def do_partner(slug: str) -> AnyResponse:
        return _done(frame, partners.found_partner(frame.store, slug), request.form.get("do", ""))

    @frame.get("/feeds/partners/<slug>/statement.csv", sees="people")
    def partner_statement(slug: str) -> AnyResponse:
        found = partners.found_partner(frame.store, slug)
        return statement_download(frame.store, found, frame.context.clock(), "csv")


def _done(frame: Frame, found: Partner, verb: str) -> AnyResponse:
    """What a button of the partner's page does."""
    desk, slug, name = frame.desk(), found.spec.slug, found.spec.name
    if verb == "key":
        key = partner_edits.new_key(desk.store, slug, os.urandom, actor=desk.actor, now=desk.now)
        return _shown_once(
            frame,
            found,
            gettext("Give %(name)s this key; they send it as Authorization: Bearer KEY", name=name),
            key,
        )
    if verb.startswith("take-back "):
        begin = partner_edits.take_key_back(
            desk.store, slug, verb.removeprefix("take-back ")[:40], actor=desk.actor, now=desk.now
        )
        return frame.go(f"/feeds/partners/{slug}", gettext("The key %(begin)s… is revoked.", begin=begin))
    if verb == "link":
        path = new_link(
            desk.store,
            slug,
            until=desk.now + timedelta(days=_count("days", MOST_DAYS)),
            new_secret=frame.new_secret,
            actor=desk.actor,
            now=desk.now,
            is_only=request.form.get("only") == "yes",
        )
        link = frame.context.site.base_url + path
        return _shown_once(
            frame, found, gettext("Give %(name)s this link to their own page", name=name), link
        )
    if verb == "secret":
        secret = new_webhook_secret(
            desk.store, slug, os.urandom, actor=desk.actor, settings=desk.settings, now=desk.now
        )
        return _shown_once(
            frame, found, gettext("Give %(name)s what their webhooks are signed with", name=name), secret
        )
    if verb in ("test", "replay"):
        return frame.go(f"/feeds/partners/{slug}", _replayed(desk, found, verb))
    if verb == "remove" and request.form.get("sure") == "yes":
        change = partner_edits.remove_partner(desk, slug)
        return frame.go(
            "/feeds/partners", gettext("%(name)s is removed, and their keys are revoked.", name=name), change
        )
    if verb == "remove":
        return frame.page("remove-partner.html", partner=found, keys=desk.store.partners.keys(found.id))
    raise RequestError("Choose what to do.")


def _replayed(desk: Desk, found: Partner, verb: str) -> str:
    """A test message, or what changed, sent to their webhooks; returns what is said of it."""
    if verb == "test":
        count = ask_for_tests(desk.store, found, desk.now)
        if not count:
            return gettext("No address is told of changes yet.")
        return ngettext(
            "A test message is on its way to %(count)s address.",
            "A test message is on its way to %(count)s addresses.",
            count,
        )
    since = desk.now - timedelta(days=_count("days", MOST_REPLAY))
    count = replay(desk.store, found.spec.slug, since, settings=desk.settings, now=desk.now)
    return gettext("Their webhooks are told again.") if count else gettext("There is nobody to tell.")


def _count(name: str, most: int) -> int:
    text = request.form.get(name, "")
    if not (text.isascii() and text.isdigit() and len(text) < 5 and 1 <= int(text) <= most):
        raise RequestError(f"Say for how many days, from 1 to {most}.")
    return int(text)


def _at_fields(form: PartnerForm, problem: ConfigError | RequestError) -> None:
    """Each fault at the field that it names, else at the first."""
    for text in problem.problems if isinstance(problem, ConfigError) else (str(problem),):
        name, _, rest = text.partition(": ")
        place, message = (name, rest) if rest and name in form else ("name", text)
        form[place].errors = [*form[place].errors, _as_sentence(message)]


def _as_sentence(text: str) -> str:
    text = sentence(text)
    return Spoken(f"{text[:1].upper()}{text[1:].rstrip('.')}.")


def _list(frame: Frame, form: PartnerForm, status: int = 200) -> AnyResponse:
    store, today = frame.store, frame.context.clock().astimezone(UTC).date()
    rows = [
        (one, len(store.partners.keys(one.id)), store.partners.used(one.id, today))
        for one in store.partners.every()
    ]
    return frame.page("partners.html", status, rows=rows, form=form)


def _shown_once(frame: Frame, found: Partner, text: str, secret: str) -> AnyResponse:
    return _page(frame, found, form_of(found.spec), once=(text, secret))


def _page(
    frame: Frame, found: Partner, form: PartnerForm, status: int = 200, *, once: tuple[str, str] | None = None
) -> AnyResponse:
    store, now = frame.store, frame.context.clock()
    month, begin, end = asked_month(frame.context.clock())
    receivers = receivers_of(store, found)
    infos = store.feeds.of_ids([one.feed_id for one in receivers])
    statement = store.ledger.statement(found.id, found.spec.slug, begin, end)
    declared = declaration_of(frame.settings(), "partner", found.spec.slug)
    values: dict[str, Any] = {
        "partner": found,
        "spec": found.spec,
        "has_ended": found.has_ended(now),
        "is_owned": declared is not None,
        "line": declared.line if declared else None,
        "owned_lines": declarations_toml(Declarations(partners=(declared_partner(found.spec),))).strip(),
        "keys": store.partners.keys(found.id),
        "used": store.partners.used(found.id, now.astimezone(UTC).date()),
        "has_secret": bool(store.partners.hook_secrets(found.id, now)),
        "receivers": [(one, infos.get(one.feed_id)) for one in receivers],
        "waiting": store.deliveries.waiting_of([one.id for one in receivers]),
        "month": month,
        "names": COUNTED,
        "statement": statement,
        "taken_back": statement.taken_back[-MOST_TAKEN_BACK:],
        "changes": store.changes.changes(subject=f"partner/{found.id}", most=5),
    }
    return frame.page("partner.html", status, form=form, once=once, **values)
