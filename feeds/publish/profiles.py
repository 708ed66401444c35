"""What partners demand of a feed: a table of dated rules for each, what breaks them, and the feed without that. Pure.

A rule is a demand that its source states, as it was read in the month named. What can be met by shaping is met at
`?profile=…`: articles that break a rule are left out there, and the channel says what is asked of it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from feeds.model.outgoing import DocumentEntry, FeedDocument
from feeds.publish.formats.rss import write_rss

_MSN = "MSN Partner Hub, feed requirements (support.microsoft.com)"
_SMARTNEWS = "SmartNews, SmartFormat specification (support article 56500436151065)"
_GOOGLE = "Google, news sitemaps (developers.google.com/search)"
_APPLE = "Apple News Publisher, RSS feeds (support.apple.com, apdc2c7520ff)"
_RSS = "RSS Best Practices Profile (rssboard.org/rss-profile)"
_RSS_2 = "RSS 2.0.11 (rssboard.org/rss-specification)"
_NINJS = "ninjs 3.1 schema (iptc.org/std/ninjs)"
_READ = "2026-11"
_TAG = re.compile(r"</?[a-zA-Z][^<>]*>")
_RELATIVE = re.compile(r"""\b(?:href|src)\s*=\s*["'](?![a-zA-Z][a-zA-Z0-9+.-]*:|#|["'])""")
_SCHEME = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*:")
MOST_SMARTNEWS, MOST_NEWS, MOST_MSN = 1_000_000, 1_000, 20
DESCRIPTION_CHARS = 30
YEAR, TWO_DAYS = timedelta(days=365), timedelta(days=2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What rules look at beside one article."""

    document: FeedDocument
    now: datetime
    language: str | None
    """Of most articles."""
    ids: Mapping[str, int]
    """How many articles have each id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleRule:
    """A demand of each article."""

    name: str
    text: str
    source: str
    read: str = _READ
    """The month in which the source said so."""
    check: Callable[[DocumentEntry, Look], str]
    """What is wrong, in words; empty if nothing is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedRule:
    """A demand of the feed itself."""

    name: str
    text: str
    source: str
    read: str = _READ
    check: Callable[[FeedDocument], str]
    mend: Callable[[FeedDocument], FeedDocument] | None = None
    """The feed as the rule wants it; unset: shaping can't meet it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """What one partner demands."""

    name: str
    title: str
    articles: tuple[ArticleRule, ...] = ()
    feed: tuple[FeedRule, ...] = ()
    most: int | None = None
    """Articles that its shaped feed holds: the newest ones."""

    @property
    def rules(self) -> tuple[FeedRule | ArticleRule, ...]:
        """All rules, those of the feed first."""
        return (*self.feed, *self.articles)


@dataclass(frozen=True, slots=True, kw_only=True)
class Breach:
    """A rule that is broken, by one article or by the feed."""

    rule: str
    what: str
    source: str
    read: str
    is_met_by_shape: bool
    urn: str | None = None
    url: str = ""
    title: str = ""


def check(document: FeedDocument, profile: Profile, now: datetime) -> tuple[Breach, ...]:
    """All that breaks a rule of the profile: of the feed first, then article by article."""
    found = [
        Breach(
            rule=rule.name,
            what=what,
            source=rule.source,
            read=rule.read,
            is_met_by_shape=rule.mend is not None and not rule.check(rule.mend(document)),
        )
        for rule in profile.feed
        if (what := rule.check(document))
    ]
    look = _look(document, now)
    for entry in document.entries:
        if entry.ended_at is not None:
            continue  # no article any more, but a sentence
        found += [
            Breach(
                rule=rule.name,
                what=what,
                source=rule.source,
                read=rule.read,
                is_met_by_shape=True,
                urn=entry.urn,
                url=entry.url,
                title=entry.title,
            )
            for rule in profile.articles
            if (what := rule.check(entry, look))
        ]
    return tuple(found)


def shape(document: FeedDocument, profile: Profile, now: datetime) -> FeedDocument:
    """The feed for that partner: without what breaks its rules, and with what it wants of the channel."""
    look = _look(document, now)
    # A withdrawal has the sentence for a title: as "Withdrawn" it would be too short for some, and go untold.
    entries = [
        one
        if one.ended_at is None
        else replace(one, title=one.summary.split(":")[0].rstrip(".") or one.title)
        for one in document.entries
    ]
    fitting = [one for one in entries if not any(rule.check(one, look) for rule in profile.articles)]
    shaped = replace(
        document,
        entries=tuple(fitting[: profile.most]),
        query_string=f"?profile={profile.name}",
        hub_urls=(),
        older_url=None,
    )
    for rule in profile.feed:
        if rule.mend is not None and rule.check(shaped):
            shaped = rule.mend(shaped)
    return shaped


def _look(document: FeedDocument, now: datetime) -> Look:
    living = [one for one in document.entries if one.ended_at is None]
    languages = Counter(_primary(one.language) for one in living if one.language)
    return Look(
        document=document,
        now=now,
        language=min(languages, key=lambda one: (-languages[one], one), default=None),
        ids=Counter(one.urn for one in document.entries),
    )


def _primary(language: str | None) -> str:
    return (language or "").split("-")[0].lower()


def _title_between(least: int, most: int) -> Callable[[DocumentEntry, Look], str]:
    def check(entry: DocumentEntry, _look: Look) -> str:
        length = len(entry.title)
        if length < least:
            return f"its title has {length} characters; at least {least} are wanted"
        return f"its title has {length} characters; at most {most} are allowed" if length > most else ""

    return check


def _id_once(entry: DocumentEntry, look: Look) -> str:
    return "" if entry.urn and look.ids[entry.urn] == 1 else "its id is missing, or another article's too"


def _published_lately(entry: DocumentEntry, look: Look) -> str:
    if entry.published_at > look.now:
        return f"it is dated {entry.published_at:%Y-%m-%d %H:%M}, which is to come"
    is_old = look.now - entry.published_at >= YEAR
    return f"it is dated {entry.published_at:%Y-%m-%d}, a year ago or more" if is_old else ""


def _one_language(entry: DocumentEntry, look: Look) -> str:
    if not entry.language or look.language is None or _primary(entry.language) == look.language:
        return ""
    return f"it is in {entry.language}, most are in {look.language}; a mix with /languages/{look.language} holds one"


def _plain_texts(entry: DocumentEntry, _look: Look) -> str:
    return "its title holds markup" if _TAG.search(entry.title) else ""


def _is_ours(entry: DocumentEntry, _look: Look) -> str:
    return "" if entry.own_url else "it is not ours: its source is not `ours = true`"


def _of_two_days(entry: DocumentEntry, look: Look) -> str:
    is_late = look.now - entry.published_at > TWO_DAYS
    return f"it is dated {entry.published_at:%Y-%m-%d %H:%M}, more than two days ago" if is_late else ""


def _has_title(entry: DocumentEntry, _look: Look) -> str:
    return "" if entry.title.strip() else "it has no title"


def _has_publication(entry: DocumentEntry, look: Look) -> str:
    has_both = entry.source.title.strip() and (entry.language or look.document.language)
    return "" if has_both else "its publication has no name, or no language is known"


def _absolute_link(entry: DocumentEntry, _look: Look) -> str:
    return "" if _SCHEME.match(entry.url) else f"its address {entry.url!r} is not absolute"


def _no_relative(entry: DocumentEntry, _look: Look) -> str:
    found = _RELATIVE.search(entry.content_html)
    return "its text holds an address that is not absolute" if found else ""


def _says_something(entry: DocumentEntry, _look: Look) -> str:
    has_text = entry.title.strip() or entry.summary.strip() or entry.content_html.strip()
    return "" if has_text else "it has neither title nor description"


def _whole_files(entry: DocumentEntry, _look: Look) -> str:
    is_whole = all(one.media_type and _SCHEME.match(one.url) for one in entry.enclosures)
    return "" if is_whole else "a file has no media type, or no absolute address"


def _has_uri(entry: DocumentEntry, _look: Look) -> str:
    return "" if _SCHEME.match(entry.urn) else "its uri is not one"


def _https(document: FeedDocument) -> str:
    url = document.base_feed_url
    return "" if url.startswith("https://") else f"the feed's address begins with {url.split(':')[0]}://"


def _short_description(document: FeedDocument) -> str:
    length = len(document.description)
    return (
        f"the channel's description has {length} characters; {DESCRIPTION_CHARS} are allowed"
        if length > DESCRIPTION_CHARS
        else ""
    )


def _shortened(document: FeedDocument) -> FeedDocument:
    text = document.description[:DESCRIPTION_CHARS]
    words = text.rsplit(" ", 1)[0] if " " in text and len(document.description) > DESCRIPTION_CHARS else text
    return replace(document, description=words.rstrip(" ,.;:"))


def _within_a_megabyte(document: FeedDocument) -> str:
    size = len(write_rss(document))
    return f"the RSS document has {size:,} bytes; a megabyte is allowed" if size > MOST_SMARTNEWS else ""


def _cut_to_a_megabyte(document: FeedDocument) -> FeedDocument:
    low, high = 0, len(document.entries)
    while low < high:
        middle = (low + high + 1) // 2
        if _within_a_megabyte(replace(document, entries=document.entries[:middle])):
            high = middle - 1
        else:
            low = middle
    return replace(document, entries=document.entries[:low])


def _too_many_news(document: FeedDocument) -> str:
    count = len(document.entries)
    return f"{count:,} articles; {MOST_NEWS:,} are allowed" if count > MOST_NEWS else ""


def _names_a_logo(document: FeedDocument) -> str:
    if document.partner_logo_url:
        return ""
    has_other = document.site.logo_url is not None and not document.site.logo_url.endswith(".png")
    why = "[site] logo is no PNG" if has_other else "[site] logo is not set"
    return "the channel has no snf:logo" + ("" if _has_png(document) else f": {why}")


def _with_logo(document: FeedDocument) -> FeedDocument:
    return replace(document, partner_logo_url=document.site.logo_url if _has_png(document) else None)


def _has_png(document: FeedDocument) -> bool:
    return (document.site.logo_url or "").endswith(".png")


def _locale(document: FeedDocument) -> str:
    return (
        ""
        if "-" in document.language
        else f"the feed's language is {document.language}; a locale such as en-US is wanted ([site] language)"
    )


PROFILES: Mapping[str, Profile] = {
    one.name: one
    for one in (
        Profile(
            name="msn", title="MSN Partner Hub", most=MOST_MSN,
            articles=(
                ArticleRule(name="title-length", text="Titles have more than 20 and at most 150 characters.", source=_MSN, check=_title_between(21, 150)),
                ArticleRule(name="title-markup", text="No HTML outside the body.", source=_MSN, check=_plain_texts),
                ArticleRule(name="id", text="Each article has an id of its own that stays.", source=_MSN, check=_id_once),
                ArticleRule(name="date", text="Published in the past, less than 365 days ago.", source=_MSN, check=_published_lately),
                ArticleRule(name="language", text="One language in a feed.", source=_MSN, check=_one_language),
            ),
            feed=(FeedRule(name="https", text="The feed's address is https, and always the same.", source=_MSN, check=_https),),
        ),
        Profile(
            name="smartnews", title="SmartNews SmartFormat",
            feed=(
                FeedRule(name="description", text="The channel's description has at most 30 characters.", source=_SMARTNEWS, check=_short_description, mend=_shortened),
                FeedRule(
                    name="pubdate", text="The channel has a pubDate.", source=_SMARTNEWS,
                    check=lambda document: "" if document.dated_at else "the channel has no pubDate",
                    mend=lambda document: replace(document, dated_at=document.updated_at),
                ),
                FeedRule(name="language", text="The channel names its language.", source=_SMARTNEWS, check=lambda document: "" if document.language else "the channel names no language"),
                FeedRule(name="logo", text="The channel names a logo, a PNG (snf:logo).", source=_SMARTNEWS, check=_names_a_logo, mend=_with_logo),
                FeedRule(name="size", text="At most 1 MB.", source=_SMARTNEWS, check=_within_a_megabyte, mend=_cut_to_a_megabyte),
            ),
        ),
        Profile(
            name="google-news", title="Google News sitemap", most=MOST_NEWS,
            articles=(
                ArticleRule(name="ours", text="Only what is ours.", source=_GOOGLE, check=_is_ours),
                ArticleRule(name="date", text="Only articles of the last two days.", source=_GOOGLE, check=_of_two_days),
                ArticleRule(name="title", text="Each has a title.", source=_GOOGLE, check=_has_title),
                ArticleRule(name="publication", text="Each names its publication, and that one's language.", source=_GOOGLE, check=_has_publication),
            ),
            feed=(FeedRule(name="count", text="At most 1,000 articles.", source=_GOOGLE, check=_too_many_news, mend=lambda document: replace(document, entries=document.entries[:MOST_NEWS])),),
        ),
        Profile(
            name="apple", title="Apple-style RSS",
            articles=(ArticleRule(name="title-length", text="Titles have 15 to 60 characters.", source=_APPLE, check=_title_between(15, 60)),),
            feed=(FeedRule(name="locale", text="The language is a locale.", source=_APPLE, check=_locale),),
        ),
        Profile(
            name="plain", title="Plain RSS",
            articles=(
                ArticleRule(name="text", text="Each has a title or a description.", source=_RSS_2, check=_says_something),
                ArticleRule(name="id", text="Each has a guid of its own.", source=_RSS, check=_id_once),
                ArticleRule(name="link", text="Addresses have a scheme.", source=_RSS_2, check=_absolute_link),
                ArticleRule(name="relative", text="No relative addresses in texts.", source=_RSS, check=_no_relative),
                ArticleRule(name="files", text="Files have address and type.", source=_RSS_2, check=_whole_files),
                ArticleRule(name="title-markup", text="Plain text outside descriptions.", source=_RSS, check=_plain_texts),
            ),
        ),
        Profile(
            name="ninjs", title="ninjs 3.1",
            articles=(
                ArticleRule(name="uri", text="Each item has a uri.", source=_NINJS, check=_has_uri),
                ArticleRule(name="headline", text="Headlines have a value.", source=_NINJS, check=_has_title),
            ),
        ),
    )
}  # fmt: skip
"""By name."""
