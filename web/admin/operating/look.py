"""The look of the site, set in the browser where config.toml says nothing of it; what stands there is shown with its line."""

from __future__ import annotations

from flask import request
from werkzeug.wrappers import Response as AnyResponse

from feeds.actions.editing.look import MOST_LOGO, SET_HERE, set_logo, set_look
from feeds.actions.publishing.site_look import site_look
from feeds.errors import RequestError
from feeds.model.people import Change
from web.admin.frame import Frame
from web.admin.operating.forms import LookForm
from web.admin.operating.settings import lines_of
from web.language import Spoken, gettext, sentence

FILES = ("stylesheet", "templates", "imprint", "privacy")


def add(frame: Frame) -> None:
    """Hangs the screen into the frame."""

    @frame.get("/settings/look")
    def look() -> AnyResponse:
        return _page(frame, _form(frame))

    @frame.post("/settings/look", "people")
    def set_look_of_site() -> AnyResponse:
        form, site = LookForm(), frame.settings().site
        if form.validate_on_submit():
            typed = {name: form[name].data or "" for name in SET_HERE if getattr(site, name) is None}
            try:
                change = set_look(frame.desk(), typed)
            except RequestError as problem:
                name = str(problem).partition(": ")[0]
                form[name].errors = [*form[name].errors, _translated(problem)]
            else:
                return _done(frame, change)
        for name in SET_HERE:
            if getattr(site, name) is not None:
                form[name].data = getattr(site, name)
        return _page(frame, form, 400)

    @frame.post("/settings/look/logo", "people")
    def set_logo_of_site() -> AnyResponse:
        handed = request.files.get("logo")
        body = handed.read(MOST_LOGO + 1) if handed is not None else b""
        is_removed = request.form.get("do") == "remove"
        try:
            if not body and not is_removed:
                raise RequestError("logo: choose a picture first")
            change = set_logo(frame.desk(), None if is_removed else body)
        except RequestError as problem:
            return _page(frame, _form(frame), 400, logo_problem=_translated(problem))
        return _done(frame, change)


def _done(frame: Frame, change: Change | None) -> AnyResponse:
    text = gettext("Saved; it is shown within half a minute.") if change else gettext("Nothing was changed.")
    return frame.go("/settings/look", text, change)


def _translated(problem: RequestError) -> Spoken:
    """What is wrong, without the name of the field that it stands beside."""
    whole = str(problem)
    name = whole.partition(": ")[0]
    text = sentence(whole).removeprefix(f"{name}: ")
    text = sentence(text)
    return Spoken(f"{text[:1].upper()}{text[1:]}.")


def _form(frame: Frame) -> LookForm:
    site = site_look(frame.settings().site, frame.store)
    return LookForm(formdata=None, data={name: getattr(site, name) or "" for name in SET_HERE})


def _page(frame: Frame, form: LookForm, status: int = 200, logo_problem: str = "") -> AnyResponse:
    site, lines = frame.settings().site, lines_of(frame)
    owned = {name: lines.get(("site", name)) for name in SET_HERE if getattr(site, name) is not None}
    files = [(name, getattr(site, name), lines.get(("site", name))) for name in FILES]
    return frame.page(
        "look.html",
        status,
        form=form,
        owned=owned,
        files=files,
        logo_line=lines.get(("site", "logo"), 0) if site.logo is not None else None,
        logo_problem=logo_problem,
        is_logo_coming=site_look(site, frame.store).logo is not None,
    )
