"""Finds the line of a page that says who wrote the article, and often when: `By A and B, Staff Writer | 14 March 2024`. Pure.

`feeds.ingest.people.authors` judges bylines; here they are found among the lines of a page.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date

from feeds.ingest.people.job_titles import ROLES
from feeds.ingest.people.names import looks_like_name, without_repetition
from feeds.text.datelines import find_date

MAX_CHARS = 220
MOST_NAMES = 8
_BY = re.compile(
    r"^[\W_]*(?:(?:ein(?:e)?|an?|une?)\s+(?:kolumne|interview|beitrag|artikel|kommentar|gastbeitrag|essay|analyse|reportage|column|report|analysis|commentary|tribune|article)\s+(?:von|by|par|de)\s+"
    r"|(?:story|words|text|report(?:ed|ing)?|article|written|posted|published|created|submitted|geschrieben|verfasst|erstellt|eingestellt|gespeichert|publiziert|publié|escrito|scritto|geschreven)\s+(?:by|von|par|por|da|door)\s+"
    r"|(?:by|von|par|por|di|door|av|af|przez|от|автор(?:ы)?|autor(?:es|en|in|a|i)?|author|auteur|autore|forfatter|författare|text|texte|texto|testo|tekst|words|kirjoittaja|yazan)\s*[:：]\s*"
    r"|(?:by|von|par|por|di|door|av|af)\s+(?=[^\W\d_])|by\s?by\s+(?=[^\W\d_])|(?-i:By)(?=(?-i:[A-Z][\w.]* [A-Z])))",
    re.IGNORECASE,
)
_BY_OTHER = re.compile(
    r"^[\W_]*(?:作者|著者|文責|記者|记者|撰文|文|執筆|筆者|기자|글|بقلم|كتب|लेखक|מאת)\s*[:：/／|丨●]?\s*(?P<rest>\S.*)$"
)
_BRACKETED = re.compile(
    r"^[\[［【](?P<rest>[㐀-鿿ぁ-ヿ・ ]{2,12}[，,、](?=.{0,39}(?:[A-Za-zァ-ヴ]|新聞|通信|放送|編集|社))[^\[\]［］【】]{1,40})[\]］】]$"
)
"""`［田中花子，Tideline］`: who wrote it, and for whom."""
_WITHIN = re.compile(r"\s(?:by|von|par|por|di|door|av)\s+(?-i:(?=[^\W\d_a-z]))", re.IGNORECASE)
_KIND = re.compile(r"[^\W\d_]{4,20}\s?:\s+(?=[^\W\d_])")
"""What somebody made, where the page says that its maker follows: `Interview: Jane Roe`."""
_NOBODY = frozenset(
    "follow following published publiziert posted updated share subscribe login anmelden read more author autor autorin von by date news home"
    " blog redaktion kommentare comments print email facebook twitter instagram profile wordpressadmin wpadmin siteadmin".split()
)
_NO_NAME = re.compile(
    r"\b(?:articles?|artikel|posts?|beitr[aä]ge?|profile?|account|twitter|facebook|instagram|website|newsletter|comments?|kommentare?|follow|view|more|mehr|read|click|subscribe|login|anmelden|rss|share|admin\w*|wordpressadmin|watch (?:live|now)|\w*一覧|プロフィール)\b",
    re.IGNORECASE,
)
_OTHERS = re.compile(
    r"\W(?:edited|reviewed|photos?|photographs?|photography|pictures?|illustrat\w+|translated|übersetz\w+|fotos?|bilder|photographies|fact.?checked)\s+(?:by|von|par|por)\b.*$|\s(?:翻訳者?|訳者?|译者|編集|编辑|撮影|摄影|写真)\s*[:：]?\s*\S.*$",
    re.IGNORECASE,
)
_ADDRESS = re.compile(r"\s*[(<\[]?(?<![\w.@])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,4}[)>\]]?")
_CUT = re.compile(r"\s*(?:[|•·‧∙●▪/／]|\s[–—-]\s|\n|\t)\s*")
_BETWEEN = re.compile(
    r"\s*(?:,|;|\s(?:and|und|et|y|e|en|och|og|i|и|ve|with|mit|avec)\s|\s?&\s?|、|，)\s*", re.IGNORECASE
)
_JOB_TITLE = re.compile(
    r"\b(?:writer|reporter|correspondent|editor|editors|staff|desk|columnist|contributor|contributing|critic|producer|special|press|news|redakteur(?:in)?"
    r"|redaktion|journalist(?:e|in)?|korrespondent(?:in)?|freelance|team|bureau|agency|times|post|senior|chief|associate|photographer|reporterin|rédacteur|periodista|giornalista|redactor(?:a)?|m\.?d\.?|ph\.?d\.?)\b",
    re.IGNORECASE,
)  # fmt: skip
_AROUND_DATE = re.compile(
    r"\b(?:published|posted|updated|last|modified|on|at|am|um|uhr|veröffentlicht|erstellt|aktualisiert|publié|mis à jour|le|à|publicado|el|pubblicato|il|opublikowano|dnia"
    r"|gepubliceerd|op|опубликовано|mon(?:day)?|tues?(?:day)?|wed(?:nesday)?|thu(?:rs)?(?:day)?|fri(?:day)?|sat(?:urday)?|sun(?:day)?|montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonntag"
    r"|lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche|lunes|martes|miércoles|jueves|viernes|sábado|domingo|min(?:ute)?s?|read|lesezeit|minuten|est|edt|gmt|utc|cet|cest|pst|pdt|date|datum|stand|first|in|by)\b|\d{1,2}\b",
    re.IGNORECASE,
)  # fmt: skip
_CHANGED = re.compile(
    r"\b(?:updated|modified|aktualisiert|mis à jour|actualizado|aggiornato|zuletzt|last|bijgewerkt|обновлено|atualizado)\b|更新|수정",
    re.IGNORECASE,
)
_CJK = re.compile(r"^[㐀-鿿가-힣぀-ヿ・·\s]{2,12}$")


@dataclass(frozen=True, slots=True, kw_only=True)
class BylineLine:
    """A line of authorship or of dates, taken apart. Dates are ISO 8601 as far as the line tells."""

    names: tuple[str, ...] = ()
    job_title: str | None = None
    """What they are, in the line's own words: `Staff Writer`."""
    published: str | None = None
    day: date | None = None
    updated: str | None = None
    is_said: bool = False
    """True if the line or the page says that these are authors; else a name only stands beside a date."""


def is_no_name(text: str) -> bool:
    """True for the words of a link or a button where a name is looked for: `View profile`, `All posts`."""
    return bool(_NO_NAME.search(text))


def read_byline(line: str, *, language: str | None = None, is_marked: bool = False) -> BylineLine | None:
    """What a line says of author and date; None if it is neither a byline nor a line of a date.

    `is_marked`: the page calls it a byline by its class, so that no `By` is needed.
    """
    if len(line) > 4 * MAX_CHARS:
        return None
    text = _OTHERS.sub("", " ".join(line.split()))
    if "@" in text:
        text = _ADDRESS.sub("", text)
    if not 3 <= len(text) <= MAX_CHARS:
        return None
    bare, published, day, updated = _without_dates(text, language)
    dates = BylineLine(published=published, day=day, updated=updated)
    has_date = bool(published or updated)
    if has_date and _is_nothing_but_date(bare):
        return dates
    opening = _opening(bare, is_marked=is_marked)
    if opening is None and not has_date:
        return None
    rest = opening.rest if opening else bare
    has_by = opening is not None and opening.has_by
    is_short = has_by and (has_date or len(rest) <= 30)
    names, job_title = _names(rest, is_loose=is_marked or is_short)
    is_sentence = has_by and (
        (not is_marked and _goes_on(rest, names)) or (not has_date and not job_title and len(bare) > 120)
    )
    if not names or is_sentence:
        return None
    return replace(dates, names=names, job_title=job_title, is_said=opening is not None)


@dataclass(frozen=True, slots=True)
class _Opening:
    """By what a line is known as a byline, and what is left of it."""

    rest: str
    has_by: bool = False


def _opening(bare: str, *, is_marked: bool) -> _Opening | None:
    """`By`, another word that says it, or the page's own mark; None if nothing does."""
    if by := _BY.match(bare):
        return _Opening(bare[by.end() :], has_by=True)
    if other := _BY_OTHER.match(bare) or _BRACKETED.match(bare):
        return _Opening(other["rest"])
    if not is_marked:
        return None
    within = _KIND.match(bare) or _WITHIN.search(bare)
    return _Opening(bare[within.end() :] if within else bare)


def _is_nothing_but_date(bare: str) -> bool:
    """True if at most three letters are left beside the words that stand around a date."""
    return len(re.sub(r"[\W_]+", "", _AROUND_DATE.sub(" ", bare))) <= 3


def _goes_on(rest: str, names: tuple[str, ...]) -> bool:
    """True if `By` opens a sentence: what follows is no name and has more parts."""
    return bool(names) and not looks_like_name(names[0]) and bool(_BETWEEN.search(rest.strip(" ,;")))


def _without_dates(text: str, language: str | None) -> tuple[str, str | None, date | None, str | None]:
    """The line without its dates: the first that is not called a change, and the one that is."""
    published = updated = None
    day = None
    for _ in range(3):
        found = find_date(text, language=language)
        if found is None:
            break
        before = text[: found.start][-40:]
        if updated is None and _CHANGED.search(re.split(r"[|•·]", before)[-1]):
            updated = found.written
        elif published is None:
            published, day = found.written, found.day
        text = f"{text[: found.start]} | {text[found.end :]}"
    return text, published, day, updated


def _names(text: str, *, is_loose: bool) -> tuple[tuple[str, ...], str | None]:
    names: list[str] = []
    job_title: list[str] = []
    segments = [part for part in _CUT.split(text) if part.strip(" ,;:")]
    if is_loose and len(segments) > 1 and not _names_somebody(segments[0]):
        # What stands before the names is a label: `Politics · Jane Roe, Ann Poe`.
        segments = segments[next((at for at, one in enumerate(segments) if _names_somebody(one)), 0) :]
    for place, segment in enumerate(segments):
        for part in _BETWEEN.split(segment):
            name = without_repetition(_AROUND_ENDS.sub("", part).strip(" ,;:.–—-|"))
            if not name:
                continue
            if _JOB_TITLE.search(name) or name.casefold() in ROLES:
                job_title.append(name)
            elif place == 0 and (
                looks_like_name(name) or _CJK.match(name) or (is_loose and _is_handle(name))
            ):
                names.append(name)
            elif place == 0 and not names:
                return (), None
            elif place == 0:
                job_title.append(name)
    return tuple(dict.fromkeys(names))[:MOST_NAMES], ", ".join(job_title)[:200] or None


_AROUND_ENDS = re.compile(
    r"^(?:by|von|par|por|di|door)\s+|\s+(?:on|am|um|le|el|il|op|at|in|for|für|pour)$", re.IGNORECASE
)


def _names_somebody(segment: str) -> bool:
    parts = [part for part in _BETWEEN.split(segment) if not is_no_name(part)]
    return any(looks_like_name(part.strip(" ,;:")) and not _JOB_TITLE.search(part) for part in parts)


def _is_handle(name: str) -> bool:
    """One word that may be what somebody writes under, where the page itself calls it a byline."""
    return (
        bool(re.fullmatch(r"[^\W_][\w.'’-]{1,30}", name))
        and not name.isdigit()
        and name.casefold() not in _NOBODY
        and not _AROUND_DATE.fullmatch(name)
    )
