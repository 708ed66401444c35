"""The condition that a column holds words as people type them: in capitals or not, `%` and `_` as themselves."""

from __future__ import annotations

from typing import Any


def holds(column: str, words: str, values: dict[str, Any]) -> str:
    """The condition in SQL, for both engines; what it asks for is added to `values`."""
    ways = [_like(f"lower({column})", words.lower(), values)]
    if not words.isascii():
        # SQLite's lower() leaves letters outside ASCII as they are.
        spelled = {words, words.lower(), words.upper(), words[:1].upper() + words[1:], words.title()}
        ways += [_like(column, one, values) for one in sorted(spelled)]
    return f"({' OR '.join(ways)})"


def _like(column: str, text: str, values: dict[str, Any]) -> str:
    name = f"w{len(values)}"
    plain = text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    values[name] = f"%{plain}%"
    return f"{column} LIKE :{name} ESCAPE '\\'"
