"""Own account: password, sign-ins, ending them."""

from __future__ import annotations

import secrets

from flask import request
from werkzeug.wrappers import Response as AnyResponse

from feeds.actions.accounts import people, totp
from feeds.actions.accounts.passkeys import place_of, why_none
from feeds.errors import RequestError
from feeds.model.people import ROLES
from web.admin.accounts.browsers import in_words
from web.admin.accounts.forms import PasswordForm, SecondForm
from web.admin.frame import Frame, row_number
from web.language import gettext, languages, named, ngettext, site_texts, speak, texts_in


def add(frame: Frame) -> None:
    """Hangs the screen into the frame."""

    @frame.get("/me")
    def me() -> AnyResponse:
        return account_page(frame, PasswordForm())

    @frame.post("/me/password", "own")
    def change_password() -> AnyResponse:
        form = PasswordForm()
        if form.validate_on_submit():
            try:
                ended = people.change_password(
                    frame.store,
                    frame.session,
                    form.old.data,
                    form.new.data,
                    passwords=frame.passwords,
                    now=frame.context.clock(),
                )
            except RequestError as problem:
                field = form.old if "present" in str(problem) else form.new
                field.errors = [*field.errors, str(problem)]
            else:
                others = (
                    gettext("No other sign-in was open.")
                    if not ended
                    else ngettext("%(count)s other sign-in ended.", "%(count)s other sign-ins ended.", ended)
                )
                notice = gettext("The password was changed.")
                return frame.go("/me", f"{notice} {others}")
        return account_page(frame, form, status=400)

    @frame.post("/me/language", "own")
    def set_language() -> AnyResponse:
        chosen = request.form.get("language", "")[:20] or None
        people.set_language(frame.store, frame.session.person, chosen, known=languages())
        speak(texts_in(chosen) if chosen else site_texts())
        return frame.go("/me", gettext("From now on you read these pages in this language."))

    _add_second(frame)


def _add_second(frame: Frame) -> None:
    """The second factor."""

    @frame.get("/me/second")
    def second() -> AnyResponse:
        form = SecondForm(formdata=None, data={"secret": totp.secret_from(secrets.token_bytes(20))})
        return _second_page(frame, form)

    @frame.post("/me/second", "own")
    def set_second() -> AnyResponse:
        form, store, now = SecondForm(), frame.store, frame.context.clock()
        if request.form.get("do") == "off":
            try:
                people.drop_second(
                    store, frame.session, form.code.data or "", passwords=frame.passwords, now=now
                )
            except RequestError as problem:
                form.code.errors = [str(problem)]
                return _second_page(frame, form, 400)
            return frame.go("/me", gettext("You no longer need a code."))
        if form.validate_on_submit():
            try:
                people.set_second(store, frame.session, form.secret.data or "", form.code.data, now)
            except RequestError as problem:
                form.code.errors = [*form.code.errors, str(problem)]
            else:
                return frame.go("/me", gettext("From now on you need a code from your app, too."))
        return _second_page(frame, form, 400)

    @frame.post("/me/sign-ins", "own")
    def end_sign_ins() -> AnyResponse:
        mine = frame.session
        if "one" in request.form:
            one = row_number(request.form["one"])
            frame.store.people.end_sign_ins(mine.person.id, only=one or -1, but=mine.sign_in.id)
            return frame.go("/me", gettext("That sign-in is ended."))
        ended = frame.store.people.end_sign_ins(mine.person.id, but=mine.sign_in.id)
        return frame.go(
            "/me",
            ngettext(
                "%(count)s other sign-in ended; this one stays.",
                "%(count)s other sign-ins ended; this one stays.",
                ended,
            ),
        )


def _second_page(frame: Frame, form: SecondForm, status: int = 200) -> AnyResponse:
    secret = form.secret.data or ""
    parts = [secret[place : place + 4] for place in range(0, len(secret), 4)]
    name, site = frame.session.person.name, frame.context.site.title
    return frame.page(
        "second.html", status, form=form, parts=" ".join(parts), address=totp.address_of(secret, name, site)
    )


def account_page(
    frame: Frame,
    form: PasswordForm,
    status: int = 200,
    *,
    passkey_problem: str = "",
    token_problem: str = "",
    new_token: str = "",
) -> AnyResponse:
    """Everything of the own account, what hindered the last passkey or token, and a new token, this once."""
    person, own = frame.session.person, frame.context.settings.site.base_url
    place = place_of(own, frame.context.site.title)
    return frame.page(
        "me.html",
        status,
        form=form,
        sign_ins=[(one, in_words(one.browser)) for one in frame.store.people.sign_ins(person.id)],
        passkeys=frame.store.people.passkeys(person.id),
        passkey_problem=passkey_problem,
        tokens=frame.store.tokens.of_person(person.id),
        token_problem=token_problem,
        new_token=new_token,
        languages=[(one, named(one)) for one in languages()],
        site_language=named(site_texts().language),
        roles=ROLES[ROLES.index(person.role) :],
        origin=place.origin if place else "",
        no_passkeys="" if place else why_none(own),
    )
