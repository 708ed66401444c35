"""What feeds/ asks of others: a store, a transport, workers. Parts are put together in `parts.py`."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal, Protocol

from feeds.folding import SoughtWords
from feeds.model.articles import (
    Article,
    Author,
    AuthorFacts,
    AuthorLooks,
    AuthorTraces,
    Changes,
    Draft,
    DraftFeed,
    Known,
    PageMark,
    PollReport,
    Tombstone,
    Topic,
    TopicMatch,
    TopicRule,
)
from feeds.model.incoming import DueSource, Failed, Fetched, Hop, PollState, Source
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


class Room(Protocol):
    """Leave to hold a large body in memory; whoever opened it gives it back."""

    async def enter(self) -> None:
        """Returns when there is room; at once for one who is inside already."""
        ...

    async def __aenter__(self) -> Room:
        """Itself."""
        ...

    async def __aexit__(self, *_: object) -> None:
        """Gives the leave back."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One request as the transport is asked for it."""

    url: str
    method: Literal["GET", "POST"] = "GET"
    body: bytes = b""
    """Of a POST; its media type is named in the headers."""
    headers: tuple[tuple[str, str], ...] = ()
    timeout: timedelta
    max_bytes: int
    max_redirects: int = 5
    is_sample: bool = False
    """Allowed to reach the run's own samples."""
    own_headers: tuple[tuple[str, str], ...] = ()
    """Credentials and what else is meant for this host alone: never sent elsewhere, or unencrypted after https."""
    user_agent: str | None = None
    proxy: str | None = None
    """The whole address of a proxy, with its own credentials; the target is judged by us all the same."""
    room: Room | None = None
    """Entered before more than a megabyte is read; waiting for it is not held against the answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """The answer, decoded and whole."""

    url: str
    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    hops: tuple[Hop, ...] = ()

    def header(self, name: str) -> str | None:
        """The first header of that name, whatever its case."""
        wanted = name.lower()
        return next((value for key, value in self.headers if key.lower() == wanted), None)


class Transport(Protocol):
    """The only way outside, behind the address guard."""

    async def get(self, request: Request) -> Response | Failed:
        """The answer of any status, or why there is none."""
        ...

    async def close(self) -> None:
        """Lets go of all connections."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ParseTask:
    """What a worker needs to turn bytes into drafts; small enough to be sent to another process."""

    body: bytes
    url: str
    content_type: str
    source: Source
    now: datetime
    max_entries: int
    prints: bytes = b""
    """What the scan remembers of the last document; entries in it are not parsed again."""
    license_url: str | None = None
    """As the answer's HTTP headers name it: for what states none itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PageTask:
    """What a worker needs to turn an article's own page, or file, into a draft."""

    body: bytes
    url: str
    content_type: str
    form: str
    """page, text or markdown."""
    name: str
    """Of the file; empty for pages."""
    source: Source
    listed: Draft
    """What the listing said of it."""
    now: datetime
    title: str | None = None
    """Of a text that does not tell its own, as a person stated it."""
    license_url: str | None = None
    """As the answer's HTTP headers name it: for a page that states none itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LanguageTask:
    """Texts, each with the language that its source declares."""

    texts: tuple[tuple[str | None, str], ...]


class Workers(Protocol):
    """Processes that turn bytes into drafts, and are killed when they hang."""

    def drafts(self, task: ParseTask) -> Awaitable[DraftFeed | Failed]:
        """The document normalized, or why it cannot be read. Never raises for bad input."""
        ...

    def page(self, task: PageTask) -> Awaitable[Draft | Failed]:
        """What page and listing say together, or why the page cannot be read. Never raises for bad input."""
        ...

    def languages(self, task: LanguageTask) -> Awaitable[tuple[str | None, ...] | Failed]:
        """For each text the language that it is in, where none, or an impossible one, is declared."""
        ...

    def room(self, source: Source) -> Room:
        """Room for a large body of the source, to be held until it has been read."""
        ...

    def close(self) -> None:
        """Ends all processes."""
        ...


NO_LOOKS = AuthorLooks()


class Store(Protocol):
    """Everything kept. One object holds one connection and is used by one thread at a time.

    Every method is a transaction of its own unless it runs inside `write()`.
    """

    def write(self) -> AbstractContextManager[None]:
        """A writing transaction around several calls; inside another one, a savepoint."""
        ...

    def close(self) -> None:
        """Lets go of the connection."""
        ...

    # what is kept once
    def site_id(self, new_id: Callable[[], str]) -> str:
        """The site's own id, a UUID drawn once."""
        ...

    def kept(self, name: str) -> str | None:
        """A small value kept under a name."""
        ...

    def keep(self, name: str, value: str) -> None:
        """Keeps a small value under a name."""
        ...

    def beat(self, name: str, now: datetime, detail: str = "") -> None:
        """Leaves a sign of life."""
        ...

    def beats(self) -> dict[str, tuple[datetime, str]]:
        """The last sign of life of each name, with its detail."""
        ...

    # polling
    def claim(
        self, *, owner: str, now: datetime, until: datetime, most: int, pause: timedelta
    ) -> tuple[DueSource, ...]:
        """Due sources of hosts that nobody holds (at most `most`), each with its domain's leave."""
        ...

    def extend_claims(self, *, owner: str, until: datetime) -> int:
        """Holds the owner's hosts for longer; answers how many."""
        ...

    def release(self, *, owner: str, hosts_done: Sequence[str] | None = None) -> None:
        """Lets go of the owner's hosts (all, where none is named)."""
        ...

    def check_claim(self, host: str, claim_no: int) -> None:
        """Locks the host's row for this transaction; raises ClaimLostError where the number moved."""
        ...

    def lost_claims(self, claims: Mapping[str, int]) -> frozenset[str]:
        """The hosts (of these, with their claim numbers) that others claimed since; locks the rest as above."""
        ...

    def take_slot(self, domain: str, *, now: datetime, pause: timedelta) -> datetime:
        """When the domain gives leave for a request."""
        ...

    def cool(self, domain: str, *, until: datetime) -> None:
        """No request to the domain before then."""
        ...

    def cool_until(self, domain: str) -> datetime | None:
        """Until when the domain is to be left alone; None where nobody said so."""
        ...

    def rest_host(self, host: str, *, until: datetime) -> None:
        """No source of the host is due before then."""
        ...

    def open_alert(self, kind: str, subject: str, message: str, now: datetime) -> None:
        """Something that an admin should look at; once open, it stays as it was first told."""
        ...

    def close_alert(self, kind: str, subject: str, now: datetime) -> None:
        """It is over."""
        ...

    def alerts(self) -> tuple[Alert, ...]:
        """What is open, newest first."""
        ...

    def known(self, source: Source, feed: DraftFeed, urns: Iterable[str]) -> Known:
        """What deciding about the document needs."""
        ...

    def save_poll(
        self, source: Source, report: PollReport, feed: DraftFeed | None, changes: Changes, now: datetime
    ) -> None:
        """Writes what a poll found: state, articles, memberships, and what was touched."""
        ...

    def save_changes(self, source: Source, feed: DraftFeed, changes: Changes, now: datetime) -> None:
        """Writes what a document brought, without a poll: articles, memberships, what was touched."""
        ...

    def save_unchanged(self, reports: Sequence[PollReport]) -> None:
        """Writes polls that were answered 304, or with the same body as before, all at once."""
        ...

    def page_marks(self, source_id: int, guids: Sequence[str]) -> dict[str, PageMark]:
        """What is remembered of the source's article pages, by guid."""
        ...

    def keep_answer(self, url: str, answer: Fetched, now: datetime) -> None:
        """Keeps what an address answered, so that its first poll need not ask again."""
        ...

    def kept_answer(self, url: str, *, since: datetime) -> Fetched | None:
        """The answer kept for the address since then."""
        ...

    def drop_answers(self, *, before: datetime, url: str | None = None) -> int:
        """Forgets answers kept before then (only that address', where one is named); answers how many."""
        ...

    # what hubs tell us
    def subscriptions_of(self, source_ids: Sequence[int]) -> tuple[HubSubscription, ...]:
        """Our subscriptions to these sources' hubs, oldest first."""
        ...

    def subscription(self, subscription_id: int) -> HubSubscription | None:
        """One subscription; inside `write()`, nobody else changes it meanwhile."""
        ...

    def subscription_of_token(self, token: str) -> HubSubscription | None:
        """The same by the end of its callback address."""
        ...

    def put_subscription(self, one: HubSubscription) -> HubSubscription:
        """Stores a subscription, new or changed."""
        ...

    def take_subscriptions(self, *, now: datetime, until: datetime, most: int) -> tuple[HubSubscription, ...]:
        """Subscriptions whose hub is to be asked now; nobody else takes them before `until`."""
        ...

    def wake_subscriptions(self, now: datetime, *, is_every: bool) -> None:
        """Has subscriptions looked at now: every one, or those that wait for nothing."""
        ...

    def live_subscriptions(self) -> tuple[HubSubscription, ...]:
        """Subscriptions with something to come: a confirmation, a renewal, another try."""
        ...

    def forget_subscriptions(self, now: datetime) -> None:
        """Lets go of subscriptions that were left long ago."""
        ...

    def add_push(
        self, subscription_id: int, *, body: bytes, content_type: str, now: datetime, most: int
    ) -> bool:
        """Keeps what a hub brought for the scheduler; False where so many wait already."""
        ...

    def take_pushes(self, *, owner: str, now: datetime, until: datetime, most: int) -> tuple[Push, ...]:
        """What hubs brought for hosts that nobody holds; they are the owner's until then."""
        ...

    def save_push(
        self, source: Source, poll: PollState, feed: DraftFeed, changes: Changes, now: datetime
    ) -> None:
        """Writes what a push brought: articles and rhythm, and what was touched."""
        ...

    def drop_push(self, push_id: int) -> None:
        """It has been taken up."""
        ...

    # sources
    def add_source(self, spec: SourceSpec, now: datetime) -> Source:
        """A new source with its slug, due at once; a former one of the same address comes back."""
        ...

    def change_source(self, source_id: int, spec: SourceSpec, now: datetime) -> Source:
        """The source with the settings of `spec`; its id, first address and articles stay."""
        ...

    def rename_source(self, source_id: int, slug: str, now: datetime) -> None:
        """A new slug; the old one leads to it for ever."""
        ...

    def set_source_state(self, source_id: int, state: str, now: datetime) -> None:
        """active, paused, gone or removed; its feed stays unless removed."""
        ...

    def poll_soon(self, source_ids: Sequence[int], now: datetime) -> None:
        """Makes sources due at once."""
        ...

    def sources(self, *, with_removed: bool = False) -> tuple[SourceRow, ...]:
        """All sources by slug."""
        ...

    def source(self, slug: str) -> SourceRow | None:
        """The source of that slug, or of a former one."""
        ...

    def source_of_id(self, source_id: int) -> SourceRow | None:
        """The source of that id."""
        ...

    def source_at(self, url: str) -> SourceRow | None:
        """The source that is polled at that address; where none is, the one that was."""
        ...

    # topics and authors
    def put_topic(
        self, *, slug: str, title: str, description: str, rule: TopicRule, origin: str, now: datetime
    ) -> Topic:
        """Adds the topic or changes it; RequestError for a slug that another topic had before."""
        ...

    def rename_topic(self, old: str, new: str, now: datetime) -> None:
        """A new slug; the old one leads to it for ever."""
        ...

    def set_topic_state(self, slug: str, state: str, now: datetime) -> None:
        """active or paused; a paused topic keeps its feed and gets nothing new."""
        ...

    def topics(self) -> tuple[Topic, ...]:
        """All topics by slug."""
        ...

    def category_counts(self, most: int) -> tuple[CategoryCount, ...]:
        """Labels that sources use, most used first."""
        ...

    def matchable(self, *, after_id: int, most: int) -> tuple[Matchable, ...]:
        """Published articles by id, as topic rules see them."""
        ...

    def matches_of(self, ids: Sequence[int]) -> dict[int, dict[str, str]]:
        """The topics of each article by their slugs, with the evidence."""
        ...

    def set_matches(self, article_id: int, matches: Sequence[TopicMatch], now: datetime) -> bool:
        """Gives an article these topics; True where that changed a feed."""
        ...

    def put_author(
        self,
        *,
        slug: str | None,
        name: str,
        known_as: Sequence[str],
        bio: str,
        links: Sequence[str],
        origin: str,
        looks: AuthorLooks = NO_LOOKS,
        now: datetime,
    ) -> Author:
        """Adds the declared author or changes it; found authors of these names become it."""
        ...

    def rename_author(self, old: str, new: str, now: datetime) -> None:
        """A new slug; the old one leads to it for ever."""
        ...

    def set_author(self, slug: str, facts: AuthorFacts, now: datetime) -> Author:
        """What an admin says of an author; raises NotFoundError, RequestError for a name that is another's."""
        ...

    def merge_authors(self, old: str, new: str, now: datetime) -> Author:
        """All of the old one's becomes the new one's, whose author is the answer; old addresses lead there."""
        ...

    def split_author(self, slug: str, name: str, domain: str | None, now: datetime) -> Author:
        """What is signed with that name (at that publisher) becomes another author's, who is the answer."""
        ...

    def set_apart(self, one: str, other: str, now: datetime, *, is_apart: bool) -> bool:
        """Whether the authors of these slugs are two people; False where that was so already."""
        ...

    def authors_apart(self) -> frozenset[tuple[int, int]]:
        """Pairs of ids of whom an admin said that they are two people, the smaller id first."""
        ...

    def author_traces(self, ids: Sequence[int]) -> dict[int, AuthorTraces]:
        """Where each author was met: sources, and addresses beside their bylines."""
        ...

    def authors(self) -> tuple[tuple[Author, int], ...]:
        """All authors that have articles or are declared, with their number of articles."""
        ...

    # articles and feeds
    def article(self, article_id: int) -> Article | Tombstone | None:
        """One article whole."""
        ...

    def withdraw(self, article_id: int, *, reason: str, now: datetime) -> None:
        """Takes an article out of every feed and leaves its sign."""
        ...

    def unspoken(self, most: int) -> tuple[Spoken, ...]:
        """Published articles whose language was not looked at yet."""
        ...

    def note_languages(self, told: Sequence[tuple[int, str]], now: datetime) -> None:
        """Notes what was found out of these articles: a language, or "-" for nothing."""
        ...

    def search_behind(self, most: int) -> tuple[int | None, list[tuple[int, Worded | None]]]:
        """The articles of the next published changes that search has not read, and up to which seq these reach.

        No words of an article that is not published; no seq where it has read them all.
        """
        ...

    def put_texts(self, told: Sequence[tuple[int, str]], seq: int) -> None:
        """Keeps the folded words of articles (empty: takes it out), and up to which seq they were read."""
        ...

    def search(self, sought: Sequence[SoughtWords], *, most: int, offset: int) -> tuple[Article, ...]:
        """Published articles that hold all that is sought, newest first."""
        ...

    def pages_to_check(
        self, *, seen_before: datetime, seen_since: datetime, checked_before: datetime, most: int
    ) -> tuple[PageCheck, ...]:
        """Articles (first seen within the span) of sources with `check_pages` whose pages were not looked at since."""
        ...

    def note_checked(self, article_id: int, now: datetime) -> None:
        """Notes that the article's page was looked at."""
        ...

    def restore(self, article_id: int, now: datetime) -> bool:
        """Puts a withdrawn article into its feeds again; False where it was not withdrawn."""
        ...

    def expire(self, now: datetime, most: int) -> int:
        """Withdraws articles whose source let them end before now; answers how many."""
        ...

    def versions(self, article_id: int) -> tuple[Version, ...]:
        """Former states of an article, newest first."""
        ...

    def slug_now(self, kind: FeedKind, slug: str) -> str | None:
        """The present slug of what is, or was, known by this one."""
        ...

    def slug_given_at(self, kind: FeedKind, slug: str) -> datetime | None:
        """Since when the slug is the present one; None where it is not."""
        ...

    def feed_info(self, key: FeedKey) -> FeedInfo | None:
        """The feed of that key."""
        ...

    def feeds(self, kind: FeedKind | None = None) -> tuple[FeedInfo, ...]:
        """Feeds that can be subscribed to, by kind and title."""
        ...

    def feed_page(self, key: FeedKey, *, entries: int, window: timedelta, most: int) -> FeedPage | None:
        """The newest `entries` and everything within `window` of the newest, at most `most`."""
        ...

    def number_touched(self, now: datetime, most: int = 5000) -> int:
        """Gives committed touches their seq, gap-free and in one order; answers how many."""
        ...

    def seq(self) -> int:
        """The last seq given."""
        ...

    def rendered(self, key: FeedKey, format: str, recipe: str) -> tuple[int, RenderedFeed] | None:
        """The bytes last rendered with that recipe, and the feed's changed_seq they show."""
        ...

    def keep_rendered(
        self, key: FeedKey, format: str, recipe: str, changed_seq: int, feed: RenderedFeed
    ) -> RenderedFeed:
        """Keeps the bytes; same bytes keep their time, and the time never goes back."""
        ...

    def note_read(self, keys: Sequence[FeedKey], now: datetime) -> None:
        """These feeds were asked for."""
        ...

    def stale_feeds(self, *, read_since: datetime, recipe: str, most: int) -> tuple[FeedKey, ...]:
        """Feeds read lately whose rendered bytes are older than what they hold."""
        ...

    # work on request
    def add_job(self, kind: str, arguments: dict[str, Any], *, asked_by: str, now: datetime) -> int:
        """Asks for work; answers the job's id."""
        ...

    def forget_jobs(self, *, before: datetime) -> int:
        """Lets go of work that ended before then; answers how much."""
        ...

    def claim_job(self, *, owner: str, now: datetime, until: datetime) -> Job | None:
        """The oldest job that waits, or whose worker fell silent."""
        ...

    def job_progress(self, job_id: int, *, done: int, total: int, message: str, until: datetime) -> None:
        """How far a job is."""
        ...

    def finish_job(
        self, job_id: int, *, state: JobState, message: str, result: dict[str, Any] | None, now: datetime
    ) -> None:
        """How a job ended."""
        ...

    def job(self, job_id: int) -> Job | None:
        """One job."""
        ...

    def counts(self) -> dict[str, int]:
        """How many sources, articles, authors, topics there are, and what is due."""
        ...

    # upkeep
    def purge_articles(self, *, before: datetime, now: datetime, most: int) -> int:
        """Removes the content of articles published before then, and keeps their identity; answers how many."""
        ...

    def drop_versions(self, *, before: datetime) -> int:
        """Forgets former states of articles seen before then; answers how many."""
        ...

    def checkpoint(self) -> None:
        """Moves the write-ahead log into the database (SQLite)."""
        ...

    def check(self) -> tuple[str, ...]:
        """What is wrong with the database itself; empty where nothing is."""
        ...

    def backup(self, path: str) -> None:
        """A whole copy while work goes on (SQLite)."""
        ...
