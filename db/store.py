"""What spans tables: the one object behind `feeds.protocols.Store`, over either engine.

Its methods only put the tables' own functions together, each in one transaction; what a single
table does stands in the module of its name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from typing import Any

from db import (
    alerts,
    answers,
    articles,
    author_facts,
    author_merges,
    author_pairs,
    author_rows,
    authors,
    claims,
    domains,
    feeds,
    hosts,
    jobs,
    kept,
    memberships,
    pages,
    poll_states,
    pushes,
    rendered,
    saving,
    search,
    sightings,
    slugs,
    sources,
    subscriptions,
    topics,
    touched,
)
from db.postgres import PostgresEngine
from db.sqlite import SqliteEngine
from feeds.clock import from_ms
from feeds.errors import NotFoundError, RequestError
from feeds.folding import SoughtWords
from feeds.model.articles import (
    Article,
    Author,
    AuthorFacts,
    AuthorLooks,
    AuthorTraces,
    Changes,
    DraftFeed,
    Known,
    PageMark,
    PollReport,
    Tombstone,
    Topic,
    TopicMatch,
    TopicRule,
)
from feeds.model.incoming import DueSource, Fetched, PollState, Source
from feeds.model.kept import (
    Alert,
    CategoryCount,
    Job,
    JobState,
    Matchable,
    PageCheck,
    SourceRow,
    SourceSpec,
    Spoken,
    Version,
    Worded,
)
from feeds.model.outgoing import FeedInfo, FeedKey, FeedKind, FeedPage, RenderedFeed
from feeds.model.push import HubSubscription, Push


def _shown(source: Source) -> tuple[object, ...]:
    """The settings of a source that show in feeds."""
    return source.title, source.share, source.is_ours, source.options.pictures, source.options.terms_agreed


class Store:
    """Everything kept, through one connection."""

    def __init__(self, engine: SqliteEngine | PostgresEngine) -> None:
        self.engine = engine

    def write(self) -> AbstractContextManager[None]:
        """A writing transaction around several calls; inside another one, a savepoint."""
        return self.engine.write()

    def close(self) -> None:
        """Lets go of the connection."""
        self.engine.close()

    def site_id(self, new_id: Callable[[], str]) -> str:
        """The site's own id, drawn once."""
        return kept.site_id(self.engine, new_id)

    def kept(self, name: str) -> str | None:
        """A small value kept under a name."""
        return kept.value(self.engine, name)

    def keep(self, name: str, value: str) -> None:
        """Keeps a small value under a name."""
        kept.keep(self.engine, name, value)

    def beat(self, name: str, now: datetime, detail: str = "") -> None:
        """Leaves a sign of life."""
        kept.beat(self.engine, name, now, detail)

    def beats(self) -> dict[str, tuple[datetime, str]]:
        """The last sign of life of each name."""
        return kept.beats(self.engine)

    def claim(
        self, *, owner: str, now: datetime, until: datetime, most: int, pause: timedelta
    ) -> tuple[DueSource, ...]:
        """Due sources of hosts that nobody holds, each with its domain's leave."""
        with self.write():
            return claims.claim(self.engine, owner=owner, now=now, until=until, most=most, pause=pause)

    def extend_claims(self, *, owner: str, until: datetime) -> int:
        """Holds the owner's hosts for longer."""
        with self.write():
            domains.extend_holds(self.engine, owner=owner, until=until)
            return hosts.extend(self.engine, owner=owner, until=until)

    def release(self, *, owner: str, hosts_done: Sequence[str] | None = None) -> None:
        """Lets go of the owner's hosts: those named, or all."""
        with self.write():
            hosts.release(self.engine, owner=owner, hosts=hosts_done)
            domains.let_go(self.engine, owner=owner)

    def check_claim(self, host: str, claim_no: int) -> None:
        """Raises ClaimLostError where the host was claimed by somebody else since."""
        hosts.check(self.engine, host, claim_no)

    def lost_claims(self, claims: Mapping[str, int]) -> frozenset[str]:
        """The hosts, of these with their claim numbers, that somebody else claimed since."""
        return hosts.lost(self.engine, claims)

    def take_slot(self, domain: str, *, now: datetime, pause: timedelta) -> datetime:
        """When the domain gives leave for a request."""
        return domains.take_slot(self.engine, domain, now=now, pause=pause)

    def cool(self, domain: str, *, until: datetime) -> None:
        """No request to the domain before then."""
        domains.cool(self.engine, domain, until=until)

    def cool_until(self, domain: str) -> datetime | None:
        """Until when the domain is to be left alone; None where nobody said so."""
        return domains.cool_until(self.engine, domain)

    def rest_host(self, host: str, *, until: datetime) -> None:
        """No source of the host is polled before then, not even one that is asked for."""
        with self.write():
            hosts.rest(self.engine, host, until)
            poll_states.rest_host(self.engine, host, until)

    def open_alert(self, kind: str, subject: str, message: str, now: datetime) -> None:
        """Something that an admin should look at; once open, it stays as it was first told."""
        alerts.open_(self.engine, kind, subject, message, now)

    def close_alert(self, kind: str, subject: str, now: datetime) -> None:
        """It is over."""
        alerts.close(self.engine, kind, subject, now)

    def alerts(self) -> tuple[Alert, ...]:
        """What is open, newest first."""
        return alerts.open_ones(self.engine)

    def known(self, source: Source, feed: DraftFeed, urns: Iterable[str]) -> Known:
        """What deciding about the document needs."""
        return sightings.known(self.engine, source, feed, urns)

    def save_poll(
        self, source: Source, report: PollReport, feed: DraftFeed | None, changes: Changes, now: datetime
    ) -> None:
        """Writes what a poll found: state, articles, memberships, and what was touched."""
        with self.write():
            saving.save_poll(self.engine, source, report, feed, changes, now)

    def save_changes(self, source: Source, feed: DraftFeed, changes: Changes, now: datetime) -> None:
        """Writes what a document brought, without a poll."""
        with self.write():
            saving.save_changes(self.engine, source, feed, changes, now)

    def save_unchanged(self, reports: Sequence[PollReport]) -> None:
        """Writes polls that found nothing new, together."""
        with self.write():
            poll_states.save_unchanged(
                self.engine, [(one.source_id, one.poll, one.was_due_at) for one in reports]
            )

    def page_marks(self, source_id: int, guids: Sequence[str]) -> dict[str, PageMark]:
        """What is remembered of the source's article pages."""
        return pages.marks(self.engine, source_id, guids)

    def keep_answer(self, url: str, answer: Fetched, now: datetime) -> None:
        """Keeps what an address answered for its first poll."""
        with self.write():
            answers.keep(self.engine, url, answer, now)

    def kept_answer(self, url: str, *, since: datetime) -> Fetched | None:
        """The answer kept for the address since then."""
        return answers.get(self.engine, url, since=since)

    def drop_answers(self, *, before: datetime, url: str | None = None) -> int:
        """Forgets answers kept before then."""
        with self.write():
            return answers.drop(self.engine, before=before, url=url)

    def subscriptions_of(self, source_ids: Sequence[int]) -> tuple[HubSubscription, ...]:
        """Our subscriptions to these sources' hubs, oldest first."""
        return subscriptions.of_sources(self.engine, source_ids)

    def subscription(self, subscription_id: int) -> HubSubscription | None:
        """One subscription; inside `write()`, nobody else changes it meanwhile."""
        return subscriptions.locked(self.engine, subscription_id)

    def subscription_of_token(self, token: str) -> HubSubscription | None:
        """The same by the end of its callback address."""
        return subscriptions.locked_of_token(self.engine, token)

    def put_subscription(self, one: HubSubscription) -> HubSubscription:
        """Stores a subscription, new or changed."""
        with self.write():
            return subscriptions.put(self.engine, one)

    def take_subscriptions(self, *, now: datetime, until: datetime, most: int) -> tuple[HubSubscription, ...]:
        """Subscriptions whose hub is to be asked now; nobody else takes them before `until`."""
        if not subscriptions.is_any_due(self.engine, now):
            return ()
        with self.write():
            return subscriptions.take_due(self.engine, now=now, until=until, most=most)

    def wake_subscriptions(self, now: datetime, *, is_every: bool) -> None:
        """Has subscriptions looked at now: every one, or those that wait for nothing."""
        with self.write():
            subscriptions.wake(self.engine, now, is_every=is_every)

    def live_subscriptions(self) -> tuple[HubSubscription, ...]:
        """Subscriptions with something to come: a confirmation, a renewal, another try."""
        return subscriptions.live(self.engine)

    def forget_subscriptions(self, now: datetime) -> None:
        """Lets go of subscriptions that were left long ago."""
        with self.write():
            subscriptions.forget(self.engine, now)

    def add_push(
        self, subscription_id: int, *, body: bytes, content_type: str, now: datetime, most: int
    ) -> bool:
        """Keeps what a hub brought for the scheduler; False where so many wait already."""
        with self.write():
            return pushes.add(
                self.engine, subscription_id, body=body, content_type=content_type, now=now, most=most
            )

    def take_pushes(self, *, owner: str, now: datetime, until: datetime, most: int) -> tuple[Push, ...]:
        """What hubs brought for hosts that nobody holds; they are the owner's until then."""
        if not pushes.is_any(self.engine):
            return ()
        with self.write():
            return pushes.take(self.engine, owner=owner, now=now, until=until, most=most)

    def save_push(
        self, source: Source, poll: PollState, feed: DraftFeed, changes: Changes, now: datetime
    ) -> None:
        """Writes what a push brought: articles and rhythm, and what was touched."""
        with self.write():
            saving.save_push(self.engine, source, poll, feed, changes, now)

    def drop_push(self, push_id: int) -> None:
        """It has been taken up."""
        pushes.drop(self.engine, push_id)

    def add_source(self, spec: SourceSpec, now: datetime) -> Source:
        """A new source, due at once; a removed one of the same address comes back."""
        with self.write():
            found = sources.add(self.engine, spec, now)
            feeds.reopen(self.engine, "source", found.id)
            subscriptions.wake(self.engine, now, found.id)
        return found

    def change_source(self, source_id: int, spec: SourceSpec, now: datetime) -> Source:
        """The source with other settings."""
        with self.write():
            before = self._source(source_id).source
            changed = sources.change(self.engine, source_id, spec)
            if _shown(before) != _shown(changed):
                own = feeds.row_id(self.engine, "source", source_id, changed.slug, now)
                memberships.touch_all(self.engine, own, now)
                memberships.touch_source(self.engine, source_id, now)
        return changed

    def rename_source(self, source_id: int, slug: str, now: datetime) -> None:
        """A new slug; the old one leads to it."""
        with self.write():
            sources.rename(self.engine, source_id, slug, now)
            memberships.touch_source(self.engine, source_id, now)

    def set_source_state(self, source_id: int, state: str, now: datetime) -> None:
        """active, paused, gone or removed; the feed of a removed one is retired, its articles leave the rest."""
        with self.write():
            sources.set_state(self.engine, source_id, state, now)
            subscriptions.wake(self.engine, now, source_id)
            if state == "removed":
                feeds.retire(self.engine, "source", source_id, now)
            elif state == "active":
                feeds.reopen(self.engine, "source", source_id)

    def poll_soon(self, source_ids: Sequence[int], now: datetime) -> None:
        """Makes sources due at once."""
        with self.write():
            poll_states.set_next(self.engine, source_ids, now)

    def sources(self, *, with_removed: bool = False) -> tuple[SourceRow, ...]:
        """All sources by slug."""
        return sources.every(self.engine, with_removed=with_removed)

    def source(self, slug: str) -> SourceRow | None:
        """The source that has, or had, the slug."""
        return sources.by_slug(self.engine, slug)

    def source_of_id(self, source_id: int) -> SourceRow | None:
        """The source of that id."""
        return sources.by_id(self.engine, source_id)

    def source_at(self, url: str) -> SourceRow | None:
        """The source that is, or was, polled at the address."""
        return sources.by_address(self.engine, url)

    def put_topic(
        self, *, slug: str, title: str, description: str, rule: TopicRule, origin: str, now: datetime
    ) -> Topic:
        """Adds the topic or changes it."""
        with self.write():
            return topics.put(
                self.engine,
                slug=slug,
                title=title,
                description=description,
                rule=rule,
                origin=origin,
                now=now,
            )

    def rename_topic(self, old: str, new: str, now: datetime) -> None:
        """A new slug; the old one leads to it."""
        with self.write():
            topics.rename(self.engine, old, new, now)

    def set_topic_state(self, slug: str, state: str, now: datetime) -> None:
        """active or paused."""
        with self.write():
            topics.set_state(self.engine, slug, state)

    def topics(self) -> tuple[Topic, ...]:
        """All topics by slug."""
        return topics.every(self.engine)

    def category_counts(self, most: int) -> tuple[CategoryCount, ...]:
        """Labels that sources use, most used first."""
        return topics.category_counts(self.engine, most)

    def matchable(self, *, after_id: int, most: int) -> tuple[Matchable, ...]:
        """Published articles by id, as topic rules see them."""
        return topics.matchable(self.engine, after_id=after_id, most=most)

    def matches_of(self, ids: Sequence[int]) -> dict[int, dict[str, str]]:
        """The topics of each article, with the evidence."""
        return topics.matches_of(self.engine, ids)

    def set_matches(self, article_id: int, matches: Sequence[TopicMatch], now: datetime) -> bool:
        """Gives an article these topics; True where that changed a feed."""
        with self.write():
            if not topics.set_of_article(self.engine, article_id, matches):
                return False
            saving.settle(self.engine, article_id, now, is_changed=True)
            return True

    def put_author(
        self,
        *,
        slug: str | None,
        name: str,
        known_as: Sequence[str],
        bio: str,
        links: Sequence[str],
        origin: str,
        looks: AuthorLooks = authors.NO_LOOKS,
        now: datetime,
    ) -> Author:
        """Adds the declared author or changes it."""
        with self.write():
            return authors.put(
                self.engine,
                slug=slug,
                name=name,
                known_as=known_as,
                bio=bio,
                links=links,
                origin=origin,
                looks=looks,
                now=now,
            )

    def rename_author(self, old: str, new: str, now: datetime) -> None:
        """A new slug; the old one leads to it."""
        with self.write():
            held = slugs.holder(self.engine, "author", old)
            if held is None:
                raise NotFoundError(f"There is no author {old!r}.")
            authors.rename(self.engine, held, new, now)

    def set_author(self, slug: str, facts: AuthorFacts, now: datetime) -> Author:
        """What an admin says of an author."""
        with self.write():
            return authors.set_facts(self.engine, authors.require(self.engine, slug), facts, now)

    def merge_authors(self, old: str, new: str, now: datetime) -> Author:
        """All of the old one's becomes the new one's; old addresses lead there."""
        with self.write():
            pair = authors.require(self.engine, old), authors.require(self.engine, new)
            merged = authors.merge(self.engine, *pair, now)
            author_pairs.drop(self.engine, pair[1], pair[1])
            return merged

    def split_author(self, slug: str, name: str, domain: str | None, now: datetime) -> Author:
        """What is signed with that name (at that publisher) becomes another author's."""
        with self.write():
            held = authors.require(self.engine, slug)
            new = author_merges.split(self.engine, held, name, domain, now)
            author_pairs.keep(self.engine, held, new, now)
            return author_rows.must(self.engine, new)

    def set_apart(self, one: str, other: str, now: datetime, *, is_apart: bool) -> bool:
        """Whether these two are two people; False where that was so already."""
        with self.write():
            pair = authors.require(self.engine, one), authors.require(self.engine, other)
            if pair[0] == pair[1]:
                raise RequestError(
                    f"{one!r} and {other!r} are one author here: take them apart with `author split`."
                )
            if is_apart:
                return author_pairs.keep(self.engine, *pair, now)
            return author_pairs.drop(self.engine, *pair)

    def authors_apart(self) -> frozenset[tuple[int, int]]:
        """Pairs of authors who are two people, the smaller id first."""
        return author_pairs.every(self.engine)

    def author_traces(self, ids: Sequence[int]) -> dict[int, AuthorTraces]:
        """Where each author was met: sources, and addresses beside their bylines."""
        return author_facts.traces(self.engine, ids)

    def authors(self) -> tuple[tuple[Author, int], ...]:
        """All authors that have articles or are declared, with their number of articles."""
        return authors.every(self.engine)

    def article(self, article_id: int) -> Article | Tombstone | None:
        """One article whole, or the sign that it left."""
        return articles.by_id(self.engine, article_id)

    def withdraw(self, article_id: int, *, reason: str, now: datetime) -> None:
        """Takes an article out of every feed and leaves its sign."""
        with self.write():
            articles.withdraw(self.engine, article_id, reason=reason, now=now)
            memberships.sync(self.engine, article_id, (), now, is_changed=False)

    def unspoken(self, most: int) -> tuple[Spoken, ...]:
        """Published articles whose language was not looked at yet."""
        return articles.unspoken(self.engine, most)

    def note_languages(self, told: Sequence[tuple[int, str]], now: datetime) -> None:
        """Notes what was found out; feeds that show it are touched."""
        with self.write():
            for article_id in articles.note_languages(self.engine, told):
                saving.settle(self.engine, article_id, now, is_changed=True)

    def search_behind(self, most: int) -> tuple[int | None, list[tuple[int, Worded | None]]]:
        """The articles of the next changes that search has not read, and up to which seq they reach."""
        after = int(kept.value(self.engine, search.CURSOR) or 0)
        last, ids = search.behind(self.engine, after, most)
        if last == after:
            return None, []
        found = search.worded(self.engine, ids)
        return last, [(number, found.get(number)) for number in ids]

    def put_texts(self, told: Sequence[tuple[int, str]], seq: int) -> None:
        """Keeps the words of articles, and up to which seq they were read."""
        with self.write():
            search.put(self.engine, told)
            kept.keep(self.engine, search.CURSOR, str(seq))

    def search(self, sought: Sequence[SoughtWords], *, most: int, offset: int) -> tuple[Article, ...]:
        """Published articles that hold all that is sought."""
        return articles.by_ids(self.engine, search.find(self.engine, sought, most=most, offset=offset))

    def pages_to_check(
        self, *, seen_before: datetime, seen_since: datetime, checked_before: datetime, most: int
    ) -> tuple[PageCheck, ...]:
        """Articles of sources that are set to be checked, whose pages are due."""
        due = articles.to_check(
            self.engine,
            seen_before=seen_before,
            seen_since=seen_since,
            checked_before=checked_before,
            most=most,
        )
        return tuple(
            PageCheck(article_id=article_id, url=url, source=self._source(source_id).source)
            for article_id, url, source_id in due
        )

    def note_checked(self, article_id: int, now: datetime) -> None:
        """The article's page was looked at."""
        with self.write():
            articles.note_checked(self.engine, article_id, now)

    def restore(self, article_id: int, now: datetime) -> bool:
        """A withdrawn article in its feeds again."""
        with self.write():
            is_back = articles.restore(self.engine, article_id)
            if is_back:
                saving.settle(self.engine, article_id, now, is_changed=True)
        return is_back

    def expire(self, now: datetime, most: int) -> int:
        """Withdraws what its source let end; answers how many."""
        with self.write():
            over = articles.over(self.engine, now=now, most=most)
            for article_id in over:
                self.withdraw(article_id, reason="its source let it end", now=now)
        return len(over)

    def versions(self, article_id: int) -> tuple[Version, ...]:
        """Former states of an article."""
        return articles.versions(self.engine, article_id)

    def slug_now(self, kind: FeedKind, slug: str) -> str | None:
        """The present slug of what is, or was, known by this one."""
        return slugs.current(self.engine, kind, slug)

    def slug_given_at(self, kind: FeedKind, slug: str) -> datetime | None:
        """Since when the slug is the present one."""
        return slugs.given_at(self.engine, kind, slug)

    def feed_info(self, key: FeedKey) -> FeedInfo | None:
        """The feed of that key."""
        self._begin_all()
        return feeds.info(self.engine, key)

    def feeds(self, kind: FeedKind | None = None) -> tuple[FeedInfo, ...]:
        """Feeds that can be subscribed to."""
        self._begin_all()
        return feeds.every(self.engine, kind)

    def feed_page(self, key: FeedKey, *, entries: int, window: timedelta, most: int) -> FeedPage | None:
        """The newest `entries` and everything within `window` of the newest, at most `most`."""
        self._begin_all()
        with self.engine.read():
            found = feeds.info(self.engine, key)
            feed_id = feeds.id_of(self.engine, key)
            if found is None or feed_id is None:
                return None
            ids = memberships.page(self.engine, feed_id, entries=entries, window=window, most=most)
            return FeedPage(info=found, articles=articles.by_ids(self.engine, ids))

    def number_touched(self, now: datetime, most: int = 5000) -> int:
        """Gives committed touches their seq; answers how many."""
        if not self.engine.rows("SELECT 1 AS one FROM touched WHERE seq IS NULL LIMIT 1"):
            return 0
        return touched.number(self.engine, now, most)

    def seq(self) -> int:
        """The last seq given."""
        return touched.seq(self.engine)

    def rendered(self, key: FeedKey, format: str, recipe: str) -> tuple[int, RenderedFeed] | None:
        """The bytes last rendered with that recipe."""
        return rendered.kept(self.engine, key, format, recipe)

    def keep_rendered(
        self, key: FeedKey, format: str, recipe: str, changed_seq: int, feed: RenderedFeed
    ) -> RenderedFeed:
        """Keeps the bytes; same bytes keep their time."""
        with self.write():
            return rendered.keep(self.engine, key, format, recipe, changed_seq, feed)

    def note_read(self, keys: Sequence[FeedKey], now: datetime) -> None:
        """These feeds were asked for."""
        with self.write():
            feeds.note_read(self.engine, keys, now)

    def stale_feeds(self, *, read_since: datetime, recipe: str, most: int) -> tuple[FeedKey, ...]:
        """Feeds read lately whose kept bytes are older than what they hold."""
        return feeds.stale(self.engine, read_since=read_since, recipe=recipe, most=most)

    def add_job(self, kind: str, arguments: dict[str, Any], *, asked_by: str, now: datetime) -> int:
        """Asks for work; answers the job's id."""
        return jobs.add(self.engine, kind, arguments, asked_by=asked_by, now=now)

    def claim_job(self, *, owner: str, now: datetime, until: datetime) -> Job | None:
        """The oldest job that waits, or whose worker fell silent."""
        with self.write():
            return jobs.claim(self.engine, owner=owner, now=now, until=until)

    def job_progress(self, job_id: int, *, done: int, total: int, message: str, until: datetime) -> None:
        """How far a job is."""
        jobs.progress(self.engine, job_id, done=done, total=total, message=message, until=until)

    def finish_job(
        self, job_id: int, *, state: JobState, message: str, result: dict[str, Any] | None, now: datetime
    ) -> None:
        """How a job ended."""
        jobs.finish(self.engine, job_id, state=state, message=message, result=result, now=now)

    def forget_jobs(self, *, before: datetime) -> int:
        """Lets go of work that ended before then; answers how much."""
        with self.write():
            return jobs.forget(self.engine, before=before)

    def job(self, job_id: int) -> Job | None:
        """One job."""
        return jobs.by_id(self.engine, job_id)

    def counts(self) -> dict[str, int]:
        """How many sources, articles, authors, topics, feeds and open jobs there are."""
        rows = self.engine.rows(
            "SELECT (SELECT count(*) FROM sources WHERE state <> 'removed') AS sources,"
            " (SELECT count(*) FROM articles WHERE status = 'published') AS articles,"
            " (SELECT count(*) FROM authors WHERE merged_into IS NULL) AS authors,"
            " (SELECT count(*) FROM topics) AS topics, (SELECT count(*) FROM feeds) AS feeds,"
            " (SELECT count(*) FROM jobs WHERE state IN ('waiting', 'running')) AS open_jobs,"
            " (SELECT count(*) FROM poll_states WHERE status NOT IN ('well', 'unchanged', 'new'))"
            " AS troubled_sources"
        )
        return dict(rows[0])

    def purge_articles(self, *, before: datetime, now: datetime, most: int) -> int:
        """Removes the content of articles published before then, and keeps their identity."""
        old = articles.older(self.engine, before=before, most=most)
        for article_id in old:
            with self.write():
                articles.purge(self.engine, article_id, now=now)
                memberships.sync(self.engine, article_id, (), now, is_changed=False)
        return len(old)

    def drop_versions(self, *, before: datetime) -> int:
        """Forgets former states of articles seen before then."""
        return articles.drop_versions(self.engine, before=before)

    def checkpoint(self) -> None:
        """Moves the write-ahead log into the database (SQLite)."""
        self.engine.checkpoint()

    def check(self) -> tuple[str, ...]:
        """What is wrong with the database itself."""
        return self.engine.check()

    def backup(self, path: str) -> None:
        """A whole copy while work goes on (SQLite)."""
        self.engine.backup(path)

    def _begin_all(self) -> None:
        """The feed of everything exists before the first article does."""
        if not self.engine.rows("SELECT 1 AS one FROM feeds WHERE kind = 'all'"):
            with self.write():
                saving.feed_all(self.engine, from_ms(0))

    def _source(self, source_id: int) -> SourceRow:
        found = sources.by_id(self.engine, source_id)
        if found is None:
            raise NotFoundError(f"There is no source {source_id}.")
        return found
