"""`docs/map.md` shows every module with what it owns, in its own words; this holds it true.

After adding a module or changing what one is about: `.venv/bin/python -m tests.test_map --write`.
"""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MAP = ROOT / "docs" / "map.md"
BEGIN, END = "<!-- modules: begin -->", "<!-- modules: end -->"
ORDER = (".", "commands", "web", "parts", "feeds", "db", "docs", "bench")
"""From the top of the import law down; then what is no part of the program."""


def owned(path: Path) -> str:
    """The first sentence of a module's docstring."""
    doc = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
    first = " ".join(doc.split("\n\n", 1)[0].split())
    return first.replace("|", "\\|").replace("<", "&lt;")


def table() -> str:
    """Every module of the program, room by room."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "*.py"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()
    rooms: dict[str, list[str]] = {}
    # While a merge waits to be solved, git lists a file once for each side.
    for name in sorted(set(listed)):
        path = ROOT / name
        if name.startswith("tests/") or not path.is_file():
            continue
        rows = rooms.setdefault(name.rsplit("/", 1)[0] if "/" in name else ".", [])
        if path.name != "__init__.py":
            rows.append(f"| `{path.name}` | {owned(path)} |")
    return "\n\n".join(room_text(room, rooms[room]) for room in sorted(rooms, key=place))


def place(room: str) -> tuple[int, list[str]]:
    """Where a room stands in the map: after the room that it is in, beside its neighbours."""
    parts = room.split("/")
    return ORDER.index(parts[0]), parts


def room_text(room: str, rows: list[str]) -> str:
    """A room: what belongs there, in its own words, and its modules."""
    home = ROOT / room / "__init__.py"
    texts = ["### Top level" if room == "." else f"### `{room}/`"]
    if home.is_file():
        texts.append(owned(home))
    if rows:
        texts.append("| module | owns |\n| --- | --- |\n" + "\n".join(rows))
    return "\n\n".join(texts)


def test_the_map_shows_every_module_in_its_own_words() -> None:
    text = MAP.read_text(encoding="utf-8")
    shown = text.split(BEGIN)[1].split(END)[0].strip()
    assert shown == table(), "run: .venv/bin/python -m tests.test_map --write"


def test_every_module_says_what_it_is_about() -> None:
    assert not [row for row in table().split("\n") if row.endswith("|  |")]


if __name__ == "__main__" and "--write" in sys.argv:
    before, _, rest = MAP.read_text(encoding="utf-8").partition(BEGIN)
    after = rest.partition(END)[2]
    MAP.write_text(f"{before}{BEGIN}\n\n{table()}\n\n{END}{after}", encoding="utf-8")
