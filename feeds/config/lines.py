"""On which line of a TOML text each key stands, so that an error can point at it.

`tomllib` gives values without places. The text has passed `tomllib` before it comes here, so the
scan only has to walk valid TOML: keys, tables, array tables, and over values of any form.
"""

from __future__ import annotations

import re

KeyPath = tuple[str | int, ...]

_BLANK = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_SPACE = re.compile(r"[ \t]*")
_PART = re.compile(r"\"(?:[^\"\\\n]|\\.)*\"|'[^'\n]*'|[A-Za-z0-9_-]+")
_VALUE = re.compile(
    r'"""(?:\\.|(?!""").)*"{3,5}|\'\'\'.*?\'{3,5}|"(?:[^"\\\n]|\\.)*"|\'[^\'\n]*\'|#[^\n]*|.', re.DOTALL
)


def key_lines(text: str) -> dict[KeyPath, int]:
    """The line (from 1) of every key and table, by its path: `("source", 2, "url")`."""
    lines: dict[KeyPath, int] = {}
    counts: dict[KeyPath, int] = {}
    prefix: KeyPath = ()
    at = _skip(_BLANK, text, 0)
    line, counted = 1, 0
    while at < len(text):
        line, counted = line + text.count("\n", counted, at), at
        if text[at] == "[":
            is_array = text.startswith("[[", at)
            parts, at = _key(text, at + (2 if is_array else 1))
            prefix = _table(parts, counts, is_array=is_array)
            lines.setdefault(prefix, line)
            at = text.index("]", at) + (2 if is_array else 1)
        else:
            parts, at = _key(text, at)
            for length in range(1, len(parts) + 1):
                lines.setdefault((*prefix, *parts[:length]), line)
            at = _value_end(text, text.index("=", at) + 1)
        at = _skip(_BLANK, text, at)
    return lines


def line_of(lines: dict[KeyPath, int], path: KeyPath) -> int:
    """The line of the key, else of what it stands in; 1 where nothing of it is known."""
    for length in range(len(path), 0, -1):
        if path[:length] in lines:
            return lines[path[:length]]
    return 1


def _table(parts: list[str], counts: dict[KeyPath, int], *, is_array: bool) -> KeyPath:
    path: KeyPath = ()
    for part in parts[:-1]:
        path = (*path, part)
        if path in counts:
            path = (*path, counts[path] - 1)
    path = (*path, parts[-1])
    if is_array:
        counts[path] = counts.get(path, 0) + 1
        path = (*path, counts[path] - 1)
    return path


def _key(text: str, at: int) -> tuple[list[str], int]:
    parts: list[str] = []
    while True:
        at = _skip(_SPACE, text, at)
        found = _PART.match(text, at)
        if found is None:
            return parts, at
        parts.append(found[0].strip("\"'") if found[0][0] in "\"'" else found[0])
        at = _skip(_SPACE, text, found.end())
        if not text.startswith(".", at):
            return parts, at
        at += 1


def _value_end(text: str, at: int) -> int:
    depth = 0
    for token in _VALUE.finditer(text, at):
        if token[0] in ("[", "{"):
            depth += 1
        elif token[0] in ("]", "}"):
            depth -= 1
        elif token[0] == "\n" and depth == 0:
            return token.start()
    return len(text)


def _skip(pattern: re.Pattern[str], text: str, at: int) -> int:
    found = pattern.match(text, at)
    return found.end() if found else at
