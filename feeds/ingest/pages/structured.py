"""What a page states for machines: one value of many tellings, each field with where it came from. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields

from feeds.ingest.rules.images import joined_image
from feeds.model.incoming import Biography, Byline, Image


@dataclass(frozen=True, slots=True, kw_only=True)
class Stated:
    """What one vocabulary, or all of them together, state of the article. Texts and dates as written."""

    title: str | None = None
    bylines: tuple[Byline, ...] = ()
    published: str | None = None
    modified: str | None = None
    more_published: tuple[str, ...] = ()
    """Every date of publishing that it states, the most trusted first: where the first cannot be read, another counts."""
    more_modified: tuple[str, ...] = ()
    dated: str | None = None
    """A date that is stated without saying of what: of publishing, of a change, of an event."""
    section: str | None = None
    tags: tuple[str, ...] = ()
    image: Image | None = None
    description: str | None = None
    language: str | None = None
    canonical_url: str | None = None
    site_name: str | None = None
    rights: str | None = None
    license_url: str | None = None
    source_type: str | None = None
    biographies: tuple[Biography, ...] = ()
    body: str | None = None
    """The whole text, where the page states it; plain or HTML."""
    is_article: bool = False
    """True if the page says of itself that it is one."""


def joined(statements: Iterable[tuple[str, Stated]]) -> tuple[Stated, dict[str, str]]:
    """Each field from the first telling that has it, and which one that was; a picture gains what others say of it."""
    found: dict[str, object] = {}
    evidence: dict[str, str] = {}
    for where, one in statements:
        for place in fields(Stated):
            value = getattr(one, place.name)
            if not value:
                continue
            if place.name not in found:
                found[place.name] = value
                evidence[place.name] = where
            elif place.name == "image":
                found["image"] = _same_picture(found["image"], value)
    return Stated(**found), evidence  # type: ignore[arg-type]


def _same_picture(before: object, again: object) -> object:
    if not isinstance(before, Image) or not isinstance(again, Image) or before.url != again.url:
        return before
    return joined_image(before, again)
