"""Tombstones: what a feed says of articles that it published and that are no longer published, an id and one sentence. Pure.

Readers that know no tombstones (RFC 6721) keep an entry for ever; so its text is replaced by the sentence, too.
"""

from __future__ import annotations

import html
from collections.abc import Sequence
from datetime import datetime, timedelta

from feeds.model.outgoing import DocumentEntry, DocumentSource, EndedArticle, FeedInfo, SiteInfo
from feeds.text.feedwords import day_in, words_in
from feeds.text.markup import one_line

SHOWN_FOR = timedelta(days=30)
"""How long a feed tells of an article that was taken out, measured by the feed's own changes, never by the clock."""


def ended_entries(ended: Sequence[EndedArticle], info: FeedInfo, site: SiteInfo) -> tuple[DocumentEntry, ...]:
    """An entry for each article that is to be told of; in an archive document for all of them."""
    shown = [one for one in ended if info.key.archive or is_shown(one, info.changed_at)]
    return tuple(ended_entry(one, info, site) for one in shown)


def is_shown(one: EndedArticle, changed_at: datetime) -> bool:
    """True for what was taken back lately; what is only kept no longer goes without a word."""
    return not one.is_purged and changed_at - one.ended_at <= SHOWN_FOR


def sentence(ended_at: datetime, *, is_purged: bool, reason: str = "", language: str = "en") -> str:
    """What stands in the place of the text, with the reason that was given."""
    say, day = words_in(language), day_in(language, ended_at)
    if is_purged:
        return say("This article is no longer kept here (since %(day)s).") % {"day": day}
    why = one_line(reason).rstrip(".")
    if not why:
        return say("This article was withdrawn on %(day)s.") % {"day": day}
    return say("This article was withdrawn on %(day)s: %(why)s.") % {"day": day, "why": say(why)}


def ended_entry(one: EndedArticle, info: FeedInfo, site: SiteInfo) -> DocumentEntry:
    """What stands in its place."""
    text = sentence(one.ended_at, is_purged=one.is_purged, reason=one.reason, language=site.language)
    return DocumentEntry(
        urn=one.urn,
        url=f"{site.base_url}/articles/{one.id}",
        title=words_in(site.language)("No longer kept" if one.is_purged else "Withdrawn"),
        summary=text,
        content_html=f"<p>{html.escape(text, quote=False)}</p>",
        published_at=one.first_seen_at.replace(microsecond=0),
        updated_at=one.ended_at.replace(microsecond=0),
        ended_at=one.ended_at.replace(microsecond=0),
        source=DocumentSource(
            title=one_line(site.title) or "Feedwright",
            feed_id=info.feed_urn,
            feed_url=None,
            home_url=site.base_url + "/",
            updated_at=one.ended_at.replace(microsecond=0),
        ),
    )
