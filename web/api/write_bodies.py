"""What scripts send to be written: a struct for each kind of body, and reading it with every bound kept."""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import get_close_matches
from typing import Annotated, Any, Literal

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType

from web.api.errors import ApiError

Short = Annotated[str, Meta(max_length=500)]
Long = Annotated[str, Meta(max_length=5000)]
Url = Annotated[str, Meta(max_length=2000)]
Lines = Annotated[tuple[Short, ...], Meta(max_length=500)]
Slugs = Annotated[tuple[Annotated[str, Meta(max_length=200)], ...], Meta(max_length=200)]
Span = Annotated[str | float, Meta(description='As `"30m"` or `"2h"`, or seconds.')]
Share = Literal["full", "excerpt", "headline"]
_UNKNOWN = re.compile(r"unknown field `([^`]*)`")


class Body(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Something that is sent; what is left out stays as it is."""

    def stated(self) -> dict[str, Any]:
        """What was said, by name."""
        every = ((name, getattr(self, name)) for name in self.__struct_fields__)
        return {
            name: list(value) if isinstance(value, tuple) else value
            for name, value in every
            if value is not UNSET
        }


class SourceChange(Body, frozen=True, kw_only=True):
    """Settings of a source, in the words of `[[source]]`; null for the default."""

    title: Short | UnsetType | None = UNSET
    slug: Annotated[str, Meta(max_length=200)] | UnsetType = UNSET
    topics: Slugs | UnsetType | None = UNSET
    author: Short | UnsetType | None = UNSET
    language: Short | UnsetType | None = UNSET
    timezone: Short | UnsetType | None = UNSET
    share: Share | UnsetType | None = UNSET
    ours: bool | UnsetType = UNSET
    interval: Span | UnsetType | None = UNSET
    full_text: bool | UnsetType = UNSET
    pictures: Literal["all", "credited", "none"] | UnsetType = UNSET
    links: Url | UnsetType | None = UNSET
    timeout: Span | UnsetType | None = UNSET
    max_bytes: int | UnsetType | None = UNSET
    state: Literal["active", "paused"] | UnsetType = UNSET


class NewSource(Body, frozen=True, kw_only=True):
    """A source to be added, in the words of `[[source]]`."""

    url: Url
    kind: Literal["feed", "sitemap", "page"] = "feed"
    title: Short | UnsetType | None = UNSET
    slug: Annotated[str, Meta(max_length=200)] | UnsetType = UNSET
    topics: Slugs | UnsetType | None = UNSET
    author: Short | UnsetType | None = UNSET
    language: Short | UnsetType | None = UNSET
    timezone: Short | UnsetType | None = UNSET
    share: Share | UnsetType | None = UNSET
    ours: bool | UnsetType = UNSET
    interval: Span | UnsetType | None = UNSET
    full_text: bool | UnsetType = UNSET
    pictures: Literal["all", "credited", "none"] | UnsetType = UNSET
    links: Url | UnsetType | None = UNSET
    timeout: Span | UnsetType | None = UNSET
    max_bytes: int | UnsetType | None = UNSET


class ArticleChange(Body, frozen=True, kw_only=True):
    """What an article shows; null takes a change back, so that the source's words show again."""

    title: Short | UnsetType | None = UNSET
    summary: Long | UnsetType | None = UNSET
    authors: Annotated[tuple[Short, ...], Meta(max_length=50)] | UnsetType | None = UNSET
    rights: Annotated[str, Meta(max_length=1000)] | UnsetType | None = UNSET
    credit: Annotated[str, Meta(max_length=300)] | UnsetType | None = UNSET
    picture: Annotated[Url, Meta(description="Empty: no leading picture.")] | UnsetType | None = UNSET
    held: Annotated[bool, Meta(description="true: in no feed until it is released.")] | UnsetType = UNSET
    pinned: (
        Annotated[bool, Meta(description="true: first on the pages of its feeds; feeds keep their order.")]
        | UnsetType
    ) = UNSET
    withdrawn: (
        Annotated[
            Annotated[str, Meta(max_length=200)] | None,
            Meta(description="The reason, which readers see; null restores it."),
        ]
        | UnsetType
    ) = UNSET


class Correction(Body, frozen=True, kw_only=True):
    """Other words, of which readers are told."""

    note: Annotated[str, Meta(min_length=1, max_length=1000, description="What was wrong; readers see it.")]
    title: Short | UnsetType | None = UNSET
    summary: Long | UnsetType | None = UNSET
    authors: Annotated[tuple[Short, ...], Meta(max_length=50)] | UnsetType | None = UNSET
    rights: Annotated[str, Meta(max_length=1000)] | UnsetType | None = UNSET
    credit: Annotated[str, Meta(max_length=300)] | UnsetType | None = UNSET
    picture: Url | UnsetType | None = UNSET


class TopicBody(Body, frozen=True, kw_only=True):
    """A topic and its whole rule, in the words of `[[topic]]`: what is left out is empty."""

    title: Short | None = None
    description: Long = ""
    categories: Lines = ()
    phrases: Lines = ()
    url_parts: Lines = ()
    sources: Slugs = ()
    match: Lines = ()
    exclude: Lines = ()
    parent: Annotated[str, Meta(max_length=200)] | None = None
    medtop: Lines = ()


def read_body(body: bytes, kind: type[Body]) -> Body:
    """The body; raises ApiError with what is wrong in it."""
    try:
        found = msgspec.json.decode(body, type=kind)
    except msgspec.ValidationError as error:
        raise ApiError("bad-request", _told(str(error), kind)) from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise ApiError("bad-request", f"The body is not JSON: {error}.") from error
    except RecursionError as error:
        raise ApiError("bad-request", "The body is nested too deeply.") from error
    if any("\0" in text for text in _texts(found.stated())):
        raise ApiError("bad-request", "A text contains a NUL character, which is not allowed.")
    return found


def _told(problem: str, kind: type[Body]) -> str:
    unknown = _UNKNOWN.search(problem)
    if unknown is None:
        return f"The body: {problem}."
    known = kind.__struct_fields__
    near = get_close_matches(unknown[1].lower(), known, 1)
    hint = f"Did you mean “{near[0]}”?" if near else f"There are: {', '.join(known)}."
    return f"The body has a key “{unknown[1][:40]}” that means nothing here. {hint}"


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for one in value.values():
            yield from _texts(one)
    elif isinstance(value, list):
        for one in value:
            yield from _texts(one)
