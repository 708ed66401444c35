"""Partners, the hashes of their keys, and their requests by day (tables `partners`, `partner_keys`, `partner_uses`)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import msgspec

from db.engines.engine import Row, one
from db.subject import Subject
from feeds.clock import from_ms, to_ms
from feeds.errors import NotFoundError, RequestError
from feeds.model.partners import EVENTS, MOST_KEYS, HookForm, Partner, PartnerKey, PartnerSpec

_COLUMNS = (
    "p.id, p.slug, p.name, p.contact, p.feeds, p.share, p.quota, p.ends_on, p.origin, p.state, p.webhooks"
)


class _Hooks(msgspec.Struct, frozen=True):
    """The column `webhooks`."""

    urls: tuple[str, ...] = ()
    events: tuple[str, ...] = EVENTS
    feeds: tuple[str, ...] = ()
    form: HookForm = "json"


class Partners(Subject):
    """Partners, their keys and what they used."""

    def every(self) -> tuple[Partner, ...]:
        """Partners by slug, without removed ones."""
        rows = self.engine.rows(
            f"SELECT {_COLUMNS} FROM partners p WHERE p.state <> 'removed' ORDER BY p.slug"
        )
        return tuple(_partner(row) for row in rows)

    def get(self, slug: str) -> Partner | None:
        """The partner of that slug, removed or not."""
        row = one(self.engine.rows(f"SELECT {_COLUMNS} FROM partners p WHERE p.slug = :slug", {"slug": slug}))
        return _partner(row) if row else None

    def of_id(self, partner_id: int) -> Partner | None:
        """The partner of that id, removed or not."""
        row = one(self.engine.rows(f"SELECT {_COLUMNS} FROM partners p WHERE p.id = :id", {"id": partner_id}))
        return _partner(row) if row else None

    def put(self, spec: PartnerSpec, *, origin: str, now: datetime) -> Partner:
        """Adds the partner, or gives the one of that slug these values; a removed one comes back, without keys."""
        with self.write():
            self.engine.run(
                "INSERT INTO partners (slug, name, contact, feeds, share, quota, ends_on, webhooks, origin, state, added_at)"
                " VALUES (:slug, :name, :contact, :feeds, :share, :quota, :ends, :webhooks, :origin, 'active', :now)"
                " ON CONFLICT (slug) DO UPDATE SET name = excluded.name, contact = excluded.contact,"
                " feeds = excluded.feeds, share = excluded.share, quota = excluded.quota,"
                " ends_on = excluded.ends_on, webhooks = excluded.webhooks, origin = excluded.origin, state = 'active'",
                _values(spec) | {"origin": origin, "now": to_ms(now)},
            )
            found = self.get(spec.slug)
        assert found is not None
        return found

    def pause(self, partner_id: int) -> None:
        """Its keys are good for nothing until it is put again."""
        self.engine.run("UPDATE partners SET state = 'paused' WHERE id = :id", {"id": partner_id})

    def remove(self, partner_id: int) -> None:
        """Takes the partner's keys back; its name stays, for what is told of the past."""
        with self.write():
            self.engine.run("UPDATE partners SET state = 'removed' WHERE id = :id", {"id": partner_id})
            self.engine.run("DELETE FROM partner_keys WHERE partner_id = :id", {"id": partner_id})
            self.engine.run(
                "UPDATE partners SET hook_secret = NULL, hook_secret_before = NULL, link_secret = NULL WHERE id = :id",
                {"id": partner_id},
            )

    def keys(self, partner_id: int) -> tuple[PartnerKey, ...]:
        """Its keys, the oldest first."""
        rows = self.engine.rows(
            "SELECT id, begin_text, made_at FROM partner_keys WHERE partner_id = :id ORDER BY id",
            {"id": partner_id},
        )
        return tuple(
            PartnerKey(id=row["id"], begin=row["begin_text"], made_at=from_ms(row["made_at"])) for row in rows
        )

    def add_key(self, partner_id: int, *, hash: str, begin: str, now: datetime) -> PartnerKey:
        """Keeps the hash of a new key; raises RequestError if the partner has two."""
        with self.write():
            # Two admins at once: the second waits here, and sees the first one's key.
            self.engine.run("UPDATE partners SET state = state WHERE id = :id", {"id": partner_id})
            keys = self.keys(partner_id)
            if len(keys) >= MOST_KEYS:
                shown = " and ".join(one.begin for one in keys)
                raise RequestError(f"There are {MOST_KEYS} keys already ({shown}): take one back first.")
            rows = self.engine.rows(
                "INSERT INTO partner_keys (partner_id, hash, begin_text, made_at)"
                " VALUES (:id, :hash, :begin, :now) RETURNING id",
                {"id": partner_id, "hash": hash, "begin": begin, "now": to_ms(now)},
            )
        return PartnerKey(id=rows[0]["id"], begin=begin, made_at=now)

    def drop_key(self, partner_id: int, begin: str) -> PartnerKey:
        """Takes the key back that begins so; raises NotFoundError if there is none, or more than one."""
        with self.write():
            fitting = [one for one in self.keys(partner_id) if begin and one.begin.startswith(begin)]
            if len(fitting) != 1:
                raise NotFoundError(f"No key, or more than one, begins with {begin!r}.")
            self.engine.run("DELETE FROM partner_keys WHERE id = :id", {"id": fitting[0].id})
        return fitting[0]

    def by_hash(self, hash: str) -> tuple[Partner, str] | None:
        """Whose key has that hash, and the hash as it is kept."""
        row = one(
            self.engine.rows(
                f"SELECT {_COLUMNS}, k.hash FROM partner_keys k JOIN partners p ON p.id = k.partner_id"
                " WHERE k.hash = :hash AND p.state = 'active'",
                {"hash": hash},
            )
        )
        return (_partner(row), row["hash"]) if row else None

    def hook_secrets(self, partner_id: int, now: datetime) -> tuple[str, ...]:
        """What its webhooks are signed with: the present secret, and the former one for as long as it counts."""
        row = one(
            self.engine.rows(
                "SELECT hook_secret, hook_secret_before, hook_before_until FROM partners WHERE id = :id",
                {"id": partner_id},
            )
        )
        if row is None or row["hook_secret"] is None:
            return ()
        is_former_good = row["hook_secret_before"] and row["hook_before_until"] > to_ms(now)
        return (row["hook_secret"], *((row["hook_secret_before"],) if is_former_good else ()))

    def put_hook_secret(self, partner_id: int, secret: str, *, before_until: datetime) -> None:
        """The partner's new secret; the one that it had counts until then, too."""
        self.engine.run(
            "UPDATE partners SET hook_secret_before = hook_secret, hook_before_until = :until, hook_secret = :secret"
            " WHERE id = :id",
            {"id": partner_id, "secret": secret, "until": to_ms(before_until)},
        )

    def link_secret(self, partner_id: int) -> str | None:
        """What links to its page are signed with; None: no link was given."""
        row = one(self.engine.rows("SELECT link_secret FROM partners WHERE id = :id", {"id": partner_id}))
        return row["link_secret"] if row else None

    def put_link_secret(self, partner_id: int, secret: str) -> None:
        """From now on links are signed with this, and no others are believed."""
        self.engine.run(
            "UPDATE partners SET link_secret = :secret WHERE id = :id", {"id": partner_id, "secret": secret}
        )

    def note_use(self, partner_id: int, day: date, requests: int) -> int:
        """Adds requests to that day's; returns how many there are."""
        with self.write():
            rows = self.engine.rows(
                "INSERT INTO partner_uses (partner_id, day, requests) VALUES (:id, :day, :n)"
                " ON CONFLICT (partner_id, day) DO UPDATE SET requests = partner_uses.requests + excluded.requests"
                " RETURNING requests",
                {"id": partner_id, "day": day.isoformat(), "n": requests},
            )
        found: int = rows[0]["requests"]
        return found

    def forget_uses(self, before: date) -> int:
        """Forgets the requests of days before then; returns how many days of partners."""
        return self.engine.run("DELETE FROM partner_uses WHERE day < :day", {"day": before.isoformat()})

    def used(self, partner_id: int, day: date) -> int:
        """How many requests it made on that day."""
        rows = self.engine.rows(
            "SELECT requests FROM partner_uses WHERE partner_id = :id AND day = :day",
            {"id": partner_id, "day": day.isoformat()},
        )
        return rows[0]["requests"] if rows else 0


def _values(spec: PartnerSpec) -> dict[str, Any]:
    return {
        "slug": spec.slug,
        "name": spec.name,
        "contact": spec.contact,
        "feeds": msgspec.json.encode(spec.feeds).decode(),
        "share": spec.share,
        "quota": spec.quota,
        "ends": spec.ends_on.isoformat() if spec.ends_on else None,
        "webhooks": msgspec.json.encode(
            _Hooks(
                urls=spec.webhooks,
                events=spec.webhook_events,
                feeds=spec.webhook_feeds,
                form=spec.webhook_form,
            )
        ).decode(),
    }


def _partner(row: Row) -> Partner:
    hooks = msgspec.json.decode(row["webhooks"], type=_Hooks)
    return Partner(
        id=row["id"],
        spec=PartnerSpec(
            slug=row["slug"],
            name=row["name"],
            contact=row["contact"],
            feeds=msgspec.json.decode(row["feeds"], type=tuple[str, ...]),
            share=row["share"],
            quota=row["quota"],
            ends_on=date.fromisoformat(row["ends_on"]) if row["ends_on"] else None,
            webhooks=hooks.urls,
            webhook_events=hooks.events,
            webhook_feeds=hooks.feeds,
            webhook_form=hooks.form,
        ),
        origin=row["origin"],
        state=row["state"],
    )
