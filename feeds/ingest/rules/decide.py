"""What a document changes: its drafts compared with what is known, as values to write. Pure.

drafts ─match(known)→ new | changed | seen again | nothing
         new     → urn, date to publish under, place in the order
         changed → major or minor, when it was
"""

from __future__ import annotations

from collections.abc import Collection, Container, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Literal

from feeds.ingest.rules.article_identity import Matcher, computed_urn, own_urn, shared_guids, telling
from feeds.ingest.rules.ownership import takes_over
from feeds.ingest.rules.renamed_files import Renamed, renamed
from feeds.ingest.rules.reverts import is_meant, waits_on
from feeds.ingest.rules.rotation import looks_rotated, renamed_guids
from feeds.ingest.rules.topics import match_topics
from feeds.ingest.rules.versions import goes_back, is_by_same_rules, is_flap, is_major, is_same, major_part
from feeds.ingest.rules.withdrawals import is_over, is_overruled, taken_back
from feeds.model.articles import (
    ChangedArticle,
    Changes,
    Draft,
    DraftFeed,
    Known,
    KnownArticle,
    NewArticle,
    SeenAgain,
    Topic,
    TopicMatch,
)
from feeds.model.incoming import Source
from feeds.model.kept import Matchable
from feeds.model.reverts import Returned
from feeds.model.rights import share_left
from feeds.text.urls import same_url_key

UNDATED_STEP = timedelta(hours=1)
NEW_STEP = timedelta(milliseconds=1)
CORRECTED_WITHIN = timedelta(days=7)
"""So long after an article was published it may be corrected by a source that dates no changes."""
ARCHIVE_AT_LEAST = 10
"""So many older articles at once are the archive behind a document that grew; fewer are told late."""


def decide(
    source: Source,
    feed: DraftFeed,
    known: Known,
    *,
    topics: Sequence[Topic],
    is_import: bool,
    now: datetime,
    identity: Literal["guid", "address"] = "guid",
    returned: Sequence[Returned] = (),
    undated_before: datetime | None = None,
) -> Changes:
    """What to write for the document; `is_import` where the source has never been stored before.

    `undated_before` is where those articles of an import are to stand that tell no date, if not before now.
    `returned` are the former texts that the source has gone back to, and that are not believed yet.
    """
    matcher = Matcher(
        source=source,
        known=known,
        drafts=feed.drafts,
        prints=feed.prints,
        is_alone=source.kind == "feed" and feed.entry_count == 1 and not feed.is_part,
        is_guid_believed=identity == "guid",
    )
    moved = renamed(source, feed, known)
    drafts = (_without_lives(source, draft) for draft in feed.drafts)
    pairs = tuple(zip(drafts, _matched(feed, known, matcher, moved), strict=True))
    gained = {
        one.id for draft, one in pairs if one is not None and takes_over(source, draft, one, feed.answered_by)
    }
    changes = _not_over(source, pairs, gained, now)
    withdrawn, remembered = taken_back(source, feed, known, pairs, gained, now)
    return replace(
        _of_known(
            source,
            [(draft, article) for draft, article in changes if article is not None],
            matcher,
            topics,
            gained=gained,
            returned=returned,
            under_new_ids={one.article.id for one in moved.values()}
            | {one.id for draft, one in pairs if one is not None and draft.former_guid},
            now=now,
        ),
        left=tuple((name, one.article.id) for one in moved.values() for name in one.left),
        new=_new(
            source,
            feed,
            _fresh(changes),
            known,
            topics,
            is_import=is_import,
            now=now,
            undated_before=undated_before or now,
        ),
        withdrawn=withdrawn,
        taken_back=remembered,
        identity="address" if matcher.is_one_guid_for_several() else identity,
    )


def _not_over(
    source: Source, pairs: Iterable[tuple[Draft, KnownArticle | None]], gained: Collection[int], now: datetime
) -> list[tuple[Draft, KnownArticle | None]]:
    """What the source does not let end, or an admin keeps all the same."""
    return [
        # An end that was overruled is none; kept with the article, it would end it on the next day.
        (replace(draft, expires_at=None) if is_overruled(draft, article) else draft, article)
        for draft, article in pairs
        if is_overruled(draft, article) or not is_over(source, draft, article, gained, now)
    ]


def _fresh(pairs: Sequence[tuple[Draft, KnownArticle | None]]) -> tuple[Draft, ...]:
    """The drafts that are no known article.

    The same guid and address twice in one document is one article; the first is the newest. Without a guid, one address
    for all says nothing.
    """
    found: dict[tuple[object, ...], Draft] = {}
    shared = shared_guids([draft for draft, _ in pairs])
    for draft, article in pairs:
        if article is None:
            others = () if draft.is_guid_given and draft.guid not in shared else telling(draft)
            found.setdefault((draft.guid, same_url_key(draft.canonical_url or ""), *others), draft)
    return tuple(found.values())


def _without_lives(source: Source, draft: Draft) -> Draft:
    """The draft without what it says of its authors' lives, where its text is not ours to pass on: we publish these."""
    is_restricted = draft.is_restricted and not source.options.terms_agreed
    share = share_left(source.share, is_ours=source.is_ours, is_restricted=is_restricted)
    if share != "headline" or not draft.biographies:
        return draft
    return replace(draft, biographies=tuple(replace(one, text="") for one in draft.biographies))


def _of_known(
    source: Source,
    pairs: Sequence[tuple[Draft, KnownArticle]],
    matcher: Matcher,
    topics: Sequence[Topic],
    *,
    gained: Collection[int],
    returned: Sequence[Returned],
    under_new_ids: Container[int],
    now: datetime,
) -> Changes:
    """What the document changes of known articles: told otherwise, seen elsewhere, under another id, a former text.

    What it gains (`gained`) is told nobody as updated: that an aggregator's teaser becomes the publisher's text is no
    news of the article.
    """
    changed: dict[int, ChangedArticle] = {}
    again: dict[tuple[int, str], SeenAgain] = {}
    remarked: dict[int, str] = {}
    # What is ripe is told now, or has left the document.
    waiting = {one.article_id: one for one in returned}
    left = {key: one for key, one in waiting.items() if not one.is_ripe}
    seen: set[int] = set()
    renamed_count = 0
    for draft, article in pairs:
        # Where a document tells one article twice, the first telling counts; else it would change for ever.
        is_known = article.id in seen
        seen.add(article.id)
        if article.id in gained:
            if not is_known:
                changed[article.id] = _gained(source, article, draft, topics, now)
            continue
        is_first = not is_known and article.source_id == source.id
        is_sighted = matcher.is_sighted(article.id, draft)
        # A folder's files are renamed by whoever owns it, and made ids by us; a source that changes its ids is odd.
        renamed_count += is_first and not is_sighted and article.id not in under_new_ids
        is_live = is_first and article.status == "published"
        is_equal = is_same(article.hash, draft.hash)
        before = waiting.get(article.id)
        if is_live:
            left.pop(article.id, None)
        if is_live and is_equal and article.hash != draft.hash:
            remarked[article.id] = draft.hash
        is_flapping = is_live and not is_equal and is_flap(draft.hash, article.hash, article.former_hashes)
        if is_flapping and not is_meant(before, draft.hash):
            left[article.id] = waits_on(before, article.id, draft, now)
        elif is_live and not is_equal:
            change = _change(source, article, draft, topics, now)
            # What was not believed so far is not what the article was made of: its source did say something else.
            changed[article.id] = replace(change, is_quiet=change.is_quiet and before is None)
        elif not is_sighted:
            matches = _matches(source, draft, topics) if article.status == "published" else ()
            again[article.id, draft.guid] = SeenAgain(article_id=article.id, draft=draft, matches=matches)
    return Changes(
        changed=tuple(changed.values()),
        seen_again=tuple(again.values()),
        remarked=tuple(remarked.items()),
        renamed_count=renamed_count,
        returned=tuple(left[key] for key in sorted(left)),
    )


def _matched(
    feed: DraftFeed, known: Known, matcher: Matcher, moved: Mapping[int, Renamed]
) -> list[KnownArticle | None]:
    """The stored article of each draft; where the whole source rotated its ids, by what they tell."""
    matched = [matcher.match(draft) for draft in feed.drafts]
    if moved:
        # What stands under the former name of a file is another article.
        gone = {one.article.id for one in moved.values()}
        matched = [None if one is None or one.id in gone else one for one in matched]
        for place, file in moved.items():
            matched[place] = file.article
    places = [place for place, article in enumerate(matched) if article is None]
    if known.recent and looks_rotated(len(places), feed.read_count):
        ids = {article.id for article in matched if article is not None}
        recent = {article.id: article for article in known.recent if article.id not in ids}
        again = renamed_guids([feed.drafts[place] for place in places], recent.values())
        for number, article_id in again.items():
            matched[places[number]] = recent[article_id]
    return matched


def effective_date(draft: Draft, now: datetime) -> datetime:
    """The source's date where it can be believed, else now: never a moment in the future."""
    return draft.published_at if draft.published_at is not None and draft.published_at <= now else now


def _new(
    source: Source,
    feed: DraftFeed,
    drafts: Sequence[Draft],
    known: Known,
    topics: Sequence[Topic],
    *,
    is_import: bool,
    now: datetime,
    undated_before: datetime,
) -> tuple[NewArticle, ...]:
    places = _import_places(drafts, now, undated_before) if is_import else _live_places(drafts, now)
    for place in () if is_import else _archived(feed, drafts, known.recent):
        places[place] = drafts[place].published_at or now
    taken = set(known.taken_urns)
    found: list[NewArticle] = []
    for draft, sort_at in zip(drafts, places, strict=True):
        effective = effective_date(draft, now) if draft.published_at is not None or not is_import else sort_at
        modified = draft.modified_at
        found.append(
            NewArticle(
                draft=draft,
                urn=_urn(source, draft, taken),
                sort_at=sort_at,
                effective_at=effective,
                updated_at=modified if modified is not None and effective <= modified <= now else effective,
                matches=_matches(source, draft, topics),
            )
        )
    # Oldest first, so that row numbers rise with time and break ties the right way.
    return tuple(sorted(found, key=lambda new: new.sort_at))


def _import_places(drafts: Sequence[Draft], now: datetime, undated_before: datetime) -> list[datetime]:
    """In a first import an article takes its own date, undated ones an hour apart in document order."""
    places: list[datetime] = []
    undated = undated_before
    for draft in drafts:
        if draft.published_at is not None:
            places.append(min(draft.published_at, now))
        else:
            undated -= UNDATED_STEP
            places.append(undated)
    return places


def _archived(feed: DraftFeed, drafts: Sequence[Draft], recent: Sequence[KnownArticle]) -> tuple[int, ...]:
    """The places of new drafts that are the older part of a document that grew: no news, as in a first import.

    Those dated before all that is known of the source, where they are many and the document tells known articles too.
    """
    dates = [article.published_at for article in recent if article.published_at is not None]
    if not dates or feed.entry_count <= len(drafts):
        return ()
    first = min(dates)
    older = tuple(
        place
        for place, draft in enumerate(drafts)
        if draft.published_at is not None and draft.published_at < first
    )
    return older if len(older) >= ARCHIVE_AT_LEAST else ()


def _live_places(drafts: Sequence[Draft], now: datetime) -> list[datetime]:
    """Later articles are first published here now; within one poll the order is that of their dates."""
    order = sorted(
        range(len(drafts)),
        key=lambda place: (-(min(drafts[place].published_at or now, now)).timestamp(), place),
    )
    steps = {place: step for step, place in enumerate(order)}
    return [now - NEW_STEP * steps[place] for place in range(len(drafts))]


def _urn(source: Source, draft: Draft, taken: set[str]) -> str:
    own = own_urn(source, draft)
    urn = own if own is not None and own not in taken else computed_urn(source, draft)
    place = 0
    while urn in taken:
        place += 1
        urn = computed_urn(source, draft, place)
    taken.add(urn)
    return urn


def _change(
    source: Source, article: KnownArticle, draft: Draft, topics: Sequence[Topic], now: datetime
) -> ChangedArticle:
    major = is_major(article.hash, draft.hash)
    stated = draft.modified_at
    believed = stated if stated is not None and article.updated_at < stated <= now else now
    return ChangedArticle(
        article_id=article.id,
        draft=draft,
        is_major=major,
        updated_at=believed if major else article.updated_at,
        matches=_matches(source, draft, topics),
        is_quiet=_is_reread(article, draft, now)
        and not is_by_same_rules(article.hash, draft.hash)
        and not goes_back(draft.hash, article.hash, article.former_hashes),
    )


def _is_reread(article: KnownArticle, draft: Draft, now: datetime) -> bool:
    """True if the source did not change it, or is not likely to have.

    Where nothing of its document was remembered, an edit that readers would notice is taken for the source's only if
    the source dates it, or if the article is as young as articles are when they are corrected.
    """
    if draft.is_reread or not draft.is_perhaps_reread:
        return draft.is_reread
    if major_part(article.hash) == major_part(draft.hash):
        return True
    if draft.modified_at is not None:
        return draft.modified_at <= max(article.updated_at, article.first_seen_at)
    return (article.published_at or article.first_seen_at) < now - CORRECTED_WITHIN


def _gained(
    source: Source, article: KnownArticle, draft: Draft, topics: Sequence[Topic], now: datetime
) -> ChangedArticle:
    change = _change(source, article, draft, topics, now)
    return replace(change, is_major=False, updated_at=article.updated_at, is_quiet=False)


def _matches(source: Source, draft: Draft, topics: Sequence[Topic]) -> tuple[TopicMatch, ...]:
    return match_topics(
        topics,
        Matchable(
            id=0,
            source_slugs=(source.slug,),
            source_topics=source.topic_slugs,
            title=draft.title,
            summary=draft.summary,
            text_html=draft.content_html,
            url=draft.canonical_url,
            categories=draft.categories,
            authors=tuple(author.name for author in draft.authors),
            language=draft.language or source.language,
        ),
    )


def matches_of_draft(source: Source, draft: Draft, topics: Sequence[Topic]) -> tuple[TopicMatch, ...]:
    """The topics that the draft would belong to, were it stored, each with the evidence."""
    return _matches(source, draft, topics)
