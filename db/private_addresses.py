"""Private addresses (table `private_addresses`): found by the hash of their token, never by the token itself."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import msgspec

from db import articles, feeds, slugs
from db.engines.engine import Row, one
from db.subject import Subject
from feeds.clock import from_ms, to_ms
from feeds.model.outgoing import FeedInfo, FeedKey, FeedPage
from feeds.model.private import PrivateAddress
from feeds.model.rights import Share


class PrivateAddresses(Subject):
    """Addresses that only those know to whom they were given."""

    def add(
        self,
        token_hash: str,
        *,
        name: str,
        opened: Sequence[str],
        share: Share,
        ends_at: datetime | None,
        now: datetime,
    ) -> PrivateAddress:
        """A new one."""
        with self.write():
            rows = self.engine.rows(
                "INSERT INTO private_addresses (token_hash, name, feeds, share, made_at, ends_at)"
                " VALUES (:token, :name, :feeds, :share, :now, :ends) RETURNING *",
                {
                    "token": token_hash,
                    "name": name,
                    "feeds": msgspec.json.encode(list(opened)).decode(),
                    "share": share,
                    "now": to_ms(now),
                    "ends": to_ms(ends_at) if ends_at is not None else None,
                },
            )
        return _address(rows[0])

    def find(self, token_hash: str) -> PrivateAddress | None:
        """That of the token, also one that has ended."""
        row = one(
            self.engine.rows(
                "SELECT * FROM private_addresses WHERE token_hash = :token", {"token": token_hash}
            )
        )
        return _address(row) if row else None

    def every(self) -> tuple[PrivateAddress, ...]:
        """All of them, the newest first."""
        return tuple(
            _address(row) for row in self.engine.rows("SELECT * FROM private_addresses ORDER BY id DESC")
        )

    def revoke(self, address_id: int, now: datetime) -> bool:
        """It leads nowhere from now on; False if it did not already."""
        with self.write():
            return bool(
                self.engine.run(
                    "UPDATE private_addresses SET revoked_at = :now WHERE id = :id AND revoked_at IS NULL",
                    {"id": address_id, "now": to_ms(now)},
                )
            )

    def note_used(self, address_id: int, now: datetime) -> None:
        """It was used."""
        with self.write():
            self.engine.run(
                "UPDATE private_addresses SET used_at = :now WHERE id = :id",
                {"id": address_id, "now": to_ms(now)},
            )

    def source_page(self, slug: str, *, most: int) -> FeedPage | None:
        """The newest articles of a source that is nobody's to read; None if there is no such source."""
        with self.engine.read():
            owner = slugs.holder(self.engine, "source", slug)
            row = one(
                self.engine.rows(
                    "SELECT id, COALESCE(title, feed_title, slug) AS title, home_url, added_at FROM sources"
                    " WHERE id = :id AND slug = :slug AND is_private = 1 AND state <> 'removed'",
                    {"id": owner if owner is not None else -1, "slug": slug},
                )
            )
            if row is None:
                return None
            found = self.engine.rows(
                "SELECT id FROM articles WHERE source_id = :id AND status = 'published'"
                " ORDER BY sort_at DESC, id DESC LIMIT :most",
                {"id": row["id"], "most": most},
            )
            shown = articles.by_ids(self.engine, [one["id"] for one in found])
            moments = [max(one.updated_at, one.first_seen_at) for one in shown]
            info = FeedInfo(
                key=FeedKey(kind="source", slug=slug),
                feed_urn=feeds.urn_of(self.engine, f"source/{slug}"),
                title=row["title"],
                home_url=row["home_url"],
                article_count=len(shown),
                changed_at=max(moments, default=from_ms(row["added_at"])),
            )
            return FeedPage(info=info, articles=shown)

    def holds(self, article_id: int, opened: Sequence[str]) -> bool:
        """True if the article stands in one of these feeds, or comes from one of these sources."""
        rows = self.engine.rows(
            "SELECT f.kind, COALESCE(g.slug, '') AS slug FROM memberships m JOIN feeds f ON f.id = m.feed_id"
            " LEFT JOIN slugs g ON g.kind = f.kind AND g.target_id = f.target_id AND g.is_current = 1"
            " WHERE m.article_id = :id AND m.left_seq IS NULL AND m.joined_seq > 0",
            {"id": article_id},
        )
        paths = {FeedKey(kind=row["kind"], slug=row["slug"]).path().strip("/") for row in rows}
        rows = self.engine.rows(
            "SELECT s.slug FROM articles a JOIN sources s ON s.id = a.source_id WHERE a.id = :id",
            {"id": article_id},
        )
        paths |= {f"sources/{row['slug']}" for row in rows}
        return bool(paths & set(opened))


def _address(row: Row) -> PrivateAddress:
    def moment(name: str) -> datetime | None:
        return from_ms(row[name]) if row[name] is not None else None

    return PrivateAddress(
        id=row["id"],
        name=row["name"],
        feeds=msgspec.json.decode(row["feeds"], type=tuple[str, ...]),
        share=row["share"],
        made_at=from_ms(row["made_at"]),
        ends_at=moment("ends_at"),
        used_at=moment("used_at"),
        revoked_at=moment("revoked_at"),
    )
