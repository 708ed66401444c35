"""What an address answered before it became a source, kept for an hour: its first poll (table `answers`)."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import msgspec

from db.engines.engine import Engine, one
from feeds.clock import to_ms
from feeds.model.fetched import Fetched


def keep(engine: Engine, url: str, answer: Fetched, now: datetime) -> None:
    """Keeps the answer under the address that will be polled."""
    # The transport's names of headers are a kind of text that JSON encoders do not know.
    answer = replace(answer, headers=tuple((name.lower(), value) for name, value in answer.headers))
    rest = {name: value for name, value in msgspec.to_builtins(answer).items() if name != "body"}
    engine.run(
        "INSERT INTO answers (url, answer, body, kept_at) VALUES (:url, :answer, :body, :now)"
        " ON CONFLICT (url) DO UPDATE SET answer = excluded.answer, body = excluded.body, kept_at = excluded.kept_at",
        {"url": url, "answer": msgspec.json.encode(rest).decode(), "body": answer.body, "now": to_ms(now)},
    )


def get(engine: Engine, url: str, *, since: datetime) -> Fetched | None:
    """The answer kept for the address since then."""
    row = one(
        engine.rows(
            "SELECT answer, body FROM answers WHERE url = :url AND kept_at >= :since",
            {"url": url, "since": to_ms(since)},
        )
    )
    if row is None:
        return None
    return msgspec.convert(msgspec.json.decode(row["answer"]) | {"body": bytes(row["body"])}, Fetched)


def drop(engine: Engine, *, before: datetime, url: str | None) -> int:
    """Forgets answers kept before then, only that of one address where it is named; returns how many."""
    condition = "" if url is None else " AND url = :url"
    rows = engine.rows(
        f"DELETE FROM answers WHERE kept_at < :before{condition} RETURNING url",
        {"before": to_ms(before), "url": url},
    )
    return len(rows)
