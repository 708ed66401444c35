"""Settings: what holds, where it comes from, and what it means; changed in config.toml."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import fields
from datetime import timedelta
from typing import Any

from flask import Response
from werkzeug.wrappers import Response as AnyResponse

from feeds.actions.declaring import declare
from feeds.actions.declaring.export import stored_declarations
from feeds.config.checks import SECTIONS, attribute_of
from feeds.config.lines import KeyPath, key_lines
from feeds.config.load import ENV_PREFIX, SHIPPED
from feeds.config.toml_writer import declarations_toml
from web.admin.frame import Frame
from web.language import gettext

SECRET = frozenset({("web", "metrics_token"), ("database", "url")})


def add(frame: Frame) -> None:
    """Hangs the screen into the frame."""
    meanings = _meanings()

    @frame.get("/settings")
    def settings() -> AnyResponse:
        return frame.page(
            "settings.html",
            sections=_sections(frame, meanings),
            problems=declare.problems(frame.store),
            path=frame.context.settings.path,
        )

    @frame.get("/settings/export", sees="people")
    def export() -> AnyResponse:
        return _export(frame)


def lines_of(frame: Frame) -> Mapping[KeyPath, int]:
    """On which line of the config file each key stands."""
    try:
        return key_lines(frame.context.settings.path.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError):
        return {}


def _export(frame: Frame) -> AnyResponse:
    """Sources, topics and authors as they stand in the store, written as the file states them."""
    text = declarations_toml(stored_declarations(frame.store))
    response = Response(text, mimetype="application/toml")
    response.headers["Content-Disposition"] = 'attachment; filename="feedwright-export.toml"'
    return response


def _sections(frame: Frame, meanings: dict[tuple[str, str], str]) -> list[tuple[str, list[dict[str, Any]]]]:
    settings, lines, own = frame.context.settings, lines_of(frame), frame.store.looks.values()
    found: list[tuple[str, list[dict[str, Any]]]] = []
    for section, kind in SECTIONS.items():
        present, rows = getattr(settings, attribute_of(section)), []
        for one in fields(kind):
            value = getattr(present, one.name)
            is_own = section == "site" and value is None and one.name in own
            rows.append(
                {
                    "name": one.name,
                    "value": own[one.name] if is_own else _shown(section, one.name, value),
                    "from": gettext("set here") if is_own else _from(section, one.name, lines),
                    "meaning": meanings.get((section, one.name), ""),
                }
            )
        found.append((section, rows))
    return found


def _from(section: str, name: str, lines: Any) -> str:
    variable = f"{ENV_PREFIX}{section.replace('.', '_')}_{name}".upper()
    for one in (variable, f"{variable}_FILE"):
        if one in os.environ:
            return gettext("environment, %(name)s", name=one)
    line = lines.get((*section.split("."), name))
    return gettext("config.toml, line %(line)s", line=line) if line else gettext("default")


def _shown(section: str, name: str, value: Any) -> str:
    if value is None or value == ():
        return gettext("unset")
    if (section, name) in SECRET and ("@" in str(value) or name == "metrics_token"):
        return gettext("set, not shown")
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    if isinstance(value, timedelta):
        return _span(value)
    return ", ".join(value) if isinstance(value, tuple) else str(value)


def _span(value: timedelta) -> str:
    seconds = int(value.total_seconds())
    for size, unit in ((86400, "d"), (3600, "h"), (60, "min")):
        if seconds and seconds % size == 0:
            return f"{seconds // size} {unit}"
    return f"{value.total_seconds():g} s"


def _meanings() -> dict[tuple[str, str], str]:
    """The sentence of each setting, as the shipped file has it."""
    found: dict[tuple[str, str], str] = {}
    section = ""
    sentences: list[str] = []
    try:
        text = SHIPPED.read_text(encoding="utf-8").split("# --- Declarations", 1)[0]
    except OSError:
        return found
    for line in text.splitlines():
        if line.startswith("["):
            section, sentences = line.strip("[]"), []
        elif line.removeprefix("# ").split(" = ")[0].isidentifier() and " = " in line:
            found[section, line.removeprefix("# ").split(" = ")[0]] = " ".join(sentences)
            sentences = []
        elif line.startswith("# "):
            sentences.append(line.removeprefix("# "))
    return found
