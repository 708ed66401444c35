"""Feeds by e-mail: asking for one, confirming it by the link in the first mail, ending it by one click."""

from __future__ import annotations

import secrets

from flask import Blueprint, Response, render_template, request
from werkzeug.exceptions import BadRequest, NotFound
from werkzeug.wrappers import Response as AnyResponse

from feeds.actions.delivering import digests as actions
from feeds.errors import NotFoundError, RequestError
from feeds.http.client_address import client_of
from feeds.model.digests import Rhythm
from feeds.publish.feed_paths import key_of
from feeds.publish.titles import feed_title
from web.context import WebContext
from web.language import gettext, later
from web.public.shaped import check_rate_limit

MOST_FORM = 4_000
RHYTHMS: tuple[Rhythm, ...] = ("daily", "weekly")
NOT_OURS = later("This link is not known here. Was it copied whole?")


def digests(context: WebContext) -> Blueprint:
    """The blueprint of `/digest`; registered where mails can be sent."""
    views = Blueprint("digests", __name__)

    @views.post("/digest")
    def ask() -> AnyResponse:
        return _asked(context)

    @views.get("/digest/confirm/<token>")
    def confirm_page(token: str) -> AnyResponse:
        digest = _digest(context, token, "confirm")
        return _shown(
            gettext("Get %(feed)s by e-mail?", feed=_title(context, digest)),
            "",
            button=gettext("Yes, send it to me"),
        )

    @views.post("/digest/confirm/<token>")
    def confirm(token: str) -> AnyResponse:
        digest = _digest(context, token, "confirm")
        try:
            found = actions.confirm(
                context.stores.get(), digest, settings=context.settings, now=context.clock()
            )
        except NotFoundError as problem:
            raise NotFound(str(problem)) from problem
        sentence = (
            gettext(
                "%(feed)s comes to %(email)s every morning, when there is something new. Each mail has a link that"
                " ends it."
            )
            if found.rhythm == "daily"
            else gettext(
                "%(feed)s comes to %(email)s every Monday morning, when there is something new. Each mail has a link"
                " that ends it."
            )
        )
        return _shown(
            gettext("Confirmed"), sentence % {"feed": _title(context, digest), "email": found.email}
        )

    @views.get("/digest/end/<token>")
    def end_page(token: str) -> AnyResponse:
        digest = _digest(context, token, "end")
        return _shown(
            gettext("Stop getting %(feed)s?", feed=_title(context, digest)), "", button=gettext("End it")
        )

    @views.post("/digest/end/<token>")
    def end(token: str) -> AnyResponse:
        digest = _digest(context, token, "end")
        actions.end(context.stores.get(), digest)
        return _shown(
            gettext("Ended"),
            gettext("Nothing more is sent. The feed stays where it is, for feed readers."),
        )

    views.after_request(_kept_private)
    return views


def _asked(context: WebContext) -> AnyResponse:
    request.max_content_length = MOST_FORM
    form = request.form
    check_rate_limit(context)
    key = key_of(form.get("feed", ""))
    rhythm = next((one for one in RHYTHMS if one == form.get("rhythm")), None)
    if key is None or key.kind not in actions.BY_MAIL or context.stores.get().feeds.info(key) is None:
        raise NotFound("There is no such feed here. Go back to its page and try again.")
    if rhythm is None:
        raise BadRequest("Choose how often: daily or weekly.")
    email = form.get("email", "")
    if not form.get("website"):
        # A field that people do not see: who fills it in is a program.
        try:
            actions.ask_for(
                context.stores.get(),
                email=email,
                key=key,
                rhythm=rhythm,
                client=client_of(request.remote_addr or ""),
                settings=context.settings,
                now=context.clock(),
            )
        except RequestError as problem:
            raise BadRequest(str(problem)) from problem
    return _shown(
        gettext("Look into your mail"),
        gettext(
            "If %(email)s can get mail, a message is on its way. Open the link in it to confirm.",
            email=email.strip()[:254],
        ),
    )


def _digest(context: WebContext, token: str, purpose: str) -> int:
    store = context.stores.get()
    key = actions.key_of(store, lambda: secrets.token_urlsafe(32))
    found = actions.read_token(key, token, purpose)
    if found is None or store.digests.get(found) is None:
        raise NotFound(NOT_OURS)
    return found


def _title(context: WebContext, digest_id: int) -> str:
    store = context.stores.get()
    digest = store.digests.get(digest_id)
    info = store.feeds.info(digest.key) if digest is not None else None
    return feed_title(info, context.site) if info is not None else gettext("this feed")


def _kept_private(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def _shown(title: str, text: str, *, button: str | None = None) -> AnyResponse:
    return Response(
        render_template("digest.html", title=title, text=text, button=button), mimetype="text/html"
    )
