"""Errors as pages: what is not here, is gone, or went wrong, each with what to do next."""

from __future__ import annotations

import logging

from flask import Flask, Response, current_app, render_template, request
from werkzeug.exceptions import HTTPException, InternalServerError, NotFound

from feeds.errors import RenderError, StoreBusyError, StoreError
from web.api.errors import MCP_PATH, PREFIX, problem_of_status, rpc_problem
from web.language import gettext, later
from web.server.paths import without_token
from web.server.stores import StorePerThread

RETRY_AFTER = "10"
TITLES = {
    400: later("This request can't be understood"),
    403: later("Access denied"),
    404: later("Nothing is here"),
    405: later("This can't be done here"),
    410: later("Gone"),
    500: later("Something went wrong on our side"),
    503: later("Busy for a moment"),
}
FOR_EVERYBODY = (404, 410)
"""What a cache may answer others, too: all else depends on who asks, how, or how often."""
NOTHING = later("There is no page at this address. Was it mistyped, or is the link an old one?")
log = logging.getLogger(__name__)


def answer_problems(app: Flask, stores: StorePerThread, base_url: str) -> None:
    """Gives every error of the app its page; a thread whose store failed gets a new one."""

    def unavailable(problem: StoreError) -> Response:
        if isinstance(problem, StoreBusyError):
            return _unavailable(problem)
        stores.drop()
        if request.method not in ("GET", "HEAD"):
            return _unavailable(problem)
        # A database that was restarted fails each thread once: reading again over a new connection does no harm.
        log.info("%s is answered over a new connection: %s", without_token(request.path), problem)
        try:
            return app.make_response(app.dispatch_request())
        except HTTPException as refused:
            return _http(refused)
        except RenderError as broken:
            return _broken(broken)
        except StoreError as again:
            stores.drop()
            return _unavailable(again)

    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(StoreError, unavailable)
    app.register_error_handler(RenderError, _broken)
    app.extensions["feedwright_base_url"] = base_url


def _http(problem: HTTPException) -> Response:
    if problem.response is not None:
        return problem.get_response()  # type: ignore[return-value]
    status = problem.code or 500
    if isinstance(problem, InternalServerError):
        return _page(500, later("The error has been logged. The rest of the site goes on working."))
    message = problem.description or ""
    if type(problem) is NotFound and problem.description == NotFound.description:
        message = NOTHING
    response = _page(status, message, nearest=getattr(problem, "nearest", ()))
    for name, value in problem.get_headers():
        if name.lower() in ("allow", "retry-after"):
            response.headers[name] = value
    return response


def _unavailable(problem: StoreError) -> Response:
    log.warning("%s could not be answered: %s", without_token(request.path), problem)
    response = _page(503, later("The database is busy. Please try again in a few seconds."))
    response.headers["Retry-After"] = RETRY_AFTER
    return response


def _broken(problem: RenderError) -> Response:
    log.error("%s", problem)
    response = _page(503, later("This feed can't be generated right now. The error has been logged."))
    response.headers["Retry-After"] = "300"
    return response


def problem_html(status: int, message: str, *, nearest: object = ()) -> str:
    """The page that tells of a problem."""
    return render_template(
        "problem.html",
        status=status,
        title=gettext(TITLES.get(status, later("That did not work"))),
        message=message,
        nearest=nearest,
    )


def _page(status: int, message: str, *, nearest: object = ()) -> Response:
    if request.path.startswith(PREFIX):
        return problem_of_status(status, message, current_app.extensions["feedwright_base_url"])
    if request.path == MCP_PATH:
        return Response(rpc_problem(str(message)), status=status, content_type="application/json")
    body = problem_html(status, message, nearest=nearest)
    response = Response(body, status=status, mimetype="text/html")
    response.headers["Cache-Control"] = "public, max-age=60" if status in FOR_EVERYBODY else "no-store"
    response.headers["X-Robots-Tag"] = "noindex"
    return response
