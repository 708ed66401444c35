"""The small layer before Flask: a feed held in memory is answered without anybody else's help.

Flask costs some 80 µs a request, a held feed a tenth of that; feeds are most of what is asked
for. What this layer does not know it passes on, so it can only be quicker, never different.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Protocol

from feeds.publish.feed_paths import place_of
from feeds.publish.robots import content_usage
from web.context import WebContext
from web.public.syndication import OPEN
from web.server.conditional import Answer, answer, cache_control
from web.server.security import HEADERS

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

ASKED = ("if-none-match", "if-modified-since", "accept-encoding")
PART = "a-im"
UNLISTED = (("X-Robots-Tag", "noindex"),)
STATUS = {200: "200 OK", 304: "304 NOT MODIFIED"}

OPTIONS = ("limit", "excerpt", "profile")
"""In a query: what has to be made for this request."""


class FastPath:
    """A WSGI app around the app; the bridge asks `answer` alone, in its event loop."""

    def __init__(self, app: WSGIApplication, context: WebContext) -> None:
        self._app, self._context = app, context
        self._cache_control = cache_control(context.settings.publish.max_age)
        usage = content_usage(context.site.ai)
        self._always = (OPEN, *HEADERS, *((("Content-Usage", usage),) if usage else ()))

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """The held feed, or what the app answers."""
        headers = {name: environ.get(f"HTTP_{name.upper().replace('-', '_')}") for name in ASKED}
        headers[PART] = environ.get("HTTP_A_IM")
        given = self.answer(
            environ["REQUEST_METHOD"], environ["PATH_INFO"], headers, environ.get("QUERY_STRING", "")
        )
        if given is None:
            return self._app(environ, start_response)
        start_response(STATUS[given.status], list(given.headers))
        return (given.body,)

    def answer(self, method: str, path: str, headers: SomeHeaders, query: str = "") -> Answer | None:
        """The held feed as this request gets it; None for everything else."""
        has_options = bool(query) and any(one in query for one in OPTIONS)
        place = place_of(path) if method in ("GET", "HEAD") and not has_options else None
        shown = self._context.cache.kept(*place) if place is not None else None
        if shown is None:
            return None
        asked = {name: value for name in ASKED if (value := headers.get(name)) is not None}
        given = answer(shown, method=method, headers=asked, cache_control=self._cache_control)
        if given.status == 200 and "if-none-match" in asked and headers.get(PART) is not None:
            # Whoever asks for what it lacks; nobody else pays for looking.
            return None
        self._context.counters.count("syndication", given.status, len(given.body))
        unlisted = UNLISTED if place is not None and place[0].kind == "query" else ()
        return Answer(
            status=given.status, headers=(*given.headers, *unlisted, *self._always), body=given.body
        )


class SomeHeaders(Protocol):
    """Headers of a request, by names in lower case."""

    def get(self, name: str, /) -> str | None:
        """The header's value; None if it was not sent."""
        ...
