"""The API's addresses: lets a request in, reads its parameters, answers it; and the page that shows it all."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import msgspec
from flask import Blueprint, Response, g, render_template, request

from feeds.errors import ConfigError, RequestError
from feeds.model.outgoing import SiteInfo
from web.api.callers import ANYBODY_A_MINUTE, PARTNER_A_MINUTE, WRITES_A_MINUTE, Caller, Callers
from web.api.endpoints import ENDPOINTS, Call, Endpoint
from web.api.errors import KINDS, OPEN, PREFIX, READING, ApiError, problem
from web.api.ledger_entries import taken
from web.api.openapi import description
from web.api.parameters import read_all
from web.api.write_endpoints import WRITES, managed_read
from web.api.writing import problem_of_error, write_view
from web.context import PlainResponse, WebContext
from web.server.conditional import Representation, answer, represent
from web.server.fresh_settings import FreshSettings

JSON = "application/json"


def api(context: WebContext) -> Blueprint:
    """The blueprint of `/api/v1` and `/api`."""
    views = Blueprint("api", __name__)
    callers, settings = Callers(context.uses, context.settings.admin), FreshSettings(context.settings)

    for one in ENDPOINTS:
        views.add_url_rule(
            PREFIX + one.path.replace("{", "<").replace("}", ">"),
            endpoint=one.name,
            view_func=_view(context, callers, settings, one),
        )
    for write in WRITES:
        views.add_url_rule(
            PREFIX + write.path.replace("{", "<").replace("}", ">"),
            endpoint=write.name,
            view_func=write_view(context, callers, settings, write),
            methods=[write.method],
            provide_automatic_options=False,
        )

    @views.get(f"{PREFIX}/openapi.json")
    def openapi() -> Response:
        return context.respond(_described(context.site))

    @views.get("/api")
    def shown() -> Response:
        body = render_template(
            "api.html",
            endpoints=ENDPOINTS,
            writes=WRITES,
            problems=KINDS,
            prefix=PREFIX,
            anybody=ANYBODY_A_MINUTE,
            partner=PARTNER_A_MINUTE,
            most_writes=WRITES_A_MINUTE,
            contact=context.site.contact,
        )
        return context.respond(represent(body.encode(), "text/html; charset=utf-8", level=4))

    def refused(problem_: Exception) -> Response:
        error = problem_of_error(problem_)
        return problem(error.name, error.detail, context.site.base_url, error.headers)

    for kind in (ApiError, RequestError, ConfigError):
        views.register_error_handler(kind, refused)
    views.after_request(_opened)
    return views


@cache
def _described(site: SiteInfo) -> Representation:
    return represent(msgspec.json.format(msgspec.json.encode(description(site)), indent=1), JSON)


def _opened(response: Response) -> Response:
    caller = g.get("api_caller")
    for name, value in {**OPEN, **(caller.headers if caller else {})}.items():
        response.headers.setdefault(name, value)
    if request.method not in READING:
        # A page of another site is to learn nothing of a write.
        for name in OPEN:
            response.headers.pop(name, None)
        response.headers["Cache-Control"] = "no-store"
    if request.path.startswith(PREFIX):
        # Copies of others' articles are nothing for search engines to list.
        response.headers["X-Robots-Tag"] = "noindex"
    if request.method == "OPTIONS":
        response.headers["Access-Control-Allow-Methods"] = "GET, HEAD, OPTIONS"
        response.headers["Access-Control-Allow-Headers"] = "Authorization, If-None-Match"
        response.headers["Access-Control-Max-Age"] = "86400"
    return response


def _view(
    context: WebContext, callers: Callers, settings: FreshSettings, one: Endpoint
) -> Callable[..., Response]:
    def view(**path: str) -> Response:
        store = context.stores.get()
        caller = callers.admit(
            store, request.headers.get("Authorization"), request.remote_addr or "", context.clock()
        )
        g.api_caller = caller
        values = read_all(one.parameters, request.args.to_dict(flat=False), path)
        call = Call(
            store=store,
            site=context.site,
            publish=context.settings.publish,
            caller=caller,
            values=values,
            path=request.path,
        )
        managed = managed_read(call, one.name, settings()) if caller.holder is not None else None
        result = one.work(call) if managed is None else managed
        response = _answered(caller, result)
        if caller.partner is not None and response.status_code == 200 and request.method == "GET":
            feed = getattr(result, "feed", None) or values.get("feed") or ""
            context.ledger.note(taken(result, partner_id=caller.partner.id, feed=feed, at=context.clock()))
        return response

    return view


def _answered(caller: Caller, result: Any) -> Response:
    shown = represent(msgspec.json.encode(result), JSON, level=4)
    given = answer(
        shown,
        method=request.method,
        headers={name.lower(): value for name, value in request.headers.items()},
        cache_control=_kept_by(caller),
    )
    response = PlainResponse(given.body, status=given.status)
    response.headers.clear()
    response.headers.extend(given.headers)
    # The same address answers a partner otherwise.
    response.headers["Vary"] = "Accept-Encoding, Authorization"
    next_url = getattr(result, "next_url", None)
    if next_url is not None:
        response.headers["Link"] = f'<{next_url}>; rel="next"'
    return response


def _kept_by(caller: Caller) -> str:
    if caller.holder is not None:
        return "no-store"
    return "no-cache" if caller.partner is None else "private, no-cache"
