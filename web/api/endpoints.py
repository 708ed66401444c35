"""What the API offers: each address with its parameters, its answer and what makes it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from msgspec import Struct

from db.store import Store
from feeds.actions.publishing.search import search
from feeds.clock import from_ms, to_ms
from feeds.model.articles import Article, Tombstone
from feeds.model.deltas import Place
from feeds.model.outgoing import PLURALS, FeedInfo, FeedKey, FeedKind, SiteInfo
from feeds.model.partners import feed_of_path
from feeds.model.settings import PublishSettings
from feeds.model.statements import month_of
from feeds.publish.api_answers import (
    ArticleAnswer,
    ArticleList,
    ChangeList,
    FeedAnswer,
    FeedList,
    article_answer,
    change_list,
    feed_answer,
)
from feeds.publish.statements import StatementAnswer, statement_answer
from feeds.publish.withdrawals import sentence
from web.api.callers import Caller
from web.api.errors import PREFIX, ApiError
from web.api.parameters import Parameter, cursor_of, number, numbers_of, part, words

MOST, USUAL = 200, 50
MOST_FOUND = 3_000
"""A search goes no deeper than this."""
MOST_OFFSET = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One request that was let in, with the values of its parameters."""

    store: Store
    site: SiteInfo
    publish: PublishSettings
    caller: Caller
    values: dict[str, Any]
    path: str
    """Its address below the site, without query."""

    def next_url(self, cursor: str) -> str:
        """The same request from the cursor on."""
        kept = {name: value for name, value in self.values.items() if value is not None and name != "cursor"}
        return f"{self.site.base_url}{self.path}?{urlencode({**kept, 'cursor': cursor})}"

    def article(self, article: Article) -> ArticleAnswer:
        """The article as this caller may see it."""
        return article_answer(
            article, self.site, excerpt_chars=self.publish.excerpt_chars, most=self.caller.share
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """One address of the API."""

    path: str
    name: str
    summary: str
    answer: type[Struct]
    work: Callable[[Call], Struct]
    parameters: tuple[Parameter, ...] = ()
    problems: tuple[str, ...] = field(default=("bad-request",))


def _feed(default: str | None, more: str = "") -> Parameter:
    def read(text: str) -> str:
        try:
            return feed_of_path(text).path()[1:]
        except ValueError as error:
            raise ValueError(str(error).rstrip(".")) from error

    return Parameter(
        name="feed",
        description=f"Which feed: `all`, `topics/SLUG`, `authors/SLUG`, `sources/SLUG`, `mixes/SLUG`{more}.",
        schema={"type": "string", "minLength": 1, "maxLength": 2000}
        | ({"default": default} if default else {}),
        read=read,
        is_required=default is None,
        default=default,
        example="all",
    )


_CURSOR = words(
    "cursor", "Where the next page begins, from the `Link` header or `next_url` of the last answer."
)
_LIMIT = number("limit", "How many at most.", least=1, most=MOST, default=USUAL)
_QUERY = words("q", 'Words; `"in a row"`, `begin*`.', is_required=True, example="ferry")
_FILTER = words("q", "Only those whose title or slug holds these words, the largest first.")
_MONTH = Parameter(
    name="month",
    description="Which month (UTC), as `2026-11`.",
    schema={"type": "string", "pattern": r"^2[0-8][0-9]{2}-(0[1-9]|1[0-2])$"},
    read=month_of,
    is_required=True,
    example="2026-11",
)
_SINCE = words("since", "The `cursor` of the last answer. Without it: all that stands in the feed.")


def found_feed(store: Store, key: FeedKey) -> FeedInfo:
    """The feed, under its present name; raises ApiError if there is none, or no longer."""
    info = store.feeds.info(key)
    if info is None and key.kind not in ("all", "query"):
        present = store.feeds.slug_now(key.kind, key.slug)
        if present is not None and present != key.slug:
            info = store.feeds.info(FeedKey(kind=key.kind, slug=present))
        elif present is not None and not store.feeds.is_hidden(key):
            raise ApiError("gone", f"{key.path()[1:]} was retired; its feed has ended.")
    if info is None:
        raise ApiError("not-found", f"There is no feed {key.path()[1:]} here: {PREFIX}/feeds lists them.")
    return info


def _articles(call: Call) -> ArticleList:
    info = found_feed(call.store, feed_of_path(call.values["feed"]))
    call.caller.require_feed(call.store, info.key)
    most = call.values["limit"]
    if call.values["cursor"] is None:
        page = call.store.feeds.page(info.key, entries=most + 1, window=timedelta(0), most=most + 1)
        found = page.articles if page else ()
    else:
        sort_at, article_id = numbers_of(call.values["cursor"], "a", 2)
        if sort_at > to_ms(_LATEST) or article_id >= 2**62:
            raise ApiError(
                "unknown-cursor", "This cursor does not belong to this list. Ask again without it."
            )
        found = call.store.feeds.page_before(
            info.key, sort_at=from_ms(sort_at), article_id=article_id, most=most + 1
        )
    last = found[most - 1] if len(found) > most else None
    return ArticleList(
        articles=tuple(call.article(one) for one in found[:most]),
        next_url=call.next_url(cursor_of("a", to_ms(last.sort_at), last.id)) if last else None,
    )


_LATEST = from_ms(253_402_300_799_000)
"""The last moment that there is a date for."""


_NO_ARTICLE = "There is no such article here. Its id is its urn, as feeds tell it."


def _article(call: Call) -> ArticleAnswer:
    ids = call.store.articles.ids_of([call.values["id"]])
    found = call.store.articles.get(ids[0]) if ids else None
    if isinstance(found, Tombstone):
        before = call.store.changes.original_article(ids[0])
        if before is None or before.source.is_private:
            raise ApiError("not-found", _NO_ARTICLE)
        why = sentence(found.withdrawn_at, is_purged=found.is_purged, reason=found.reason)
        raise ApiError("gone", "This article is no longer here." if found.is_silent else why)
    if found is None or found.source.is_private or found.status != "published":
        raise ApiError("not-found", _NO_ARTICLE)
    call.caller.require_article(call.store, found)
    return call.article(found)


def _search(call: Call) -> ArticleList:
    call.caller.require_everything(call.store)
    most = call.values["limit"]
    offset = numbers_of(call.values["cursor"], "s", 1)[0] if call.values["cursor"] else 0
    if offset > MOST_FOUND:
        raise ApiError(
            "unknown-cursor", f"A search tells its first {MOST_FOUND} articles: search for more words."
        )
    found = search(call.store, call.values["q"], most=most + 1, offset=offset)
    has_more = len(found) > most and offset + most <= MOST_FOUND
    shown = [one for one in found[:most] if not one.source.is_private]
    return ArticleList(
        articles=tuple(call.article(one) for one in shown),
        next_url=call.next_url(cursor_of("s", offset + most)) if has_more else None,
    )


def _changes(call: Call) -> ChangeList:
    key = feed_of_path(call.values["feed"])
    if key.kind == "query":
        raise ApiError(
            "bad-request", "Changes are listed for one feed at a time: ask for each feed of the mix."
        )
    info = found_feed(call.store, key)
    call.caller.require_feed(call.store, info.key)
    place = None
    if call.values["since"] is not None:
        epoch, floor, start, position = numbers_of(call.values["since"], _cursor_kind(info), 4)
        if epoch != call.store.deltas.epoch() or max(floor, start, position) > call.store.deltas.seq():
            raise ApiError(
                "unknown-cursor",
                "This site was restored since: delete your copy and ask again without `since`.",
            )
        place = Place(floor=floor, start=start, position=position)
    page = call.store.deltas.page(info.key, place, most=call.values["limit"])
    if page is None:
        raise ApiError("gone", f"{info.key.path()[1:]} was retired; its feed has ended.")
    return change_list(
        page,
        call.site,
        cursor=changes_cursor(info, page.place, call.store.deltas.epoch()),
        excerpt_chars=call.publish.excerpt_chars,
        most=call.caller.share,
    )


def changes_cursor(info: FeedInfo, place: Place, epoch: int) -> str:
    """The place in that feed's changes, as partners keep it."""
    return cursor_of(_cursor_kind(info), epoch, place.floor, place.start, place.position)


def _cursor_kind(info: FeedInfo) -> str:
    # The urn stays when the feed is renamed.
    return f"c{info.feed_urn[-12:]}"


def _statement(call: Call) -> StatementAnswer:
    partner = call.caller.partner
    if partner is None:
        raise ApiError(
            "unknown-key",
            "Statements are for partners: send `Authorization: Bearer KEY`.",
            {"WWW-Authenticate": "Bearer"},
        )
    begin, end = call.values["month"]
    return statement_answer(call.store.ledger.statement(partner.id, partner.spec.slug, begin, end))


def _list_of(kind: FeedKind | None) -> Callable[[Call], FeedList]:
    def work(call: Call) -> FeedList:
        most, feeds = call.values["limit"], call.store.feeds
        offset = numbers_of(call.values["cursor"], "l", 1)[0] if call.values["cursor"] else 0
        if offset > MOST_OFFSET:
            raise ApiError(
                "unknown-cursor", "This cursor does not belong to this list. Ask again without it."
            )
        of_kind: FeedKind = kind or _KINDS[call.values["kind"]]
        if of_kind == "all":
            found: tuple[FeedInfo, ...] = (found_feed(call.store, FeedKey(kind="all")),)[offset:]
        elif call.values["q"]:
            _, found = feeds.find(of_kind, call.values["q"], most=most + 1, offset=offset)
        else:
            found = feeds.by_title(of_kind, most=most + 1, offset=offset)
        return FeedList(
            feeds=tuple(feed_answer(one, call.site) for one in found[:most]),
            next_url=call.next_url(cursor_of("l", offset + most)) if len(found) > most else None,
        )

    return work


def _one_of(kind: FeedKind) -> Callable[[Call], FeedAnswer]:
    def work(call: Call) -> FeedAnswer:
        return feed_answer(found_feed(call.store, FeedKey(kind=kind, slug=call.values["slug"])), call.site)

    return work


_KINDS: dict[str, FeedKind] = {
    "all": "all",
    "topics": "topic",
    "authors": "author",
    "sources": "source",
    "mixes": "mix",
}


def _read_kind(text: str) -> str:
    if text not in _KINDS:
        raise ValueError(f"expected {', '.join(_KINDS)}")
    return text


_KIND = Parameter(
    name="kind",
    description="Feeds of what: `all` is the one feed of everything.",
    schema={"type": "string", "enum": list(_KINDS), "default": "topics"},
    read=_read_kind,
    default="topics",
)
_LISTED = (_FILTER, _LIMIT, _CURSOR)


def _of(kind: FeedKind, noun: str, nouns: str) -> tuple[Endpoint, Endpoint]:
    slug = part("slug", f"The {noun}'s slug.", example="harbour")
    return (
        Endpoint(
            path=f"/{PLURALS[kind]}", name=f"list_{PLURALS[kind]}", summary=f"All {nouns} by title.", answer=FeedList,
            work=_list_of(kind), parameters=_LISTED, problems=("bad-request", "unknown-cursor"),
        ),
        Endpoint(
            path=f"/{PLURALS[kind]}/{{slug}}", name=f"get_{kind}", summary=f"One {noun} and its feed.", answer=FeedAnswer,
            work=_one_of(kind), parameters=(slug,), problems=("bad-request", "not-found", "gone"),
        ),
    )  # fmt: skip


ENDPOINTS: tuple[Endpoint, ...] = (
    Endpoint(
        path="/articles", name="list_articles", summary="The articles of a feed, newest first.", answer=ArticleList,
        work=_articles, parameters=(_feed("all", ", or any mix, as `mix/topics/SLUG/languages/en`"), _LIMIT, _CURSOR),
        problems=("bad-request", "unknown-cursor", "not-yours", "not-found", "gone"),
    ),
    Endpoint(
        path="/articles/{id}", name="get_article", summary="One article.", answer=ArticleAnswer, work=_article,
        parameters=(part("id", "The article's urn.", example="urn:uuid:…"),),
        problems=("bad-request", "not-yours", "not-found", "gone"),
    ),
    Endpoint(
        path="/changes", name="list_changes",
        summary="What entered, changed, left or was withdrawn from a feed since the last time.", answer=ChangeList,
        work=_changes, parameters=(_feed(None), _SINCE, _LIMIT),
        problems=("bad-request", "unknown-cursor", "not-yours", "not-found", "gone"),
    ),
    Endpoint(
        path="/statement", name="get_statement", summary="What you took in a month, and when you learned what was withdrawn.",
        answer=StatementAnswer, work=_statement, parameters=(_MONTH,), problems=("bad-request", "unknown-key"),
    ),
    Endpoint(
        path="/search", name="search_articles", summary="Articles that hold all the words, newest first.",
        answer=ArticleList, work=_search, parameters=(_QUERY, _LIMIT, _CURSOR),
        problems=("bad-request", "unknown-cursor", "not-yours"),
    ),
    Endpoint(
        path="/feeds", name="list_feeds", summary="All feeds of a kind by title.", answer=FeedList,
        work=_list_of(None), parameters=(_KIND, *_LISTED), problems=("bad-request", "unknown-cursor"),
    ),
    *_of("topic", "topic", "topics"),
    *_of("author", "author", "authors"),
    *_of("source", "source", "sources"),
    *_of("mix", "saved mix", "saved mixes"),
)  # fmt: skip
