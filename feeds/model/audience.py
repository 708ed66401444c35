"""Who may read what: a source that needs credentials is not for everybody, unless its admin says so. Pure."""

from __future__ import annotations

from feeds.model.incoming import SourceOptions

SECRET_HEADERS = frozenset({"authorization", "cookie", "proxy-authorization", "x-api-key", "x-auth-token"})


def is_private(options: SourceOptions, *, has_secret_address: bool) -> bool:
    """True if a source's articles are not for everybody: as its admin says, else where it needs credentials."""
    if options.audience is not None:
        return options.audience == "private"
    has_secret_header = any(
        value.strip().startswith(("env:", "file:")) or name.strip().lower() in SECRET_HEADERS
        for name, _, value in (one.partition(":") for one in options.headers)
    )
    return bool(has_secret_address or options.user or options.password or has_secret_header)
