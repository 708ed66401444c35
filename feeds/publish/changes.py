"""What `/changes` says: one entry for each correction and withdrawal, with the day and the note. Pure.

No text of a withdrawn article is here, not even its title.
"""

from __future__ import annotations

import html
from collections.abc import Sequence
from datetime import datetime

from feeds.model.outgoing import ArticleChange, DocumentEntry, DocumentSource, FeedInfo, SiteInfo
from feeds.publish.withdrawals import sentence
from feeds.text.feedwords import day_in, words_in
from feeds.text.markup import one_line


def change_entries(
    changes: Sequence[ArticleChange], titles: Sequence[str], info: FeedInfo, site: SiteInfo
) -> tuple[DocumentEntry, ...]:
    """An entry for each change; `titles` are those by which the articles are shown, empty for withdrawn ones."""
    return tuple(_entry(change, title, info, site) for change, title in zip(changes, titles, strict=True))


def change_sentence(change: ArticleChange, title: str, language: str = "en") -> str:
    """The change in one sentence, with the note of whoever corrected it."""
    if change.what == "withdrawn":
        return sentence(change.at, is_purged=False, reason=change.note, language=language)
    source = one_line(change.article.source.title) if change.article else ""
    whole = words_in(language)(f"“%(title)s” (%(source)s) was {change.what} on %(day)s.") % {
        "title": title,
        "source": source,
        "day": day_in(language, change.at),
    }
    note = one_line(change.note)
    return f"{whole} {note}" if note else whole


def _entry(change: ArticleChange, title: str, info: FeedInfo, site: SiteInfo) -> DocumentEntry:
    text, at = change_sentence(change, title, site.language), change.at.replace(microsecond=0)
    say = words_in(site.language)
    heading = (
        say("An article was withdrawn")
        if change.what == "withdrawn"
        else say(f"{change.what.capitalize()}: %(title)s") % {"title": title}
    )
    return DocumentEntry(
        urn=change.urn,
        url=f"{site.base_url}/articles/{change.article_id}",
        title=heading,
        summary=text,
        content_html=f"<p>{html.escape(text, quote=False)}</p>",
        published_at=at,
        updated_at=at,
        source=_source(info, site, at),
    )


def _source(info: FeedInfo, site: SiteInfo, at: datetime) -> DocumentSource:
    return DocumentSource(
        title=one_line(site.title) or "Feedwright",
        feed_id=info.feed_urn,
        feed_url=None,
        home_url=site.base_url + "/",
        updated_at=at,
    )
