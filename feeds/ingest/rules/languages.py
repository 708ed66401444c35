"""Which language an article is in, where its source does not say, or says what cannot be. Pure but for a model.

py3langid is an optional extra: where it is not installed nothing is detected, and nothing is missed but that.
"""

from __future__ import annotations

import importlib
import importlib.util
import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

LEAST_LETTERS = 40
"""Shorter texts are not judged (measured over one-line samples: all mistakes were shorter)."""
LEAST_DETECTED = 50
LEAST_MARGIN = 8.0
"""How much likelier than the next language it must be, as the model's logarithm: three thousand times."""
WRITTEN = frozenset(
    "af am ar az be bg bn bs ca cs cy da de el en es et eu fa fi fr ga gl gu he hi hr hu hy id is it ja ka kk km kn ko ku ky lo"
    " lt lv mk ml mn mr ms mt my nb ne nl nn no pa pl ps pt ro ru si sk sl so sq sr sv sw ta te tg th tk tl tr ug uk ur uz vi zh".split()
)
"""Languages in which news is written every day; the model knows creoles and scripts of monks as well."""
_NORWEGIAN = frozenset({"nb", "nn", "no"})
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
    """True if the model is installed."""
    return importlib.util.find_spec("py3langid") is not None


def is_asked(declared: str | None, text: str) -> bool:
    """True if the language is to be detected: none is declared, or one that is not written in these letters."""
    return not declared or contradicts(declared, text)


def contradicts(declared: str, text: str) -> bool:
    """True if the text's letters are of a script that the declared language is not written in."""
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


def detect(text: str, among: Sequence[str] = ()) -> str | None:
    """The language of the text as a two-letter code; None if it is short, or might as well be another one.

    `among` are those that the site reads; without them, all that newspapers are written in. What looks most like a
    language beside them is none of them.
    """
    start = text[:LOOKED_AT]
    letters = len(_LETTER.findall(start))
    if letters < LEAST_DETECTED or not is_available():
        return None
    ranked = [(str(code), float(score)) for code, score in _model().rank(start)]
    written = {one.split("-")[0].lower() for one in among} & WRITTEN if among else WRITTEN
    if written & _NORWEGIAN:
        written = written | _NORWEGIAN
    (best, score), *others = ranked
    akin = _NORWEGIAN if best in _NORWEGIAN else frozenset({best})
    second = next((other for code, other in others if code in WRITTEN - akin), score - LEAST_MARGIN)
    return best if best in written and score - second >= LEAST_MARGIN else None


@lru_cache(maxsize=4096)
def _script(letter: str) -> str:
    return unicodedata.name(letter, "").split(" ")[0]


@lru_cache(maxsize=1)
def _model() -> Any:
    """Loaded where it is first needed: half a second, 35 MB."""
    return importlib.import_module("py3langid")
