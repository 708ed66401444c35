"""Words that are no name: what somebody is, where they are, desks, and the accounts of programs. Pure."""

from __future__ import annotations

import re
from typing import Literal

ACCOUNTS = frozenset(
    "admin administrator anonymous author blog contact guest help info mail moderator no-reply noreply do-not-reply"
    " donotreply none nobody n/a office owner postmaster root service support sysadmin system team test unknown user"
    " web webmaster website webteam wordpress wp hidden hello null undefined array".split()
) | {
    "site admin",
    "guest author",
    "no author",
    "unknown author",
    "author name",
    "(object object)",
    "[object object]",
}
"""What programs write where nobody is named."""
DESKS = frozenset(
    "contributor contributors desk editor editors editorial editorial_team news newsdesk newsroom press redaction"
    " redaktion staff redazione redacción redacao redação redactie redaksjonen redaktionen redakcja редакция toimitus rédaction"
    " agencies agencias agenturen agences".split()
) | {
    "the editors", "editorial team", "editorial board", "editorial staff", "news desk", "web desk", "monitoring desk", "staff writer",
    "staff writers", "staff reporter", "our correspondent", "our reporter", "our staff", "staff and agencies", "news staff",
    "la redazione", "la rédaction", "la redacción", "die redaktion", "de redactie", "online-redaktion", "редакція", "編集部", "编辑部", "本报记者", "本报讯", "记者", "記者", "기자", "편집부", "온라인뉴스팀", "디지털뉴스팀",
    "correspondent", "reporter", "agencies and staff",
}  # fmt: skip
ROLES = ACCOUNTS | DESKS
_DESK = re.compile(
    r"(?i:(?:(?:by|from)\s)?(?:an?|our|the|special)\s(?:own\s|staff\s|special\s|political\s|sports\s|news\s|city\s|web\s){0,3}(?:correspondents?|reporters?|writers?)(?:\sin\s.{2,40})?)"
    r"|(?i:special (?:correspondent|reporter)|staff correspondent|online desk|(?:[\w.&’'-]+\s){1,4}(?:desk|newsroom|news team|editorial (?:board|team|staff)))|(?:[\w.&’'-]+\s){1,4}staff"
)
"""A newsroom by what it calls itself: `Our Political Correspondent`, `Tideline News Desk`, `Tideline staff`."""
_JOB_TITLE = (
    r"writers?|reporters?|correspondents?|editors?|columnists?|contributors?|critics?|producers?|journalists?|analysts?|photojournalists?|"
    r"fellows?|interns?|freelancers?|bloggers?|anchors?|hosts?|presenters?|professors?|lecturers?|researchers?|"
    r"redakteur(?:in)?|korrespondent(?:in)?|journalist(?:e|in)?|reporterin|autor(?:in)?|kolumnist(?:in)?|volontär(?:in)?|chefredakteur(?:in)?|"
    r"rédacteur|rédactrice|correspondante?|envoyée?|spéciale?|periodista|redactora?|corresponsal|enviad[oa]|giornalista|inviat[oa]|corrispondente|"
    r"redacteur|verslaggever|correspondente|jornalista|repórter|journalista|reporteren|korrespondenten|toimittaja|dziennikar(?:z|ka)|корреспондент"
)
_IS_JOB_TITLE = re.compile(
    rf"\b(?:{_JOB_TITLE}|staff|desk|bureau|chief|director|leiter(?:in)?|ressortleiter(?:in)?|manager|founder|ceo|president|senior|deputy|associate|freelance|special to)\b",
    re.IGNORECASE,
)
_LAST_JOB_TITLE = re.compile(rf"(?:{_JOB_TITLE})$")
_LEADING_JOB_TITLE = re.compile(
    rf"(?:{_JOB_TITLE}|[\w-]{{0,40}}-?(?:redakteur|reporter|korrespondent|experte|expertin|autor|kolumnist|journalist|volontär)(?:in)?)",
    re.IGNORECASE,
)
_LEADS = frozenset(
    "staff senior chief freelance our onze the from de nuestro nuestra notre unser unsere former guest".split()
)
_MODIFIERS = frozenset(
    "affairs africa america arts art asia associate assistant australia books brussels business chief city climate community consumer contributing"
    " correspondent court crime culture cultural data defence defense deputy digital diplomatic east economics economic education energy"
    " entertainment environment environmental europe executive fashion features film finance financial food football foreign global guest"
    " head health home investigations investigative labor labour legal lifestyle local managing market markets media middle money music national"
    " news night north opinion parliamentary picture policy political politics property regional religion royal rugby science security senior"
    " social south special sport sports staff style technology tech theatre transport travel tv uk us video washington weekend west white"
    " house world".split()
)
_DEGREE = re.compile(
    r"(?:m\.?a|b\.?a|m\.?d|ph\.?d|m\.?sc|b\.?sc|m\.?b\.?a|m\.?p\.?h|j\.?d|r\.?n|r\.?d|m\.?s|ll\.?m|esq|dr|jr|sr|cfa|cpa|dipl\.?-ing|d\.?phil|mph|frcp|obe|mbe|cbe)\.?",
    re.IGNORECASE,
)
_TITLE = re.compile(
    r"^(?:(?:prof(?:essor)?|dr|mr|mrs|ms|miss|rev(?:erend)?|the rev|sir|rabbi|herr|frau|monsieur|madame|mme|hr|dott|dott\.ssa|ing|dipl\.-ing|mag|med|rer\. nat|h\. c)\.?\s+)+(?=\S+\s+\S)",
    re.IGNORECASE,
)
_ORGANISATION = re.compile(
    r"\b(?:times|news|journal|herald|tribune|gazette|guardian|telegraph|observer|daily|weekly|magazine|media|radio|tv|television|agency|institute|institut|"
    r"university|universität|université|universidad|college|school|foundation|stiftung|council|centre|center|association|society|gruppe|studios?|"
    r"network|zeitung|nachrichten|blog|podcast|ministry|department|museum)\b\.?",
    re.IGNORECASE,
)
_PLACE = re.compile(
    r"^(?P<who>\S.{1,80}?),?\s+(?P<by>in|at|en|à|aus|[Ff]or|für)\s+(?P<place>(?:the\s+)?(?-i:[^\W\d_a-z])[^\d,;|/]{1,60})$"
)
_PLACE_GOES_ON = re.compile(
    r"(?:(?:new|north|south|west|east|central|northern|southern|saint|san|saudi|sri|costa|el|united)\s+[^\W\d_][\w .'’-]{1,30}|(?-i:[^\W\d_a-z])[\w.'’-]{1,30})",
    re.IGNORECASE,
)


def desk_kind(name: str) -> Literal["account", "desk"] | None:
    """`account` for what programs write where nobody is named, `desk` for a newsroom's word; None for all else."""
    folded = " ".join(name.casefold().split())
    if folded in ACCOUNTS:
        return "account"
    is_desk = folded in DESKS or (len(name) <= 80 and bool(_DESK.fullmatch(" ".join(name.split()))))
    return "desk" if is_desk else None


def is_job_title(text: str) -> bool:
    """True for what somebody is, not who: `Staff Writer`, `PhD`, `Redakteurin`, `University of Skerry`."""
    return bool(_DEGREE.fullmatch(text) or (len(text) <= 100 and _IS_JOB_TITLE.search(text)))


def is_organisation(text: str) -> bool:
    """True if a word says that this is a paper, a firm or an institute: `Harbour Times`."""
    return len(text) <= 120 and bool(_ORGANISATION.search(text))


def split_job_title(text: str) -> tuple[str, str] | None:
    """Name and job title of `Jane Roe Political editor`: the last word of the title is small, those before it known.

    `Jane Roe Editor` stays one: that may be a name; `Jane Roe Senior Editor` is none.
    """
    words = text.split()
    is_large = bool(words) and words[-1][:1].isupper()
    last = words[-1].lower() if is_large else words[-1] if words else ""
    if not 3 <= len(words) <= 9 or not _LAST_JOB_TITLE.fullmatch(last):
        return None
    at = len(words) - 1
    while at > 2 and words[at - 1].casefold() in _MODIFIERS:
        at -= 1
    if is_large and (at == len(words) - 1 or at < 2):
        return None
    return " ".join(words[:at]), " ".join(words[at:])


def led_by_job_title(text: str) -> tuple[str, str] | None:
    """Name and job title of `Staff writer Jane Roe`, `Wirtschaftsredakteurin Jane Roe`; None if no job title leads."""
    words = text.split()
    for at, word in enumerate(words[:4]):
        is_last = bool(_LEADING_JOB_TITLE.fullmatch(word)) and 2 <= len(words) - at - 1 <= 4
        if is_last:
            return " ".join(words[at + 1 :]), " ".join(words[: at + 1])
        if word.casefold() not in _MODIFIERS | _LEADS:
            return None
    return None


def split_place(text: str) -> tuple[str, str] | None:
    """Who and place of `Jane Roe in Oslo`, or for whom of `Jane Roe for Reuters`; None without."""
    found = _PLACE.match(text) if len(text) <= 160 else None
    return (found["who"], f"{found['by']} {found['place']}") if found else None


def goes_on(text: str) -> bool:
    """True for what may follow a place behind a comma: the `Quebec` of `in Stanstead, Quebec`."""
    return bool(_PLACE_GOES_ON.fullmatch(text))


def without_title(text: str) -> str:
    """The name without forms of address: `Prof. Dr. Jane Roe` is `Jane Roe`."""
    return _TITLE.sub("", text) if len(text) <= 200 else text
