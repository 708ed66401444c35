"""A partner's own page, `/partner/<token>`: its feeds, keys by how they begin, webhooks with their deliveries, statement. Kept out of caches."""

from __future__ import annotations

from flask import Blueprint, Response, redirect, render_template, request
from werkzeug.exceptions import Gone, NotFound
from werkzeug.wrappers import Response as AnyResponse

from db.store import Store
from feeds.actions.delivering.partner_links import PATH, opened_by
from feeds.actions.delivering.webhook_tests import ask_for_tests
from feeds.actions.delivering.webhooks import receivers_of
from feeds.model.outgoing import FeedKey
from feeds.model.partners import Partner, feed_of_path
from feeds.model.statements import COUNTED
from feeds.publish.profiles import PROFILES
from feeds.publish.render import BY_EXTENSION
from feeds.text.markup import whole_number
from web.context import WebContext
from web.language import later
from web.public.shaped import check_rate_limit, unlisted
from web.public.statement_files import asked_month, statement_download
from web.server.conditional import represent

MOST_ENTRIES, MOST_TAKEN_BACK = 50, 200
UNKNOWN = later(
    "This link is not known here, or was taken back. Whoever gave it to you can give you another."
)


def partner_page(context: WebContext) -> Blueprint:
    """The blueprint of `/partner/<token>`."""
    views = Blueprint("partner_page", __name__)

    @views.get(f"{PATH}<token>")
    def page(token: str) -> AnyResponse:
        store, now = context.stores.get(), context.clock()
        partner = _partner(context, store, token)
        month, begin, end = asked_month(now)
        receivers = receivers_of(store, partner)
        feeds = store.feeds.of_ids([one.feed_id for one in receivers])
        statement = store.ledger.statement(partner.id, partner.spec.slug, begin, end)
        feed_keys = _feeds(store, partner)
        values = {
            "partner": partner,
            "is_over": partner.has_ended(now) or partner.state != "active",
            "token": token,
            "feeds": [(key.path(), key.kind == "query", store.feeds.info(key)) for key in feed_keys],
            "followed": next((key.path()[1:] for key in feed_keys if key.kind != "query"), None),
            "keys": store.partners.keys(partner.id),
            "used": store.partners.used(partner.id, now.date()),
            "has_secret": bool(store.partners.hook_secrets(partner.id, now)),
            "receivers": [(one, feeds.get(one.feed_id)) for one in receivers],
            "waiting": store.deliveries.waiting_of([one.id for one in receivers]),
            "entries": store.ledger.latest(partner.id, most=MOST_ENTRIES),
            "statement": statement,
            "taken_back": statement.taken_back[-MOST_TAKEN_BACK:],
            "names": COUNTED,
            "month": month,
            "extensions": list(BY_EXTENSION),
            "profiles": list(PROFILES),
            "asked": whole_number(request.args.get("asked", ""), digits=2),
        }
        body = render_template("partner.html", **values).encode()
        return unlisted(context.respond(represent(body, "text/html; charset=utf-8", level=4)))

    @views.get(f"{PATH}<token>/statement.<extension>")
    def statement_file(token: str, extension: str) -> AnyResponse:
        check_rate_limit(context)
        store = context.stores.get()
        return statement_download(store, _partner(context, store, token), context.clock(), extension)

    @views.post(f"{PATH}<token>/test")
    def test(token: str) -> AnyResponse:
        # The link itself is what makes this believed: nobody else can name it.
        check_rate_limit(context)
        store = context.stores.get()
        count = ask_for_tests(store, _partner(context, store, token), context.clock())
        return redirect(f"{context.site.base_url}{PATH}{token}?asked={count}#webhooks", code=303)

    def keep_private(response: Response) -> Response:
        response.headers["Cache-Control"] = "private, no-cache"
        response.headers["Referrer-Policy"] = "no-referrer"
        response.headers["X-Robots-Tag"] = "noindex, nofollow, noarchive"
        return response

    views.after_request(keep_private)
    return views


def _partner(context: WebContext, store: Store, token: str) -> Partner:
    found = opened_by(store, token)
    if found is None:
        raise NotFound(UNKNOWN)
    partner, until = found
    if until <= context.clock():
        raise Gone("This link has ended. Whoever gave it to you can give you another.")
    return partner


def _feeds(store: Store, partner: Partner) -> list[FeedKey]:
    keys = [feed_of_path(path) for path in partner.spec.feeds or ("all",)]
    return [
        one
        if one.kind in ("all", "query")
        else FeedKey(kind=one.kind, slug=store.feeds.slug_now(one.kind, one.slug) or one.slug)
        for one in keys
    ]
