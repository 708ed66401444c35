"""A slug that is taken gets a number, and finding it stays cheap however many there are."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from db import slugs
from db.engines.engine import Engine
from db.store import Store

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def test_each_of_many_gets_the_next_number(store: Store) -> None:
    given = []
    for target in range(1, 70):
        slug = slugs.free_one(store.engine, "author", "ada-quill")
        given.append(slugs.give(store.engine, "author", slug, target, NOW))
    assert given == ["ada-quill", *(f"ada-quill-{number}" for number in range(2, 70))]


def test_a_slug_given_by_hand_further_on_is_never_given_again(store: Store) -> None:
    slugs.give(store.engine, "author", "ada", 1, NOW)
    for number in (2, 4):
        slugs.give(store.engine, "author", f"ada-{number}", number, NOW)
    found = slugs.free_one(store.engine, "author", "ada")
    assert found not in ("ada", "ada-2", "ada-4")
    assert slugs.is_free(store.engine, "author", found)


def test_finding_one_among_thousands_asks_few_questions(
    sqlite_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    sqlite_store.engine.run_many(
        "INSERT INTO slugs (kind, slug, target_id, is_current, given_at) VALUES ('author', :slug, :id, 1, 0)",
        [{"slug": f"ada-{number}" if number > 1 else "ada", "id": number} for number in range(1, 3001)],
    )
    asked: list[str] = []
    is_free = slugs.is_free

    def counted(engine: Engine, kind: str, slug: str) -> bool:
        asked.append(slug)
        return is_free(engine, kind, slug)

    monkeypatch.setattr(slugs, "is_free", counted)
    assert slugs.free_one(sqlite_store.engine, "author", "ada") == "ada-3001"
    assert len(asked) < 30
