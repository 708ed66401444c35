"""How a write is taken in: by whom, in which bounds, once under each key, and answered in one transaction with what it did."""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from urllib.parse import urlsplit

import msgspec
from flask import Response, g, request
from werkzeug.exceptions import RequestEntityTooLarge

from db.store import Store
from feeds.actions.editing.changes import Desk
from feeds.actions.operating.tidy import WRITES_KEPT
from feeds.errors import ConfigError, NotFoundError, OwnedByFileError, RequestError, StoreError
from feeds.model.tokens import Holder, KeptAnswer
from web.api.callers import Callers
from web.api.errors import KINDS, ApiError, problem
from web.api.parameters import read_all
from web.api.write_bodies import read_body
from web.api.write_endpoints import Done, Write, WriteCall
from web.context import WebContext
from web.server.fresh_settings import FreshSettings

MOST_BODY = 200_000
MOST_KEY = 200
LOST_AFTER = timedelta(minutes=2)
"""A write that has no answer after so long was given up with its process: its transaction was never closed."""
RETRY_AFTER = 2
UNKEPT = ("changed-since", "needs-condition", "unavailable")
"""Nothing was done, and the same may be asked again with another condition, or later."""
_TYPES = ("application/json", "application/merge-patch+json")


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """An answer in bytes."""

    status: int
    body: bytes
    location: str | None = None
    etag: str | None = None
    headers: dict[str, str] = field(default_factory=dict)


def write_view(
    context: WebContext, callers: Callers, settings: FreshSettings, one: Write
) -> Callable[..., Response]:
    """The view of one write."""
    own = "://".join(urlsplit(context.site.base_url)[:2])

    def view(**path: str) -> Response:
        request.max_content_length = MOST_BODY
        origin = request.headers.get("Origin")
        if origin is not None and origin != own:
            raise ApiError("not-yours", "Requests from pages of other sites are refused.")
        store, now = context.stores.get(), context.clock()
        caller = callers.admit_writer(
            store, request.headers.get("Authorization"), request.remote_addr or "", now
        )
        g.api_caller, holder = caller, caller.holder
        assert holder is not None
        if not holder.may(one.subject):
            raise ApiError("not-yours", f"This token is {holder.role}, which may not change {one.subject}.")
        values = read_all(one.parameters, request.args.to_dict(flat=False), path)
        sent = _sent(is_wanted=one.body is not None)

        def work() -> Done:
            return one.work(
                WriteCall(
                    desk=Desk(store=store, actor=holder.actor, settings=settings(), now=now),
                    base_url=context.site.base_url,
                    values=values,
                    body=read_body(sent, one.body) if one.body is not None else None,
                    if_match=request.headers.get("If-Match"),
                    if_none_match=request.headers.get("If-None-Match"),
                )
            )

        key = request.headers.get("Idempotency-Key")
        if key is None:
            return _response(_tried(store, work, context.site.base_url)[0])
        return _once(store, holder, key, sent, work, context.site.base_url, now)

    return view


def problem_of_error(error: Exception) -> ApiError:
    """What an action or a check refused, as a problem."""
    if isinstance(error, ApiError):
        return error
    name = "refused"
    if isinstance(error, OwnedByFileError):
        name = "owned-by-file"
    elif isinstance(error, NotFoundError):
        name = "not-found"
    return ApiError(name, str(error))


def _sent(*, is_wanted: bool) -> bytes:
    try:
        body = request.get_data(cache=False)
    except RequestEntityTooLarge as error:
        raise ApiError("too-large", f"The body is larger than {MOST_BODY:,} bytes.") from error
    if is_wanted and request.mimetype not in _TYPES:
        raise ApiError("not-json", "Send JSON, and `Content-Type: application/json` with it.")
    return body


def _tried(
    store: Store,
    work: Callable[[], Done],
    base_url: str,
    keep: Callable[[Given], None] = lambda given: None,
) -> tuple[Given, str]:
    """The answer, and the name of its problem; what was done and that it was answered are written together."""
    try:
        with store.write():
            done = work()
            given = Given(
                status=done.status,
                body=msgspec.json.encode(done.body),
                location=done.location,
                etag=done.etag,
            )
            keep(given)
            return given, ""
    except (ApiError, RequestError, ConfigError) as error:
        refusal = problem_of_error(error)
        response = problem(refusal.name, refusal.detail, base_url)
        return Given(
            status=KINDS[refusal.name][0], body=response.get_data(), headers=refusal.headers
        ), refusal.name


def _once(
    store: Store,
    holder: Holder,
    key: str,
    sent: bytes,
    work: Callable[[], Done],
    base_url: str,
    now: datetime,
) -> Response:
    """The answer of the first request under this key."""
    if not 1 <= len(key) <= MOST_KEY or not key.isascii() or not key.isprintable():
        raise ApiError("bad-request", f"An `Idempotency-Key` has 1 to {MOST_KEY} printable ASCII characters.")
    answers, token = store.answers, holder.token.id
    asked = b"\0".join((request.method.encode(), request.full_path.encode(), sent))
    print_ = hashlib.sha256(asked).hexdigest()
    answers.forget(before=now - WRITES_KEPT)
    known = answers.begin(token, key, print_, lost_before=now - LOST_AFTER, now=now)
    if known is not None:
        return _again(known, print_)

    def keep(given: Given) -> None:
        answers.keep(
            token,
            key,
            KeptAnswer(
                print=print_,
                begun_at=now,
                status=given.status,
                body=given.body.decode(),
                location=given.location,
                etag=given.etag,
            ),
        )

    is_kept = False
    try:
        given, name = _tried(store, work, base_url, keep)
        if name and name not in UNKEPT:
            keep(given)
        is_kept = name not in UNKEPT
    finally:
        if not is_kept:
            with contextlib.suppress(StoreError):
                answers.give_up(token, key, now)
    return _response(given)


def _again(known: KeptAnswer, print_: str) -> Response:
    if known.print != print_:
        raise ApiError("key-reused", "This `Idempotency-Key` stands for another request: take a new one.")
    if known.status is None:
        raise ApiError(
            "under-way",
            "The first request under this key has no answer yet.",
            {"Retry-After": str(RETRY_AFTER)},
        )
    response = _response(
        Given(status=known.status, body=known.body.encode(), location=known.location, etag=known.etag)
    )
    response.headers["Idempotency-Replayed"] = "true"
    return response


def _response(given: Given) -> Response:
    kind = "application/json" if given.status < 400 else "application/problem+json"
    response = Response(given.body, status=given.status, content_type=kind)
    if given.location is not None:
        response.headers["Location"] = given.location
    if given.etag is not None:
        response.headers["ETag"] = f'"{given.etag}"'
    response.headers.update(given.headers)
    return response
