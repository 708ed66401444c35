"""Lists of sources in TOML: the `[[source]]` tables of a config file with the few keys that somebody else may state.

A list comes from outside, so it says what a source is and where, and nothing of what we may do with it: no credentials,
no rights, no audience, no path of this machine. Whatever else it states is told, with its line.
"""

from __future__ import annotations

import tomllib
from typing import Any

from feeds.config import values
from feeds.config.checks import Place, checked, nearest
from feeds.config.declared import kind_problems
from feeds.config.lines import key_lines, line_of
from feeds.config.syntax import syntax_problem
from feeds.errors import ParseError
from feeds.model.declarations import SourceDeclaration
from feeds.model.lists import ListedSource, Listing
from feeds.text.markup import one_line

KEYS = ("url", "title", "slug", "home", "topics", "language", "timezone", "kind", "links", "only", "was")
"""All that an entry may state."""
MOST_BYTES = 500_000
MOST_DOTS = 60
"""On one line: a key of very many parts would cost the reader very much."""
MOST_CHARS = 300
"""Of a title, or a part of an address."""


def read_toml_list(body: bytes, name: str = "the list") -> Listing:
    """The entries of a list, and a sentence for everything that is wrong; raises ParseError if it is no TOML."""
    if len(body) > MOST_BYTES:
        raise ParseError(f"A list in TOML may have {MOST_BYTES:,} bytes; this one has {len(body):,}.")
    try:
        text = body.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        raise ParseError("It is no list: it is neither OPML nor text in UTF-8.") from error
    for number, line in enumerate(text.split("\n"), 1):
        if line.count(".") > MOST_DOTS:
            raise ParseError(f"{name}:{number}: a line of a list holds at most {MOST_DOTS} dots.")
    try:
        raw = tomllib.loads(text)
        lines = key_lines(text)
    except tomllib.TOMLDecodeError as error:
        raise ParseError(syntax_problem(name, str(error), text)) from error
    except (ValueError, RecursionError) as error:
        raise ParseError(f"{name} is no TOML that can be read.") from error
    place = Place(name=name, lines=lines, problems=[])
    for key in raw:
        if key != "source":
            place.wrong(
                (key, 0) if isinstance(raw[key], list) else (key,),
                "a list holds [[source]] tables alone; take it out",
            )
    tables = raw.get("source", [])
    if not isinstance(tables, list) or not all(isinstance(one, dict) for one in tables):
        place.wrong(("source",), "expected a list of sections; write [[source]] with two brackets")
        tables = []
    found = [_entry(table, number, place) for number, table in enumerate(tables)]
    return Listing(form="toml", entries=tuple(one for one in found if one), wrong=place.messages())


def _entry(table: dict[str, Any], number: int, place: Place) -> ListedSource | None:
    path = ("source", number)
    before = len(place.problems)
    hints = values.hints_of(SourceDeclaration)
    given: dict[str, Any] = {}
    for key, raw in table.items():
        if key not in KEYS:
            what = (
                f"a list may not state this, only {', '.join(KEYS)}; set it here once the source is there"
                if key in hints
                else f"no such setting{nearest(key, KEYS)}"
            )
            place.wrong((*path, key), what)
            continue
        try:
            # A list's `home` is checked like any address.
            value = values.web_address(_text(raw)) if key == "home" else values.typed(hints[key], raw)
            given[key] = _plain(key, value if key in ("home", "url") else checked("source", key, value))
        except ValueError as error:
            place.wrong((*path, key), str(error))
    if "url" not in table:
        place.wrong(path, "url is missing")
    if given.get("kind") == "folder":
        place.wrong((*path, "kind"), "a list names no folders: they are of the machine that polls them")
    if len(place.problems) > before:
        return None
    one = ListedSource(**given, line=line_of(place.lines, path))
    stated = SourceDeclaration(url=one.url, kind=one.kind, links=one.links, only=one.only)
    for problem in kind_problems(stated, ()):
        place.wrong(path, problem)
    return one if len(place.problems) == before else None


def _text(raw: object) -> str:
    if not isinstance(raw, str):
        raise ValueError("expected a text in quotes")
    return raw


def _plain(key: str, value: Any) -> Any:
    several = value if isinstance(value, tuple) else (value,)
    for text in several:
        if not text.isprintable():
            raise ValueError("expected a text without control characters")
        if key not in ("url", "home", "was") and len(text) > MOST_CHARS:
            raise ValueError(f"expected at most {MOST_CHARS} characters")
    if len(several) > 20:
        raise ValueError("expected at most 20 of them")
    return one_line(value) if key == "title" else value
