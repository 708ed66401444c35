"""Writes TOML: declarations as `config export` prints them, and the config file of a new site."""

from __future__ import annotations

import json
from dataclasses import MISSING, fields
from datetime import timedelta
from typing import Any

from feeds.model.declarations import Declarations

_UNITS = ((86400, "d"), (3600, "h"), (60, "m"))

_NEW_SITE = """\
# A Feedwright site. Paths are relative to this file. Start it with
#   ./run --config PATH/TO/THIS/config.toml
# docs/settings.md lists every setting; what is not stated here has its default.

[site]
title = {title}
{base_url}
{contact}
language = {language}
timezone = "UTC"  # in which pages show times, such as "Europe/Berlin"

[web]
host = "127.0.0.1"
port = 8080

[database]
url = "data/feedwright.db"

# What this file declares, it owns: change it here. A declaration that you take out pauses the
# source, topic or author; nothing is deleted. Sources can also be added by `./run source add`.

# [[topic]]
# slug = "harbour"
# title = "The harbour"
# categories = ["Harbour", "Shipping"]  # labels that sources use
# phrases = ["ferry timetable"]         # words in title or text

# [[source]]
# url = "https://news.example/feed.xml"
# topics = ["harbour"]                  # every article of it belongs there
"""


def declarations_toml(declared: Declarations) -> str:
    """The declarations as sections of a config file; keys that have their default are left out."""
    tables = (
        *(("topic", one) for one in declared.topics),
        *(("source", one) for one in declared.sources),
        *(("author", one) for one in declared.authors),
        *(("mix", one) for one in declared.mixes),
        *(("list", one) for one in declared.lists),
        *(("proxy", one) for one in declared.proxies),
        *(("partner", one) for one in declared.partners),
    )
    return "\n".join(_table(name, one) for name, one in tables)


def new_site(*, title: str, base_url: str | None, contact: str | None, language: str) -> str:
    """The text of a new site's config file."""
    return _NEW_SITE.format(
        title=toml_value(title),
        base_url=f"base_url = {toml_value(base_url)}"
        if base_url
        else '# base_url = "https://news.example"  # the public address; unset: the listening address',
        contact=f"contact = {toml_value(contact)}"
        if contact
        else '# contact = "you@news.example"  # who runs a source can reach you here',
        language=toml_value(language),
    )


def toml_value(value: Any) -> str:
    """One value as TOML: text, flag, number, list of texts, or a span as `"15m"`."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, timedelta):
        return _span(value)
    if isinstance(value, tuple):
        return f"[{', '.join(toml_value(one) for one in value)}]"
    # JSON's escapes are TOML's; DEL alone must be escaped in TOML and is not by JSON.
    return json.dumps(str(value), ensure_ascii=False).replace("\x7f", "\\u007F")


def _table(name: str, declaration: Any) -> str:
    lines = [f"[[{name}]]"]
    for one in fields(declaration):
        value = getattr(declaration, one.name)
        if one.name != "line" and (one.default is MISSING or value != one.default):
            lines.append(f"{one.name} = {toml_value(value)}")
    return "\n".join(lines) + "\n"


def _span(value: timedelta) -> str:
    seconds = value.total_seconds()
    for size, unit in _UNITS:
        if seconds and seconds % size == 0:
            return f'"{int(seconds // size)}{unit}"'
    return f"{seconds:g}"
