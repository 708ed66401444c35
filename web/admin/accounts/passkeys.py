"""Passkeys: signing in by one, adding and removing them on the own account's page."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import lru_cache
from importlib import import_module
from typing import Any

from flask import Response, g, request
from werkzeug.wrappers import Response as AnyResponse

from feeds.actions.accounts import passkeys
from feeds.actions.accounts.passkeys import Authenticators, Place
from feeds.actions.accounts.people import TooManyTriesError
from feeds.errors import RequestError
from feeds.model.people import Person
from web.admin.accounts.forms import PasswordForm, SignInForm
from web.admin.accounts.me import account_page
from web.admin.accounts.sign_in import enter, sign_in_page
from web.admin.frame import Frame, log, row_number, safe_next
from web.language import gettext, sentence


def add(frame: Frame) -> None:
    """Hangs what is asked of browsers, and what they answer, into the frame."""
    _add_signing(frame)

    @frame.post("/me/passkeys/ask", "own")
    def ask_for_new_passkey() -> AnyResponse:
        return _asked(
            lambda: passkeys.challenge_to_add(
                frame.store,
                authenticators(),
                place_of(frame),
                frame.session,
                request.form.get("password", ""),
                passwords=frame.passwords,
                secret=frame.new_secret(),
                now=frame.context.clock(),
            )
        )

    @frame.post("/me/passkeys", "own")
    def change_passkeys() -> AnyResponse:
        now, store = frame.context.clock(), frame.store
        if "remove" in request.form:
            name = passkeys.remove(store, frame.session, row_number(request.form["remove"]) or -1, now=now)
            return frame.go(
                "/me", gettext("The passkey “%(name)s” is removed. Delete it on your device, too.", name=name)
            )
        try:
            name = passkeys.add(
                store,
                authenticators(),
                place_of(frame),
                frame.session,
                request.form.get("credential", ""),
                name=request.form.get("name", ""),
                now=now,
            )
        except RequestError as problem:
            return account_page(frame, PasswordForm(formdata=None), 400, passkey_problem=str(problem))
        return frame.go(
            "/me",
            gettext(
                "The passkey “%(name)s” was added. Sign in with it from now on, without a password.",
                name=name,
            ),
        )


def _add_signing(frame: Frame) -> None:
    @frame.post("/sign-in/passkey/ask", None, is_open=True)
    def ask_for_passkey() -> AnyResponse:
        return _asked(
            lambda: passkeys.challenge_to_sign_in(
                frame.store,
                authenticators(),
                place_of(frame),
                secret=frame.new_secret(),
                address=g.admin_address,
                now=frame.context.clock(),
            )
        )

    @frame.post("/sign-in/passkey", None, is_open=True)
    def sign_in_by_passkey() -> AnyResponse:
        try:
            person: Person = passkeys.sign_in(
                frame.store,
                authenticators(),
                place_of(frame),
                request.form.get("credential", ""),
                now=frame.context.clock(),
            )
        except RequestError as problem:
            if isinstance(problem, passkeys.CounterError):
                log.warning("a passkey was refused from %s: its counter went back", g.admin_address)
            return sign_in_page(frame, SignInForm(formdata=None), problem=str(problem), status=403)
        log.info("%s signed in with a passkey from %s", person.name, g.admin_address)
        return enter(frame, person, safe_next(request.args.get("next"), frame.root) or "/")


def _asked(ask: Callable[[], str]) -> AnyResponse:
    """What the browser is asked, or what hinders it, for the script that sent the form."""
    try:
        return Response(ask(), mimetype="application/json")
    except RequestError as problem:
        status = 429 if isinstance(problem, TooManyTriesError) else 400
        return Response(
            json.dumps({"problem": sentence(str(problem))}), status=status, mimetype="application/json"
        )


def place_of(frame: Frame) -> Place:
    """Where passkeys belong to; raises RequestError if none are offered."""
    own = frame.context.settings.site.base_url
    found = passkeys.place_of(own, frame.context.site.title)
    if found is None:
        raise RequestError(passkeys.why_none(own))
    return found


@lru_cache(maxsize=1)
def authenticators() -> Authenticators:
    """Loaded at the first use: most web processes never see a passkey, and the library takes memory."""
    module: Any = import_module("web.admin.accounts.authenticators")
    found: Authenticators = module.Webauthn()
    return found
