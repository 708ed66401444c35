"""What feeds of ours are called, and what they say that they hold. Pure."""

from __future__ import annotations

from feeds.model.mixes import mix_title
from feeds.model.outgoing import FeedInfo, SiteInfo
from feeds.text.feedwords import Say, words_in
from feeds.text.markup import one_line


def feed_title(info: FeedInfo, site: SiteInfo) -> str:
    """A title that tells the feed apart in a reader's list: its own, and the site's."""
    own, whole = one_line(own_title(info, site)), one_line(site.title) or "Feedwright"
    return whole if info.key.kind == "all" or not own else f"{own} · {whole}"


def own_title(info: FeedInfo, site: SiteInfo) -> str:
    """The feed's own title; of what we name ourselves in the site's language."""
    say = words_in(site.language)
    if info.terms:
        return mix_title(info.terms, say)
    if info.key.kind == "search":
        return say("“%(words)s”") % {"words": info.key.slug}
    return say(info.title) if info.key.kind == "changes" else info.title


DESCRIPTIONS = {
    "all": "All articles gathered by %(site)s.",
    "topic": "Articles about %(title)s, gathered by %(site)s.",
    "author": "Articles by %(title)s, gathered by %(site)s.",
    "source": "Articles first published by %(title)s, gathered by %(site)s.",
    "mix": "A mix of what %(site)s gathers: %(title)s.",
    "query": "A mix of what %(site)s gathers: %(title)s.",
    "changes": "Corrections and withdrawals of what %(site)s gathers.",
    "search": "What %(site)s gathers and finds by %(title)s.",
}
"""What a feed of that kind holds."""


def feed_description(info: FeedInfo, site: SiteInfo, in_words: Say | None = None) -> str:
    """The feed's description, else a sentence that says what it holds; never empty. `in_words` gives it in another language."""
    say = in_words or words_in(site.language)
    given = one_line(info.description)
    if given:
        return given
    sentence = say(DESCRIPTIONS.get(info.key.kind, DESCRIPTIONS["all"]))
    return sentence % {"site": one_line(site.title) or "Feedwright", "title": one_line(own_title(info, site))}
