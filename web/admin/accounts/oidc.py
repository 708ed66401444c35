"""Single sign-on: to the provider, and back."""

from __future__ import annotations

import os
from importlib import import_module
from typing import Any
from urllib.parse import urlsplit

from flask import g, request, session
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response as AnyResponse

from feeds.actions.accounts import oidc
from feeds.actions.accounts.oidc import Back, Provider, Trip
from feeds.actions.accounts.people import TooManyTriesError
from feeds.config.secrets import secret_of
from feeds.errors import RequestError
from feeds.http.address_guard import guard_of
from feeds.http.asking import Asker
from feeds.http.user_agent import user_agent
from web.admin.accounts.forms import SignInForm
from web.admin.accounts.sign_in import enter, sign_in_page
from web.admin.frame import Frame, log, safe_next

KEPT = "oidc"
"""Under which name the browser's signed session holds the trip."""


def add(frame: Frame) -> None:
    """Hangs both into the frame."""

    @frame.post("/sign-in/oidc", None, is_open=True)
    def go_to_provider() -> AnyResponse:
        _require_on(frame)
        secret, onward = frame.new_secret(), safe_next(request.args.get("next"), frame.root)
        try:
            target = oidc.set_out(
                frame.store,
                provider(frame),
                Trip(secret=secret),
                _return_to(frame),
                address=g.admin_address,
                now=frame.context.clock(),
            )
        except RequestError as problem:
            status = 429 if isinstance(problem, TooManyTriesError) else 502
            return sign_in_page(frame, SignInForm(formdata=None), problem=str(problem), status=status)
        session[KEPT] = {"secret": secret, "next": onward or "/"}
        # Not a redirect: the policy lets no form lead to another site, and browsers hold that against redirects, too.
        response = frame.page("go-on.html", target=target, host=urlsplit(target).hostname)
        response.headers["Refresh"] = f"0; url={target}"
        return response

    @frame.get("/sign-in/oidc/return", is_open=True)
    def come_from_provider() -> AnyResponse:
        _require_on(frame)
        kept = session.pop(KEPT, None) or {}
        try:
            person = oidc.come_back(
                frame.store,
                provider(frame),
                frame.context.settings.oidc,
                Trip(secret=kept["secret"]) if kept else None,
                Back(
                    state=request.args.get("state", ""),
                    code=request.args.get("code", ""),
                    fault=" ".join(
                        request.args.get(one, "") for one in ("error", "error_description")
                    ).strip(),
                    issuer=request.args.get("iss"),
                ),
                return_to=_return_to(frame),
                now=frame.context.clock(),
            )
        except RequestError as problem:
            log.warning("single sign-on failed from %s: %s", g.admin_address, problem)
            return sign_in_page(frame, SignInForm(formdata=None), problem=str(problem), status=403)
        log.info("%s signed in by single sign-on from %s", person.name, g.admin_address)
        return enter(frame, person, kept["next"])


def provider(frame: Frame) -> Provider:
    """The provider of the settings; its libraries are loaded at the first use. Raises RequestError without its secret."""
    settings = frame.context.settings
    own = settings.oidc
    try:
        secret = secret_of(own.client_secret, os.environ, settings.path.parent) if own.client_secret else None
    except ValueError as problem:
        raise RequestError(f"[admin.oidc] client_secret: {problem}.") from problem
    module: Any = import_module("web.admin.accounts.provider")
    found: Provider = module.OidcProvider(
        issuer=own.issuer,
        client_id=own.client_id,
        client_secret=secret,
        role_claim=own.role_claim,
        asker=Asker(guard=guard_of(settings.fetch.allow), user_agent=user_agent(settings)),
    )
    return found


def _return_to(frame: Frame) -> str:
    return f"{frame.context.site.base_url}/admin/sign-in/oidc/return"


def _require_on(frame: Frame) -> None:
    if not frame.has_single_sign_on:
        raise NotFound("There is no single sign-on here.")
