"""One of those whom a byline names: a person, an agency or a desk, with the role or place that stands at it. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Literal

from feeds.ingest.people.agencies import read_agency
from feeds.ingest.people.job_titles import (
    desk_kind,
    led_by_job_title,
    split_job_title,
    split_place,
    without_title,
)
from feeds.ingest.people.names import is_handle, looks_like_name, put_case

ROLE_CHARS = 120
WRITES = (
    r"by|von|par|por|av|af|door|di|de|przez|od|от|text|texte|texto|testo|tekst|words|story|reporting|reported by|written by|posted by|"
    r"guest(?: blogger| author)?|host|journalist(?:in)?|a cura di|hrsg\.?|author|authors|autor|autorin|autorka|autoři|autoren|autores|auteur|autore|автори?|interview|bericht|ein (?:beitrag|gastbeitrag|kommentar) von|"
    r"teksti|kirjoittaja|skrevet af|skriven av|szerző|írta|penulis|oleh|tác giả|yazan|συντάκτης|γράφει|текст|protokoll|aufgezeichnet von|entrevista|"
    r"intervista|entretien|كتب|كتبت|بقلم|إعداد|نویسنده|نوشته|מאת|כתב|כתבה|लेखक|লেখক|เรื่อง|โดย"
)
PICTURES = (
    r"fotos?|photos?|photographs?|photography|photographies|photographe|bild(?:er)?|bilde|billeder|pictures?|images?|illustrations?|"
    r"illustrationer|illustrationen|grafik|graphics?|zeichnung(?:en)?|fotografie|fotografía|fotograf|fotografiert|imágenes|"
    r"video|kamera|camera|kuvat?|valokuvat?|zdjęcia|фото|art|cartoon|design"
)
BRACKET = re.compile(r"^(?P<name>[^()]{2,120}?)\s*\((?P<inner>[^()]{1,80})\)$")
_AFTER_HANDLE = re.compile(r"\s+\(?@[\w.-]{2,40}\)?$")
CJK = re.compile(r"^[㐀-鿿가-힣぀-ヿ]{2,8}$")
_NO_FIRST = frozenset("the its our your my a an".split())


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """One of those whom a byline names."""

    name: str
    kind: Literal["person", "desk", "agency"] = "person"
    role: str | None = None
    written: str | None = None
    """An agency's name as the byline spells it, where that is another."""


def is_sure(one: Signed) -> bool:
    return one.kind != "person" or looks_like_name(one.name) or bool(CJK.match(one.name))


def read_one(part: str, evidence: list[str], *, is_beside: bool) -> list[Signed] | None:
    """One name with what stands at it; None if it is nothing known."""
    agency = read_agency(part, is_beside=is_beside)
    if agency:
        evidence.append("known agency")
        return [agency_named(agency, part)]
    if desk_kind(part) == "desk":
        return [Signed(name=part, kind="desk")]
    if part.split(" ", 1)[0].casefold() in _NO_FIRST:
        return None
    name = without_title(_AFTER_HANDLE.sub("", part))
    bracket = BRACKET.match(name)
    if bracket and not is_handle(bracket["name"]):
        inner = read_agency(bracket["inner"], is_beside=True)
        first = read_one(bracket["name"], evidence, is_beside=is_beside)
        if first is None or not is_sure(first[0]):
            return None
        if inner:
            evidence.append("agency in brackets")
            return [*first, agency_named(inner, bracket["inner"])]
        if re.fullmatch(PICTURES, bracket["inner"], re.IGNORECASE):
            evidence.append("makers of pictures are no authors")
            return []
        if bracket["inner"].startswith("@") or re.fullmatch(WRITES, bracket["inner"], re.IGNORECASE):
            return first
        return [with_role(one, bracket["inner"]) for one in first]
    beside = _read_beside(name, evidence)
    if beside:
        return beside
    if looks_like_name(name) or CJK.match(name):
        cased = put_case(name)
        if cased != name:
            evidence.append("upper case put right")
        if name != part:
            evidence.append("form of address or handle left out")
        return [Signed(name=cased)]
    return None


def _read_beside(name: str, evidence: list[str]) -> list[Signed]:
    """The person before whom a role stands, or behind whom a role, a place or an agency does, with no sign between."""
    words = name.split()
    for count in (3, 2, 1):
        who, written = " ".join(words[:-count]), " ".join(words[-count:])
        agency = read_agency(written, is_beside=False) if looks_like_name(who) else None
        if agency:
            evidence.append("agency behind the name")
            return [Signed(name=put_case(who)), agency_named(agency, written)]
    led = led_by_job_title(name)
    if led is not None and looks_like_name(led[0]):
        evidence.append("role before the name")
        return [Signed(name=put_case(led[0]), role=led[1])]
    for cut in (split_place(name), split_job_title(name)):
        if cut is None:
            continue
        agency = read_agency(cut[0], is_beside=False)
        if agency:
            return [with_role(agency_named(agency, cut[0]), cut[1])]
        inner_cut = split_job_title(cut[0])
        who, job_title = inner_cut if inner_cut else (cut[0], "")
        if looks_like_name(who):
            evidence.append("role or place behind the name")
            return [Signed(name=put_case(who), role=f"{job_title} {cut[1]}".strip())]
    return []


def agency_named(name: str, written: str) -> Signed:
    return Signed(name=name, kind="agency", written=written if written != name else None)


def with_role(one: Signed, role: str) -> Signed:
    if one.kind == "agency" and not role.startswith("in "):
        return one
    return replace(one, role=", ".join(part for part in (one.role, role) if part)[:ROLE_CHARS])
