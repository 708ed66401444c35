"""What frames a text, told from the text by its lines alone: title, byline, date, credit above; navigation, biography below. Pure.

For pages without classes, plain text and feed content alike: it takes lines and answers which of them are not text.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from feeds.ingest.pages.boilerplate import (
    Neighbour,
    bare_direction,
    is_boilerplate,
    opens_list,
    read_navigation,
)
from feeds.ingest.people.biographies import find_biographies
from feeds.ingest.people.bylines import BylineLine, is_no_name, read_byline
from feeds.ingest.people.credits import LeadCredit, lead_credit, read_credit
from feeds.ingest.people.job_titles import is_job_title
from feeds.ingest.people.names import looks_like_name
from feeds.model.incoming import Biography
from feeds.text.datelines import is_today

MOST_ABOVE = 25
MOST_BELOW = 30
TEXT_CHARS = 140
"""A line so long is text, whatever it begins with."""
JOB_TITLE_CHARS = 60
SIGNATURE_CHARS = 120
LAST_LINES = 4
MOST_LEADS = 3
LEAST_TEXT = 3
"""Lines that a text must have to be signed below; a line under a headline is a byline above nothing."""
_LABEL = re.compile(
    r"\W*(?:(?:written |posted |story |text )?by|authors?|von|autor(?:in|en|es|e|a)?|par|auteure?|por|text|texte|tekst|door)\s*:?",
    re.IGNORECASE,
)
"""A line that only announces the name in the line below it."""
_LABELLED = re.compile(r"(?:author|autor(?:in|en)?|auteure?|autore|text|texte)s?\s?[:：]\s*\S", re.IGNORECASE)
_SIGNATURE = re.compile(r"[–—-]{1,2}\s*(?P<dashed>[^\d()]{5,50})|\((?P<bracketed>[^\d()]{5,50})\)")
_SENTENCE = re.compile(r"[.!?…。！？»”\"]\s*$")
_LETTERS = re.compile(r"\w+")
_SIGNS = bytes(code for code in range(128) if not _LETTERS.match(chr(code)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What the lines say beside the text, and which of them are not text."""

    dropped: frozenset[int]
    names: tuple[str, ...] = ()
    signed: tuple[str, ...] = ()
    """Those whom a line below the text names: `Text: Jane Roe`, `— Jane Roe`."""
    is_said: bool = False
    """True if a line says that these are authors; else names only stand beside a date."""
    published: str | None = None
    updated: str | None = None
    is_today: bool = False
    """True if the only date is the day of `now`: weak, since headers state it too."""
    credit: str | None = None
    caption: str | None = None
    previous: Neighbour | None = None
    following: Neighbour | None = None
    biographies: tuple[Biography, ...] = ()


def read_surroundings(
    lines: Sequence[str],
    *,
    title: str | None,
    names: Sequence[str] = (),
    language: str | None = None,
    now: datetime,
    headings: frozenset[int] = frozenset(),
    is_below_title: bool = False,
) -> Surroundings:
    """What surrounds a text of these lines; blocks that are no lines (tables, figures) are handed in as empty ones.

    `names` are authors known already, `headings` the places of headings: those are boilerplate only at the end.
    `is_below_title`: the title stands above the first line.
    """
    start = _first_below_title(lines, title)
    dropped = set(range(start))
    above = list(range(start, min(len(lines), start + MOST_ABOVE)))
    credit = _credit_above(lines, above)
    if credit:
        dropped.update(credit.lines)
    bylines = _bylines_above(lines, [place for place in above if place not in dropped], language)
    if (start or is_below_title) and not any(one.names for _, one in bylines):
        bylines += _beside(lines, bylines, start)
    dropped.update(place for place, _ in bylines)
    dropped.update(
        place for place, line in enumerate(lines) if line and place not in headings and _is_between(line)
    )
    neighbours, below = _below(lines, dropped, headings)
    dropped |= below
    signers = tuple(dict.fromkeys(name for _, one in bylines for name in one.names))
    signed, signing = _signed(
        [(place, line) for place, line in enumerate(lines) if line and place not in dropped], language
    )
    dropped.update(signing)
    rest = [place for place in range(len(lines)) if place not in dropped and lines[place]]
    written = [lines[place] for place in rest]
    biographies = find_biographies(written, tuple(names) or signers) if len(rest) > 1 else ()
    dropped.update(rest[place] for place, _ in biographies)
    alone, titles = _names_alone(lines, above, {folded(one.name): one.name for _, one in biographies})
    dropped.update(alone, titles)
    signers = signers or tuple(dict.fromkeys(alone.values()))
    if lines and not any(line for place, line in enumerate(lines) if place not in dropped):
        # Lines that are all boilerplate are a text of their own kind: a list, a poem.
        return Surroundings(dropped=frozenset(range(start)))
    dated = next((one for _, one in bylines if one.published and one.names), None) or _date_line(bylines, now)
    return Surroundings(
        dropped=frozenset(dropped),
        names=signers,
        signed=signed,
        is_said=bool(alone) or any(one.is_said for _, one in bylines if one.names),
        published=dated.published if dated else None,
        updated=next((one.updated for _, one in bylines if one.updated), None),
        is_today=bool(dated and dated.day and not dated.names and is_today(dated.day, now)),
        credit=credit.credit.written if credit else None,
        caption=credit.caption if credit else None,
        previous=next((one for one in neighbours if one.direction == "previous"), None),
        following=next((one for one in neighbours if one.direction == "next"), None),
        biographies=tuple(one for _, one in biographies),
    )


def _names_alone(
    lines: Sequence[str], above: Sequence[int], presented: Mapping[str, str]
) -> tuple[dict[int, str], set[int]]:
    """Lines that are nothing but the name of somebody whom the text presents, and the lines below with their job titles."""
    letters = {place: folded(lines[place]) for place in above} if presented else {}
    alone = {place: presented[line] for place, line in letters.items() if line in presented}
    titles = {
        place + 1
        for place in alone
        if place + 1 < len(lines) and len(lines[place + 1]) <= JOB_TITLE_CHARS and is_job_title(lines[place + 1])
        and not _SENTENCE.search(lines[place + 1])
    }  # fmt: skip
    return alone, titles


def folded(text: str) -> str:
    """The letters of a line, for comparing titles."""
    # Most letters are ASCII, whose signs go at a quarter of the pattern's cost.
    bare = text.encode("utf-8", "surrogatepass").translate(None, _SIGNS).decode("utf-8", "surrogatepass")
    return bare.casefold() if bare.isascii() else "".join(_LETTERS.findall(bare.casefold()))


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
    is_credit = lru_cache(maxsize=None)(lambda place: read_credit(lines[place]) is not None)
    for place in above:
        before = lines[place - 1] if place > above[0] else ""
        # A credit further down is found from its own place.
        is_near = any(map(is_credit, range(place, min(place + 2, len(lines)))))
        found = lead_credit(lines[place : place + 6], before=before) if is_near else None
        if found and found.lines[0] <= 0:
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
    """The lines of authors and dates before the text begins, and below its first paragraphs one that is certain."""
    found: list[tuple[int, BylineLine]] = []
    label: int | None = None
    texts = 0
    for place in above:
        line = lines[place]
        if not line:
            continue
        one = read_byline(line, language=language)
        if label is not None and one is None and looks_like_name(line.strip(" ,;")):
            one = read_byline(line, language=language, is_marked=True)
            found += [(label, BylineLine())] if one else []
        label = place if _LABEL.fullmatch(line) else None
        if one is not None and (texts == 0 or _is_certain(one, line)):
            if not (one.names and any(earlier.names for _, earlier in found)):
                found.append((place, one))
        elif len(line) > TEXT_CHARS and _SENTENCE.search(line):
            texts += 1
            if texts == MOST_LEADS:
                break
    return found


def _beside(
    lines: Sequence[str], dated: Sequence[tuple[int, BylineLine]], start: int
) -> list[tuple[int, BylineLine]]:
    """The line that is a name and nothing else right above or below a line of a date, under the title."""
    for place in (near for date, one in dated if one.published for near in (date - 1, date + 1)):
        line = lines[place].strip(" ,;") if start <= place < len(lines) else ""
        if (
            looks_like_name(line)
            and len(line.split()) <= 3
            and not is_no_name(line)
            and not is_job_title(line)
        ):
            return [(place, BylineLine(names=(line,)))]
    return []


def _is_certain(one: BylineLine, line: str) -> bool:
    """True if a short line says that people wrote this, and nothing else."""
    return (
        len(line) <= SIGNATURE_CHARS
        and one.is_said
        and bool(one.names)
        and all(map(looks_like_name, one.names))
    )


def _signed(
    lines: Sequence[tuple[int, str]], language: str | None
) -> tuple[tuple[str, ...], tuple[int, ...]]:
    """Those whom the last lines of a text name as its authors, and which lines say so; one after a dash is text as well."""
    if len(lines) < LEAST_TEXT:
        return (), ()
    last = lines[-LAST_LINES][0] if len(lines) > LAST_LINES else 0
    for place, line in reversed(lines):
        if len(line) > SIGNATURE_CHARS or (place < last and not _LABELLED.match(line)):
            continue
        one = read_byline(line, language=language)
        if one and _is_certain(one, line):
            return one.names, (place,)
    found = _SIGNATURE.fullmatch(lines[-1][1].strip())
    name = (found["dashed"] or found["bracketed"]).strip() if found else ""
    return ((name,) if looks_like_name(name) and not is_no_name(name) else ()), ()


def _date_line(bylines: Sequence[tuple[int, BylineLine]], now: datetime) -> BylineLine | None:
    dated = [one for _, one in bylines if one.published]
    older = [one for one in dated if one.day and not is_today(one.day, now)]
    return next(iter(older), next(iter(dated), None))


def _is_between(line: str) -> bool:
    return len(line) <= 220 and is_boilerplate(line)


def _is_end(lines: Sequence[str]) -> bool:
    """True if no running text follows."""
    return all(_is_short(line) for line in lines)


def _below(
    lines: Sequence[str], dropped: set[int], headings: frozenset[int]
) -> tuple[list[Neighbour], set[int]]:
    """Navigation among the last lines, with titles that stand in the line after it, and lists of related ones."""
    neighbours: list[Neighbour] = []
    gone: set[int] = set()
    is_listed = False
    first = max(0, len(lines) - MOST_BELOW)
    # A lone `Next` may be a heading; where `Previous` stands there too, both lead away.
    is_paired = len({bare_direction(line) for line in lines[first:]} - {None}) == 2
    for place in range(first, len(lines)):
        line = lines[place]
        if not line or place in gone:
            continue
        one = _navigation(line, is_paired=is_paired)
        if one is not None:
            gone.add(place)
            title = "" if one.title else _title_below(lines, place, is_paired=is_paired)
            if title:
                gone.add(place + 1)
                one = Neighbour(direction=one.direction, title=title)
            neighbours.append(one)
        elif place in dropped or _opens_end(lines, place, headings):
            gone.add(place)
            is_listed = is_listed or opens_list(line)
        elif is_listed and _is_short(line) and place not in headings:
            if all(len(rest) <= TEXT_CHARS for rest in lines[place:]):
                gone.add(place)
        else:
            is_listed = False
    return neighbours, gone


def _navigation(line: str, *, is_paired: bool) -> Neighbour | None:
    """The neighbour that the line leads to; `Next` alone counts where `Previous` stands there, too."""
    one = read_navigation(line)
    if one is None and is_paired and (alone := bare_direction(line)):
        return Neighbour(direction=alone, title="")
    return one


def _title_below(lines: Sequence[str], place: int, *, is_paired: bool) -> str:
    """The title of a neighbour in the line after its direction; empty if that line is something else."""
    following = lines[place + 1] if place + 1 < len(lines) else ""
    is_other = read_navigation(following) is not None or (is_paired and bool(bare_direction(following)))
    return following if following and _is_short(following) and not is_other else ""


def _opens_end(lines: Sequence[str], place: int, headings: frozenset[int]) -> bool:
    """True for a heading that is boilerplate, and for the heading of a list after which no text comes."""
    is_boilerplate_heading = place in headings and is_boilerplate(lines[place])
    return is_boilerplate_heading or (opens_list(lines[place]) and _is_end(lines[place:]))


def _is_short(line: str) -> bool:
    """True for a line that is no running text: short, and without the end of a sentence."""
    return len(line) <= TEXT_CHARS and not _SENTENCE.search(line)
