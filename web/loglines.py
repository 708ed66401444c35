"""Lines of the log by the words of another language: each is stored in English, and found by patterns of what is stored. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache

from feeds.model.people import Wording
from web.sentences import PLACE, form_of

KEYS, SEVERAL = "%(keys)s", "%(several)s"
"""Places that hold words of ours: names of what was changed, `title and credit`, and how many of what, `3 articles`."""
TAKEN_BACK = "took back: % "
"""Before a line in that of its undoing."""
MOST_WORDS, MANY = 8, 80
MOST_INNER, LEAST_INNER = 12, 4
"""Words of ours that one word is looked for in, where it has a few letters: those of `die` stand in many."""
REMEMBERED = 500


class LogLines:
    """All lines that the log may hold, in one language."""

    def __init__(self, lines: Iterable[str], known: Iterable[str], gettext: Callable[[str], str]) -> None:
        self._lines = {line: _folded(gettext(line)) for line in sorted(lines)}
        self._inner = {
            one: _folded(gettext(one))
            for one in sorted(known)
            if one.startswith("%(count)s ") or (one.islower() and "%" not in one and one.count(" ") < 3)
        }
        self.wordings = lru_cache(REMEMBERED)(self._wordings)

    def of_words(self, words: Sequence[str]) -> dict[str, tuple[Wording, ...]]:
        """For each of the words how the lines are stored that are said with it, the rarest word first.

        Of several, those are left out that so many lines are said with that they tell nothing, and cost most: `hat`.
        """
        each = sorted(
            {word: self.wordings(word) for word in words[:MOST_WORDS]}.items(), key=lambda one: len(one[1])
        )
        return {word: found for place, (word, found) in enumerate(each) if not place or len(found) <= MANY}

    def _wordings(self, word: str) -> tuple[Wording, ...]:
        """How the lines are stored that are said with that word, which is in lower case."""
        found = [
            Wording(like=before + _like(line), but=tuple(before + one for one in self._others(line, word)))
            for line, wordings in self._lines.items()
            if word in wordings
            for before in ("", TAKEN_BACK)
        ]
        inner = [
            one for one, wordings in self._inner.items() if word in wordings and len(word) >= LEAST_INNER
        ]
        found += [Wording(like=like) for one in inner[:MOST_INNER] for like in self._holding(one)]
        return tuple(found)

    def _others(self, line: str, word: str) -> Iterator[str]:
        """Patterns of lines that begin alike, are sentences of their own, and are said without the word."""
        form = form_of(line)
        for other, wordings in self._lines.items():
            is_like = form.values(PLACE.sub("x", other)) is not None
            if is_like and form_of(other).weight > form.weight and word not in wordings:
                yield _like(other)

    def _holding(self, inner: str) -> Iterator[str]:
        """Patterns of lines with that word of ours at a place of theirs."""
        place, pattern = (SEVERAL, _like(inner)) if "%" in inner else (KEYS, f"%{inner}%")
        for line in self._lines:
            before, found, after = line.partition(place)
            if found:
                yield re.sub("%+", "%", _like(before) + pattern + _like(after))


def _like(message: str) -> str:
    """The message as a pattern of SQL's LIKE."""
    return PLACE.sub("%", message).replace("%%", "%")


def _folded(message: str) -> str:
    """Its fixed words, in lower case."""
    return PLACE.sub("\n", message).lower()
