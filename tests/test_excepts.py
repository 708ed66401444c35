"""Whoever catches everything is named here: a fault of ours is else seen by whoever can tell of it, and where."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.test_imports import ALL

PLACES = {
    ("feeds.ingest.poll.pipeline", "poll_source"): "a report instead of the poll",
    ("feeds.actions.gathering.poll", "save_polls"): "each poll of the batch alone",
    ("feeds.actions.gathering.poll", "_save_alone"): "a report instead of what could not be stored",
    ("feeds.actions.gathering.incoming_pushes", "take_up"): "the source is asked instead",
    ("feeds.actions.operating.jobs", "_run"): "the job failed",
    ("feeds.ingest.poll.workers", "_run"): "a report instead of what was read",
    ("feeds.actions.gathering.poll_saving", "write"): "the root of the task that writes",
    ("web.server.feedcache", "_run"): "the root of the thread that keeps feeds right",
    ("parts.tick_guard", "guarded"): "one tick that fails must not end the scheduler",
    ("parts.tick_guard", "run"): "the same",
    ("db.engines.sqlite", "write"): "raised again, once the transaction is undone",
}


def is_blanket(caught: ast.expr | None) -> bool:
    several = caught.elts if isinstance(caught, ast.Tuple) else [caught]
    return any(
        one is None or (isinstance(one, ast.Name) and one.id in ("Exception", "BaseException"))
        for one in several
    )


def blankets(name: str, path: Path) -> Iterator[tuple[str, str]]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            for one in ast.walk(node):
                if isinstance(one, ast.ExceptHandler) and is_blanket(one.type):
                    yield name, node.name


def test_everything_at_once_is_caught_in_the_named_places_only() -> None:
    assert {place for name, path in ALL for place in blankets(name, path)} == set(PLACES)


def test_the_law_would_catch_a_breach(tmp_path: Path) -> None:
    text = "def f():\n    try:\n        g()\n    except{}:\n        pass\n"
    module = tmp_path / "module.py"
    for caught, found in (("", 1), (" Exception", 1), (" (OSError, Exception)", 1), (" OSError", 0)):
        module.write_text(text.format(caught), encoding="utf-8")
        assert len(list(blankets("module", module))) == found
