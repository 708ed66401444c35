"""Who may import whom: data walks one way, rooms on one floor are strangers, a library has one home."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
FLOORS: tuple[tuple[str, ...], ...] = (
    ("scheduler", "web"),
    ("parts",),
    ("feeds.actions",),
    ("feeds.ingest", "feeds.publish", "db"),
    ("feeds.transport", "feeds.websub"),
    ("feeds.protocols",),
    ("feeds.config",),
    ("feeds.model",),
    ("feeds.markup",),
    ("feeds.urls",),
    ("feeds.dates",),
    ("feeds.errors", "feeds.clock"),
)
ANNEXES = {
    "feeds.dateguess": "feeds.dates",
    "feeds.months": "feeds.dates",
    "feeds.folding": "feeds.markup",
    "feeds.linkheaders": "feeds.urls",
}
"""Modules that belong to the room of another name; `feeds.config_…`, `feeds.protocols_…` are found by their beginning."""
HOMES: dict[str, tuple[str, ...]] = {
    "flask": ("web",),
    "werkzeug": ("web",),
    "granian": ("web",),
    "argon2": ("web",),
    "flask_wtf": ("web",),
    "wtforms": ("web",),
    "click": ("web",),
    "apscheduler": ("scheduler",),
    "aiohttp": ("feeds.transport",),
    "nh3": ("feeds.markup",),
    "dateparser": ("feeds.dates",),
    "feedparser": ("feeds.ingest",),
    "listparser": ("feeds.ingest",),
    "mf2py": ("feeds.ingest",),
    "protego": ("feeds.ingest",),
    "py3langid": ("feeds.ingest",),
    "trafilatura": ("feeds.ingest",),
    "feedgen": ("feeds.publish",),
    "sqlite3": ("db.sqlite", "db.migrate", "db.migrations", "db.engine"),
    "sqlite_utils": ("db.sqlite", "db.migrate", "db.migrations"),
    "psycopg": ("db.postgres", "db.migrate", "db.migrations"),
}


def modules() -> Iterator[tuple[str, Path]]:
    for top in ("feeds", "web", "db"):
        for path in sorted((ROOT / top).rglob("*.py")):
            parts = path.relative_to(ROOT).with_suffix("").parts
            yield ".".join(parts[:-1] if parts[-1] == "__init__" else parts), path
    for name in ("scheduler", "parts"):
        if (ROOT / f"{name}.py").is_file():
            yield name, ROOT / f"{name}.py"


def imports(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute"
            module = node.module or ""
            # `from feeds import config` names a module, `from feeds.model import X` a name in one.
            yield from (
                f"{module}.{a.name}" if module in {"feeds", "db", "web"} else module for a in node.names
            )


def room(name: str) -> str | None:
    for whole, home in ANNEXES.items():
        if name == whole or name.startswith(f"{whole}."):
            return home
    rooms = [one for floor in FLOORS for one in floor]
    fitting = [one for one in rooms if name == one or name.startswith((f"{one}.", f"{one}_"))]
    return max(fitting, key=len, default=None)


def floor_of(one: str) -> int:
    return next(number for number, rooms in enumerate(FLOORS) if one in rooms)


ALL = list(modules())


@pytest.mark.parametrize(("name", "path"), ALL, ids=[name for name, _ in ALL])
def test_imports_walk_one_way(name: str, path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    own = room(name)
    assert own is not None or name == "feeds", f"{name} belongs to no room"
    for target in imports(tree):
        other = room(target)
        if own is None or other is None or other == own:
            continue
        assert floor_of(other) > floor_of(own), f"{name} must not import {target}"


@pytest.mark.parametrize(("name", "path"), ALL, ids=[name for name, _ in ALL])
def test_a_library_has_one_home(name: str, path: Path) -> None:
    own = room(name) or name
    for target in imports(ast.parse(path.read_text(encoding="utf-8"))):
        homes = HOMES.get(target.split(".", 1)[0])
        if homes:
            fits = any(home in (own, name) or name.startswith(f"{home}.") for home in homes)
            assert fits, f"{name} must not import {target}: its home is {' or '.join(homes)}"


@pytest.mark.parametrize(("name", "path"), ALL, ids=[name for name, _ in ALL])
def test_imports_stand_at_the_top_and_every_module_says_what_it_is_about(name: str, path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert ast.get_docstring(tree) or not tree.body, f"{name} has no docstring"
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            late = [one for one in ast.walk(node) if isinstance(one, ast.Import | ast.ImportFrom)]
            assert not late, f"{name}.{node.name} imports late"


def test_modules_can_be_read_in_one_sitting() -> None:
    lines = {name: len(path.read_text(encoding="utf-8").splitlines()) for name, path in ALL}
    assert not {name: count for name, count in lines.items() if count > 400}


def test_the_law_would_catch_a_breach() -> None:
    assert room("feeds.config_lines") == "feeds.config"
    assert room("feeds.protocols_jobs") == "feeds.protocols"
    assert room("feeds.dateguess") == "feeds.dates"
    assert floor_of("feeds.ingest") < floor_of("feeds.protocols") < floor_of("feeds.errors")
    assert list(imports(ast.parse("from feeds import config\nimport a.b"))) == ["feeds.config", "a.b"]
