"""Articles that are written here: what somebody typed, from which the article is made anew with each change."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnText:
    """An article as it was typed."""

    title: str
    text: str
    """Markdown."""
    summary: str = ""
    authors: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    """Slugs of the topics that it is put into by hand."""
    language: str = ""
    picture_url: str = ""
    picture_credit: str = ""
    picture_caption: str = ""
    picture_alt: str = ""
