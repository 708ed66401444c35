"""Who an author is, as the article's last lines tell it: `Jane Roe is a reporter at …`. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence

from feeds.model.incoming import Biography

MAX_CHARS = 1500
LAST_LINES = 6
_ABOUT = re.compile(
    r"^\s*(?:about (?:the )?authors?|author bio(?:graphy)?|über den autor|über die autorin|zur person|zum autor|zur autorin|à propos de l['’]auteure?|l['’]auteure?|sobre (?:el|la) autora?"
    r"|sull['’]autore|over de auteur|об авторе|o autorze|著者|関于作者|作者简介)\s*[:：–—-]?\s*",
    re.IGNORECASE,
)
_PRESENTS = re.compile(
    r"^(?:,[^,.]{2,60},)?\s*(?:\([^()]{1,80}\)\s*)?[,–—:-]?\s*(?:is|was|has|writes|covers|works|worked|lives|reports|joined|teaches|leads|edits|studied|studies|hosts|runs|holds|serves|grew|began|started"
    r"|ist|war|hat|schreibt|arbeitet|lebt|berichtet|leitet|studierte|lehrt|wurde|est|a|écrit|travaille|couvre|vit|enseigne|dirige|es|ha|escribe|trabaja|cubre|vive|è|scrive|lavora|schrijft|werkt|woont"
    r"|é|escreve|trabalha|är|skriver|arbetar|er|arbejder|jest|pisze|pracuje|пишет|работает|живет|—|–|является)\b|^(?:は|が|是|，|은|는)",
    re.IGNORECASE,
)  # fmt: skip
_CALLING = re.compile(
    r"\b(?:writer|reporter|journalist(?:in|e)?|author|editor|columnist|correspondent|freelance|freelancer|blogger|critic|contributor|photographer|professor|teaches|writes|covers|reports|has written|has worked"
    r"|autor(?:in)?|redakteur(?:in)?|schreibt|berichtet|auteur|écrit|couvre|periodista|escribe|scrive|giornalista|schrijft|журналист|автор|пишет)\b|記者|作家|记者",
    re.IGNORECASE,
)  # fmt: skip
_NAME = re.compile(
    r"^(?P<name>[^\W\d_a-z][\w.'’-]+(?:\s(?:de|da|di|van|von|der|den|la|le|el|al|bin|[^\W\d_a-z][\w.'’-]*)){1,4})(?=[\s,(]|$)"
)
_LEADING = re.compile(
    r"^[\s–—−*•-]*(?:(?:the|our|der|die|l['’]|el|la)?\s*(?:author|autorin|autor|auteure|auteur|autora|writer),?\s+(?-i:(?=[^\W\d_a-z]))"
    r"|(?-i:(?=[^\W\d_a-z]))(?:[\w-]+\s){0,2}?(?:writer|reporter|correspondent|editor|columnist|contributor|critic|journalist|photographer"
    r"|redakteur(?:in)?|reporterin|journalistin|korrespondent(?:in)?|autor(?:in)?|journaliste|periodista|giornalista)\s+(?-i:(?=[^\W\d_a-z])))?",
    re.IGNORECASE,
)
_HONORIFIC = re.compile(r"^(?:dr\.?|prof\.?|mr\.?|mrs\.?|ms\.?|herr|frau|m\.|mme)\s+", re.IGNORECASE)


def find_biographies(lines: Sequence[str], names: Sequence[str]) -> tuple[tuple[int, Biography], ...]:
    """Which of the last lines present an author of the byline by name, and as what.

    Without a byline, a last line that presents somebody by name and calling is taken: who is presented there wrote it.
    """
    found: list[tuple[int, Biography]] = []
    first = max(0, len(lines) - LAST_LINES)
    for place in range(first, len(lines)):
        line = " ".join(lines[place].split())
        if not line or len(line) > MAX_CHARS:
            continue
        about = _ABOUT.match(line)
        text = line[about.end() :] if about else line
        is_marked = about is not None or (
            place > first and bool(_ABOUT.fullmatch(lines[place - 1].strip() + " "))
        )
        name = _presented(text, names, is_marked=is_marked)
        if name is not None:
            found.append((place, Biography(name=name, text=text)))
    return tuple(found)


def announces_author(line: str) -> bool:
    """True for the words above a biography: `About the author`."""
    return _ABOUT.fullmatch(f"{line.strip()} ") is not None


def is_introduction(text: str, name: str, *, is_marked: bool = False) -> bool:
    """True if the text begins with that name, goes on as an introduction does, and says what they do.

    `is_marked`: words above say that this is about the author; then it need not say what they do.
    """
    bare = _HONORIFIC.sub("", text)
    rest = bare[len(name) :]
    is_named = bare.casefold().startswith(name.casefold()) and not rest[:1].isalnum()
    return is_named and (is_marked or (bool(_PRESENTS.match(rest)) and bool(_CALLING.search(text))))


def _presented(text: str, names: Sequence[str], *, is_marked: bool) -> str | None:
    bare = _HONORIFIC.sub("", text[_LEADING.match(text).end() :])  # type: ignore[union-attr]  # may be empty
    for name in (_HONORIFIC.sub("", one) for one in names):
        if bare.casefold().startswith(name.casefold()) and (is_marked or _PRESENTS.match(bare[len(name) :])):
            # A person in the news is introduced so as well; an author's own introduction says what they do.
            return bare[: len(name)] if is_marked or _CALLING.search(text) or len(text) < 400 else None
    if names and not is_marked:
        return None
    found = _NAME.match(bare)
    if (
        found
        and len(text) <= 600
        and _PRESENTS.match(bare[found.end() :])
        and (is_marked or _CALLING.search(text))
    ):
        return found["name"]
    return None
