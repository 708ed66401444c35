"""Who may import whom: data walks one way, rooms on one floor are strangers, a library has one home."""

from __future__ import annotations

import ast
import itertools
import subprocess
import sys
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
FLOORS: tuple[tuple[str, ...], ...] = (
    ("scheduler", "commands"),
    ("web",),
    ("parts",),
    ("feeds.actions",),
    ("feeds.ingest", "feeds.publish", "db"),
    ("feeds.http",),
    ("feeds.config",),
    ("feeds.model",),
    ("feeds.text",),
    ("feeds.errors", "feeds.clock", "feeds.memory"),
)
ROOMS = tuple(itertools.chain.from_iterable(FLOORS))
INSIDE: tuple[tuple[str, ...], ...] = (
    (
        "feeds.ingest.poll",
        "feeds.ingest.pages",
        "feeds.ingest.formats",
        "feeds.ingest.rules",
        "feeds.ingest.people",
    ),
    ("feeds.publish", "feeds.publish.formats"),
    (
        "feeds.actions",
        "feeds.actions.accounts",
        "feeds.actions.lists",
        "feeds.actions.editing",
        "feeds.actions.delivering",
        "feeds.actions.gathering",
        "feeds.actions.sorting",
        "feeds.actions.operating",
        "feeds.actions.publishing",
        "feeds.actions.declaring",
    ),
    ("db.store", "db.subjects", "db", "db.engines"),
    (
        "web.freeze",
        "web",
        "web.admin.blueprint",
        "web.admin.accounts",
        "web.admin.sources",
        "web.admin.content",
        "web.admin.publishing",
        "web.admin.operating",
        "web.admin",
        "web.api",
        "web.public",
        "web.context",
        "web.server",
        "web.language",
        "web.loglines",
        "web.sentences",
    ),
)
"""Rooms within a room, from the top down: each may import those after it."""
SEEN_BY_ACTIONS = "db.store"
"""All that `feeds.actions` knows of the store is the type of it."""
HOMES: dict[str, tuple[str, ...]] = {
    "flask": ("web",),
    "werkzeug": ("web",),
    "granian": ("web",),
    "argon2": ("web",),
    "flask_wtf": ("web",),
    "webauthn": ("web.admin.accounts.authenticators",),
    "cryptography": ("web.admin.accounts.authenticators", "feeds.http.request_signing"),
    "authlib": ("web.admin.accounts.provider",),
    "joserfc": ("web.admin.accounts.provider",),
    "wtforms": ("web",),
    "click": ("commands",),
    "apscheduler": ("scheduler",),
    "aiohttp": ("feeds.http.transport", "feeds.http.cookies"),
    "nh3": ("feeds.text.markup",),
    "dateparser": ("feeds.text",),
    "feedparser": ("feeds.ingest.formats",),
    "listparser": ("feeds.ingest.formats",),
    "markdown_it": ("feeds.ingest", "feeds.text"),
    "idna": ("feeds.text.urls",),
    "mf2py": ("feeds.ingest",),
    "protego": ("feeds.ingest.poll",),
    "py3langid": ("feeds.ingest.rules",),
    "trafilatura": ("feeds.ingest.pages",),
    "feedgen": ("feeds.publish.formats",),
    "sqlite3": ("db.engines", "db.migrate", "db.migrations"),
    "sqlite_utils": ("db.engines", "db.migrate", "db.migrations"),
    "psycopg": ("db.engines", "db.migrate", "db.migrations"),
}


@cache
def tree_of(path: Path) -> ast.Module:
    """The module's syntax, which most tests here walk over."""
    return ast.parse(path.read_text(encoding="utf-8"))


@cache
def imports_of(path: Path) -> tuple[str, ...]:
    """What the module imports."""
    return tuple(imports(tree_of(path)))


def modules() -> Iterator[tuple[str, Path]]:
    for top in ("feeds", "web", "db", "commands", "parts"):
        for path in sorted((ROOT / top).rglob("*.py")):
            parts = path.relative_to(ROOT).with_suffix("").parts
            yield ".".join(parts[:-1] if parts[-1] == "__init__" else parts), path
    yield "scheduler", ROOT / "scheduler.py"


def imports(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute"
            module = node.module or ""
            # `from feeds.text import dates` names a module, `from feeds.text.dates import X` a name in one.
            is_room = (ROOT / module.replace(".", "/")).is_dir()
            yield from (f"{module}.{a.name}" if is_room else module for a in node.names)


def room(name: str, rooms: Iterable[str] = ROOMS) -> str | None:
    """The innermost of the rooms that the module stands in."""
    fitting = [one for one in rooms if name == one or name.startswith(f"{one}.")]
    return max(fitting, key=len, default=None)


def floor_of(one: str) -> int:
    return next(number for number, rooms in enumerate(FLOORS) if one in rooms)


ALL = list(modules())


@pytest.mark.parametrize(("name", "path"), ALL, ids=[name for name, _ in ALL])
def test_imports_walk_one_way(name: str, path: Path) -> None:
    own = room(name)
    assert own is not None or name == "feeds", f"{name} belongs to no room"
    for target in imports_of(path):
        other = room(target)
        if own is None or other is None or other == own:
            continue
        assert floor_of(other) > floor_of(own), f"{name} must not import {target}"
        if own == "feeds.actions" and other == "db":
            assert target == SEEN_BY_ACTIONS, f"{name} may name the type of the store, not {target}"


@pytest.mark.parametrize(("name", "path"), ALL, ids=[name for name, _ in ALL])
def test_inside_a_room_imports_walk_one_way_too(name: str, path: Path) -> None:
    targets = imports_of(path)
    for rooms in INSIDE:
        own = room(name, rooms)
        for target in targets:
            other = room(target, rooms)
            if own is not None and other is not None:
                assert rooms.index(other) >= rooms.index(own), f"{name} must not import {target}"


@pytest.mark.parametrize("name", [name for name, path in ALL if path.name == "__init__.py"])
def test_a_room_says_what_belongs_there(name: str) -> None:
    path = ROOT / name.replace(".", "/") / "__init__.py"
    assert ast.get_docstring(tree_of(path)), f"{name} says nothing"


@pytest.mark.parametrize(("name", "path"), ALL, ids=[name for name, _ in ALL])
def test_a_library_has_one_home(name: str, path: Path) -> None:
    own = room(name) or name
    for target in imports_of(path):
        homes = HOMES.get(target.split(".", 1)[0])
        if homes:
            fits = any(home in (own, name) or name.startswith(f"{home}.") for home in homes)
            assert fits, f"{name} must not import {target}: its home is {' or '.join(homes)}"


@pytest.mark.parametrize(("name", "path"), ALL, ids=[name for name, _ in ALL])
def test_imports_stand_at_the_top_and_every_module_says_what_it_is_about(name: str, path: Path) -> None:
    tree = tree_of(path)
    assert ast.get_docstring(tree) or not tree.body, f"{name} has no docstring"
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            late = [one for one in ast.walk(node) if isinstance(one, ast.Import | ast.ImportFrom)]
            assert not late, f"{name}.{node.name} imports late"


def test_modules_can_be_read_in_one_sitting() -> None:
    lines = {name: len(path.read_text(encoding="utf-8").splitlines()) for name, path in ALL}
    assert not {name: count for name, count in lines.items() if count > 400}


def test_functions_can_be_read_on_one_screen() -> None:
    long = {
        f"{name}.{one.name}": length
        for name, path in ALL
        for one in ast.walk(tree_of(path))
        if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef)
        and (length := (one.end_lineno or 0) - one.lineno + 1) > 60
    }
    assert not long


def test_what_few_starts_need_is_loaded_at_its_first_use() -> None:
    code = "import sys, scheduler, web.app, feeds.ingest.poll.drafts; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, capture_output=True, text=True)
    late = {"listparser", "mf2py", "numpy", "requests", "sqlite_utils", "trafilatura"}
    assert not late & set(done.stdout.split())


def test_the_law_would_catch_a_breach() -> None:
    assert room("feeds.config.lines") == "feeds.config"
    assert room("feeds.ingest.pages.page", INSIDE[0]) == "feeds.ingest.pages"
    assert room("db.engines.sqlite", INSIDE[3]) == "db.engines"
    assert floor_of("feeds.ingest") < floor_of("feeds.http") < floor_of("feeds.errors")
    text = "from feeds import config\nfrom feeds.text.dates import X\nimport a.b"
    assert list(imports(ast.parse(text))) == ["feeds.config", "feeds.text.dates", "a.b"]
