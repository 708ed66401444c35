"""A store in memory with what publishing and the pages need, and a small newsroom to put in it."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import cast

from db.store import Store
from feeds.errors import StoreBusyError
from feeds.model.articles import Article, SourceCredit, Tombstone, Topic
from feeds.model.authors import Author
from feeds.model.incoming import Enclosure, Image
from feeds.model.outgoing import FeedInfo, FeedKey, FeedKind, FeedPage, RenderedFeed

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
SITE_UUID = uuid.UUID("7c7d3f36-4b2f-4f4f-9b0c-0d2b8f0a6d11")

HARBOUR = SourceCredit(
    slug="harbour-post",
    title="The Harbour Post",
    home_url="https://harbour.example/",
    feed_url="https://harbour.example/news.rss",
    feed_id="urn:uuid:2b1f0a50-93c4-5f5e-8a43-7f4f1d1d9a01",
    is_ours=False,
    share="full",
)
TIDES = Topic(id=1, slug="tides", title="Tides & Weather", description="Water, wind and what they do to us.")
MARA = Author(id=1, slug="mara-lindqvist", name="Mara Lindqvist", domain="harbour.example")
JON = Author(id=2, slug="jon-abara", name="Jon Abara", domain="harbour.example")


def article(number: int = 1, **changes: object) -> Article:
    """An article with everything, `number` hours before noon; fields can be changed."""
    moment = NOON - timedelta(hours=number)
    whole = Article(
        id=number,
        urn=f"urn:uuid:{uuid.uuid5(SITE_UUID, str(number))}",
        url=f"https://harbour.example/2026/11/{number}",
        title=f"Ferry number {number} waits for the tide",
        summary="The crossing is closed until the water comes back.",
        content_html=(
            "<p>The crossing is closed until the water comes back, the harbour office said.</p>"
            "<p>Nobody on the quay seemed to mind &amp; the café stayed open.</p>"
        ),
        language="en",
        rights=None,
        published_at=moment,
        effective_at=moment,
        updated_at=moment,
        first_seen_at=moment + timedelta(minutes=5),
        sort_at=moment,
        authors=(MARA, JON),
        categories=("Ferries", "tides & weather"),
        topics=(TIDES,),
        enclosures=(
            Enclosure(url="https://harbour.example/a.mp3", media_type="audio/mpeg", length=1234),
            Enclosure(url="https://harbour.example/b.pdf"),
        ),
        images=(
            Image(
                url="https://harbour.example/quay.jpg",
                credit="Ida Storm / Harbour Pictures",
                caption="The quay at low water.",
                alt="A ferry on the mud",
                width=1200,
                height=800,
            ),
        ),
        source=HARBOUR,
    )
    return replace(whole, **changes)  # type: ignore[arg-type]


class FakeStore:
    """Holds articles in lists; `is_busy` makes every call fail as a locked database does."""

    def __init__(self, articles: Sequence[Article] = ()) -> None:
        self.held = {one.id: one for one in articles}
        self.tombs: dict[int, Tombstone] = {}
        self.former: dict[tuple[str, str], str] = {}
        self.renamed_at: datetime | None = None
        self.signs: dict[str, tuple[datetime, str]] = {}
        self.kept_bytes: dict[tuple[FeedKey, str, str], tuple[int, RenderedFeed]] = {}
        self.read_keys: list[tuple[FeedKey, str]] = []
        self.waiting: list[int] = []
        self.open_alerts: dict[str, int] = {}
        self.last_seq = 1
        self.calls = 0
        self.is_busy = False
        self.looks = SimpleNamespace(values=dict)
        self.alerts = SimpleNamespace(open_counts=lambda: self.open_alerts)
        self.feeds = SimpleNamespace(
            info=self.feed_info,
            every=self.every_feed,
            each=self.every_feed,
            largest=lambda kind, most: self.every_feed(kind)[:most],
            by_title=lambda kind, most, offset=0: self.every_feed(kind)[offset : offset + most],
            similar=lambda kind, slug, most: self.every_feed(kind),
            count=lambda kind: len(self.every_feed(kind)),
            mark=lambda: (len(self.every_feed()), self.last_seq),
            span=lambda key: None,
            is_hidden=lambda key: False,
            site_uuid=lambda: SITE_UUID,
            changes=lambda most, before=None: (),
            page_before=lambda key, **place: (),
            pinned=lambda key, most: (),
            page=self.feed_page,
            rendered=self.rendered,
            keep_rendered=self.keep_rendered,
            note_read=self.note_read,
            stale=self.stale_feeds,
            number_touched=self.number_touched,
            retell=lambda _now, _most: 0,
            slug_now=self.slug_now,
            slug_given_at=self.slug_given_at,
            seq=self.seq,
        )
        self.articles = SimpleNamespace(get=self.article)
        self.kept = SimpleNamespace(beats=self.beats)
        self.polls = SimpleNamespace(pace=lambda: (0, 0))
        self.upkeep = SimpleNamespace(counts=self.counts)

    def as_store(self) -> Store:
        """This object under the name that the program knows it by."""
        return cast(Store, self)

    def change(self, one: Article) -> None:
        """Puts an article in and numbers the change."""
        self.held[one.id] = one
        self.last_seq += 1

    def seq(self) -> int:
        self._called()
        return self.last_seq

    def feed_info(self, key: FeedKey) -> FeedInfo | None:
        self._called()
        return next((info for info in self._infos() if info.key == key), None)

    def every_feed(self, kind: FeedKind | None = None) -> tuple[FeedInfo, ...]:
        self._called()
        return tuple(info for info in self._infos() if kind in (None, info.key.kind))

    def feed_page(
        self, key: FeedKey, *, entries: int, window: timedelta, most: int, is_linked: bool = False
    ) -> FeedPage | None:
        info = self.feed_info(key)
        if info is None:
            return None
        ordered = sorted(self._in(key), key=lambda one: one.sort_at, reverse=True)
        since = ordered[0].sort_at - window if ordered else NOON
        chosen = [one for place, one in enumerate(ordered) if place < entries or one.sort_at > since]
        return FeedPage(info=info, articles=tuple(chosen[:most]))

    def rendered(self, key: FeedKey, format: str, recipe: str) -> tuple[int, RenderedFeed] | None:
        self._called()
        return self.kept_bytes.get((key, format, recipe))

    def keep_rendered(
        self,
        key: FeedKey,
        format: str,
        recipe: str,
        changed_seq: int,
        feed: RenderedFeed,
        prints: Sequence[bytes] = (),
        *,
        within_s: float | None = None,
    ) -> RenderedFeed:
        self._called()
        old = self.kept_bytes.get((key, format, recipe))
        if old is not None:
            same = old[1].etag == feed.etag
            feed = replace(
                feed, changed_at=old[1].changed_at if same else max(old[1].changed_at, feed.changed_at)
            )
        self.kept_bytes[(key, format, recipe)] = (changed_seq, feed)
        return feed

    def note_read(self, read: Sequence[tuple[FeedKey, str]], now: datetime) -> None:
        self._called()
        self.read_keys.extend(read)

    def stale_feeds(
        self, *, read_since: datetime, rendered_before: datetime, recipe: str, most: int
    ) -> tuple[tuple[FeedKey, str], ...]:
        self._called()
        return tuple(dict.fromkeys(self.read_keys))[:most]

    def number_touched(self, now: datetime, most: int = 5000) -> int:
        self._called()
        return self.waiting.pop(0) if self.waiting else 0

    def slug_now(self, kind: FeedKind, slug: str) -> str | None:
        self._called()
        known = self.former.get((kind, slug))
        return known or next(
            (info.key.slug for info in self._infos() if info.key == FeedKey(kind=kind, slug=slug)), None
        )

    def slug_given_at(self, kind: FeedKind, slug: str) -> datetime | None:
        self._called()
        return self.renamed_at

    def article(self, article_id: int) -> Article | Tombstone | None:
        self._called()
        return self.tombs.get(article_id) or self.held.get(article_id)

    def beats(self) -> dict[str, tuple[datetime, str]]:
        self._called()
        return dict(self.signs)

    def counts(self) -> dict[str, int]:
        self._called()
        return {"sources": 1, "articles": len(self.held)}

    def close(self) -> None:
        self.calls += 1

    def _called(self) -> None:
        self.calls += 1
        if self.is_busy:
            raise StoreBusyError("The database is locked.")

    def _in(self, key: FeedKey) -> list[Article]:
        held = list(self.held.values())
        if key.kind == "topic":
            return [one for one in held if key.slug in [topic.slug for topic in one.topics]]
        if key.kind == "author":
            return [one for one in held if key.slug in [author.slug for author in one.authors]]
        if key.kind == "source":
            return [one for one in held if key.slug == one.source.slug]
        return held

    def _infos(self) -> list[FeedInfo]:
        titles: dict[FeedKey, tuple[str, str, str | None]] = {FeedKey(kind="all"): ("All articles", "", None)}
        who: dict[str, Author] = {}
        for one in self.held.values():
            for topic in one.topics:
                titles[FeedKey(kind="topic", slug=topic.slug)] = (topic.title, topic.description, None)
            for author in one.authors:
                titles[FeedKey(kind="author", slug=author.slug)] = (author.name, author.bio, None)
                who[author.slug] = author
            source = one.source
            titles[FeedKey(kind="source", slug=source.slug)] = (source.title, "", source.home_url)
        return [
            FeedInfo(
                key=key,
                feed_urn=f"urn:uuid:{uuid.uuid5(SITE_UUID, key.path())}",
                title=title,
                description=description,
                home_url=home_url,
                role=who[key.slug].role if key.kind == "author" else "",
                picture_url=who[key.slug].picture_url if key.kind == "author" else None,
                links=who[key.slug].links if key.kind == "author" else (),
                article_count=len(self._in(key)),
                changed_seq=self.last_seq,
                changed_at=NOON,
            )
            for key, (title, description, home_url) in sorted(titles.items(), key=lambda item: item[0].path())
        ]
