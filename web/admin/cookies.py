"""The two cookies of admin pages: who is signed in, and what a form needs to be believed. None is set elsewhere."""

from __future__ import annotations

import secrets
from typing import Any

from flask import Flask, Request, Response, g, request
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface
from flask_wtf.csrf import CSRFProtect

from feeds.errors import StoreError
from web.context import WebContext

SIGNED_IN = "feedwright_admin"
FORMS = "feedwright_forms"
SECRET = "admin_secret"  # noqa: S105
"""Under which name the key that forms are signed with is kept: all processes, and a copy of the database, share it."""
LASTS_S = 90 * 24 * 3600


class AdminSessions(SecureCookieSessionInterface):
    """Flask's signed session, for admin pages alone: it holds the mark of forms and what the next page says."""

    def __init__(self, context: WebContext) -> None:
        self._context = context

    def open_session(self, app: Flask, request: Request) -> Any:
        """The session of a request to an admin page; elsewhere an empty one that is not kept."""
        if not request.path.startswith("/admin"):
            return SecureCookieSession()
        if not app.secret_key:
            try:
                app.secret_key = shared_secret(self._context)
            except StoreError as problem:
                # No handler of errors runs here yet: the guard raises it again, and it gets its page.
                g.admin_problem = problem
                return SecureCookieSession()
        return super().open_session(app, request)

    def save_session(self, app: Flask, session: Any, response: Response) -> None:
        """Keeps what an admin page left."""
        if app.secret_key and request.path.startswith("/admin"):
            super().save_session(app, session, response)


def shared_secret(context: WebContext) -> str:
    """The key that forms are signed with, drawn once."""
    store = context.stores.get()
    known = store.kept.get(SECRET)
    if known is not None:
        return known
    with store.write():
        found = store.kept.get(SECRET)
        if found is None:
            found = secrets.token_urlsafe(32)
            store.kept.put(SECRET, found)
    return found


def set_up(app: Flask, context: WebContext, root: str) -> None:
    """Has forms signed, and their cookie kept to admin pages."""
    app.config.update(
        SESSION_COOKIE_NAME=FORMS,
        SESSION_COOKIE_PATH=f"{root}/admin",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=is_secure(context),
        WTF_CSRF_TIME_LIMIT=None,
        WTF_CSRF_CHECK_DEFAULT=False,
    )
    app.session_interface = AdminSessions(context)
    # Asked for by the guard of admin pages only: hubs and sources post to other addresses.
    CSRFProtect(app)


def is_secure(context: WebContext) -> bool:
    """True if the site's address is https: cookies then travel over nothing else."""
    return context.site.base_url.startswith("https:")


def sign_in_cookie(response: Response, token: str, context: WebContext, root: str) -> None:
    """Has the browser keep the token of its sign-in."""
    response.set_cookie(
        SIGNED_IN,
        token,
        max_age=LASTS_S,
        path=f"{root}/admin",
        httponly=True,
        samesite="Lax",
        secure=is_secure(context),
    )


def drop_cookie(response: Response, root: str) -> None:
    """Has the browser forget it."""
    response.delete_cookie(SIGNED_IN, path=f"{root}/admin", httponly=True, samesite="Lax")
