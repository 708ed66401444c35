"""What stands in a mix: read from the memberships of the feeds that it names (spans tables)."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from db import slugs
from db.engines.engine import Engine, Row, chunks
from db.feeds import READABLE
from db.languages import LANGUAGE
from feeds.clock import from_ms
from feeds.model.mixes import MixTerm

_IN = "m.left_seq IS NULL AND +m.joined_seq > 0"


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedFeed:
    """A feed that a mix names."""

    feed_id: int
    target_id: int
    slug: str
    title: str
    changed_seq: int
    changed_at: datetime
    article_count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ResolvedTerm:
    """A term with the feeds that its words name; none for languages."""

    term: MixTerm
    feeds: tuple[NamedFeed, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ResolvedMix:
    """A mix whose words are all known."""

    terms: tuple[ResolvedTerm, ...]
    all_feed: NamedFeed

    @property
    def named(self) -> tuple[NamedFeed, ...]:
        """Every feed that it names; where it names none to take articles from, the feed of everything."""
        found = tuple(feed for one in self.terms for feed in one.feeds)
        has_driver = any(one.feeds and not one.term.is_not for one in self.terms)
        return found if has_driver else (*found, self.all_feed)

    def key(self) -> str:
        """The mix by row ids: no rename changes it."""
        parts = (
            f"{'not-' if one.term.is_not else ''}{one.term.kind}:"
            + ",".join(
                sorted(one.term.words)
                if not one.feeds
                else (str(n) for n in sorted(f.target_id for f in one.feeds))
            )
            for one in self.terms
        )
        return "query/" + "/".join(sorted(parts))

    def urn(self, site: uuid.UUID) -> str:
        """The feed's id."""
        return f"urn:uuid:{uuid.uuid5(site, self.key())}"


def named_feeds(engine: Engine, kind: str, words: Sequence[str]) -> dict[str, NamedFeed]:
    """The open feeds of that kind, by the slugs that they have now."""
    targets = {word: slugs.holder(engine, kind, word) for word in words}
    ids = [one for one in targets.values() if one is not None]
    rows = [
        row
        for part in chunks(ids)
        for row in engine.rows(
            f"{_FEED} WHERE f.kind = :kind AND f.target_id IN (:ids*) AND {READABLE}",
            {"kind": kind, "ids": part},
        )
    ]
    by_target = {row["target_id"]: row for row in rows}
    return {word: _named(by_target[target]) for word, target in targets.items() if target in by_target}


def all_feed(engine: Engine) -> NamedFeed:
    """The feed of everything."""
    return _named(engine.rows(_FEED + " WHERE f.kind = 'all'")[0])


def page(engine: Engine, mix: ResolvedMix, *, entries: int, window: timedelta, most: int) -> list[int]:
    """Article ids, newest first: the newest `entries`, and all within `window` of the newest."""
    newest = _newest(engine, mix, most=entries, since=None)
    if len(newest) < entries or most <= entries:
        return [row["article_id"] for row in newest]
    since = newest[0]["sort_at"] - window // timedelta(milliseconds=1)
    if newest[-1]["sort_at"] < since:
        return [row["article_id"] for row in newest]
    return [row["article_id"] for row in _newest(engine, mix, most=most, since=since)]


def before(engine: Engine, mix: ResolvedMix, *, sort_at: int, article_id: int, most: int) -> list[int]:
    """Article ids that stand after that place, newest first."""
    return [row for row, _ in before_places(engine, mix, sort_at=sort_at, article_id=article_id, most=most)]


def before_places(
    engine: Engine, mix: ResolvedMix, *, sort_at: int, article_id: int, most: int
) -> list[tuple[int, int]]:
    """The same, each with its sort time (ms)."""
    rows = _newest(engine, mix, most=most, since=None, place=(sort_at, article_id))
    return [(row["article_id"], row["sort_at"]) for row in rows]


def _newest(
    engine: Engine,
    mix: ResolvedMix,
    *,
    most: int,
    since: int | None,
    place: tuple[int, int] | None = None,
) -> list[Row]:
    driver, others = _driver(mix)
    conditions, params = _conditions(others)
    if since is not None:
        conditions.append("m.sort_at >= :since")
        params["since"] = since
    if place is not None:
        conditions.append("(m.sort_at, m.article_id) < (:place_at, :place_id)")
        params |= {"place_at": place[0], "place_id": place[1]}
    sql = (
        f"SELECT m.article_id, m.sort_at FROM memberships m WHERE m.feed_id = :feed AND {_IN}"
        + "".join(f" AND {one}" for one in conditions)
        + " ORDER BY m.sort_at DESC, m.article_id DESC LIMIT :most"
    )
    # The newest of several feeds together are among the newest of each.
    latest: dict[int, Row] = {}
    for feed in driver:
        for row in engine.rows(sql, {**params, "feed": feed.feed_id, "most": most}):
            latest[row["article_id"]] = row
    return sorted(latest.values(), key=lambda row: (-row["sort_at"], -row["article_id"]))[:most]


def _driver(mix: ResolvedMix) -> tuple[tuple[NamedFeed, ...], list[ResolvedTerm]]:
    """The feeds to walk over, those of the term that holds least; and the terms that are left to be held."""
    wanted = [one for one in mix.terms if one.feeds and not one.term.is_not]
    if not wanted:
        return (mix.all_feed,), list(mix.terms)
    least = min(wanted, key=lambda one: sum(feed.article_count for feed in one.feeds))
    return least.feeds, [one for one in mix.terms if one is not least]


def _conditions(terms: Iterable[ResolvedTerm]) -> tuple[list[str], dict[str, object]]:
    found: list[str] = []
    params: dict[str, object] = {}
    for number, one in enumerate(terms):
        sign = "NOT " if one.term.is_not else ""
        if one.term.kind == "languages":
            found.append(f"{sign}{_spoken(number)}")
            params[f"words{number}"] = list(one.term.words)
        else:
            found.append(
                f"{sign}EXISTS (SELECT 1 FROM memberships x WHERE x.article_id = m.article_id"
                f" AND x.feed_id IN (:feeds{number}*) AND x.left_seq IS NULL AND +x.joined_seq > 0)"
            )
            params[f"feeds{number}"] = [feed.feed_id for feed in one.feeds]
    return found, params


def _spoken(number: int) -> str:
    """The clause that holds for articles in one of the languages; `en` holds for `en-GB` too."""
    return (
        f"EXISTS (SELECT 1 FROM articles a JOIN sources s ON s.id = a.source_id WHERE a.id = m.article_id"
        f" AND (lower({LANGUAGE}) IN (:words{number}*)"
        + "".join(
            f" OR (substr({LANGUAGE}, {length + 1}, 1) = '-' AND substr(lower({LANGUAGE}), 1, {length}) IN (:words{number}*))"
            for length in (2, 3)
        )
        + "))"
    )


_FEED = (
    "SELECT f.id, f.target_id, f.changed_seq, f.changed_at, f.article_count,"
    " COALESCE(t.slug, a.slug, s.slug, '') AS slug,"
    " COALESCE(t.title, a.name, s.title, s.feed_title, s.slug, '') AS title FROM feeds f"
    " LEFT JOIN topics t ON f.kind = 'topic' AND t.id = f.target_id"
    " LEFT JOIN authors a ON f.kind = 'author' AND a.id = f.target_id"
    " LEFT JOIN sources s ON f.kind = 'source' AND s.id = f.target_id"
)


def _named(row: Row) -> NamedFeed:
    return NamedFeed(
        feed_id=row["id"],
        target_id=row["target_id"],
        slug=row["slug"],
        title=row["title"],
        changed_seq=row["changed_seq"],
        changed_at=from_ms(row["changed_at"]),
        article_count=row["article_count"],
    )
