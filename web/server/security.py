"""Headers that keep a page to what it is made for (Content-Security-Policy): no script, only style and pictures loaded."""

from __future__ import annotations

from flask import Response

POLICY = "; ".join(
    (
        "default-src 'none'",
        "style-src 'self'",
        "img-src https: http:",
        "media-src https: http:",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
HEADERS = (
    ("Content-Security-Policy", POLICY),
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "strict-origin-when-cross-origin"),
    ("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
)


def harden(response: Response) -> Response:
    """The response with the headers that every answer of ours carries."""
    for name, value in HEADERS:
        response.headers.setdefault(name, value)
    return response
