"""Before any admin page: from where, signed in, believed, and allowed; after it: headers that keep it to itself."""

from __future__ import annotations

from urllib.parse import quote

from flask import Response, g, redirect, request
from flask_wtf.csrf import CSRFError, CSRFProtect
from werkzeug.exceptions import BadRequest, Forbidden, NotFound, Unauthorized
from werkzeug.wrappers import Response as AnyResponse

from feeds.actions.accounts.people import session_of
from feeds.errors import NotFoundError, RequestError
from web.admin.cookies import SIGNED_IN
from web.admin.frame import Frame
from web.admin.visitors import address_of, is_within
from web.language import later, speak, texts_in

MOST_NUMBER = 2**62
POLICY = "; ".join(
    (
        "default-src 'none'",
        "style-src 'self'",
        "script-src 'self'",
        "connect-src 'self'",
        "img-src 'self' https: http:",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
_THINGS = {
    "sources": later("change sources"),
    "topics": later("change topics"),
    "authors": later("change authors"),
    "articles": later("change articles"),
    "log": later("take changes back"),
    "people": later("see or change who may sign in"),
}
_ROLES = {"admin": later("Admins"), "editor": later("Editors"), "viewer": later("Viewers")}


def guard(frame: Frame) -> None:
    """Hangs the checks around all screens of the frame."""
    csrf = CSRFProtect()

    def before() -> AnyResponse | None:
        if "admin_problem" in g:
            raise g.admin_problem
        settings = frame.context.settings
        g.admin_address = address_of(request, settings.web.trusted_proxies)
        if settings.admin.networks and not is_within(g.admin_address, settings.admin.networks):
            raise Forbidden("These pages can be opened from certain networks only.")
        _refuse_nonsense()
        token = request.cookies.get(SIGNED_IN)
        now = frame.context.clock()
        g.admin_session = session_of(frame.store, token, address=g.admin_address, now=now) if token else None
        if g.admin_session is not None and g.admin_session.person.language is not None:
            speak(texts_in(g.admin_session.person.language))
        endpoint = request.endpoint or ""
        is_open = endpoint in frame.open_to_all
        if g.admin_session is None and not is_open:
            if request.method == "POST":
                raise Unauthorized(
                    "You are no longer signed in. Sign in in another tab, come back to this one and send again."
                )
            return redirect(f"{frame.root}/admin/sign-in?next={_asked(frame.root)}", code=303)
        if request.method == "POST":
            _require_believed(csrf)
        subject = frame.subjects.get(endpoint)
        if not is_open and subject is None and request.method not in {"GET", "HEAD"}:
            raise Forbidden("No role may do that.")
        if subject is not None and not is_open and not frame.may(subject):
            roles, thing = _ROLES[frame.session.person.role], _THINGS[subject]
            who = frame.who_may(subject)
            raise Forbidden(f"{roles} cannot {thing}. Ask {who}.")
        return None

    def after(response: Response) -> Response:
        response.headers["Content-Security-Policy"] = POLICY
        response.headers["Cache-Control"] = "no-store"
        response.headers["X-Robots-Tag"] = "noindex"
        response.headers["Referrer-Policy"] = "same-origin"
        return response

    frame.views.before_request(before)
    frame.views.after_request(after)
    frame.views.register_error_handler(RequestError, lambda problem: _refused(frame, problem))
    for kind in (BadRequest, Forbidden, NotFound, Unauthorized):
        frame.views.register_error_handler(kind, lambda problem: _problem_page(frame, problem))


def _refuse_nonsense() -> None:
    """No row has such a number, and PostgreSQL takes no NUL as text."""
    for value in (request.view_args or {}).values():
        if isinstance(value, int) and value > MOST_NUMBER:
            raise NotFound("Nothing has so large a number.")
    for one in (request.args, request.form):
        if any("\0" in text for _, text in one.items(multi=True)):
            raise BadRequest("It contains a character that is not allowed.")


def _require_believed(csrf: CSRFProtect) -> None:
    try:
        csrf.protect()
    except CSRFError as error:
        raise BadRequest(
            "This form was not accepted: it came from another site, or from before you signed in."
            " Go back, load the page anew, and send it again."
        ) from error


def _asked(root: str) -> str:
    """The address asked for, to come back to."""
    query = request.query_string.decode("ascii", "ignore")
    path = quote(root + request.path)
    return quote(f"{path}?{query}" if query else path, safe="/=")


def _refused(frame: Frame, problem: Exception) -> AnyResponse:
    status = 404 if isinstance(problem, NotFoundError) else 409
    title = later("There is no such thing") if status == 404 else later("That cannot be done")
    return frame.page("refused.html", status, title=title, message=str(problem))


def _problem_page(frame: Frame, problem: Exception) -> AnyResponse:
    assert isinstance(problem, BadRequest | Forbidden | NotFound | Unauthorized)
    titles = {
        400: later("That was not believed"),
        404: later("Nothing is here"),
        401: later("You are not signed in"),
        403: later("Not for you"),
    }
    status = problem.code or 400
    return frame.page("refused.html", status, title=titles[status], message=problem.description)
