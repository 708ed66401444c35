"""The demonstration's own newsroom: the files under `sample/`, served over HTTP like any source."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from flask import Blueprint, Response
from werkzeug.exceptions import NotFound

from web.context import WebContext
from web.server.conditional import represent

_INSIDE = Path(__file__).resolve().parents[1] / "sample"
FOLDER = _INSIDE if _INSIDE.is_dir() else Path(__file__).resolve().parents[2] / "sample"
"""Inside the program where it is installed from a wheel, else in the checkout."""
MEDIA_TYPES = {
    ".atom": "application/atom+xml; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".jpg": "image/jpeg",
    ".json": "application/feed+json; charset=utf-8",
    ".mp3": "audio/mpeg",
    ".png": "image/png",
    ".rss": "application/rss+xml; charset=utf-8",
    ".svg": "image/svg+xml",
    ".wav": "audio/wav",
    ".webp": "image/webp",
    ".xml": "application/xml",
}


def sample(context: WebContext, folder: Path = FOLDER) -> Blueprint:
    """The blueprint of `/sample/…`; registered in the demonstration only."""
    views = Blueprint("sample", __name__)

    @views.get("/sample/<name>")
    def file(name: str) -> Response:
        path = folder / name
        media_type = MEDIA_TYPES.get(path.suffix)
        if media_type is None or path.parent != folder or not path.is_file():
            raise NotFound("There is no such file in the demonstration.")
        changed_at = datetime.fromtimestamp(int(path.stat().st_mtime), tz=UTC)
        return context.respond(represent(path.read_bytes(), media_type, changed_at=changed_at))

    return views
