"""Words as they are compared in searches and topic rules: without case, diacritics and punctuation. Pure.

One function for every engine, before any of them sees a text, so that all find the same.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

# Letters that are no letter with a mark, but are written for one where a keyboard has none.
_LETTERS = str.maketrans(
    {
        "ø": "o", "đ": "d", "ð": "d", "ħ": "h", "ı": "i", "ł": "l", "ŋ": "n", "ŧ": "t", "þ": "th", "æ": "ae",
        "œ": "oe", "ß": "ss", "ĸ": "k", "ſ": "s", "’": "'", "ʼ": "'",
    }
)  # fmt: skip
# Scripts without spaces between words: each sign is a word, so that parts of a sentence are found.
_SIGNS = re.compile(
    r"([\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff])"
)
_WORD = re.compile(r"[^\W_]+")
_TO_SPACES = {code: " " for code in range(128) if not chr(code).isalnum()}
_SOUGHT = re.compile(r"\"([^\"]*)\"|([^\s\"]+)")
MIN_BEGINNING = 3
"""Letters before a `*`; with fewer, the word itself is looked for. One is enough in scripts without spaces."""
MOST_QUERY = 500


def folded(text: str) -> str:
    """The words of the text, folded, one space apart; empty if it has none."""
    if text.isascii():
        # The same as the pattern's words, at a fifth of the cost.
        return " ".join(text.lower().translate(_TO_SPACES).split())
    plain = unicodedata.normalize("NFKD", text.casefold()).translate(_LETTERS)
    bare = "".join(sign for sign in plain if not unicodedata.combining(sign))
    return " ".join(_WORD.findall(_SIGNS.sub(r" \1 ", bare)))


@lru_cache(maxsize=20_000)
def folded_phrase(text: str) -> str:
    """The same, remembered: for rules, which are asked again and again."""
    return folded(text)


def plain_phrase(phrase: str) -> str:
    """The phrase as texts are searched for it, punctuation and all: its case folded, its words one space apart."""
    return " ".join(phrase.casefold().split())


@dataclass(frozen=True, slots=True, kw_only=True)
class SoughtWords:
    """Words in a row that are looked for, folded."""

    words: str
    is_prefix: bool = False
    """The last of them is only the beginning of a word."""


def _is_telling(beginning: str) -> bool:
    """True if not half of all words begin so: looking through `w*` takes seconds, and finds nothing of use."""
    return len(beginning) >= MIN_BEGINNING or any(char >= "\u2e80" for char in beginning)


def sought_words(query: str) -> tuple[SoughtWords, ...]:
    """What a query asks for, all of which must be there; nothing that a person can type is an error."""
    found: list[SoughtWords] = []
    for quoted, bare in _SOUGHT.findall(query[:MOST_QUERY]):
        words = folded(quoted or bare)
        if words:
            is_prefix = not quoted and bare.endswith("*") and _is_telling(words.split()[-1])
            found.append(SoughtWords(words=words, is_prefix=is_prefix))
    return tuple(found)
