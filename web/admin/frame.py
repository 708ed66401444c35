"""What every admin screen is given: who is at work, what they may do, pages, redirects and notices."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable, Mapping
from typing import Any, TypeVar
from urllib.parse import urlsplit

from flask import Blueprint, Response, flash, g, redirect, render_template, request
from werkzeug.exceptions import Forbidden
from werkzeug.wrappers import Response as AnyResponse

from db.store import Store
from feeds.actions.accounts.people import Passwords, Session
from feeds.actions.editing.changes import Desk
from feeds.model.people import MAY, Change
from feeds.model.settings import Settings
from web.context import WebContext
from web.language import gettext
from web.server.fresh_settings import FreshSettings

LOG_KINDS: Mapping[str, str] = {
    "source": "sources",
    "topic": "topics",
    "author": "authors",
    "article": "articles",
    "mix": "topics",
    "list": "sources",
    "partner": "people",
    "site": "people",
}
"""To which of these a line of the log belongs."""
PER_PAGE = 50
V = TypeVar("V", bound=Callable[..., AnyResponse])
log = logging.getLogger("feedwright.admin")


class Frame:
    """Admin pages are hung into it."""

    def __init__(self, context: WebContext, passwords: Passwords) -> None:
        self.context, self.passwords = context, passwords
        self.root = urlsplit(context.site.base_url).path
        self.views = Blueprint("admin", __name__, url_prefix="/admin")
        self.subjects: dict[str, str] = {}
        """What each endpoint that changes something changes: a key of `MAY`."""
        self.open_to_all: set[str] = set()
        """Endpoints that nobody need sign in for."""
        self._fresh = FreshSettings(context.settings)
        self.new_secret: Callable[[], str] = lambda: secrets.token_urlsafe(32)

    @property
    def store(self) -> Store:
        """This thread's store."""
        return self.context.stores.get()

    @property
    def has_single_sign_on(self) -> bool:
        """True if there is a provider, and an address to come back to that no request can bend."""
        settings = self.context.settings
        return settings.oidc.is_on and settings.site.base_url is not None

    @property
    def session(self) -> Session:
        """Who is at work."""
        found = g.get("admin_session")
        if found is None:
            raise Forbidden("Sign in first.")
        assert isinstance(found, Session)
        return found

    def settings(self) -> Settings:
        """The settings, with the declarations of the file as it is now: their change renews no process."""
        return self._fresh()

    def desk(self) -> Desk:
        """The same, as actions want it."""
        return Desk(
            store=self.store,
            actor=self.session.actor,
            settings=self.settings(),
            now=self.context.clock(),
        )

    def get(self, rule: str, *, is_open: bool = False, sees: str | None = None) -> Callable[[V], V]:
        """A page that shows; `sees` keeps it to those who may change that."""

        def add(view: V) -> V:
            self.views.add_url_rule(rule, view_func=view, methods=["GET"])
            if is_open:
                self.open_to_all.add(f"admin.{view.__name__}")
            if sees:
                self.subjects[f"admin.{view.__name__}"] = sees
            return view

        return add

    def post(self, rule: str, changes: str | None, *, is_open: bool = False) -> Callable[[V], V]:
        """A form that changes something: what, so that only those send it who may."""

        def add(view: V) -> V:
            self.views.add_url_rule(rule, view_func=view, methods=["POST"])
            if is_open:
                self.open_to_all.add(f"admin.{view.__name__}")
            if changes:
                self.subjects[f"admin.{view.__name__}"] = changes
            return view

        return add

    def may(self, subject: str) -> bool:
        """True if who is at work may change that."""
        found = g.get("admin_session")
        return isinstance(found, Session) and found.person.role in MAY[subject]

    def who_may(self, subject: str) -> str:
        """Somebody who may, to be asked."""
        names = [one.name for one in self.store.people.every() if one.role in MAY[subject] and one.gets_in]
        return gettext(" or ").join(names[:3]) or gettext("an admin")

    def page(self, template: str, status: int = 200, **values: Any) -> AnyResponse:
        """A screen."""
        body = render_template(
            f"admin/{template}",
            may=self.may,
            who_may=self.who_may,
            me=g.get("admin_session"),
            here=request.path,
            now=self.context.clock(),
            **values,
        )
        return Response(body, status=status, mimetype="text/html")

    def go(self, path: str, notice: str = "", change: Change | None = None) -> AnyResponse:
        """On to another admin page, which says what was done, with the button that takes it back."""
        if notice:
            flash(notice, str(change.id) if change is not None else "")
        return redirect(f"{self.root}/admin{path}", code=303)

    def number(self, name: str = "page") -> int:
        """A whole number in the address, from 1 on."""
        text = request.args.get(name, "1")
        return min(max(int(text), 1), 100_000) if text.isascii() and text.isdigit() and len(text) < 7 else 1


def row_number(text: str | None) -> int | None:
    """The number of a row in a form; None for what is none."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 18 else None


def safe_next(target: str | None, root: str) -> str | None:
    """Where to go after signing in, below /admin; None for an address that leads anywhere else."""
    if not target or any(one in target for one in "\\\r\n\t") or not target.isprintable():
        return None
    parts = urlsplit(target)
    path = parts.path
    if parts.scheme or parts.netloc or "//" in path:
        return None
    base = f"{root}/admin"
    if not path.startswith(f"{base}/") or ".." in path.split("/"):
        return None
    return path.removeprefix(base) + (f"?{parts.query}" if parts.query else "")
