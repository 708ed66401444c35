"""Link headers of HTTP answers (RFC 8288): several headers, and several links in one. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

MAX_HEADER = 16_384
_PARAMETER = re.compile(
    r"\s*;\s*([!#$%&'*+.^_`|~\w-]+)(?:\s*=\s*(?:\"((?:[^\"\\]|\\.)*)\"|([^\s\",;]*)))?", re.ASCII
)


@dataclass(frozen=True, slots=True, kw_only=True)
class HeaderLink:
    """One link of an answer, as it was written."""

    relations: str
    target: str
    media_type: str = ""


def header_links(values: Iterable[str]) -> Iterator[HeaderLink]:
    """Each link of these headers; a link of another context (`anchor`) is none of the answer's."""
    for value in values:
        yield from _links(value[:MAX_HEADER])


def _links(text: str) -> Iterator[HeaderLink]:
    place = text.find("<")
    while place >= 0:
        end = text.find(">", place)
        if end < 0:
            break
        target, place = text[place + 1 : end], end + 1
        given: dict[str, str] = {}
        while parameter := _PARAMETER.match(text, place):
            quoted, plain = parameter[2], parameter[3]
            value = re.sub(r"\\(.)", r"\1", quoted) if quoted is not None else plain or ""
            given.setdefault(parameter[1].lower(), value)
            place = parameter.end()
        if "anchor" not in given:
            yield HeaderLink(relations=given.get("rel", ""), target=target, media_type=given.get("type", ""))
        place = text.find("<", place)
