"""How this process is: alive, ready, and in numbers."""

from __future__ import annotations

import hmac
from collections.abc import Iterable
from datetime import datetime
from ipaddress import ip_address

from flask import Blueprint, Response, jsonify, request
from werkzeug.exceptions import Forbidden

from feeds.actions.operating.wrong_clock import AHEAD_MOST
from feeds.errors import StoreError
from feeds.model.alerts import KINDS
from feeds.text.dates import rfc3339
from web.context import WebContext

LATE_AFTER = 60.0
"""Seconds without a tick after which the scheduler counts as late."""
FORWARDING = ("Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-Ip", "Via")


def health(context: WebContext) -> Blueprint:
    """The blueprint of `/healthz`, `/readyz` and `/metrics`."""
    views = Blueprint("health", __name__)

    @views.get("/healthz")
    def healthz() -> Response:
        return _unkept(jsonify(status="ok", scheduler=_scheduler(context)))

    @views.get("/readyz")
    def readyz() -> Response:
        is_ready, why = _ready(context)
        response = jsonify(status="ready" if is_ready else "not ready", detail=why)
        response.status_code = 200 if is_ready else 503
        return _unkept(response)

    @views.get("/metrics")
    def metrics() -> Response:
        if not _may_read_metrics(context.settings.web.metrics_token):
            raise Forbidden(
                "Metrics are open to this machine only, or to clients that send [web] metrics_token as a bearer token."
            )
        text = "\n".join(_metrics(context)) + "\n"
        return _unkept(Response(text, content_type="text/plain; version=0.0.4; charset=utf-8"))

    return views


def _scheduler(context: WebContext) -> dict[str, object]:
    """The scheduler as the store last heard of it; a store that does not answer is said, not raised."""
    try:
        beats = context.stores.get().kept.beats()
    except StoreError as fault:
        context.stores.drop()
        return {"state": "unknown", "detail": str(fault)}
    tick, fall = beats.get("scheduler"), beats.get("supervisor")
    state: dict[str, object] = {"state": "never seen"}
    if tick is not None:
        age = _age(tick[0], context.clock())
        state = {
            "state": _pace(tick[0], context.clock(), age),
            "last_tick_at": rfc3339(tick[0]),
            "age_s": age,
        }
        if tick[1]:
            state["detail"] = tick[1]
    if fall is not None:
        # Whoever keeps the scheduler alive notes each time that it fell.
        if tick is None or fall[0] >= tick[0]:
            state["state"] = "restarting"
        state["last_fall"] = {"at": rfc3339(fall[0]), "detail": fall[1]}
    return state


def _pace(beat_at: datetime, now: datetime, age: float) -> str:
    if beat_at - now > AHEAD_MOST:
        # Whoever left it, or this machine, has a wrong clock; nothing can be said of the scheduler.
        return "clock"
    return "ok" if age <= LATE_AFTER else "late"


def _ready(context: WebContext) -> tuple[bool, str]:
    try:
        context.stores.get().feeds.seq()
    except StoreError as fault:
        context.stores.drop()
        if context.cache.size()[0]:
            return True, "feeds are answered as they were last known"
        return False, str(fault)
    return True, "feeds are answered"


def _may_read_metrics(token: str | None) -> bool:
    given = request.headers.get("Authorization", "")
    if token and hmac.compare_digest(given.encode(), f"Bearer {token}".encode()):
        return True
    if any(name in request.headers for name in FORWARDING):
        # Behind a proxy on this machine everybody seems to come from loopback.
        return False
    try:
        address = ip_address(request.remote_addr or "")
    except ValueError:
        return False
    # A socket for both families shows IPv4 as ::ffff:127.0.0.1; Pythons differ on whether that is loopback.
    return (getattr(address, "ipv4_mapped", None) or address).is_loopback


def _metrics(context: WebContext) -> Iterable[str]:
    now = context.clock()
    counts = context.counters.total(now)
    yield "# TYPE feedwright_http_responses_total counter"
    for name in sorted(counts):
        if name.startswith("responses"):
            yield f"feedwright_http_{name} {counts[name]}"
    yield "# TYPE feedwright_http_sent_bytes_total counter"
    yield f"feedwright_http_sent_bytes_total {counts['sent_bytes']}"
    entries, size = context.cache.size()
    yield "# TYPE feedwright_held_feeds gauge"
    yield f"feedwright_held_feeds {entries}"
    yield "# TYPE feedwright_held_bytes gauge"
    yield f"feedwright_held_bytes {size}"
    try:
        store = context.stores.get()
        things, seq, beat = store.upkeep.counts(), store.feeds.seq(), store.kept.beats().get("scheduler")
        alerts = store.alerts.open_counts()
    except StoreError:
        context.stores.drop()
        yield "# TYPE feedwright_store_up gauge"
        yield "feedwright_store_up 0"
        return
    yield "# TYPE feedwright_store_up gauge"
    yield "feedwright_store_up 1"
    yield "# TYPE feedwright_things gauge"
    for name in sorted(things):
        yield f'feedwright_things{{kind="{name}"}} {things[name]}'
    yield "# TYPE feedwright_open_alerts gauge"
    for kind in KINDS:
        yield f'feedwright_open_alerts{{kind="{kind}"}} {alerts.get(kind, 0)}'
    yield "# TYPE feedwright_changes_total counter"
    yield f"feedwright_changes_total {seq}"
    if beat is not None:
        yield "# TYPE feedwright_scheduler_tick_age_seconds gauge"
        yield f"feedwright_scheduler_tick_age_seconds {_age(beat[0], now)}"


def _age(moment: datetime, now: datetime) -> float:
    return round(max(0.0, (now - moment).total_seconds()), 1)


def _unkept(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    return response
