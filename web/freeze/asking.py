"""Asks the app over WSGI, in this process: one request for an address brings both codings of the answer."""

from __future__ import annotations

import gzip
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from werkzeug.test import EnvironBuilder, run_wsgi_app

from feeds.text.dates import parse_http_date

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

OF_ONE_ANSWER = frozenset({"etag", "last-modified", "content-length", "content-encoding", "date"})
"""Headers that tell of one body; all others are shared by many addresses."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What an address answers to a GET."""

    path: str
    status: int
    headers: tuple[tuple[str, str], ...]
    """Those that do not tell of this body alone."""
    body: bytes
    gzipped: bytes | None
    """The same body ready compressed, where the app has it so."""
    etag: str
    """Of the plain body, without quotes; the compressed one's ends in `-gzip`."""
    changed_at: datetime | None
    location: str = ""

    @property
    def media_type(self) -> str:
        """What the body is."""
        return dict(self.headers).get("Content-Type", "")


class Asker:
    """Asks an app, as a reader would that takes gzip."""

    def __init__(self, app: WSGIApplication, base_url: str) -> None:
        self._app, self._base = app, base_url

    def get(self, path: str, query: str = "") -> Asked:
        """What the app answers there."""
        builder = EnvironBuilder(
            path=path, query_string=query, base_url=self._base, headers=[("Accept-Encoding", "gzip")]
        )
        environ = builder.get_environ()
        # Proxies take a path before the site off.
        environ["SCRIPT_NAME"] = ""
        chunks, status, headers = run_wsgi_app(self._app, environ, buffered=True)
        sent = b"".join(chunks)
        is_gzip = headers.get("Content-Encoding") == "gzip"
        etag = headers.get("ETag", "").removeprefix("W/").strip('"')
        return Asked(
            path=path,
            status=int(status.split(" ", 1)[0]),
            headers=tuple((name, value) for name, value in headers if name.lower() not in OF_ONE_ANSWER),
            body=gzip.decompress(sent) if is_gzip else sent,
            gzipped=sent if is_gzip else None,
            etag=etag.removesuffix("-gzip") if is_gzip else etag,
            changed_at=parse_http_date(headers.get("Last-Modified")),
            location=headers.get("Location", ""),
        )
