"""Who we say we are in every request."""

from __future__ import annotations

from feeds import VERSION
from feeds.model.settings import Settings


def user_agent(settings: Settings) -> str:
    """Who we say we are: name, version, and where to reach whoever runs this."""
    reach = settings.site.contact or settings.site.base_url
    return f"Feedwright/{VERSION}" + (f" (+{reach})" if reach else "")
