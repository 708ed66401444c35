"""A list of names in a byline, with commas and words for *and*, and the roles and places behind them. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from feeds.ingest.people.agencies import read_agency
from feeds.ingest.people.byline_names import BRACKET, CJK, Signed, is_sure, read_one, with_role
from feeds.ingest.people.job_titles import desk_kind, goes_on, is_job_title, is_organisation
from feeds.ingest.people.names import is_handle, looks_like_name

NAME_CHARS = 200
COMMA = re.compile(r"\s*[,;、，]\s*(?:(?:and|und|et|y|e|og|och|&)\s+)?", re.IGNORECASE)
AND = re.compile(r"\s+(?:and|und|et|y|e|og|och|med|en|i|и|with|mit|avec|con|&|\+)\s+", re.IGNORECASE)
_IN = re.compile(r"(?:^|\s)(?:in|at)\s")
_NEW = re.compile(r"(?:new|north|south|west|east|central|saint|san|saudi|sri|costa|united)\b", re.IGNORECASE)
_SHORT = re.compile(r"[A-Z]{2,5}")
"""A paper or a station by its letters, behind the name of a person."""
_PLACE_NAME = re.compile(
    r"[^\W\d_a-zß-ÿ][\w'’-]{2,}(?:-[^\W\d_][\w'’-]*)*|(?:New|San|Santa|Los|Las|Den|Hong|Rio|São|Cape|Port|Fort|Bad|Tel|Abu|Kuala|"
    r"Buenos|Saint|St\.?|Sankt|Mount|Lake|Mexico|Salt|Kansas|Washington)\s[\w.'’ ,-]{2,30}"
)
"""One word, or several that begin as places do: no name of a person whom anybody would know by it."""
_ROLE_AFTER = re.compile(r"(?:(?:in|at)\s+\S|(?:à|aus|en)\s[^\W\d_a-zß-ÿ])")
"""`at the University of Skerry`, `aus Hamburg`: what somebody is, or where."""


@dataclass(slots=True, kw_only=True)
class _Reading:
    """A list as far as it is read."""

    parts: list[tuple[str, bool]]
    """Each part, with whether a comma stands before it."""
    evidence: list[str]
    is_agency_near: bool
    found: list[Signed] = field(default_factory=list)
    open_from: int = 0
    """The names from here on may still get a role that stands behind all of them."""

    def give(self, change: Callable[[Signed], Signed]) -> None:
        """Gives the open names what stands behind them."""
        self.found[self.open_from :] = [change(one) for one in self.found[self.open_from :]]
        self.evidence.append("role or place behind the name")


def read_list(text: str, evidence: list[str], *, is_beside: bool) -> list[Signed] | None:
    """Those named in the list, each with their role; None if a part of it is nothing known."""
    parts = _parts(text)
    if len(parts) == 1:
        one = read_one(parts[0][0], evidence, is_beside=is_beside)
        return one or [Signed(name=parts[0][0])] if len(parts[0][0]) <= NAME_CHARS else None
    is_near = any(read_agency(part) for part, _ in parts)
    reading = _Reading(parts=parts, evidence=evidence, is_agency_near=is_near)
    for place in range(len(parts)):
        if not any(reads(reading, place) for reads in _WAYS):
            return None
    evidence.append("several names told apart")
    return reading.found


def _parts(text: str) -> list[tuple[str, bool]]:
    """The parts of the list; a word for *and* parts only where people stand on both sides."""
    parts: list[tuple[str, bool]] = []
    for chunk in COMMA.split(text):
        inner = [one.strip() for one in AND.split(chunk) if one.strip()]
        if len(inner) > 1 and not _are_people(inner):
            inner = [chunk.strip()]
        parts += [(one, place == 0) for place, one in enumerate(inner) if one]
    return parts


def _reads_role(reading: _Reading, place: int) -> bool:
    """`Jane Roe, Staff Writer`: reads what the person before it is, or the paper they write for."""
    part, is_after_comma = reading.parts[place]
    found = reading.found
    if not found or found[-1].kind != "person":
        return False
    # `Jane Roe (University of Skerry)` is somebody, whatever stands in the brackets.
    bracket = BRACKET.match(part)
    named = bracket["name"] if bracket and looks_like_name(bracket["name"]) else part
    is_paper = is_after_comma and read_agency(part) is None and _is_paper(named, found)
    if not (is_paper or is_job_title(named) or _ROLE_AFTER.match(part)):
        return False
    reading.give(lambda one: with_role(one, part))
    is_role_next = place + 1 < len(reading.parts) and is_job_title(reading.parts[place + 1][0])
    if not is_role_next:
        reading.open_from = len(found)
    return True


def _reads_rest_of_role(reading: _Reading, place: int) -> bool:
    """`Jane Roe, Editor in Skerry, New Harbour`: reads a part by which the role before it goes on."""
    part, is_after_comma = reading.parts[place]
    found = reading.found
    if not (found and is_after_comma and _IN.search(found[-1].role or "") and goes_on(part)):
        return False
    if looks_like_name(part) and not _NEW.match(part):
        return False
    found[-1] = replace(found[-1], role=f"{found[-1].role}, {part}")
    return True


def _reads_place(reading: _Reading, place: int) -> bool:
    """`Jane Roe, Hamburg`: reads the place where it was written, behind the whole name of a person."""
    part, is_after_comma = reading.parts[place]
    is_known = read_agency(part) is not None or desk_kind(part) == "desk" or bool(CJK.match(part))
    if (
        not is_after_comma
        or is_known
        or not reading.found
        or not _PLACE_NAME.fullmatch(part)
        or is_handle(part)
    ):
        return False
    if not all(one.kind == "person" and looks_like_name(one.name) for one in reading.found):
        return False
    reading.give(lambda one: replace(one, role=one.role or f"in {part}"))
    reading.open_from = len(reading.found)
    return True


def _reads_names(reading: _Reading, place: int) -> bool:
    """Reads one more name, with what stands at it; beside an agency, a short word is one, too."""
    part, _ = reading.parts[place]
    found, is_near = reading.found, reading.is_agency_near
    several = read_one(part, reading.evidence, is_beside=bool(found) or is_near)
    if several is None and is_near and len(part.split()) <= 3 and part[0].isupper():
        several = [Signed(name=part)]
    if several is None:
        return False
    if any(one.role for one in several):
        reading.open_from = len(found) + len(several)
    else:
        reading.open_from = min(reading.open_from, len(found))
    found += several
    return True


_WAYS: tuple[Callable[[_Reading, int], bool], ...] = (
    _reads_role,
    _reads_rest_of_role,
    _reads_place,
    _reads_names,
)
"""What a part may be, in this order: the first that can read it does, and answers true."""


def _is_paper(part: str, found: Sequence[Signed]) -> bool:
    """True for the paper or station of the person before it: `Harbour Times`, `TLN`."""
    if is_organisation(part):
        return True
    is_short = bool(_SHORT.fullmatch(part)) and read_agency(part, is_beside=True) is None
    return is_short and bool(found) and is_sure(found[-1])


def _are_people(parts: list[str]) -> bool:
    return all(read_one(part, [], is_beside=True) is not None for part in parts)
