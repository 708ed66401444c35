"""People: who may sign in and as what, who is signed in."""

from __future__ import annotations

from flask import request
from werkzeug.wrappers import Response as AnyResponse

from feeds.actions.accounts import oidc, people
from feeds.actions.editing.changes import Desk
from feeds.errors import RequestError
from feeds.model.people import ROLES
from web.admin.accounts.forms import PersonForm
from web.admin.frame import Frame
from web.language import gettext


def add(frame: Frame) -> None:
    """Hangs the screen into the frame."""

    @frame.get("/people", sees="people")
    def people_page() -> AnyResponse:
        return _page(frame, PersonForm())

    @frame.post("/people", "people")
    def add_person() -> AnyResponse:
        form = PersonForm()
        if form.validate_on_submit():
            desk = frame.desk()
            try:
                with desk.store.write():
                    person = people.add_person(
                        desk.store, form.name.data, form.role.data, actor=desk.actor, now=desk.now
                    )
                    if form.email.data:
                        _set_account(desk, person.name, form.email.data)
            except RequestError as problem:
                field = form.email if "address" in str(problem) else form.name
                field.errors = [*field.errors, str(problem)]
            else:
                return _page(frame, PersonForm(formdata=None), link_for=person.name)
        return _page(frame, form, status=400)

    @frame.post("/people/<int:person_id>", "people")
    def change_person(person_id: int) -> AnyResponse:
        desk = frame.desk()
        person = desk.store.people.of_id(person_id)
        if person is None:
            raise RequestError("That person was removed already.")
        verb = request.form.get("do", "")
        if verb == "link":
            return _page(frame, PersonForm(formdata=None), link_for=person.name)
        if verb == "end":
            ended = desk.store.people.end_sign_ins(person.id)
            return frame.go(
                "/people", gettext("%(count)s sign-ins of %(name)s ended.", count=ended, name=person.name)
            )
        if verb == "remove":
            ended = people.remove_person(desk.store, person.name, actor=desk.actor, now=desk.now)
            return frame.go(
                "/people",
                gettext(
                    "%(name)s is removed; %(count)s sign-ins ended. Their lines in the log stay.",
                    name=person.name,
                    count=ended,
                ),
            )
        if verb == "email":
            account = _set_account(desk, person.name, request.form.get("email", ""))
            return frame.go("/people", _signs_in(person.name, account))
        role = next((one for one in ROLES if one == request.form.get("role")), None)
        if role is None:
            raise RequestError("Choose what the person may do.")
        people.set_role(desk.store, person.name, role, actor=desk.actor, now=desk.now)
        return frame.go("/people", gettext("%(name)s is %(role)s from now on.", name=person.name, role=role))


def _set_account(desk: Desk, name: str, text: str) -> str | None:
    return oidc.set_account(
        desk.store, name, text, settings=desk.settings.oidc, actor=desk.actor, now=desk.now
    )


def _signs_in(name: str, account: str | None) -> str:
    if account is None:
        return gettext("%(name)s has no single sign-on any more.", name=name)
    return gettext("%(name)s signs in as %(account)s from now on.", name=name, account=account)


def _page(frame: Frame, form: PersonForm, status: int = 200, link_for: str | None = None) -> AnyResponse:
    store, link = frame.store, None
    if link_for is not None:
        token = people.link_for(store, link_for, new_secret=frame.new_secret, now=frame.context.clock())
        link = f"{frame.context.site.base_url}/admin/start/{token}"
    found = store.people.every()
    return frame.page(
        "people.html",
        status,
        form=form,
        people=found,
        sign_ins={one.id: store.people.sign_ins(one.id) for one in found},
        roles=ROLES,
        link=link,
        link_for=link_for,
        single_sign_on=frame.has_single_sign_on,
    )
