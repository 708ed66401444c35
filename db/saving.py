"""Saving what a poll found: articles, who wrote them, what they are about, which feeds that touches (spans tables)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from db import (
    articles,
    author_facts,
    authors,
    feeds,
    hosts,
    memberships,
    overrides,
    pages,
    poll_states,
    saved_mixes,
    sightings,
    slugs,
    sources,
    topics,
    withdrawals,
)
from db.engines.engine import Engine
from feeds.clock import to_ms
from feeds.model.articles import (
    ChangedArticle,
    Changes,
    Draft,
    DraftAuthor,
    DraftFeed,
    NewArticle,
    PollReport,
    TopicMatch,
)
from feeds.model.deltas import changed_fields
from feeds.model.incoming import Biography, PollState, Source
from feeds.text.urls import url_domain

_Entered = dict[tuple[DraftAuthor, Biography | None, str], int]
"""Authors that a document named, as it did last: a feed's thirty articles are by a few people."""

MOST_ENTERED = 50


def save_poll(
    engine: Engine,
    source: Source,
    report: PollReport,
    feed: DraftFeed | None,
    changes: Changes,
    now: datetime,
) -> None:
    """Writes what a poll found; the caller holds the transaction."""
    poll_states.save(engine, source.id, report.poll, report.was_due_at)
    _save_found(engine, source, feed, changes, now)


def save_push(
    engine: Engine, source: Source, poll: PollState, feed: DraftFeed, changes: Changes, now: datetime
) -> None:
    """Writes what a hub brought; the caller holds the transaction. Validators and due time are not its business."""
    poll_states.save_rhythm(engine, source.id, poll)
    _save_found(engine, source, feed, changes, now)


def _save_found(
    engine: Engine, source: Source, feed: DraftFeed | None, changes: Changes, now: datetime
) -> None:
    if feed is not None and sources.note_header(engine, source, feed):
        memberships.touch_source(engine, source.id, now)
    save_changes(engine, source, feed, changes, now)
    hosts.set_due(engine, [_host_of(engine, source.id)])


def save_changes(
    engine: Engine, source: Source, feed: DraftFeed | None, changes: Changes, now: datetime
) -> None:
    """Writes articles alone, without a poll: what a document brought; the caller holds the transaction."""
    if changes.left:
        pages.forget_names(engine, source.id, [guid for guid, _ in changes.left])
        sightings.forget(engine, source.id, changes.left)
    if feed is not None and feed.page_marks:
        pages.note(engine, source.id, feed.page_marks, now)
    _add_new(engine, source, changes.new, now)
    for change in changes.changed:
        _save_change(engine, source, change, now)
    articles.remark(engine, changes.remarked)
    withdrawals.note(engine, changes.taken_back)
    for one in changes.withdrawn:
        articles.withdraw(engine, one.article_id, reason=one.reason, now=now)
        withdrawals.note(engine, [(one.article_id, one.words)])
        settle(engine, one.article_id, now, is_changed=False)
    sightings.add(engine, source.id, [(again.article_id, again.draft) for again in changes.seen_again], now)
    for again in changes.seen_again:
        has_gained = _gain_topics(engine, again.article_id, again.matches)
        # Its topics are its labels, in whatever feed it stands.
        settle(engine, again.article_id, now, is_changed=has_gained, fields=("topics",))


def _add_new(engine: Engine, source: Source, several: Sequence[NewArticle], now: datetime) -> None:
    # Both feeds begin with the first poll, even one that brings nothing.
    everywhere = {feed_all(engine, now), feeds.row_id(engine, "source", source.id, source.slug, now)}
    if not several:
        return
    ids = articles.add(engine, source.id, several, now)
    entered: _Entered = {}
    by_whom = [_authors(engine, source, new.draft, now, entered) for new in several]
    if any(one.kind == "agency" for new in several for one in new.draft.authors):
        # An agency takes over who was found under its spellings, in this very document too.
        by_whom = [_authors(engine, source, new.draft, now, entered) for new in several]
    authors.add_to_articles(engine, list(zip(ids, by_whom, strict=True)))
    about = topics.add_to_articles(
        engine, [(article_id, new.matches) for article_id, new in zip(ids, several, strict=True)]
    )
    sightings.add(engine, source.id, [(key, new.draft) for key, new in zip(ids, several, strict=True)], now)
    if source.is_private:
        return
    rows = {
        ("author", author): feeds.row_id(engine, "author", author, "", now)
        for author in {author for credited in by_whom for author, _ in credited}
    } | {("topic", topic): feeds.row_id(engine, "topic", topic, "", now) for topic in set().union(*about)}
    mixes = saved_mixes.standing(engine, now)
    spoken = saved_mixes.languages_of(engine, ids) if mixes.asks_for_languages else {}
    joining: list[tuple[int, int, int]] = []
    for article_id, new, credited, topic_ids in zip(ids, several, by_whom, about, strict=True):
        wanted = everywhere | {rows["author", author] for author, _ in credited}
        wanted |= {rows["topic", topic] for topic in topic_ids}
        wanted |= mixes.feeds_of(
            saved_mixes.holding_of(
                topics=topic_ids,
                authors={author for author, _ in credited},
                sources={source.id},
                language=spoken.get(article_id, ""),
            )
        )
        joining += [(feed, article_id, to_ms(new.sort_at)) for feed in sorted(wanted)]
    memberships.begin(engine, joining, now)


def _save_change(engine: Engine, source: Source, change: ChangedArticle, now: datetime) -> None:
    before = articles.by_ids(engine, [change.article_id])
    known = engine.rows("SELECT canonical_url FROM articles WHERE id = :id", {"id": change.article_id})[0]
    if known["canonical_url"] and known["canonical_url"] != change.draft.canonical_url:
        sightings.add_former_address(engine, known["canonical_url"], change.article_id)
    # While it was withdrawn, what its source changed was remembered as read, but not taken over.
    is_quiet = change.is_quiet and not memberships.has_left(engine, feed_all(engine, now), change.article_id)
    articles.change(
        engine,
        source.id,
        change.article_id,
        change.draft,
        is_major=change.is_major,
        updated_at=change.updated_at,
        is_quiet=is_quiet,
        now=now,
    )
    by_whom = _authors(engine, source, change.draft, now)
    if change.article_id in overrides.beneath(engine, [change.article_id]):
        overrides.set_beneath(engine, change.article_id, by_whom)
    else:
        authors.set_of_article(engine, change.article_id, by_whom)
    topics_before = _topics_of(engine, change.article_id)
    topics.set_of_article(engine, change.article_id, (*topics_before, *change.matches))
    sightings.add(engine, source.id, [(change.article_id, change.draft)], now)
    after = articles.by_ids(engine, [change.article_id])
    fields = changed_fields(before[0], after[0])
    settle(engine, change.article_id, now, is_changed=True, fields=fields, is_quiet=is_quiet)


def _gain_topics(engine: Engine, article_id: int, matches: Sequence[TopicMatch]) -> bool:
    """Adds the matches whose topics the article does not have yet; True if there are any."""
    present = set(topics.ids_of_article(engine, article_id)) if matches else set()
    fresh = [match for match in matches if slugs.holder(engine, "topic", match.slug) not in present]
    return bool(topics.add_to_article(engine, article_id, fresh))


def _topics_of(engine: Engine, article_id: int) -> list[TopicMatch]:
    """The matches that the article has: a document alone does not know who else carries it, or its authors' names.

    `feeds.actions.sorting.matching` takes away what no longer holds, in the same transaction; an article that stays in a
    feed must not leave and join it.
    """
    matches = topics.matches_of(engine, [article_id]).get(article_id, {})
    return [TopicMatch(slug=slug, evidence=why) for slug, why in matches.items()]


def lay_authors(engine: Engine, article_id: int, names: Sequence[str], now: datetime) -> None:
    """Gives the article these authors over those that its source names, whom `overrides` keeps beneath."""
    if article_id not in overrides.beneath(engine, [article_id]):
        overrides.set_beneath(engine, article_id, authors.named_in(engine, article_id))
    row = engine.rows(
        "SELECT a.canonical_url, s.domain FROM articles a JOIN sources s ON s.id = a.source_id WHERE a.id = :id",
        {"id": article_id},
    )[0]
    domain = url_domain(row["canonical_url"]) or row["domain"]
    found = [(authors.resolve(engine, DraftAuthor(name=name), domain, now), name) for name in names]
    authors.set_of_article(engine, article_id, found)


def give_authors_back(engine: Engine, article_id: int) -> None:
    """Gives the article the authors that its source names."""
    beneath = overrides.beneath(engine, [article_id]).get(article_id)
    if beneath is not None:
        authors.set_of_article(engine, article_id, authors.as_merged(engine, beneath))


def settle(
    engine: Engine,
    article_id: int,
    now: datetime,
    *,
    is_changed: bool,
    fields: Sequence[str] = (),
    is_quiet: bool = False,
) -> bool:
    """Brings an article's memberships in line with its sources, authors, topics and the saved mixes.

    True if a feed is told of it; `fields` is what of the article changed, and `is_quiet` where nobody is sent word.
    """
    found = engine.rows(
        "SELECT a.status, s.is_private FROM articles a JOIN sources s ON s.id = a.source_id WHERE a.id = :id",
        {"id": article_id},
    )[0]
    if found["status"] != "published" or found["is_private"]:
        return memberships.sync(engine, article_id, (), now, is_changed=False)
    by_whom = [(author, "") for author in authors.ids_of_article(engine, article_id)]
    about = topics.ids_of_article(engine, article_id)
    wanted = {feed_all(engine, now), *_feeds_of(engine, by_whom, about, now)}
    # Who else carries it may be nobody's business.
    carriers = sources.public_ones(engine, sightings.sources_of(engine, article_id))
    wanted |= feeds.row_ids(engine, "source", carriers, now)
    wanted |= _mixes_of(engine, article_id, by_whom, about, carriers, now)
    return memberships.sync(
        engine, article_id, wanted, now, is_changed=is_changed, fields=fields, is_quiet=is_quiet
    )


def _mixes_of(
    engine: Engine,
    article_id: int,
    by_whom: Iterable[tuple[int, str]],
    about: Iterable[int],
    carriers: Iterable[int],
    now: datetime,
) -> set[int]:
    mixes = saved_mixes.standing(engine, now)
    language = saved_mixes.languages_of(engine, [article_id])[article_id] if mixes.asks_for_languages else ""
    holding = saved_mixes.holding_of(
        topics=set(about),
        authors={author for author, _ in by_whom},
        sources=set(carriers),
        language=language,
    )
    return mixes.feeds_of(holding) | saved_mixes.paused_of(engine, article_id, mixes)


def _feeds_of(
    engine: Engine, by_whom: Iterable[tuple[int, str]], about: Iterable[int], now: datetime
) -> set[int]:
    wanted = {feeds.row_id(engine, "author", author, "", now) for author, _ in by_whom}
    return wanted | {feeds.row_id(engine, "topic", topic, "", now) for topic in about}


def _authors(
    engine: Engine, source: Source, draft: Draft, now: datetime, entered: _Entered | None = None
) -> list[tuple[int, str]]:
    """The ids of a draft's authors, with their names as written.

    `entered` spares asking for those whom the last articles of the document named in the same way.
    """
    entered = {} if entered is None else entered
    domain = url_domain(draft.canonical_url) or source.domain
    biographies = {one.name.casefold(): one for one in draft.biographies}
    found: list[tuple[int, str]] = []
    for one in draft.authors:
        bio = biographies.get(one.name.casefold())
        author_id = entered.get((one, bio, domain))
        if author_id is None:
            author_id = authors.resolve(engine, one, domain, now)
            author_facts.note(engine, author_id, one, bio, domain, now)
            # The last telling counts, and an agency takes over who was found under its spellings.
            for key in [key for key, other in entered.items() if other == author_id or one.kind == "agency"]:
                del entered[key]
            if len(entered) >= MOST_ENTERED:
                entered.clear()
            entered[one, bio, domain] = author_id
        found.append((author_id, one.written or one.name))
    return found


def feed_all(engine: Engine, now: datetime) -> int:
    return feeds.row_id(engine, "all", 0, "", now)


def _host_of(engine: Engine, source_id: int) -> str:
    host: str = engine.rows("SELECT host FROM poll_states WHERE source_id = :id", {"id": source_id})[0][
        "host"
    ]
    return host
