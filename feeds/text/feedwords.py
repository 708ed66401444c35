"""What feeds and digests say by themselves, in the site's language; in English where these words are not here. Pure.

Pages have catalogues (`web/translations`), which this room does not know; where both say the same, a test holds them together.
A change here shows in bytes: `render.recipe_of` has a print of the words, so that feeds in that language are made anew.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from feeds.text.dates import day_text

Say = Callable[[str], str]
"""A message in the language of a feed."""

_GERMAN = {
    "%(count)s new articles": "%(count)s neue Artikel",
    "1 new article": "1 neuer Artikel",
    "A mix of what %(site)s gathers: %(title)s.": "Eine Mischung aus dem, was %(site)s zusammenträgt: %(title)s.",
    "All articles gathered by %(site)s.": "Alle Artikel, die %(site)s zusammenträgt.",
    "All of it": "Alles",
    "An article was withdrawn": "Ein Artikel wurde zurückgezogen",
    "%(count)s more": "%(count)s weitere",
    "And %(count)s more": "Und %(count)s weitere",
    "And %(link)s": "Und %(link)s",
    "Articles about %(title)s, gathered by %(site)s.": "Artikel zu %(title)s, zusammengetragen von %(site)s.",
    "Articles by %(title)s, gathered by %(site)s.": "Artikel von %(title)s, zusammengetragen von %(site)s.",
    "Articles first published by %(title)s, gathered by %(site)s.": (
        "Artikel, die zuerst bei %(title)s erschienen sind, zusammengetragen von %(site)s."
    ),
    "Authors": "Autoren",
    "Authors of %(site)s": "Autoren von %(site)s",
    "By %(names)s, ": "Von %(names)s, ",
    "Changed: %(title)s": "Geändert: %(title)s",
    "Corrected: %(title)s": "Korrigiert: %(title)s",
    "Correction, %(day)s:": "Korrektur, %(day)s:",
    "Corrections and withdrawals": "Korrekturen und Rückzüge",
    "Corrections and withdrawals of what %(site)s gathers.": "Korrekturen und Rückzüge bei %(site)s.",
    "Corrections of what you got before": "Korrekturen zu dem, was Sie schon bekommen haben",
    "Feeds of %(site)s": "Feeds von %(site)s",
    "First published by %(source)s": "Zuerst erschienen bei %(source)s",
    "Get this no more": "Abbestellen",
    "If you do not want it, do nothing: nothing more is sent.": (
        "Wenn Sie das nicht möchten, tun Sie nichts: Es wird nichts weiter geschickt."
    ),
    "Mixes": "Mischungen",
    "Mixes of %(site)s": "Mischungen von %(site)s",
    "No longer kept": "Nicht mehr aufbewahrt",
    "Picture: ": "Bild: ",
    "Please confirm: %(title)s by e-mail": "Bitte bestätigen: %(title)s per E-Mail",
    "Somebody, most likely you, asked %(site)s to send %(title)s to this address, once a day.": (
        "Jemand, vermutlich Sie, hat %(site)s gebeten, %(title)s einmal am Tag an diese Adresse zu schicken."
    ),
    "Somebody, most likely you, asked %(site)s to send %(title)s to this address, once a week.": (
        "Jemand, vermutlich Sie, hat %(site)s gebeten, %(title)s einmal in der Woche an diese Adresse zu schicken."
    ),
    "Sources": "Quellen",
    "Sources of %(site)s": "Quellen von %(site)s",
    "This article is no longer kept here (since %(day)s).": (
        "Dieser Artikel wird hier nicht mehr aufbewahrt (seit %(day)s)."
    ),
    "This article was withdrawn on %(day)s.": "Dieser Artikel wurde am %(day)s zurückgezogen.",
    "This article was withdrawn on %(day)s: %(why)s.": "Dieser Artikel wurde am %(day)s zurückgezogen: %(why)s.",
    "To get it, open this address and confirm it there:": (
        "Wenn Sie es bekommen möchten, öffnen Sie diese Adresse und bestätigen Sie es dort:"
    ),
    "To get this no more:": "Abbestellen:",
    "Topics": "Themen",
    "Topics of %(site)s": "Themen von %(site)s",
    "What %(site)s gathers and finds by %(title)s.": "Was %(site)s zusammenträgt und unter %(title)s findet.",
    "Withdrawn": "Zurückgezogen",
    "by %(names)s": "von %(names)s",
    "corrections": "Korrekturen",
    "from %(names)s": "aus %(names)s",
    "in %(names)s": "auf %(names)s",
    "it left its source's document": "er fehlt im Dokument seiner Quelle",
    "its page is gone for good": "seine Seite gibt es nicht mehr",
    "not by %(names)s": "nicht von %(names)s",
    "not from %(names)s": "nicht aus %(names)s",
    "not in %(names)s": "nicht auf %(names)s",
    "or": "oder",
    "without %(names)s": "ohne %(names)s",
    "“%(words)s”": "„%(words)s“",
    "“%(title)s” (%(source)s) was changed on %(day)s.": "„%(title)s“ (%(source)s) wurde am %(day)s geändert.",
    "“%(title)s” (%(source)s) was corrected on %(day)s.": "„%(title)s“ (%(source)s) wurde am %(day)s korrigiert.",
}
WORDS: Mapping[str, Mapping[str, str]] = {"de": _GERMAN}
"""By language, then by the English message."""
_MONTHS = {
    "de": (
        "Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August", "September", "Oktober", "November", "Dezember",
    ),
}  # fmt: skip


def words_in(language: str) -> Say:
    """How messages are said in that language, or in the one it is a kind of (`de` for `de-AT`)."""
    known = WORDS.get(_primary(language))
    return str if known is None else lambda message: known.get(message, message)


def day_in(language: str, moment: datetime) -> str:
    """The day in words, such as `3 May 2026`."""
    months = _MONTHS.get(_primary(language))
    if months is None:
        return day_text(moment)
    return f"{moment.day}. {months[moment.month - 1]} {moment.year}"


def words_print(language: str) -> str:
    """Stands for all words of that language; empty in English, whose words stand in the code."""
    known = WORDS.get(_primary(language))
    return "" if known is None else repr(sorted(known.items()))


def _primary(language: str) -> str:
    return language.lower().replace("_", "-").partition("-")[0]
