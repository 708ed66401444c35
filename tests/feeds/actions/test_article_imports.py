"""Files taken in as articles: what becomes of them where their source was removed."""

from __future__ import annotations

from pathlib import Path

import pytest

from db.store import Store
from feeds.actions.declaring.specs import IMPORTED, spec_at
from feeds.actions.gathering.article_imports import Wanted, import_file
from feeds.errors import RequestError
from feeds.model.articles import Article
from tests.fakes import NOON
from tests.feeds.actions.test_sources import settings

TEXT = (
    "# The crane\n\nBy Ines Halvorsen\n\nIt came on a barge, and half of the town stood on the breakwater.\n"
)


def test_what_is_imported_after_the_imports_were_removed_is_shown(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "crane.md"
    path.write_text(TEXT, "utf-8")
    import_file(store, Wanted(path=path), settings=settings(), now=NOON)
    row = store.sources.get(IMPORTED)
    assert row is not None
    store.sources.set_state(row.source.id, "removed", NOON)
    told = import_file(store, Wanted(path=path), settings=settings(), now=NOON)
    row = store.sources.get(IMPORTED)
    assert row is not None
    assert (row.source.state, row.article_count) == ("paused", 1)
    assert told["what"] == "unchanged"
    assert isinstance(store.articles.get(1), Article)


def test_nothing_is_imported_into_a_removed_source(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "crane.md"
    path.write_text(TEXT, "utf-8")
    source = store.sources.add(spec_at("https://a.example/f"), NOON)
    store.sources.set_state(source.id, "removed", NOON)
    with pytest.raises(RequestError, match="There is no source"):
        import_file(store, Wanted(path=path, slug=source.slug), settings=settings(), now=NOON)
