"""Digests by e-mail (table `digests`), and what is new for one: by the order of joining, so that nothing comes twice."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from db import articles, feeds, mixes, touched
from db.engines.engine import Engine, Row, one
from db.subject import Subject
from db.subjects.feeds import Feeds
from feeds.clock import from_ms, to_ms
from feeds.model.digests import Digest, DigestNews, Rhythm
from feeds.model.outgoing import ArticleChange, FeedKey

MOST_SHOWN = 60
MOST_NEW = 2_000
MOST_CHANGES = 300
_NEW = (
    "SELECT m.article_id, m.joined_seq FROM memberships m WHERE m.feed_id = :feed AND m.joined_seq > :after"
    " AND m.joined_seq > 0 AND m.left_seq IS NULL AND m.sort_at >= :since AND NOT EXISTS (SELECT 1 FROM memberships e"
    " WHERE e.feed_id = m.feed_id AND e.article_id = m.article_id AND +e.joined_seq > 0"
    " AND +e.joined_seq < m.joined_seq) ORDER BY m.joined_seq LIMIT :most"
)


class Digests(Subject):
    """Feeds that people get by e-mail."""

    def ask(
        self, *, email: str, key: FeedKey, rhythm: Rhythm, client: str, now: datetime
    ) -> tuple[Digest, bool]:
        """The digest that somebody asks for; and whether it was theirs already, confirmed, with that rhythm."""
        with self.write():
            row = one(
                self.engine.rows(
                    "SELECT * FROM digests WHERE email = :email AND feed_kind = :kind AND feed_slug = :slug"
                    " /*for update*/",
                    {"email": email, "kind": key.kind, "slug": key.slug},
                )
            )
            if row is not None and row["state"] == "live":
                if row["rhythm"] != rhythm:
                    self.engine.run(
                        "UPDATE digests SET rhythm = :rhythm WHERE id = :id",
                        {"id": row["id"], "rhythm": rhythm},
                    )
                return self._of(row["id"]), True
            values: dict[str, Any] = {
                "email": email, "kind": key.kind, "slug": key.slug, "rhythm": rhythm, "client": client,
                "now": to_ms(now), "seq": touched.seq(self.engine),
            }  # fmt: skip
            if row is None:
                found: int = self.engine.rows(
                    "INSERT INTO digests (email, feed_kind, feed_slug, rhythm, state, client, asked_at, first_seq,"
                    " told_seq, detail) VALUES (:email, :kind, :slug, :rhythm, 'asked', :client, :now, :seq, :seq, '')"
                    " RETURNING id",
                    values,
                )[0]["id"]
                return self._of(found), False
            self.engine.run(
                "UPDATE digests SET rhythm = :rhythm, state = 'asked', client = :client, asked_at = :now,"
                " since_at = NULL, first_seq = :seq, told_seq = :seq, told_at = NULL, next_at = NULL, detail = ''"
                " WHERE id = :id",
                values | {"id": row["id"]},
            )
            return self._of(row["id"]), False

    def get(self, digest_id: int) -> Digest | None:
        """The digest of that id."""
        row = one(self.engine.rows("SELECT * FROM digests WHERE id = :id", {"id": digest_id}))
        return _digest(row) if row else None

    def every(self, *, most: int = 1000) -> tuple[Digest, ...]:
        """All of them, the newest first."""
        rows = self.engine.rows("SELECT * FROM digests ORDER BY id DESC LIMIT :most", {"most": most})
        return tuple(_digest(row) for row in rows)

    def count_asked(self, *, since: datetime, client: str | None = None, email: str | None = None) -> int:
        """How many were asked for since then, by a client or for an address."""
        by, value = ("client", client) if client is not None else ("email", email)
        found: int = self.engine.rows(
            f"SELECT count(*) AS n FROM digests WHERE asked_at >= :since AND {by} = :value",
            {"since": to_ms(since), "value": value},
        )[0]["n"]
        return found

    def confirm(self, digest_id: int, *, next_at: datetime, now: datetime) -> bool:
        """Confirms a digest: articles that join from now on are mailed. False if it was confirmed or ended already."""
        with self.write():
            return bool(
                self.engine.run(
                    "UPDATE digests SET state = 'live', since_at = :now, first_seq = :seq, told_seq = :seq,"
                    " told_at = :now, next_at = :next WHERE id = :id AND state = 'asked'",
                    {
                        "id": digest_id,
                        "now": to_ms(now),
                        "next": to_ms(next_at),
                        "seq": touched.seq(self.engine),
                    },
                )
            )

    def end(self, digest_id: int, detail: str) -> bool:
        """Ends a digest; False if it had ended already."""
        with self.write():
            return bool(
                self.engine.run(
                    "UPDATE digests SET state = 'ended', next_at = NULL, detail = :detail"
                    " WHERE id = :id AND state <> 'ended'",
                    {"id": digest_id, "detail": detail[:300]},
                )
            )

    def due(self, now: datetime, *, most: int) -> tuple[Digest, ...]:
        """Confirmed ones whose next mail is due, longest due first."""
        rows = self.engine.rows(
            "SELECT * FROM digests WHERE next_at <= :now AND state = 'live' ORDER BY next_at LIMIT :most",
            {"now": to_ms(now), "most": most},
        )
        return tuple(_digest(row) for row in rows)

    def put_off(self, digest_id: int, next_at: datetime) -> None:
        """When the next mail is due."""
        self.engine.run(
            "UPDATE digests SET next_at = :next WHERE id = :id AND state = 'live'",
            {"id": digest_id, "next": to_ms(next_at)},
        )

    def note_sent(self, digest_id: int, *, upto_seq: int, now: datetime) -> None:
        """Stores up to where articles were mailed; that never goes back."""
        self.engine.run(
            "UPDATE digests SET told_seq = CASE WHEN told_seq < :seq THEN :seq ELSE told_seq END, told_at = :now"
            " WHERE id = :id",
            {"id": digest_id, "seq": upto_seq, "now": to_ms(now)},
        )

    def forget(self, *, asked_before: datetime, ended_before: datetime) -> int:
        """Lets go of what nobody confirmed, and of what ended: an address is kept no longer than it is needed."""
        return self.engine.run(
            "DELETE FROM digests WHERE (state = 'asked' AND asked_at < :asked)"
            " OR (state = 'ended' AND COALESCE(told_at, asked_at) < :ended)",
            {"asked": to_ms(asked_before), "ended": to_ms(ended_before)},
        )

    def news(self, digest: Digest, *, since: datetime) -> DigestNews | None:
        """What is new for it, dated not before `since`; None if its feed is no more."""
        with self.engine.read():
            info = Feeds(self.engine).info(digest.key)
            if info is None:
                return None
            upto = touched.seq(self.engine)
            ids = self._new(digest, since)
            shown = articles.by_ids(self.engine, ids[-MOST_SHOWN:])
            return DigestNews(
                info=info,
                articles=tuple(sorted(shown, key=lambda one: (one.sort_at, one.id), reverse=True)),
                more=max(0, len(ids) - MOST_SHOWN),
                changes=self._changes(digest),
                upto_seq=upto,
            )

    def _new(self, digest: Digest, since: datetime) -> list[int]:
        """Articles that joined the feed after what was mailed; of a mix, those in it that joined the feed of all."""
        whole = FeedKey(kind="all") if digest.key.kind == "query" else digest.key
        feed_id = feeds.id_of(self.engine, whole)
        rows = self.engine.rows(
            _NEW,
            {
                "feed": feed_id if feed_id is not None else -1,
                "after": digest.told_seq,
                "since": to_ms(since),
                "most": MOST_NEW,
            },
        )
        ids = [row["article_id"] for row in rows]
        if digest.key.kind != "query":
            return ids
        mix = Feeds(self.engine).mix(digest.key)
        inside = (
            set(mixes.before(self.engine, mix, sort_at=2**62, article_id=0, most=MOST_NEW)) if mix else set()
        )
        return [one for one in ids if one in inside]

    def _changes(self, digest: Digest) -> tuple[ArticleChange, ...]:
        """Corrections and withdrawals, since the last mail, of articles that were mailed."""
        if digest.told_at is None:
            return ()
        changes = Feeds(self.engine).changes(most=MOST_CHANGES)
        late = [one for one in changes if one.at > digest.told_at]
        mailed = _mailed(self.engine, digest, [one.article_id for one in late])
        return tuple(one for one in late if one.article_id in mailed)

    def _of(self, digest_id: int) -> Digest:
        found = self.get(digest_id)
        assert found is not None
        return found


def _mailed(engine: Engine, digest: Digest, ids: list[int]) -> set[int]:
    whole = FeedKey(kind="all") if digest.key.kind == "query" else digest.key
    feed_id = feeds.id_of(engine, whole)
    if not ids or feed_id is None:
        return set()
    rows = engine.rows(
        "SELECT DISTINCT article_id FROM memberships WHERE article_id IN (:ids*) AND feed_id = :feed"
        " AND joined_seq > :first AND joined_seq <= :told",
        {"ids": ids, "feed": feed_id, "first": digest.first_seq, "told": digest.told_seq},
    )
    return {row["article_id"] for row in rows}


def _digest(row: Row) -> Digest:
    def moment(name: str) -> datetime | None:
        return from_ms(row[name]) if row[name] is not None else None

    return Digest(
        id=row["id"],
        email=row["email"],
        key=FeedKey(kind=row["feed_kind"], slug=row["feed_slug"]),
        rhythm=row["rhythm"],
        state=row["state"],
        client=row["client"],
        asked_at=from_ms(row["asked_at"]),
        since_at=moment("since_at"),
        first_seq=row["first_seq"],
        told_seq=row["told_seq"],
        told_at=moment("told_at"),
        next_at=moment("next_at"),
        detail=row["detail"],
    )
