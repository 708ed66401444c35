"""What Python's reader of TOML complains about, in words that say where, and what to do."""

from __future__ import annotations

import re

_CURES = {
    "Cannot overwrite a value": "; the setting stands twice, take one of them out",
    "Invalid value": """; text stands in quotes: "…\"""",
}
"""What to do about what Python's reader of TOML calls so."""


def syntax_problem(name: str, message: str, text: str) -> str:
    """The problem with its line, and with what to do where that is known."""
    found = re.search(r"\(at line (\d+), column \d+\)", message)
    line = int(found[1]) if found else text.count("\n") + 1
    what = message.split(" (at ", maxsplit=1)[0]
    twice = re.fullmatch(r"Cannot declare \((.*)\) twice", what)
    if twice:
        section = ".".join(re.findall(r"'([^']*)'", twice[1]))
        return f"{name}:{line}: [{section}] stands here a second time; put all its settings under the first"
    cure = next((cure for begin, cure in _CURES.items() if what.startswith(begin)), "")
    return f"{name}:{line}: this is not TOML: {what}{cure}"
