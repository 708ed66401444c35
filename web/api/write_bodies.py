"""What scripts send to be written: a struct for each kind of body, and reading it with every bound kept."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from difflib import get_close_matches
from typing import Annotated, Any, Literal, cast, get_args, get_origin

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType, defstruct

from feeds.config.values import hints_of
from feeds.model.declarations import SourceDeclaration
from web.api.errors import ApiError
from web.api.managed import ManagedSource

Short = Annotated[str, Meta(max_length=500)]
Long = Annotated[str, Meta(max_length=5000)]
Url = Annotated[str, Meta(max_length=2000)]
Lines = Annotated[tuple[Short, ...], Meta(max_length=500)]
Slug = Annotated[str, Meta(max_length=200)]
Slugs = Annotated[tuple[Slug, ...], Meta(max_length=200)]
Span = Annotated[str | float, Meta(description='As `"30m"` or `"2h"`, or seconds.')]
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


def _setting(name: str) -> tuple[str, Any, Any]:
    """A setting of a source as a script may send it: bounded, left out, or null for the default where there is one."""
    hint = hints_of(SourceDeclaration)[name]
    kinds = get_args(hint) if type(None) in get_args(hint) else (hint,)
    if timedelta in kinds:
        sent: Any = Span
    elif get_origin(hint) is tuple:
        sent = _BOUNDS.get(name, Lines)
    elif str in kinds:
        sent = _BOUNDS.get(name, Short)
    else:
        sent = next(one for one in kinds if one is not type(None))
    # A flag and a choice have a default that can be sent; a slug stays until there is another.
    is_kept = name == "slug" or (type(None) not in kinds and get_origin(hint) is not tuple)
    return name, sent | UnsetType if is_kept else sent | UnsetType | None, UNSET


_BOUNDS: dict[str, Any] = {"slug": Slug, "topics": Slugs, "links": Url}
SETTINGS = tuple(
    _setting(name)
    for name in hints_of(SourceDeclaration)
    if name in ManagedSource.__struct_fields__ and name != "kind"
)
"""What the API tells of a source's settings can also be sent: types and bounds follow from `[[source]]`."""

SourceChange = cast(
    "type[Body]",
    defstruct(
        "SourceChange",
        [*SETTINGS, ("state", Literal["active", "paused"] | UnsetType, UNSET)],
        bases=(Body,),
        namespace={"__doc__": "Settings of a source, in the words of `[[source]]`; null for the default."},
        frozen=True,
        kw_only=True,
    ),
)
NewSource = cast(
    "type[Body]",
    defstruct(
        "NewSource",
        [("url", Url), ("kind", Literal["feed", "sitemap", "page"], "feed"), *SETTINGS],
        bases=(Body,),
        namespace={"__doc__": "A source to be added, in the words of `[[source]]`."},
        frozen=True,
        kw_only=True,
    ),
)


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
        raise ApiError("bad-request", _explained(str(error), kind)) from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise ApiError("bad-request", f"The body is not JSON: {error}.") from error
    except RecursionError as error:
        raise ApiError("bad-request", "The body is nested too deeply.") from error
    if any("\0" in text for text in _texts(found.stated())):
        raise ApiError("bad-request", "A text contains a NUL character, which is not allowed.")
    return found


def _explained(problem: str, kind: type[Body]) -> str:
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
