"""Paths of requests as logs may show them: without the secret that some addresses hold. Pure."""

from __future__ import annotations

SECRET_AFTER = (
    "/p/",
    "/partner/",
    "/subscription/",
    "/admin/start/",
    "/digest/confirm/",
    "/digest/end/",
    "/ping/",
    "/websub/",
)
"""What follows these is a token."""


def without_token(path: str) -> str:
    """The path on one line, with the token in it left out."""
    # A line of the log that a path begins would be one of a stranger's making.
    path = "".join(one if one.isprintable() else "\N{REPLACEMENT CHARACTER}" for one in path)
    for begin in SECRET_AFTER:
        if path.startswith(begin):
            _, slash, rest = path.removeprefix(begin).partition("/")
            return f"{begin}…{slash}{rest}"
    return path
