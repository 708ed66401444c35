"""Tokens of the own account: making one, which is shown once, and taking it back."""

from __future__ import annotations

import os
from datetime import date

from flask import request
from werkzeug.wrappers import Response as AnyResponse

from feeds.actions.accounts import tokens
from feeds.actions.accounts.people import require_proof
from feeds.errors import RequestError
from feeds.model.people import ROLES
from web.admin.accounts.forms import PasswordForm
from web.admin.accounts.me import account_page
from web.admin.frame import Frame
from web.language import gettext


def add(frame: Frame) -> None:
    """Hangs the form's address into the frame."""

    @frame.post("/me/tokens", "own")
    def change_tokens() -> AnyResponse:
        desk, name = frame.desk(), frame.session.person.name
        if "take_back" in request.form:
            begin = request.form["take_back"][:40]
            done = tokens.take_token_back(desk.store, name, begin, actor=desk.actor, now=desk.now)
            return frame.go("/me", gettext("The token %(begin)s… is revoked.", begin=done))
        try:
            made = _made(frame, name)
        except RequestError as problem:
            return account_page(frame, PasswordForm(formdata=None), 400, token_problem=str(problem))
        return account_page(frame, PasswordForm(formdata=None), new_token=made)


def _made(frame: Frame, name: str) -> str:
    desk, ends = frame.desk(), request.form.get("ends", "").strip()
    role = next((one for one in ROLES if one == request.form.get("role")), None)
    if role is None:
        raise RequestError("Choose what the token may do.")
    try:
        ends_on = date.fromisoformat(ends) if ends else None
    except ValueError as error:
        raise RequestError("Write the last day like this: 2027-12-31.") from error
    require_proof(
        desk.store, frame.session, request.form.get("password", ""), passwords=frame.passwords, now=desk.now
    )
    return tokens.new_token(
        desk.store, name, role, ends_on=ends_on, entropy=os.urandom, actor=desk.actor, now=desk.now
    )
