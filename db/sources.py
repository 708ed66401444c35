"""Sources: where we poll, under which settings (tables `sources`, `source_addresses`)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import msgspec

from db import feeds, hosts, memberships, pages, poll_states, slugs
from db.engines.engine import Engine, Row, chunks, one
from feeds.clock import to_ms
from feeds.errors import NotFoundError
from feeds.model.articles import DraftFeed
from feeds.model.audience import is_private
from feeds.model.incoming import NO_OPTIONS, Source, SourceOptions
from feeds.model.kept import SourceRow, SourceSpec
from feeds.model.rights import Terms
from feeds.text.urls import name_of, slugify

COLUMNS = (
    "s.id, s.slug, s.title, s.feed_title, s.fetch_url, s.first_url, s.public_url, s.home_url, s.host AS at_host,"
    " s.domain, s.author_name, s.language, s.timezone, s.share, s.is_ours, s.is_sample, s.interval_ms,"
    " s.topic_slugs, s.state, s.origin, s.kind, s.options, s.is_private, s.paused_by"
)
_SETTINGS = (
    "title = :title, fetch_url = :fetch_url, public_url = :public_url, host = :host, domain = :domain,"
    " author_name = :author_name, language = :language, timezone = :timezone, share = :share,"
    " is_ours = :is_ours, is_sample = :is_sample, interval_ms = :interval_ms, topic_slugs = :topic_slugs,"
    " origin = :origin, kind = :kind, options = :options, is_private = :is_private"
)


def add(engine: Engine, spec: SourceSpec, now: datetime) -> Source:
    """A new source, due at once."""
    slug = slugs.free_one(engine, "source", spec.slug or slugify(spec.title or name_of(spec.host), "source"))
    rows = engine.rows(
        "INSERT INTO sources (slug, title, feed_title, fetch_url, first_url, public_url, host, domain, author_name, language,"
        " timezone, share, is_ours, is_sample, interval_ms, topic_slugs, state, origin, kind, options, is_private, added_at)"
        " VALUES (:slug, :title, :found_title, :fetch_url, :fetch_url, :public_url, :host, :domain, :author_name, :language,"
        " :timezone, :share, :is_ours, :is_sample, :interval_ms, :topic_slugs, 'active', :origin, :kind, :options,"
        " :is_private, :now)"
        " RETURNING id",
        _values(spec) | {"slug": slug, "now": to_ms(now)},
    )
    source_id = rows[0]["id"]
    slugs.give(engine, "source", slug, source_id, now)
    _note_address(engine, spec.fetch_url, source_id)
    hosts.add(engine, spec.host, spec.host_domain)
    poll_states.add(engine, source_id, spec.host, now)
    feeds.row_id(engine, "source", source_id, slug, now)
    found = _must(engine, source_id)
    if found.is_private:
        feeds.hide(engine, "source", source_id, now)
    return found


def change(engine: Engine, source_id: int, spec: SourceSpec) -> Source:
    """The source with other settings; its id, slug, first address and articles stay."""
    before = _must(engine, source_id)
    if before.fetch_url != spec.fetch_url:
        hosts.add(engine, spec.host, spec.host_domain)
        poll_states.move(engine, source_id, spec.host)
        _note_address(engine, spec.fetch_url, source_id)
    engine.run(f"UPDATE sources SET {_SETTINGS} WHERE id = :id", _values(spec) | {"id": source_id})
    after = _must(engine, source_id)
    if _reading(before) != _reading(after):
        # The same document reads otherwise now; what is remembered of it would keep it from being read.
        poll_states.forget_document(engine, source_id)
        pages.forget(engine, source_id, is_archive_kept=True)
    if _listing(after) != _listing(before):
        # What else it lists now has been there before, too: it is taken in, not news.
        pages.forget(engine, source_id, is_archive_kept=False)
        engine.run("UPDATE poll_states SET is_imported = 0 WHERE source_id = :id", {"id": source_id})
    return after


def rename(engine: Engine, source_id: int, slug: str, now: datetime) -> None:
    """A new slug; the old one leads to it."""
    slugs.require_free(engine, "source", slug, source_id)
    slugs.give(engine, "source", slug, source_id, now)
    engine.run("UPDATE sources SET slug = :slug WHERE id = :id", {"slug": slug, "id": source_id})
    memberships.touch_all(engine, feeds.row_id(engine, "source", source_id, slug, now), now)


def follow_topic(engine: Engine, old: str, new: str) -> None:
    """Sources that are set to a topic by its former slug are set to it by the present one."""
    rows = engine.rows(
        "SELECT id, topic_slugs FROM sources WHERE topic_slugs LIKE :part", {"part": f'%"{old}"%'}
    )
    for row in rows:
        topics_before = msgspec.json.decode(row["topic_slugs"], type=tuple[str, ...])
        after = tuple(dict.fromkeys(new if slug == old else slug for slug in topics_before))
        engine.run(
            "UPDATE sources SET topic_slugs = :slugs WHERE id = :id",
            {"slugs": msgspec.json.encode(after).decode(), "id": row["id"]},
        )


def set_state(
    engine: Engine, source_id: int, state: str, now: datetime, *, paused_by: str | None = None
) -> None:
    """active (due at once), paused, gone or removed (never due)."""
    engine.run(
        "UPDATE sources SET state = :state, paused_by = :paused_by WHERE id = :id",
        {"state": state, "paused_by": paused_by, "id": source_id},
    )
    poll_states.set_next(engine, [source_id], now if state == "active" else None)


def note_header(engine: Engine, source: Source, feed: DraftFeed) -> bool:
    """Keeps what a document says of itself; True if that shows in our feeds."""
    row = one(
        engine.rows(
            "SELECT feed_title, home_url, feed_language, rights, license_url, terms FROM sources WHERE id = :id",
            {"id": source.id},
        )
    )
    assert row is not None
    shown = {
        "feed_title": feed.title or row["feed_title"],
        "home_url": feed.home_url or row["home_url"],
        "feed_language": feed.language or row["feed_language"],
        "rights": feed.rights,
    }
    # What the articles have themselves shows with them.
    terms = msgspec.json.encode(feed.terms).decode() if feed.terms else None
    found = shown | {"license_url": feed.license_url, "terms": terms}
    if all(row[key] == text for key, text in found.items()):
        return False
    engine.run(
        "UPDATE sources SET feed_title = :feed_title, home_url = :home_url, feed_language = :feed_language,"
        " rights = :rights, license_url = :license_url, terms = :terms WHERE id = :id",
        found | {"id": source.id},
    )
    return any(row[key] != text for key, text in shown.items())


def every(engine: Engine, *, with_removed: bool) -> tuple[SourceRow, ...]:
    """All sources by slug, with poll state and number of articles."""
    condition = "" if with_removed else "WHERE s.state <> 'removed'"
    return tuple(_row(row) for row in engine.rows(f"{_SELECT} {condition} ORDER BY s.slug"))


def by_id(engine: Engine, source_id: int) -> SourceRow | None:
    """The source of that id."""
    row = one(engine.rows(f"{_SELECT} WHERE s.id = :id", {"id": source_id}))
    return _row(row) if row else None


def public_ones(engine: Engine, source_ids: Sequence[int]) -> list[int]:
    """Those of the sources that everybody may read."""
    found: list[int] = []
    for part in chunks(source_ids):
        rows = engine.rows("SELECT id FROM sources WHERE id IN (:ids*) AND is_private = 0", {"ids": part})
        found += [row["id"] for row in rows]
    return found


def alone(engine: Engine, source_id: int) -> Source | None:
    """The source of that id without state and counts."""
    row = one(engine.rows(f"SELECT {COLUMNS} FROM sources s WHERE s.id = :id", {"id": source_id}))
    return read(row) if row else None


def require(engine: Engine, source_id: int) -> SourceRow:
    """The source of that id; raises NotFoundError."""
    found = by_id(engine, source_id)
    if found is None:
        raise NotFoundError(f"There is no source {source_id}.")
    return found


def by_slug(engine: Engine, slug: str) -> SourceRow | None:
    """The source that has, or had, the slug."""
    owner = slugs.holder(engine, "source", slug)
    return by_id(engine, owner) if owner is not None else None


def by_address(engine: Engine, url: str) -> SourceRow | None:
    """The source that is polled at the address; where none is, the one that was."""
    row = one(
        engine.rows("SELECT id FROM sources WHERE fetch_url = :url", {"url": url})
        or engine.rows("SELECT source_id AS id FROM source_addresses WHERE url = :url", {"url": url})
    )
    return by_id(engine, row["id"]) if row else None


def due(engine: Engine, hosts_due: list[str], *, now: datetime, most: int) -> list[Row]:
    """Due sources of these hosts, longest overdue first, with their state."""
    rows: list[Row] = []
    for part in chunks(hosts_due):
        rows += engine.rows(
            f"SELECT {COLUMNS}, {poll_states.COLUMNS},"
            " EXISTS (SELECT 1 FROM answers a WHERE a.url = s.fetch_url) AS has_answer"
            " FROM poll_states p JOIN sources s ON s.id = p.source_id"
            " WHERE p.host IN (:hosts*) AND p.next_poll_at <= :now ORDER BY p.next_poll_at, p.source_id LIMIT :most",
            {"hosts": part, "now": to_ms(now), "most": most},
        )
    return rows


def read(row: Row) -> Source:
    """The source in a row that holds `COLUMNS`."""
    host = name_of(row["at_host"])
    interval = row["interval_ms"]
    return Source(
        id=row["id"],
        slug=row["slug"],
        title=row["title"] or row["feed_title"] or host,
        own_title=row["title"],
        fetch_url=row["fetch_url"],
        first_url=row["first_url"],
        public_url=row["public_url"],
        home_url=row["home_url"],
        domain=row["domain"],
        author_name=row["author_name"],
        language=row["language"],
        timezone=row["timezone"],
        share=row["share"],
        is_ours=bool(row["is_ours"]),
        is_sample=bool(row["is_sample"]),
        interval=None if interval is None else timedelta(milliseconds=interval),
        topic_slugs=msgspec.json.decode(row["topic_slugs"], type=tuple[str, ...]),
        kind=row["kind"] or "feed",
        options=options_of(row["options"]),
        is_private=bool(row["is_private"]),
        state=row["state"],
        origin=row["origin"],
        paused_by=row["paused_by"],
    )


def options_of(kept: str | None) -> SourceOptions:
    """The options as the column `options` holds them: nothing where none differs from what most want."""
    return msgspec.json.decode(kept, type=SourceOptions) if kept else NO_OPTIONS


_SELECT = (
    f"SELECT {COLUMNS}, {poll_states.COLUMNS}, s.rights, s.license_url AS source_license, s.terms,"
    # What joins or leaves is counted by the publish tick; whoever asks about a source sees it before.
    # No feed holds what is private: its articles themselves are counted.
    " CASE WHEN s.is_private = 1 THEN"
    " (SELECT count(*) FROM articles a WHERE a.source_id = s.id AND a.status = 'published')"
    " ELSE COALESCE((SELECT f.article_count"
    " + (SELECT count(*) FROM memberships m WHERE m.feed_id = f.id AND m.joined_seq = 0)"
    " - (SELECT count(*) FROM memberships m WHERE m.feed_id = f.id AND m.left_seq = 0)"
    " FROM feeds f WHERE f.kind = 'source' AND f.target_id = s.id), 0) END"
    " AS article_count FROM sources s JOIN poll_states p ON p.source_id = s.id"
)


def _row(row: Row) -> SourceRow:
    return SourceRow(
        source=read(row),
        poll=poll_states.read(row),
        article_count=row["article_count"],
        host=row["host"],
        rights=row["rights"],
        license_url=row["source_license"],
        terms=msgspec.json.decode(row["terms"], type=tuple[Terms, ...]) if row["terms"] else (),
    )


def _must(engine: Engine, source_id: int) -> Source:
    found = by_id(engine, source_id)
    assert found is not None
    return found.source


def _note_address(engine: Engine, url: str, source_id: int) -> None:
    engine.run(
        "INSERT INTO source_addresses (url, source_id) VALUES (:url, :id) ON CONFLICT (url) DO UPDATE"
        " SET source_id = excluded.source_id",
        {"url": url, "id": source_id},
    )


def _reading(source: Source) -> tuple[object, ...]:
    """The settings that what is read from a document depends on."""
    options = source.options
    return (
        source.own_title, source.author_name, source.timezone, source.kind, options.full_text, options.links,
        options.only, options.headers, options.user, options.user_agent,
    )  # fmt: skip


def _listing(source: Source) -> tuple[object, ...]:
    """The settings that say which articles a source lists."""
    address = source.fetch_url if source.kind in ("sitemap", "page") else None
    return source.kind, address, source.options.links, source.options.only


def _values(spec: SourceSpec) -> dict[str, object]:
    interval = spec.interval
    return {
        "title": spec.title,
        "found_title": spec.found_title,
        "fetch_url": spec.fetch_url,
        "public_url": spec.public_url,
        "host": spec.host,
        "domain": spec.domain,
        "author_name": spec.author_name,
        "language": spec.language,
        "timezone": spec.timezone,
        "share": spec.share,
        "is_ours": int(spec.is_ours),
        "is_sample": int(spec.is_sample),
        "interval_ms": None if interval is None else interval // timedelta(milliseconds=1),
        "topic_slugs": msgspec.json.encode(spec.topic_slugs).decode(),
        "origin": spec.origin,
        "kind": None if spec.kind == "feed" else spec.kind,
        "options": None if spec.options == NO_OPTIONS else msgspec.json.encode(spec.options).decode(),
        "is_private": int(
            is_private(spec.options, has_secret_address=spec.public_url is None and spec.kind != "folder")
        ),
    }
