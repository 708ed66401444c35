"""The store's changes of feeds: what entered, changed or left since a place, in the order of seq."""

from __future__ import annotations

from datetime import datetime

from db import articles, feed_changes, feeds, touched, withdrawals
from db.engines.engine import Row
from db.kept import Kept
from db.subject import Subject
from feeds.clock import to_ms
from feeds.model.deltas import Delta, DeltaPage, Place
from feeds.model.outgoing import FeedKey

EPOCH = "changes_epoch"


class Deltas(Subject):
    """Changes of feeds in their order."""

    def page(self, key: FeedKey, place: Place | None, *, most: int) -> DeltaPage | None:
        """At most so many changes after the place; without one, all that stands there. None if there is no such feed.

        Whoever plays them back in their order, and asks until there are no more, holds what the feed holds.
        """
        with self.engine.read():
            info = feeds.info(self.engine, key)
            feed_id = feeds.id_of(self.engine, key)
            if info is None or feed_id is None:
                return None
            # All that was told of this feed up to now: where nothing of it changes, the place stays the same.
            seq = info.changed_seq
            if place is None:
                place = Place(start=seq)
            after = max(place.position, place.start)
            standing = feed_changes.present(self.engine, feed_id, after=place.position, most=most + 1)
            gone = feed_changes.gone(self.engine, feed_id, after=after, most=most + 1)
            rows = sorted([*((row, True) for row in standing), *((row, False) for row in gone)], key=_seq)
            shown = rows[:most]
            has_more = len(rows) > most
            if has_more:
                there = Place(floor=place.floor, start=place.start, position=shown[-1][0]["at"])
            else:
                there = Place.at(max(seq, place.position))
            return DeltaPage(info=info, deltas=self._deltas(shown, place), place=there, has_more=has_more)

    def seq(self) -> int:
        """The last seq that was given; no place is later than that."""
        return touched.seq(self.engine)

    def seq_at(self, moment: datetime) -> int:
        """The last seq given before that moment, as far back as changes are kept (a week); else of the oldest kept."""
        return touched.seq_at(self.engine, moment)

    def epoch(self) -> int:
        """Which count of seq this is: another one after a restore from a backup, where numbers are given again."""
        return int(Kept(self.engine).get(EPOCH) or 0)

    def begin_epoch(self, now: datetime) -> None:
        """Makes all places that clients hold invalid: from now on changes have other numbers."""
        with self.write():
            Kept(self.engine).put(EPOCH, str(to_ms(now)))

    def _deltas(self, rows: list[tuple[Row, bool]], place: Place) -> tuple[Delta, ...]:
        # The reader never heard of an article that came and went after the place.
        rows = [(row, is_in) for row, is_in in rows if is_in or row["joined_seq"] <= place.position]
        ids = [row["article_id"] for row, _ in rows]
        whole = articles.by_ids(self.engine, [row["article_id"] for row, is_in in rows if is_in])
        shown = {one.id: one for one in whole if one.status == "published" and not one.source.is_private}
        away = [one for one in ids if one not in shown]
        ended = {one.id: one for one in withdrawals.ended(self.engine, away)}
        urns = feed_changes.urns(self.engine, away)
        found: list[Delta] = []
        for row, is_in in rows:
            article = shown.get(row["article_id"]) if is_in else None
            if article is None:
                grave = ended.get(row["article_id"])
                found.append(
                    Delta(
                        kind="withdrawn" if grave is not None and not grave.is_purged else "left",
                        seq=row["at"],
                        article_id=row["article_id"],
                        urn=urns.get(row["article_id"]) or shown[row["article_id"]].urn,
                        ended=grave,
                    )
                )
                continue
            is_new = row["joined_seq"] > place.floor
            found.append(
                Delta(
                    kind="entered" if is_new else "changed",
                    seq=row["at"],
                    article_id=article.id,
                    urn=article.urn,
                    article=article,
                    fields=() if is_new else feed_changes.fields_since(row, place.floor),
                    is_quiet=not is_new and feed_changes.is_quiet_since(row, place.floor),
                )
            )
        return _each_once(found)


def _seq(one: tuple[Row, bool]) -> tuple[int, int]:
    return one[0]["at"], one[0]["article_id"]


def _each_once(found: list[Delta]) -> tuple[Delta, ...]:
    """Keeps one change where an article left the same feed twice within one tick."""
    return tuple({(one.seq, one.article_id): one for one in found}.values())
