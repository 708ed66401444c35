"""How much of an article may be passed on; and terms of use as sources declare them in RSL 1.0 (rslstandard.org).

What such terms mean for us is `feeds.ingest.rules.rights`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Share = Literal["full", "excerpt", "headline"]


def share_left(share: Share, *, is_ours: bool, is_restricted: bool) -> Share:
    """How much of an article may be passed on, of what its source is set to share.

    What is ours is ours to give in full; terms that restrict its use leave the headline.
    """
    if is_ours:
        return "full"
    return "headline" if is_restricted else share


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """One licence of RSL terms. `rsl:content` with one `rsl:license`, in an item or its channel."""

    permits: tuple[str, ...] = ()
    """rsl:permits, each token with its type: `usage:search`, `user:education`, `geo:US`."""
    prohibits: tuple[str, ...] = ()
    """rsl:prohibits, as `permits`."""
    payments: tuple[str, ...] = ()
    """rsl:payment: its type, with the amount where one is named: `crawl 0.01 USD`."""
    terms_url: str | None = None
    """rsl:terms."""
    standard_urls: tuple[str, ...] = ()
    """rsl:standard: a licence that many use."""
    custom_urls: tuple[str, ...] = ()
    """rsl:custom: where a licence of one's own is to be had."""
    copyright: str | None = None
    """rsl:copyright."""

    def addresses(self) -> tuple[str, ...]:
        """Where the terms, and the licences that they name, can be read."""
        given = (self.terms_url, *self.standard_urls, *self.custom_urls)
        return tuple(dict.fromkeys(url for url in given if url))
