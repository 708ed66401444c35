"""Sentences of rules and actions in the language of a page: found again by their form, since most are stored as English text."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache

PLACE = re.compile(r"%\((\w+)\)s")
MOST_CHARS = 2_000
REMEMBERED = 2_000
NESTED = frozenset(
    (
        "about advice cause detail error evidence fault faults holds label"
        " next_step problem reason roles several share shown stands state thing what when why"
    ).split()
)
"""Places of a sentence that hold another one, or a word of ours."""
LISTED = "keys"
"""The place of names of settings, `title and credit`: each is translated by itself, where it is known."""
NEEDED = "what"
"""The place of what somebody did: half of it in another language would be worse than none."""
NUMBER = "count"
BETWEEN = re.compile("( and |, )")
QUOTED = "“%(quoted)s”"
"""A title within a sentence, as actions write it."""
ENDS = re.compile(r"(?<=[.?!]) ")


@dataclass(frozen=True, slots=True)
class Form:
    """A message as its fixed parts, and the names of what stands between them."""

    message: str
    fixed: tuple[str, ...]
    names: tuple[str, ...]

    @property
    def weight(self) -> int:
        """How much of it is fixed: of two that fit, the longer one is meant."""
        return sum(len(part) for part in self.fixed)

    def values(self, text: str) -> dict[str, str] | None:
        """What stands at its places in that text; None if the text is not of this form."""
        first, last = self.fixed[0], self.fixed[-1]
        end = len(text) - len(last)
        if end < len(first) or not text.startswith(first) or not text.endswith(last):
            return None
        found: dict[str, str] = {}
        place = len(first)
        for name, part in zip(self.names, (*self.fixed[1:-1], None), strict=True):
            until = end if part is None else _until(text, part, place, end)
            if until < 0:
                return None
            value = text[place:until]
            if found.setdefault(name, value) != value or (
                name == NUMBER and not value.replace(",", "").isdigit()
            ):
                return None
            place = until + len(part or "")
        return found


def _until(text: str, part: str, place: int, end: int) -> int:
    """Where the value at that place ends, before the fixed part behind it; -1: nowhere.

    A title may hold what stands behind it: `withdrew “Seals: a visit”: twice` ends where all its quotes do.
    """
    until = text.find(part, place, end)
    if not part or not text.startswith("“", place):
        return until
    closed = -1
    while until >= 0:
        value = text[place:until]
        if value.endswith("”"):
            if value.count("“") == value.count("”"):
                return until
            closed = until if closed < 0 else closed
        until = text.find(part, until + 1, end)
    return closed


def form_of(message: str) -> Form:
    """The form of a message with places as `%(name)s`."""
    parts = PLACE.split(message)
    return Form(message, tuple(part.replace("%%", "%") for part in parts[::2]), tuple(parts[1::2]))


class Sentences:
    """All forms that one language has a translation of."""

    def __init__(
        self, known: Iterable[str], with_places: Iterable[str], gettext: Callable[[str], str]
    ) -> None:
        self._known = frozenset(known)
        self._forms = sorted(map(form_of, with_places), key=lambda one: -one.weight)
        self._gettext = gettext
        # A list shows the same few sentences in many rows; and of a text that nests, each part is looked at once.
        self.translated = lru_cache(REMEMBERED)(self._translated)

    def _translated(self, text: str) -> str | None:
        """The text in this language; None if a part of it is not known."""
        if not text or len(text) > MOST_CHARS:
            return None
        found = self._whole(text)
        if found is not None:
            return found
        # Two sentences, one behind the other.
        for end in reversed([one.start() for one in ENDS.finditer(text)]):
            head = self._whole(text[:end])
            tail = self.translated(text[end + 1 :]) if head is not None else None
            if head is not None and tail is not None:
                return f"{head} {tail}"
        # A name, and what is said of it.
        name, colon, rest = text.partition(": ")
        tail = self.translated(rest) if colon else None
        return f"{name}: {tail}" if tail is not None else None

    def _quoted(self, value: str) -> str:
        """A value with the quotes of this language, where it is a title in ours."""
        is_title = len(value) > 2 and value.startswith("“") and value.endswith("”")
        return self._gettext(QUOTED) % {"quoted": value[1:-1]} if is_title else value

    def _whole(self, text: str) -> str | None:
        if text in self._known:
            return self._gettext(text)
        for form in self._forms:
            values = form.values(text)
            if values is None:
                continue
            inner = {name: self.translated(value) for name, value in values.items() if name in NESTED}
            if LISTED in values:
                inner[LISTED] = "".join(
                    self._gettext(one) if one in self._known else one for one in BETWEEN.split(values[LISTED])
                )
            if inner.get(NEEDED, "") is not None:
                known = {name: value for name, value in inner.items() if value is not None}
                quoted = {name: self._quoted(value) for name, value in values.items()}
                return self._gettext(form.message) % {**quoted, **known}
        return None
