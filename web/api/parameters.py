"""Parameters of the API: what each may be, said once, for reading them and for describing them."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, Literal

from feeds.text.markup import whole_number
from web.api.errors import ApiError

MOST_TEXT = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """One parameter of an address or its query."""

    name: str
    description: str
    schema: Mapping[str, Any]
    """As OpenAPI tells it."""
    read: Callable[[str], Any]
    """Its value; raises ValueError, whose text says what was expected."""
    where: Literal["query", "path"] = "query"
    is_required: bool = False
    default: Any = None
    example: str | None = None


def number(name: str, description: str, *, least: int, most: int, default: int) -> Parameter:
    """A whole number."""

    def read(text: str) -> int:
        found = whole_number(text, digits=9)
        if found is None or not least <= found <= most:
            raise ValueError(f"expected a number from {least} to {most}")
        return found

    return Parameter(
        name=name,
        description=description,
        schema={"type": "integer", "minimum": least, "maximum": most, "default": default},
        read=read,
        default=default,
    )


def words(name: str, description: str, *, is_required: bool = False, example: str | None = None) -> Parameter:
    """A short text."""

    def read(text: str) -> str:
        if not text.strip() or len(text) > MOST_TEXT or "\0" in text:
            raise ValueError(f"expected one to {MOST_TEXT} characters")
        return text.strip()

    return Parameter(
        name=name,
        description=description,
        schema={"type": "string", "minLength": 1, "maxLength": MOST_TEXT},
        read=read,
        is_required=is_required,
        example=example,
    )


def part(name: str, description: str, *, example: str) -> Parameter:
    """A part of the address."""
    found = words(name, description, is_required=True, example=example)
    return Parameter(
        name=name,
        description=description,
        schema={"type": "string", "minLength": 1},
        read=found.read,
        where="path",
        is_required=True,
        example=example,
    )


def read_all(
    parameters: Sequence[Parameter], query: Mapping[str, Sequence[str]], path: Mapping[str, str]
) -> dict[str, Any]:
    """The values of a request; raises ApiError for what is missing, unknown, said twice or of another kind."""
    known = [one.name for one in parameters if one.where == "query"]
    for name in query:
        if name not in known:
            near = get_close_matches(name, known, 1)
            hint = f" Did you mean {near[0]}?" if near else f" There are: {', '.join(known) or 'none'}."
            raise ApiError("bad-request", f"There is no parameter “{name[:40]}” here.{hint}")
    found: dict[str, Any] = {}
    for one in parameters:
        given = query.get(one.name, ()) if one.where == "query" else [path[one.name]]
        if len(given) > 1:
            raise ApiError("bad-request", f"“{one.name}” is given {len(given)} times: give it once.")
        if not given:
            if one.is_required:
                raise ApiError("bad-request", f"“{one.name}” is missing. {one.description}")
            found[one.name] = one.default
            continue
        try:
            found[one.name] = one.read(given[0])
        except ValueError as error:
            raise ApiError("bad-request", f"“{one.name}”: {error}.") from error
    return found


def cursor_of(kind: str, *numbers: int) -> str:
    """An opaque text that stands for these numbers."""
    text = ".".join((kind, *map(str, numbers)))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def numbers_of(cursor: str, kind: str, count: int) -> list[int]:
    """The numbers in a cursor of that kind; raises ApiError for any other."""
    try:
        text = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True).decode(
            "ascii"
        )
        found, *rest = text.split(".")
        numbers = [whole_number(one, digits=18) for one in rest]
    except (binascii.Error, UnicodeError, ValueError):
        found, numbers = "", []
    known = [one for one in numbers if one is not None]
    if found != kind or len(known) != count or len(numbers) != count:
        raise ApiError("unknown-cursor", "This cursor does not belong to this list. Ask again without it.")
    return known
