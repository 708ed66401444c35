"""Tags of HTML: which ones a text holds, asked by each step of cleaning before it looks closer, and how one is written. Pure."""

from __future__ import annotations

import re
from functools import lru_cache

_BEGINNING = re.compile(r"<([a-zA-Z][^\s<>/]*|[!?])")
TAG_BODY = r"[^<>\"']*+(?:(?:\"[^\"]*\"|'[^']*')[^<>\"']*+)*+"
"""A pattern for what stands in a tag behind its name. Possessive, and no `<` outside quotes: linear on any input."""
COMMENT, INSTRUCTION = "!", "?"
"""Stand for comments and declarations, and for what XML calls processing instructions."""


@lru_cache(maxsize=2)
def tag_names(source: str) -> frozenset[str]:
    """The names of what begins in the HTML, in small letters, whether it is a tag or only looks like one.

    Kept for the last texts: half a dozen steps ask of the same one, and looking costs a tenth of cleaning it.
    """
    return frozenset(name.lower() for name in set(_BEGINNING.findall(source)))
