"""Cuts a byline into its parts: people, roles and places, agencies, photographers. Pure.

`feeds.ingest.people.bylines` finds bylines among the lines of a page; here one is read. Where a part is neither name, role,
place nor agency, the whole byline stays as it was written.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from feeds.ingest.people.agencies import read_agency
from feeds.ingest.people.asides import without_asides
from feeds.ingest.people.eastern import read_eastern
from feeds.ingest.people.job_titles import (
    desk_kind,
    goes_on,
    is_office,
    is_organisation,
    led_by_office,
    split_office,
    split_place,
    without_title,
)
from feeds.ingest.people.names import is_handle, looks_like_name, put_case, turn_initials

MAX_CHARS = 1000
NAME_CHARS = 200
ROLE_CHARS = 120
_WRITES = (
    r"by|von|par|por|av|af|door|di|de|przez|od|от|text|texte|texto|testo|tekst|words|story|reporting|reported by|written by|posted by|"
    r"guest(?: blogger| author)?|host|journalist(?:in)?|a cura di|hrsg\.?|author|authors|autor|autorin|autorka|autoři|autoren|autores|auteur|autore|автори?|interview|bericht|ein (?:beitrag|gastbeitrag|kommentar) von|"
    r"teksti|kirjoittaja|skrevet af|skriven av|szerző|írta|penulis|oleh|tác giả|yazan|συντάκτης|γράφει|текст|protokoll|aufgezeichnet von|entrevista|"
    r"intervista|entretien|كتب|كتبت|بقلم|إعداد|نویسنده|نوشته|מאת|כתב|כתבה|लेखक|লেখক|เรื่อง|โดย"
)
_PICTURES = (
    r"fotos?|photos?|photographs?|photography|photographies|photographe|bild(?:er)?|bilde|billeder|pictures?|images?|illustrations?|"
    r"illustrationer|illustrationen|grafik|graphics?|zeichnung(?:en)?|fotografie|fotografía|fotograf|fotografiert|imágenes|"
    r"video|kamera|camera|kuvat?|valokuvat?|zdjęcia|фото|art|cartoon|design"
)
_OTHERS = r"(?:with\s+)?additional\s+(?:reporting|contributions)|with\s+(?:reporting|contributions)|as told|edited|editing|redigiert|translated|translation|übersetzung|übersetzt|traducción|traduction|reviewed|fact.?checked|produced"
_LABEL = re.compile(
    rf"(?:^|(?P<sep>[,;|/•·.–—-]|\s|\())\s*(?:and\s+|und\s+|et\s+|y\s+|e\s+|&\s*|with\s+)?"
    rf"(?:(?P<writes>(?:(?:{_PICTURES})\s*(?:and|und|et|y|e|og|och|&|\+)\s*)?(?:{_WRITES}))\s*[:：]"
    rf"|(?P<pictures>(?:(?:{_WRITES})\s*(?:and|und|et|y|e|og|och|&|\+)\s*)?(?:{_PICTURES}))(?:\s+(?:by|von|par|por|av|af|di|de|door)\b|\s*[:：])"
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
_COMMA = re.compile(r"\s*[,;、，]\s*(?:(?:and|und|et|y|e|og|och|&)\s+)?", re.IGNORECASE)
_AND = re.compile(r"\s+(?:and|und|et|y|e|og|och|med|en|i|и|with|mit|avec|con|&|\+)\s+", re.IGNORECASE)
_BRACKET = re.compile(r"^(?P<name>[^()]{2,120}?)\s*\((?P<inner>[^()]{1,80})\)$")
_AFTER_HANDLE = re.compile(r"\s+\(?@[\w.-]{2,40}\)?$")
_CJK = re.compile(r"^[㐀-鿿가-힣぀-ヿ]{2,8}$")
_IN = re.compile(r"(?:^|\s)(?:in|at)\s")
_NEW = re.compile(r"(?:new|north|south|west|east|central|saint|san|saudi|sri|costa|united)\b", re.IGNORECASE)
_NO_FIRST = frozenset("the its our your my a an".split())
_SHORT = re.compile(r"[A-Z]{2,5}")
"""A paper or a station by its letters, behind the name of a person."""
_ROUND = str.maketrans("[]", "()", "\u200b\ufeff\u00ad\u2060")
_TURNED = re.compile(
    r"(?P<family>[^\W\d_][\w'’-]*(?: [^\W\d_][\w'’-]*)?), (?P<given>[^\W\d_a-z][\w.'’-]*(?: [^\W\d_a-z][\w.]*)?)"
)
_GENERATION = r"Jr\.?|Sr\.?|Jnr\.?|Snr\.?|I{2,3}|IV|Esq\.?"
_SUFFIX = re.compile(rf",\s+({_GENERATION})(?=\s*$|\s*[,;|)]|\s+(?:and|und|et|y|&|in|of|for)\s)")
_BARE_SUFFIX = re.compile(rf"(?<=\w)\s({_GENERATION})$")
_TURNED_SUFFIX = re.compile(rf"^([^\W\d_][\w'’-]*), ([^\W\d_][\w.'’ -]{{1,40}}), ({_GENERATION})$")
"""`King, Martin Luther, Jr.`"""
_PLACE_NAME = re.compile(
    r"[^\W\d_a-zß-ÿ][\w'’-]{2,}(?:-[^\W\d_][\w'’-]*)*|(?:New|San|Santa|Los|Las|Den|Hong|Rio|São|Cape|Port|Fort|Bad|Tel|Abu|Kuala|"
    r"Buenos|Saint|St\.?|Sankt|Mount|Lake|Mexico|Salt|Kansas|Washington)\s[\w.'’ ,-]{2,30}"
)
"""One word, or several that begin as places do: no name of a person whom anybody would know by it."""
_INITIALS = re.compile(r"[a-zäöü]{2,4}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """One of those whom a byline names."""

    name: str
    kind: Literal["person", "desk", "agency"] = "person"
    role: str | None = None
    written: str | None = None
    """An agency's name as the byline spells it, where that is another."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """Who wrote it, who made its pictures, and by which rules that was read."""

    signed: tuple[Signed, ...] = ()
    pictures_by: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()


def read_signature(text: str) -> Signature:
    """Those whom a byline names, in order, and the makers of pictures apart; the whole as one name where unsure."""
    plain = " ".join(text[:MAX_CHARS].translate(_ROUND).split())
    eastern = read_eastern(plain)
    if eastern is not None:
        return Signature(
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


def _read_whole(whole: str) -> Signature:
    rest, pictures, evidence = _without_others(whole)
    rest, is_opened = _without_opening(rest)
    rest = rest.strip(" ,;|–—-:&")
    if is_opened:
        evidence.append("opening word left out")
    if not rest:
        return Signature(pictures_by=pictures, evidence=tuple(evidence))
    turned = turn_initials(rest) or _turned(rest)
    if turned:
        named = tuple(Signed(name=put_case(one)) for one in turned)
        return Signature(signed=named, pictures_by=pictures, evidence=(*evidence, "initials put first"))
    found = _read_strokes(rest, evidence)
    if found is None:
        evidence.append("kept as written")
        kind: Literal["person", "desk"] = "desk" if desk_kind(rest) else "person"
        found = [Signed(name=rest, kind=kind)] if len(rest) <= NAME_CHARS else []
    return Signature(signed=tuple(found), pictures_by=pictures, evidence=tuple(dict.fromkeys(evidence)))


def _turned(text: str) -> tuple[str, ...]:
    """`Jane Roe`, `Max Ash` of `Roe, Jane; Ash, Max`: with semicolons between, the comma is within a name."""
    found = [_TURNED.fullmatch(part.strip()) for part in text.split(";")] if ";" in text else []
    if not found or any(one is None or is_office(one["given"]) for one in found):
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
            and re.match(_WRITES, mark["pictures"], re.IGNORECASE)
            and _BOTH.search(mark["pictures"])
        )
        if mark["writes"] or is_both:
            kept.append(who)
            evidence.append("named after a word for text")
        if mark["pictures"]:
            who = re.sub(r"\s(?:for|für|pour)\s.*$", "", who)
            pictures += [one for one in _AND.split(who) if one and len(one) <= NAME_CHARS]
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
    first = _COMMA.split(_AND.split(rest)[0])[0]
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
        return _read_commas(text, evidence, is_beside=False)
    if text.startswith("/") or "://" in text:
        return None
    if "/" in text and not any(read_agency(one, is_beside=True) or looks_like_name(one) for one in parts):
        return None
    found: list[Signed] = []
    for place, part in enumerate(parts):
        agency = read_agency(part, is_beside=True)
        if agency:
            evidence.append("agency beside a stroke")
            found.append(_agency(agency, part))
        elif (
            found
            and (is_office(part) or (is_organisation(part) and not desk_kind(part)))
            and any(one.kind == "person" for one in found)
        ):
            evidence.append("role behind a stroke")
            found = [_with_role(one, part) for one in found]
        elif _INITIALS.fullmatch(part) and any(read_agency(one, is_beside=True) for one in parts):
            evidence.append("initials beside an agency left out")
        elif place and (named := split_place(f"x {part}")) and part[:3].casefold() in ("in ", "at "):
            found = [_with_role(one, named[1]) for one in found]
        else:
            several = _read_commas(part, evidence, is_beside=True)
            if several is None or not (all(_is_sure(one) for one in several) or _is_whole(part, parts)):
                return None
            if is_organisation(part) and all(one.kind == "person" for one in several):
                several = [replace(one, kind="desk") for one in several]
            found += several
    return found or None


def _is_whole(part: str, parts: list[str]) -> bool:
    """True for a short word beside agencies alone: `Reuters / Tideline`."""
    return len(part.split()) <= 3 and all(one == part or read_agency(one, is_beside=True) for one in parts)


def _is_sure(one: Signed) -> bool:
    return one.kind != "person" or looks_like_name(one.name) or bool(_CJK.match(one.name))


def _read_commas(text: str, evidence: list[str], *, is_beside: bool) -> list[Signed] | None:
    """Those named in a list with commas and words for *and*, with the roles and places that stand behind them."""
    parts: list[tuple[str, bool]] = []
    for chunk in _COMMA.split(text):
        inner = [one.strip() for one in _AND.split(chunk) if one.strip()]
        if len(inner) > 1 and not _are_people(inner):
            inner = [chunk.strip()]
        parts += [(one, place == 0) for place, one in enumerate(inner) if one]
    if len(parts) == 1:
        one = _read_one(parts[0][0], evidence, is_beside=is_beside)
        return one or [Signed(name=parts[0][0])] if len(parts[0][0]) <= NAME_CHARS else None
    found: list[Signed] = []
    group = 0
    is_agency_near = any(read_agency(part) for part, _ in parts)
    for place, (part, is_after_comma) in enumerate(parts):
        # `Jane Roe (University of Skerry)` is somebody, whatever stands in the brackets.
        bracket = _BRACKET.match(part)
        named_part = bracket["name"] if bracket and looks_like_name(bracket["name"]) else part
        is_role = is_office(named_part) or bool(
            re.match(r"(?:(?:in|at)\s+\S|(?:à|aus|en)\s[^\W\d_a-zß-ÿ])", part)
        )
        is_paper = is_after_comma and read_agency(part) is None and _is_paper(named_part, found)
        if found and found[-1].kind == "person" and (is_role or is_paper):
            found[group:] = [_with_role(one, part) for one in found[group:]]
            evidence.append("role or place behind the name")
            group = group if place + 1 < len(parts) and is_office(parts[place + 1][0]) else len(found)
            continue
        is_place = found and is_after_comma and _IN.search(found[-1].role or "") and goes_on(part)
        if is_place and (_NEW.match(part) or not looks_like_name(part)):
            found[-1] = replace(found[-1], role=f"{found[-1].role}, {part}")
            continue
        if _is_place(part, is_after_comma, found):
            found[group:] = [replace(one, role=one.role or f"in {part}") for one in found[group:]]
            evidence.append("role or place behind the name")
            group = len(found)
            continue
        several = _read_one(part, evidence, is_beside=bool(found) or is_agency_near)
        if several is None and is_agency_near and len(part.split()) <= 3 and part[0].isupper():
            several = [Signed(name=part)]
        if several is None:
            return None
        if any(one.role for one in several):
            group = len(found) + len(several)
        elif group > len(found):
            group = len(found)
        found += several
    evidence.append("several names told apart")
    return found


def _is_place(part: str, is_after_comma: bool, found: Sequence[Signed]) -> bool:
    """True for what stands behind the whole name of a person as the place where it was written does: `Jane Roe, Hamburg`."""
    is_known = read_agency(part) is not None or desk_kind(part) == "desk" or bool(_CJK.match(part))
    if not is_after_comma or is_known or not found or not _PLACE_NAME.fullmatch(part) or is_handle(part):
        return False
    return all(one.kind == "person" and looks_like_name(one.name) for one in found)


def _is_paper(part: str, found: Sequence[Signed]) -> bool:
    """True for the paper or station of the person before it: `Harbour Times`, `TLN`."""
    if is_organisation(part):
        return True
    is_short = bool(_SHORT.fullmatch(part)) and read_agency(part, is_beside=True) is None
    return is_short and bool(found) and _is_sure(found[-1])


def _are_people(parts: list[str]) -> bool:
    return all(_read_one(part, [], is_beside=True) is not None for part in parts)


def _read_one(part: str, evidence: list[str], *, is_beside: bool) -> list[Signed] | None:
    """One name with what stands at it; None where it is nothing known."""
    agency = read_agency(part, is_beside=is_beside)
    if agency:
        evidence.append("known agency")
        return [_agency(agency, part)]
    if desk_kind(part) == "desk":
        return [Signed(name=part, kind="desk")]
    if part.split(" ", 1)[0].casefold() in _NO_FIRST:
        return None
    name = without_title(_AFTER_HANDLE.sub("", part))
    bracket = _BRACKET.match(name)
    if bracket and not is_handle(bracket["name"]):
        inner = read_agency(bracket["inner"], is_beside=True)
        first = _read_one(bracket["name"], evidence, is_beside=is_beside)
        if first is None or not _is_sure(first[0]):
            return None
        if inner:
            evidence.append("agency in brackets")
            return [*first, _agency(inner, bracket["inner"])]
        if re.fullmatch(_PICTURES, bracket["inner"], re.IGNORECASE):
            evidence.append("makers of pictures are no authors")
            return []
        if bracket["inner"].startswith("@") or re.fullmatch(_WRITES, bracket["inner"], re.IGNORECASE):
            return first
        return [_with_role(one, bracket["inner"]) for one in first]
    beside = _read_beside(name, evidence)
    if beside:
        return beside
    if looks_like_name(name) or _CJK.match(name):
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
            return [Signed(name=put_case(who)), _agency(agency, written)]
    led = led_by_office(name)
    if led is not None and looks_like_name(led[0]):
        evidence.append("role before the name")
        return [Signed(name=put_case(led[0]), role=led[1])]
    for cut in (split_place(name), split_office(name)):
        if cut is None:
            continue
        agency = read_agency(cut[0], is_beside=False)
        if agency:
            return [_with_role(_agency(agency, cut[0]), cut[1])]
        inner_cut = split_office(cut[0])
        who, office = inner_cut if inner_cut else (cut[0], "")
        if looks_like_name(who):
            evidence.append("role or place behind the name")
            return [Signed(name=put_case(who), role=f"{office} {cut[1]}".strip())]
    return []


def _agency(name: str, written: str) -> Signed:
    return Signed(name=name, kind="agency", written=written if written != name else None)


def _with_role(one: Signed, role: str) -> Signed:
    if one.kind == "agency" and not role.startswith("in "):
        return one
    return replace(one, role=", ".join(part for part in (one.role, role) if part)[:ROLE_CHARS])
