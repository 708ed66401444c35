"""Corrections and withdrawals in the language of a page; feeds say the same by `feeds.text.feedwords`, the API in English."""

from __future__ import annotations

from datetime import datetime

from feeds.model.outgoing import ArticleChange
from feeds.publish.compose import title_of
from feeds.text.markup import one_line
from web.language import Spoken, gettext, sentence, spoken


def ended_words(ended_at: datetime, *, is_purged: bool, reason: str = "") -> Spoken:
    """What stands in the place of an article, with the reason that was given."""
    return Spoken(_ended(ended_at, is_purged, reason))


def _ended(ended_at: datetime, is_purged: bool, reason: str) -> str:
    day = spoken().day(ended_at)
    if is_purged:
        return gettext("This article is no longer kept here (since %(day)s).", day=day)
    why = one_line(reason).rstrip(".")
    if not why:
        return gettext("This article was withdrawn on %(day)s.", day=day)
    return gettext("This article was withdrawn on %(day)s: %(why)s.", day=day, why=sentence(why))


def change_words(change: ArticleChange) -> str:
    """The change in one sentence, with the note of whoever corrected it."""
    if change.what == "withdrawn" or change.article is None:
        return ended_words(change.at, is_purged=False, reason=change.note)
    values = {
        "title": title_of(change.article),
        "source": one_line(change.article.source.title),
        "day": spoken().day(change.at),
    }
    whole = (
        gettext("“%(title)s” (%(source)s) was corrected on %(day)s.", **values)
        if change.what == "corrected"
        else gettext("“%(title)s” (%(source)s) was changed on %(day)s.", **values)
    )
    note = one_line(change.note)
    return f"{whole} {note}" if note else whole
