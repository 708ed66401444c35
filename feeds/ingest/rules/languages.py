"""Which language an article is in, where its source does not say, or says what cannot be. Pure but for a model.

py3langid is an optional extra: where it is not installed nothing is detected, and nothing is missed but that.
"""

from __future__ import annotations

import importlib
import importlib.util
import re
import unicodedata
from functools import lru_cache
from typing import Any

LEAST_LETTERS = 40
"""Shorter texts are not judged (measured over one-line samples: all mistakes were shorter)."""
LOOKED_AT = 2_000
PART = 0.6
_LETTER = re.compile(r"[^\W\d_]")
# Scripts in which a language is written at all; languages that are not named here contradict nothing.
_SCRIPTS = {
    "LATIN": frozenset(
        "af az bs ca cs cy da de en es et eu fi fo fr ga gl hr hu id is it lt lv mt ms nb nl nn no pl pt ro sk sl sq sr"
        " sv sw tl tr uz vi".split()
    ),
    "CYRILLIC": frozenset("be bg kk ky mk mn ru sr tg uk uz".split()),
    "GREEK": frozenset({"el"}),
    "ARABIC": frozenset("ar fa ku ps ug ur".split()),
    "HEBREW": frozenset({"he", "yi", "iw"}),
    "HANGUL": frozenset({"ko"}),
    "CJK": frozenset({"zh", "ja", "ko"}),
    "HIRAGANA": frozenset({"ja"}),
    "KATAKANA": frozenset({"ja"}),
    "THAI": frozenset({"th"}),
    "DEVANAGARI": frozenset("hi mr ne sa".split()),
    "GEORGIAN": frozenset({"ka"}),
    "ARMENIAN": frozenset({"hy"}),
}


def is_available() -> bool:
    """True where the model is installed."""
    return importlib.util.find_spec("py3langid") is not None


def is_asked(declared: str | None, text: str) -> bool:
    """True where the language is to be detected: none is declared, or one that is not written in these letters."""
    return not declared or contradicts(declared, text)


def contradicts(declared: str, text: str) -> bool:
    """True where the text's letters are of a script that the declared language is not written in."""
    script = main_script(text)
    language = declared.split("-", maxsplit=1)[0].lower()
    written = {name for name, languages in _SCRIPTS.items() if language in languages}
    return script is not None and bool(written) and script not in written


def main_script(text: str) -> str | None:
    """The script of most letters; None for short or mixed texts."""
    letters = _LETTER.findall(text[:LOOKED_AT])
    if len(letters) < LEAST_LETTERS:
        return None
    counts: dict[str, int] = {}
    for letter in letters:
        name = _script(letter)
        counts[name] = counts.get(name, 0) + 1
    best = max(counts, key=lambda name: counts[name])
    return best if counts[best] >= len(letters) * PART and best in _SCRIPTS else None


def detect(text: str) -> str | None:
    """The language of the text as a two-letter code; None for short texts, and where the model is not installed."""
    start = text[:LOOKED_AT]
    if len(_LETTER.findall(start)) < LEAST_LETTERS or not is_available():
        return None
    code, _ = _model().classify(start)
    return str(code)


@lru_cache(maxsize=4096)
def _script(letter: str) -> str:
    return unicodedata.name(letter, "").split(" ")[0]


@lru_cache(maxsize=1)
def _model() -> Any:
    """Loaded where it is first needed: half a second, 35 MB."""
    return importlib.import_module("py3langid")
