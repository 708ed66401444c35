"""Of several tellings, which one is believed: authors, date, main picture, biographies. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import chain
from urllib.parse import urlsplit

from feeds.ingest.pages.body import Block
from feeds.ingest.pages.figures import Figure
from feeds.ingest.pages.localday import with_local_day
from feeds.ingest.pages.structured import Stated
from feeds.ingest.pages.surroundings import Surroundings, folded
from feeds.ingest.people.authors import judge_bylines
from feeds.ingest.people.bylines import is_no_name
from feeds.ingest.people.names import looks_like_name, put_case, same_person
from feeds.model.incoming import Biography, Byline, Image
from feeds.text.dateguess import guess_date
from feeds.text.datelines import is_today
from feeds.text.dates import parse_date

_ADDED = re.compile(
    r"\s*\(?\bhttps?://\S{1,300}|,\s*(?:MA|MD|M\.D\.|PhD|Ph\.D\.|RN|MPH|BSc|MSc|MBA|MS|RD|JD|Esq\.?)(?=$|[,;\s])"
)


_LABELS = frozenset(
    "name names datum date text texte autor author stand archiv archive kommentar comment".split()
)
MOST_DATES = 5
"""Dates of one telling that are looked at: what no language can read costs 0.2 s."""


def split_names_of(names: Sequence[str], titles: Sequence[str | None]) -> tuple[str, ...]:
    """The people and desks that bylines name; `titles` are names of the site, which no author bears."""
    judged = judge_bylines([Byline(text=one) for one in names], titles=titles, fallback=None, base_url=None)
    return tuple(one.written or one.name for one in judged)


def choose_bylines(
    statements: Sequence[tuple[str, Stated]],
    around: Surroundings,
    linked: Sequence[Byline],
    fallback: dict[str, str],
    titles: Sequence[str | None],
) -> tuple[tuple[Byline, ...], str]:
    """The byline with people in it, the most trusted first; one that names all of them and more wins."""
    statements = [(where, replace(one, bylines=_cleaned(one.bylines))) for where, one in statements]
    linked = _cleaned(linked)
    line = tuple(Byline(text=one) for one in around.names)
    addresses = {folded(one or "") for one in titles[1:]}
    guessed = _cleaned(
        [
            Byline(text=name)
            for one in fallback.get("author", "").split(";")
            if (name := _guessed(one)) and folded(name) not in addresses
        ]
    )
    signed = tuple(Byline(text=one) for one in around.signed)
    presented = tuple(Byline(text=one.name) for one in around.biographies)
    every = [
        *((where, one.bylines) for where, one in statements if where != "meta"),
        ("byline", line if around.is_said else ()), ("marked byline", tuple(linked)), ("meta", statements[-1][1].bylines),
        ("closing paragraph", presented), ("name beside the date", () if around.is_said else line),
        ("line below the text", signed), ("trafilatura", guessed),
    ]  # fmt: skip
    # A site's name is no author, unless nobody else is: a person's own site bears their name; its address never is.
    for shut in (titles, titles[1:]):
        judged = [
            (where, bylines, names)
            for where, bylines in every
            if bylines and (names := split_names_of([one.text for one in bylines], shut))
        ]
        chosen = next(
            (one for one in judged if one[0] == "byline" or any(looks_like_name(name) for name in one[2])),
            next(iter(judged), None),
        )
        if chosen is not None:
            break
    else:
        return (), ""
    # Where an element ends, a name does; a line may go on with other words.
    marked = next((one for one in judged if one[0] == "marked byline"), None)
    if marked and chosen[0] == "byline" and _is_begun(chosen[2], marked[2]):
        chosen = marked
        judged = [one for one in judged if one[0] not in ("byline", "name beside the date")]
    for one in judged:
        if one[0] == "name beside the date" and not {*chosen[2]} < {*map(put_case, one[2])}:
            continue
        if one[0] not in ("trafilatura", chosen[0]) and _says_more(one[2], chosen[2]):
            chosen = one
    kept = tuple(one for one in chosen[1] if split_names_of([one.text], shut))
    named = kept or tuple(Byline(text=name) for name in chosen[2])
    return _with_links(named, [one for _, stated in statements for one in stated.bylines]), chosen[0]


def _with_links(bylines: Sequence[Byline], linked: Sequence[Byline]) -> tuple[Byline, ...]:
    """The bylines with the addresses that the page states for machines beside the same names."""
    known = {same_person(one.text): one.links for one in reversed(linked) if one.links}
    return tuple(
        replace(one, links=links) if (links := known.get(same_person(one.text), ())) else one
        for one in bylines
    )


def _guessed(name: str) -> str:
    """A guessed name without the words that stood around it; nothing where it is a label or a sentence."""
    bare = re.sub(r"^(?:author|autor|by|von)\s+", "", name.strip(), flags=re.IGNORECASE)
    words = bare.split()
    end = next((place for place in range(len(words), 1, -1) if looks_like_name(" ".join(words[:place]))), 0)
    if len(words) > 1:
        return " ".join(words[:end])
    return "" if bare.casefold() in _LABELS else bare


def _is_begun(line: Sequence[str], marked: Sequence[str]) -> bool:
    """True if each name that a line was read for begins with one that an element holds alone: the rest is not of it."""
    return len(line) == len(marked) and line != marked and all(
        one.startswith(name) for one, name in zip(line, marked, strict=True)
    )  # fmt: skip


def _cleaned(bylines: Sequence[Byline]) -> tuple[Byline, ...]:
    """Bylines without addresses, academic degrees and the words of buttons."""
    bare = [replace(one, text=_ADDED.sub("", one.text).strip(" ,\n\t")) for one in bylines]
    return tuple(one for one in bare if one.text and not is_no_name(one.text))


def _says_more(names: Sequence[str], than: Sequence[str]) -> bool:
    """True if these are full names, and each of the others is one of them or a part of one."""
    words = [set(re.findall(r"\w+", name.casefold())) for name in names]
    others = [set(re.findall(r"\w+", name.casefold())) for name in than]
    return (
        all(looks_like_name(name) for name in names)
        and all(any(other <= one for one in words) for other in others)
        and sum(map(len, words)) > sum(map(len, others))
    )


def choose_date(
    stated: Stated,
    evidence: dict[str, str],
    around: Surroundings,
    dated: tuple[str, str] | None,
    guesses: Sequence[tuple[str | None, str]],
    language: str | None,
    now: datetime,
    known: datetime | None,
) -> tuple[str | None, str]:
    """The date as written and where; never one after `now`, nor one that is newer than what a feed knows of old.

    What is stated in UTC is told in the page's own zone, where the page or its address shows its day.
    """
    dates = [
        (stated.published, evidence.get("published", "")),
        (around.published if not around.is_today else None, "byline"),
        *([dated] if dated else []),
        (around.published, "date line"),
        # A date that nobody says to be that of publishing gives way to what readers see.
        (stated.dated, evidence.get("dated", "")),
        *guesses,
    ]
    read: list[tuple[str, str, datetime]] = []
    for raw, where in dates:
        found = read_date(raw, language=language, now=now, known=known)
        if found is None:
            continue
        written, moment = found
        # Without a place of its own, today's date is that of the page, not of the article; New Year's Day is a bare year.
        if where == "trafilatura" and (is_today(moment.date(), now) or (moment.month, moment.day) == (1, 1)):
            continue
        read.append((written, where, moment))
    if not read:
        return (known.isoformat(), "the feed") if known else (None, "")
    written, where, moment = read[0]
    if not _has_time(written):
        more = next((one for one in read[1:] if one[2].date() == moment.date() and _has_time(one[0])), None)
        if more:
            written, where = more[0], more[1]
    shown = [one for one in (around.published, dated and dated[0]) if one]
    shown = shown or [day for day, how in guesses if day and how == "address"]
    local = (with_local_day(written, one, modified=stated.modified) for one in shown)
    return next((one for one in local if one != written), written), where


def read_date(
    raw: str | None, *, language: str | None, now: datetime, known: datetime | None
) -> tuple[str, datetime] | None:
    """A date as written, with its moment; None if it is none, has not come, or is newer than what a feed knows of old."""
    written = _legible(raw)
    moment, _ = guess_date(written, language=language, zone="UTC", now=now)
    if not written or moment is None or moment > now + timedelta(days=1):
        return None
    return None if known and moment > known + timedelta(days=1) else (written, moment)


def with_legible_dates(stated: Stated, language: str | None, now: datetime) -> Stated:
    """The telling with the first of its dates that are dates and have come; without those of which none is."""
    published, modified = (
        next(
            (one for one in dates[:MOST_DATES] if read_date(one, language=language, now=now, known=None)),
            None,
        )
        for dates in (
            stated.more_published or (stated.published,),
            stated.more_modified or (stated.modified,),
        )
    )
    return replace(stated, published=published, modified=modified)


def _legible(written: str | None) -> str | None:
    """A date that a machine wrote, without a time that nobody can read: `2024-03-14T06:30:00:123Z` keeps its day."""
    text = (written or "").strip()
    found = re.match(
        r"(\d{4}-\d\d-\d\d)[T ]\d\d:\d\d(?::\d\d)?(?=:\d{1,6}(Z?)$)|(\d{4}-\d\d-\d\d)[T ]\d", text
    )
    if found is None or parse_date(text) is not None:
        return text or None
    moment = f"{found[0]}{found[2]}" if found[1] else ""
    return moment if parse_date(moment) is not None else found[1] or found[3]


def _has_time(written: str) -> bool:
    return bool(re.search(r"\d[T ]\d\d:?\d\d|\d:\d\d", written)) and parse_date(written) is not None


def choose_image(
    stated: Image | None, figures: Sequence[Figure], blocks: Sequence[Block], around: Surroundings
) -> tuple[Image | None, str]:
    """The main picture with caption and credit: the stated one, told by its own figure or by the lines above the text."""
    shown = {one.markup for one in blocks if one.kind == "figure"}
    placed = [one.image for one in figures if one.image is not None and one.markup in shown]
    images = [one.image for one in figures if one.image is not None]
    main, where = stated, "stated" if stated else ""
    same = next((one for one in images if stated and _stem(one.url) == _stem(stated.url)), None)
    if main is None:
        main = next(iter(placed), None) or next((one for one in images if one.caption or one.credit), None)
        where = "first figure" if main else ""
    if main is None and around.credit:
        return Image(url="", credit=around.credit, caption=around.caption), "a line above the text"
    if main is None:
        return None, ""
    if same is not None and same is not main:
        main = replace(
            main,
            caption=main.caption or same.caption,
            credit=main.credit or same.credit,
            alt=main.alt or same.alt,
        )
        # The same picture in another size has another address.
        if main.url == same.url:
            main = replace(main, width=main.width or same.width, height=main.height or same.height)
    if around.credit and not main.credit:
        main = replace(main, credit=around.credit, caption=main.caption or around.caption)
    return main, where


def _stem(url: str) -> str:
    name = urlsplit(url).path.rsplit("/", 1)[-1].rsplit(".", 1)[0].lower()
    return re.sub(r"[-_](?:\d{2,4}x\d{2,4}|scaled|large|small|medium|thumb|\d{3,4}w?)$", "", name) or url


def join_biographies(*several: Sequence[Biography]) -> tuple[Biography, ...]:
    found: dict[str, Biography] = {}
    for one in chain.from_iterable(several):
        before = found.get(one.name.casefold())
        found[one.name.casefold()] = (
            replace(before, url=before.url or one.url, picture_url=before.picture_url or one.picture_url)
            if before
            else one
        )
    return tuple(found.values())
