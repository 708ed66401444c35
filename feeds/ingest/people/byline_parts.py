"""Cuts a byline into its parts: people, roles and places, agencies, photographers. Pure.

`feeds.ingest.people.bylines` finds bylines among the lines of a page; here one is read. Where a part is neither name, role,
place nor agency, the whole byline stays as it was written.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Literal

from feeds.ingest.people.agencies import read_agency
from feeds.ingest.people.asides import without_asides
from feeds.ingest.people.byline_lists import AND, COMMA, NAME_CHARS, read_list
from feeds.ingest.people.byline_names import PICTURES, WRITES, Signed, agency_named, is_sure, with_role
from feeds.ingest.people.eastern import read_eastern
from feeds.ingest.people.job_titles import (
    desk_kind,
    is_job_title,
    is_organisation,
    split_place,
)
from feeds.ingest.people.names import looks_like_name, put_case, turn_initials

MAX_CHARS = 1000
_OTHERS = r"(?:with\s+)?additional\s+(?:reporting|contributions)|with\s+(?:reporting|contributions)|as told|edited|editing|redigiert|translated|translation|übersetzung|übersetzt|traducción|traduction|reviewed|fact.?checked|produced"
_LABEL = re.compile(
    rf"(?:^|(?P<sep>[,;|/•·.–—-]|\s|\())\s*(?:and\s+|und\s+|et\s+|y\s+|e\s+|&\s*|with\s+)?"
    rf"(?:(?P<writes>(?:(?:{PICTURES})\s*(?:and|und|et|y|e|og|och|&|\+)\s*)?(?:{WRITES}))\s*[:：]"
    rf"|(?P<pictures>(?:(?:{WRITES})\s*(?:and|und|et|y|e|og|och|&|\+)\s*)?(?:{PICTURES}))(?:\s+(?:by|von|par|por|av|af|di|de|door)\b|\s*[:：])"
    rf"|(?P<others>{_OTHERS})(?:\s+(?:by|to|von|par|por)\b|\s*[:：]))\s*",
    re.IGNORECASE,
)
_BOTH = re.compile(r"\b(?:and|und|et|y|e|og|och)\b|[&+]", re.IGNORECASE)
_OPENING = re.compile(
    r"^(?:(?:(?:(?:an?|eine?|une?|una)\s)?(?:article|story|words|text|reported|reporting|report|written|posted|published|guest (?:post|column|essay)|contributed"
    r"|submitted|compiled|created|uploaded|publisert|publicerad|udgivet|skrevet|skriven|opinion|analysis|commentary|column|essay|perspective|review|interview|feature|geschrieben|verfasst|aufgezeichnet|protokolliert"
    r"|beitrag|gastbeitrag|kommentar|gastkommentar|analyse|kolumne|glosse|reportage|bericht|meinung|leitartikel|rezension|propos recueillis|recueilli"
    r"|tribune|chronique|entretien|opinión|columna|análisis|crónica|commento|analisi|intervista)\s+)?"
    r"(?P<by>by|von|par|por|av|af|door|przez|van(?=\sonze\s)|from(?=\sour\s)|a\scura\sdi|بقلم|كتبت?|מאת|โดย)|(?P<of>di|de))\s+(?=\S)",
    re.IGNORECASE,
)
_STROKE = re.compile(r"\s*[|•·]\s*|\s+/\s*|\s*/\s+|/(?=[^\W\d_])|\s[–—-]\s")
_ROUND = str.maketrans("[]", "()", "\u200b\ufeff\u00ad\u2060")
_TURNED = re.compile(
    r"(?P<family>[^\W\d_][\w'’-]*(?: [^\W\d_][\w'’-]*)?), (?P<given>[^\W\d_a-z][\w.'’-]*(?: [^\W\d_a-z][\w.]*)?)"
)
_GENERATION = r"Jr\.?|Sr\.?|Jnr\.?|Snr\.?|I{2,3}|IV|Esq\.?"
_SUFFIX = re.compile(rf",\s+({_GENERATION})(?=\s*$|\s*[,;|)]|\s+(?:and|und|et|y|&|in|of|for)\s)")
_BARE_SUFFIX = re.compile(rf"(?<=\w)\s({_GENERATION})$")
_TURNED_SUFFIX = re.compile(rf"^([^\W\d_][\w'’-]*), ([^\W\d_][\w.'’ -]{{1,40}}), ({_GENERATION})$")
"""`King, Martin Luther, Jr.`"""
_INITIALS = re.compile(r"[a-zäöü]{2,4}")


@dataclass(frozen=True, slots=True, kw_only=True)
class BylineParts:
    """Who wrote it, who made its pictures, and by which rules that was read."""

    signed: tuple[Signed, ...] = ()
    pictures_by: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()


def read_byline_parts(text: str) -> BylineParts:
    """Those whom a byline names, in order, and the makers of pictures apart; the whole as one name where unsure."""
    plain = " ".join(text[:MAX_CHARS].translate(_ROUND).split())
    eastern = read_eastern(plain)
    if eastern is not None:
        return BylineParts(
            signed=tuple(Signed(name=name, role=role) for name, role in eastern[0]),
            pictures_by=eastern[1],
            evidence=("told apart without spaces",),
        )
    whole = without_asides(plain)
    bare = _SUFFIX.sub(r" \1", _TURNED_SUFFIX.sub(r"\2 \1, \3", whole))
    found = _read_whole(bare)
    if bare == whole:
        return found
    # The comma before `Jr.` is part of the name that somebody wrote so.
    named = tuple(replace(one, name=_BARE_SUFFIX.sub(r", \1", one.name)) for one in found.signed)
    return replace(found, signed=named)


def _read_whole(whole: str) -> BylineParts:
    rest, pictures, evidence = _without_others(whole)
    rest, is_opened = _without_opening(rest)
    rest = rest.strip(" ,;|–—-:&")
    if is_opened:
        evidence.append("opening word left out")
    if not rest:
        return BylineParts(pictures_by=pictures, evidence=tuple(evidence))
    turned = turn_initials(rest) or _turned(rest)
    if turned:
        named = tuple(Signed(name=put_case(one)) for one in turned)
        return BylineParts(signed=named, pictures_by=pictures, evidence=(*evidence, "initials put first"))
    found = _read_strokes(rest, evidence)
    if found is None:
        evidence.append("kept as written")
        kind: Literal["person", "desk"] = "desk" if desk_kind(rest) else "person"
        found = [Signed(name=rest, kind=kind)] if len(rest) <= NAME_CHARS else []
    return BylineParts(signed=tuple(found), pictures_by=pictures, evidence=tuple(dict.fromkeys(evidence)))


def _turned(text: str) -> tuple[str, ...]:
    """`Jane Roe`, `Max Ash` of `Roe, Jane; Ash, Max`: with semicolons between, the comma is within a name."""
    found = [_TURNED.fullmatch(part.strip()) for part in text.split(";")] if ";" in text else []
    if not found or any(one is None or is_job_title(one["given"]) for one in found):
        return ()
    return tuple(f"{one['given']} {one['family']}" for one in found if one)


def _without_others(text: str) -> tuple[str, tuple[str, ...], list[str]]:
    """The byline without those who made pictures or edited it, and who made the pictures."""
    marks = [
        one
        for one in _LABEL.finditer(text)
        if one["sep"] != " " or one["pictures"] is None or ":" in one[0] or one[0].rstrip()[-2:].isalpha()
    ]
    if not marks:
        return text, (), []
    kept = [text[: marks[0].start()]]
    pictures: list[str] = []
    evidence: list[str] = []
    for place, mark in enumerate(marks):
        end = marks[place + 1].start() if place + 1 < len(marks) else len(text)
        who = text[mark.end() : end].strip(" ,;|/.()•·–—-")
        is_both = bool(
            mark["pictures"]
            and re.match(WRITES, mark["pictures"], re.IGNORECASE)
            and _BOTH.search(mark["pictures"])
        )
        if mark["writes"] or is_both:
            kept.append(who)
            evidence.append("named after a word for text")
        if mark["pictures"]:
            who = re.sub(r"\s(?:for|für|pour)\s.*$", "", who)
            pictures += [one for one in AND.split(who) if one and len(one) <= NAME_CHARS]
            evidence.append("makers of pictures are no authors")
        elif mark["others"] and "told" in mark[0].lower() and not "".join(kept).strip():
            kept.append(who)
        elif mark["others"]:
            evidence.append("editors and translators are no authors")
    return (
        ", ".join(one.strip(" ,;|/(•·–—-") for one in kept if one.strip(" ,;|/(•·–—-.")),
        tuple(pictures),
        evidence,
    )


def _without_opening(text: str) -> tuple[str, bool]:
    """Without `By`, `Von` …; `Von Braun`, `Di Stefano` and `De Niro` are names."""
    found = _OPENING.match(text)
    if found is None:
        return re.sub(r"^by\s*:\s*", "", text, flags=re.IGNORECASE), False
    rest = text[found.end() :]
    first = COMMA.split(AND.split(rest)[0])[0]
    is_by = (found["by"] or "").casefold() in ("by", "par", "por", "przez") or found[0].count(" ") > 1
    words = first.split()
    is_name = len(words) > 1 and not first[0].islower()
    return (rest, True) if is_by or is_name else (text, False)


def _read_strokes(text: str, evidence: list[str]) -> list[Signed] | None:
    """Those named in the parts between strokes; a part that is an agency, a role or a paper belongs to those before."""
    if desk_kind(text) == "desk":
        return [Signed(name=text, kind="desk")]
    parts = [part for part in _STROKE.split(text) if part]
    if len(parts) == 1:
        return read_list(text, evidence, is_beside=False)
    if text.startswith("/") or "://" in text:
        return None
    if "/" in text and not any(read_agency(one, is_beside=True) or looks_like_name(one) for one in parts):
        return None
    found: list[Signed] = []
    for place, part in enumerate(parts):
        agency = read_agency(part, is_beside=True)
        if agency:
            evidence.append("agency beside a stroke")
            found.append(agency_named(agency, part))
        elif (
            found
            and (is_job_title(part) or (is_organisation(part) and not desk_kind(part)))
            and any(one.kind == "person" for one in found)
        ):
            evidence.append("role behind a stroke")
            found = [with_role(one, part) for one in found]
        elif _INITIALS.fullmatch(part) and any(read_agency(one, is_beside=True) for one in parts):
            evidence.append("initials beside an agency left out")
        elif place and (named := split_place(f"x {part}")) and part[:3].casefold() in ("in ", "at "):
            found = [with_role(one, named[1]) for one in found]
        else:
            several = read_list(part, evidence, is_beside=True)
            if several is None or not (all(is_sure(one) for one in several) or _is_whole(part, parts)):
                return None
            if is_organisation(part) and all(one.kind == "person" for one in several):
                several = [replace(one, kind="desk") for one in several]
            found += several
    return found or None


def _is_whole(part: str, parts: list[str]) -> bool:
    """True for a short word beside agencies alone: `Reuters / Tideline`."""
    return len(part.split()) <= 3 and all(one == part or read_agency(one, is_beside=True) for one in parts)
