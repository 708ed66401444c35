"""Signing in and out of the admin pages, and the one-time link by which a person chooses a password."""

from __future__ import annotations

from flask import g, request, session
from werkzeug.wrappers import Response as AnyResponse

from feeds.actions.accounts import people
from feeds.actions.accounts.passkeys import place_of, why_none
from feeds.errors import RequestError
from feeds.model.people import Person
from web.admin.accounts.forms import SignInForm, StartForm
from web.admin.cookies import SIGNED_IN, drop_cookie, sign_in_cookie
from web.admin.frame import Frame, log, safe_next
from web.language import gettext


def add(frame: Frame) -> None:
    """Hangs the screens into the frame."""

    @frame.get("/sign-in", is_open=True)
    def sign_in() -> AnyResponse:
        if g.admin_session is not None:
            return frame.go("/")
        return sign_in_page(frame, SignInForm())

    @frame.post("/sign-in", None, is_open=True)
    def do_sign_in() -> AnyResponse:
        form = SignInForm()
        if not form.validate_on_submit():
            return sign_in_page(frame, form, status=400)
        try:
            person = people.sign_in(
                frame.store,
                form.name.data,
                form.password.data,
                form.code.data or "",
                passwords=frame.passwords,
                address=g.admin_address,
                now=frame.context.clock(),
            )
        except people.TooManyTriesError as problem:
            log.warning("too many tries to sign in as %r from %s", form.name.data, g.admin_address)
            return sign_in_page(frame, form, problem=str(problem), status=429)
        except RequestError as problem:
            return sign_in_page(frame, form, problem=str(problem), status=403)
        log.info("%s signed in from %s", person.name, g.admin_address)
        return enter(frame, person, safe_next(request.args.get("next"), frame.root) or "/")

    @frame.post("/sign-out", "own")
    def sign_out() -> AnyResponse:
        mine = frame.session
        frame.store.people.end_sign_ins(mine.person.id, only=mine.sign_in.id)
        session.clear()
        response = frame.go("/sign-in", gettext("You are signed out."))
        drop_cookie(response, frame.root)  # type: ignore[arg-type]
        return response

    _add_start(frame)


def _add_start(frame: Frame) -> None:
    """The one-time link."""

    @frame.get("/start/<token>", is_open=True)
    def start(token: str) -> AnyResponse:
        person = people.person_of_link(frame.store, token, frame.context.clock())
        return frame.page("start.html", form=StartForm(), person=person)

    @frame.post("/start/<token>", None, is_open=True)
    def do_start(token: str) -> AnyResponse:
        now = frame.context.clock()
        person = people.person_of_link(frame.store, token, now)
        form = StartForm()
        if form.validate_on_submit():
            name = person.name if person else form.name.data or ""
            try:
                chosen = people.start(
                    frame.store, token, name, form.password.data, passwords=frame.passwords, now=now
                )
            except RequestError as problem:
                field = (
                    form.name if "name" in str(problem).lower() or "called" in str(problem) else form.password
                )
                field.errors = [*field.errors, str(problem)]
            else:
                return enter(frame, chosen, "/")
        return frame.page("start.html", 400, form=form, person=person)


def sign_in_page(frame: Frame, form: SignInForm, *, problem: str = "", status: int = 200) -> AnyResponse:
    """The ways in, and why the last one tried did not lead there."""
    every, own = frame.store.people.every(), frame.context.settings.site.base_url
    place = place_of(own, frame.context.site.title)
    return frame.page(
        "sign-in.html",
        status,
        form=form,
        problem=problem,
        is_begun=people.has_admin(frame.store),
        single_sign_on=frame.context.settings.oidc.button if frame.has_single_sign_on else "",
        origin=place.origin if place else "",
        # Told where somebody will look for it in vain.
        no_passkeys=why_none(own) if place is None and any(one.passkeys for one in every) else "",
        next=request.args.get("next") or "",
    )


def enter(frame: Frame, person: Person, path: str) -> AnyResponse:
    """Signed in under a token that nobody has seen before: one that was planted is worth nothing."""
    former = request.cookies.get(SIGNED_IN)
    now = frame.context.clock()
    if former and g.admin_session is not None:
        frame.store.people.end_sign_ins(g.admin_session.person.id, only=g.admin_session.sign_in.id)
    token = frame.new_secret()
    people.open_session(
        frame.store,
        person,
        token,
        address=g.admin_address,
        browser=request.user_agent.string,
        now=now,
    )
    session.clear()
    response = frame.go(path)
    sign_in_cookie(response, token, frame.context, frame.root)  # type: ignore[arg-type]
    return response
