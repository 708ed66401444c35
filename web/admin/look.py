"""The look of the site, set in the browser where config.toml says nothing of it; what stands there is shown with its line."""

from __future__ import annotations

from werkzeug.wrappers import Response as AnyResponse

from feeds.actions.look import SET_HERE, set_look
from feeds.actions.site_look import site_look
from feeds.errors import RequestError
from web.admin.forms import LookForm
from web.admin.frame import Frame
from web.admin.settings import lines_of
from web.language import Spoken, gettext, sentence

FILES = ("logo", "stylesheet", "templates", "imprint", "privacy")


def add(frame: Frame) -> None:
    """Hangs the screen into the frame."""

    @frame.get("/settings/look")
    def look() -> AnyResponse:
        site = site_look(frame.settings().site, frame.store)
        return _page(
            frame, LookForm(formdata=None, data={name: getattr(site, name) or "" for name in SET_HERE})
        )

    @frame.post("/settings/look", "people")
    def set_look_of_site() -> AnyResponse:
        form, site = LookForm(), frame.settings().site
        if form.validate_on_submit():
            typed = {name: form[name].data or "" for name in SET_HERE if getattr(site, name) is None}
            try:
                change = set_look(frame.desk(), typed)
            except RequestError as problem:
                name, _, text = str(problem).partition(": ")
                text = sentence(text)
                form[name].errors = [*form[name].errors, Spoken(f"{text[:1].upper()}{text[1:]}.")]
            else:
                return frame.go(
                    "/settings/look", gettext("Saved.") if change else gettext("Nothing was changed."), change
                )
        return _page(frame, form, 400)


def _page(frame: Frame, form: LookForm, status: int = 200) -> AnyResponse:
    site, lines = frame.settings().site, lines_of(frame)
    owned = {name: lines.get(("site", name)) for name in SET_HERE if getattr(site, name) is not None}
    files = [(name, getattr(site, name), lines.get(("site", name))) for name in FILES]
    return frame.page("look.html", status, form=form, owned=owned, files=files)
