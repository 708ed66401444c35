"""What frames a text, told from the text by its lines alone: title, byline, date, credit above; navigation, biography below. Pure.

For pages without classes, plain text and feed content alike: it takes lines and answers which of them are not text.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from feeds.ingest.biographies import find_biographies
from feeds.ingest.bylines import BylineLine, read_byline
from feeds.ingest.credits import LeadCredit, lead_credit
from feeds.ingest.datelines import is_today
from feeds.ingest.furniture import Neighbour, is_furniture, opens_list, read_navigation
from feeds.model.incoming import Biography

MOST_ABOVE = 25
MOST_BELOW = 30
TEXT_CHARS = 140
"""A line so long is text, whatever it begins with."""
_SENTENCE = re.compile(r"[.!?…。！？»”\"]\s*$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """What the lines say beside the text, and which of them are not text."""

    dropped: frozenset[int]
    names: tuple[str, ...] = ()
    is_said: bool = False
    """True where a line says that these are authors; else names only stand beside a date."""
    published: str | None = None
    updated: str | None = None
    is_today: bool = False
    """True where the only date is the day of `now`: weak, since headers state it too."""
    credit: str | None = None
    caption: str | None = None
    previous: Neighbour | None = None
    following: Neighbour | None = None
    biographies: tuple[Biography, ...] = ()


def read_frame(
    lines: Sequence[str],
    *,
    title: str | None,
    names: Sequence[str] = (),
    language: str | None = None,
    now: datetime,
    headings: frozenset[int] = frozenset(),
) -> Frame:
    """The frame of a text of these lines; blocks that are no lines (tables, figures) are handed in as empty ones.

    `names` are authors known already, `headings` the places of headings: those are furniture only at the end.
    """
    start = _first_below_title(lines, title)
    dropped = set(range(start))
    above = list(range(start, min(len(lines), start + MOST_ABOVE)))
    credit = _credit_above(lines, above)
    if credit:
        dropped.update(credit.lines)
    bylines = _bylines_above(lines, [place for place in above if place not in dropped], language)
    dropped.update(place for place, _ in bylines)
    dropped.update(
        place for place, line in enumerate(lines) if line and place not in headings and _is_between(line)
    )
    neighbours, below = _below(lines, dropped, headings)
    dropped |= below
    said = tuple(dict.fromkeys(name for _, one in bylines for name in one.names))
    rest = [place for place in range(len(lines)) if place not in dropped and lines[place]]
    told = find_biographies([lines[place] for place in rest], tuple(names) or said) if len(rest) > 1 else ()
    dropped.update(rest[place] for place, _ in told)
    presented = {folded(one.name): one.name for _, one in told}
    alone = {place: presented[folded(lines[place])] for place in above if folded(lines[place]) in presented}
    dropped.update(alone)
    said = said or tuple(dict.fromkeys(alone.values()))
    if lines and not any(line for place, line in enumerate(lines) if place not in dropped):
        # Lines that are all furniture are a text of their own kind: a list, a poem.
        return Frame(dropped=frozenset(range(start)))
    dated = next((one for _, one in bylines if one.published and one.names), None) or _date_line(bylines, now)
    return Frame(
        dropped=frozenset(dropped),
        names=said,
        is_said=bool(alone) or any(one.is_said for _, one in bylines if one.names),
        published=dated.published if dated else None,
        updated=next((one.updated for _, one in bylines if one.updated), None),
        is_today=bool(dated and dated.day and not dated.names and is_today(dated.day, now)),
        credit=credit.credit.written if credit else None,
        caption=credit.caption if credit else None,
        previous=next((one for one in neighbours if one.direction == "previous"), None),
        following=next((one for one in neighbours if one.direction == "next"), None),
        biographies=tuple(one for _, one in told),
    )


def folded(text: str) -> str:
    """The letters of a line, for comparing titles."""
    return "".join(re.findall(r"\w+", text.casefold()))


def _first_below_title(lines: Sequence[str], title: str | None) -> int:
    """The place after the title's own line; what stands above it is the page's header."""
    wanted = folded(title or "")
    if not wanted:
        return 0
    for place, line in enumerate(lines[:MOST_ABOVE]):
        if folded(line) == wanted:
            return place + 1
        if len(line) > TEXT_CHARS:
            return 0
    return 0


def _credit_above(lines: Sequence[str], above: Sequence[int]) -> LeadCredit | None:
    """The credit among the lines before the third line of text."""
    texts = 0
    for place in above:
        found = lead_credit(lines[place : place + 6])
        if found and found.lines[0] == 0:
            return LeadCredit(
                credit=found.credit, caption=found.caption, lines=tuple(place + one for one in found.lines)
            )
        texts += len(lines[place]) > TEXT_CHARS
        if texts > 2:
            return None
    return None


def _bylines_above(
    lines: Sequence[str], above: Sequence[int], language: str | None
) -> list[tuple[int, BylineLine]]:
    """The lines of authors and dates before the text begins."""
    found: list[tuple[int, BylineLine]] = []
    for place in above:
        line = lines[place]
        if not line:
            continue
        one = read_byline(line, language=language)
        if one is not None:
            if not (one.names and any(earlier.names for _, earlier in found)):
                found.append((place, one))
        elif len(line) > TEXT_CHARS and _SENTENCE.search(line):
            break
    return found


def _date_line(bylines: Sequence[tuple[int, BylineLine]], now: datetime) -> BylineLine | None:
    dated = [one for _, one in bylines if one.published]
    older = [one for one in dated if one.day and not is_today(one.day, now)]
    return next(iter(older), next(iter(dated), None))


def _is_between(line: str) -> bool:
    return len(line) <= 220 and is_furniture(line)


def _below(
    lines: Sequence[str], dropped: set[int], headings: frozenset[int]
) -> tuple[list[Neighbour], set[int]]:
    """Navigation among the last lines, with titles that stand in the line after it, and lists of related ones."""
    neighbours: list[Neighbour] = []
    gone: set[int] = set()
    is_listed = False
    for place in range(max(0, len(lines) - MOST_BELOW), len(lines)):
        line = lines[place]
        if not line or place in gone:
            continue
        one = read_navigation(line)
        if one is not None:
            gone.add(place)
            following = lines[place + 1] if place + 1 < len(lines) else ""
            if (
                not one.title
                and following
                and len(following) <= TEXT_CHARS
                and read_navigation(following) is None
            ) and not _SENTENCE.search(following):
                gone.add(place + 1)
                one = Neighbour(direction=one.direction, title=following)
            neighbours.append(one)
        elif place in dropped or is_furniture(line):
            gone.add(place)
            is_listed = is_listed or opens_list(line)
        elif is_listed and len(line) <= TEXT_CHARS and not _SENTENCE.search(line) and place not in headings:
            if all(len(rest) <= TEXT_CHARS for rest in lines[place:]):
                gone.add(place)
        else:
            is_listed = False
    return neighbours, gone
