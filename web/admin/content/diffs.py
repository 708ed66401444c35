"""What changed between two texts, word by word; long equal stretches are folded. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

MOST_WORDS = 3_000
AROUND = 8
"""Equal words shown on each side of what changed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A stretch of words: the same in both, taken out, put in, or left away here."""

    kind: Literal["same", "taken", "added", "folded"]
    text: str
    count: int = 0
    """Of the words left away."""


def word_changes(before: str, after: str) -> list[Piece]:
    """The pieces of which both texts are made."""
    old, new = (re.findall(r"\S+", text)[:MOST_WORDS] for text in (before, after))
    found: list[Piece] = []
    for kind, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "equal":
            found += _folded(old[a:b], is_first=a == 0, is_last=b == len(old))
            continue
        if b > a:
            found.append(Piece(kind="taken", text=" ".join(old[a:b])))
        if d > c:
            found.append(Piece(kind="added", text=" ".join(new[c:d])))
    return found


def _folded(words: list[str], *, is_first: bool, is_last: bool) -> list[Piece]:
    head, tail = (0 if is_first else AROUND), (0 if is_last else AROUND)
    if len(words) <= head + tail + 4:
        return [Piece(kind="same", text=" ".join(words))] if words else []
    pieces = [Piece(kind="same", text=" ".join(words[:head]))] if head else []
    pieces.append(Piece(kind="folded", text="", count=len(words) - head - tail))
    return [*pieces, *([Piece(kind="same", text=" ".join(words[-tail:]))] if tail else [])]
