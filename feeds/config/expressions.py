"""Boolean expressions of topic rules, as an admin writes them: parsed into a tree, or told where they break off. Pure.

ferry                          a word anywhere in title, summary or text
"pilot boat"                   words in a row
harbo*                         a beginning of words
title:ferry  text:  summary:   only there
section:sport                  a part of the address's path
source:skerry-post  author:"Ines Halvorsen"  language:nn  category:Sea
ferry AND (fog OR ice) AND NOT title:obituary       `-fog` is NOT fog; words side by side are AND
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

Field = Literal["any", "title", "summary", "text", "section", "source", "author", "language", "category"]
FIELDS: tuple[Field, ...] = (
    "any", "title", "summary", "text", "section", "source", "author", "language", "category",
)  # fmt: skip
_ALIASES: dict[str, Field] = {"lang": "language", "url": "section", "body": "text", "label": "category"}
MOST_CHARS = 2_000
MOST_DEPTH = 20
_TOKEN = re.compile(r'\s*(\(|\)|-(?=[^\s)])|(?:(\w+):)?(?:"([^"]*)"|([^\s()"]+)))')


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """Words in a row in one field."""

    field: Field
    words: str
    is_prefix: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Not:
    """What must not hold."""

    inner: Expression


@dataclass(frozen=True, slots=True, kw_only=True)
class Every:
    """All of these hold."""

    parts: tuple[Expression, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Some:
    """At least one of these holds."""

    parts: tuple[Expression, ...]


Expression = Term | Not | Every | Some


@lru_cache(maxsize=5_000)
def parse_expression(text: str) -> Expression:
    """The tree that the text means; raises ValueError that says what is wrong, and where."""
    if len(text) > MOST_CHARS:
        raise ValueError(f"the expression is longer than {MOST_CHARS} characters")
    reader = _Reader(_tokens(text))
    found = reader.some(0)
    if reader.rest():
        raise ValueError(f"there is a ) too many in {text!r}")
    if not _asks(found):
        raise ValueError(f"{text!r} only says what must not be; say what must, too")
    return found


def checked_expression(text: str) -> str:
    """The text, which must be an expression."""
    parse_expression(text)
    return text


def _tokens(text: str) -> list[tuple[str, str, str]]:
    """Kind, field and words of each token; kinds are ( ) NOT AND OR and term."""
    found: list[tuple[str, str, str]] = []
    place = 0
    while place < len(text.rstrip()):
        token = _TOKEN.match(text, place)
        if token is None:
            raise ValueError(f"a quotation mark is open in {text!r}")
        place = token.end()
        mark, field, quoted, word = token.groups()
        if mark in ("(", ")"):
            found.append((mark, "", ""))
        elif mark == "-":
            found.append(("NOT", "", ""))
        elif word in ("AND", "OR", "NOT") and not field:
            found.append((word, "", ""))
        else:
            found.append(
                (
                    "quoted" if quoted is not None else "word",
                    field or "",
                    quoted if quoted is not None else word,
                )
            )
    return found


def with_source_renamed(text: str, old: str, new: str) -> str:
    """The expression with another slug in its terms that name the source by its whole slug."""
    return re.sub(rf'(?<![\w:])source:("?){re.escape(old)}\1(?![\w*"-])', f"source:{new}", text)


class _Reader:
    def __init__(self, tokens: list[tuple[str, str, str]]) -> None:
        self._tokens = tokens
        self._place = 0

    def rest(self) -> bool:
        return self._place < len(self._tokens)

    def some(self, depth: int) -> Expression:
        parts = [self._every(depth)]
        while self._next() == "OR":
            self._place += 1
            parts.append(self._every(depth))
        return parts[0] if len(parts) == 1 else Some(parts=tuple(parts))

    def _every(self, depth: int) -> Expression:
        parts = [self._one(depth)]
        while (kind := self._next()) not in ("", ")", "OR"):
            self._place += kind == "AND"
            parts.append(self._one(depth))
        return parts[0] if len(parts) == 1 else Every(parts=tuple(parts))

    def _one(self, depth: int) -> Expression:
        if depth > MOST_DEPTH:
            raise ValueError("the expression is nested too deep")
        kind = self._next()
        if kind in ("", ")", "AND", "OR"):
            raise ValueError(
                f"something is missing before {kind}" if kind else "something is missing at the end"
            )
        _, field, words = self._tokens[self._place]
        self._place += 1
        if kind == "NOT":
            return Not(inner=self._one(depth + 1))
        if kind == "(":
            inner = self.some(depth + 1)
            if self._next() != ")":
                raise ValueError("a ( is never closed")
            self._place += 1
            return inner
        return _term(field, words, is_quoted=kind == "quoted")

    def _next(self) -> str:
        return self._tokens[self._place][0] if self.rest() else ""


def _term(field: str, words: str, *, is_quoted: bool) -> Term:
    name = _ALIASES.get(field.lower(), field.lower() or "any")
    known = next((one for one in FIELDS if one == name), None)
    if known is None:
        raise ValueError(f"there is no field {field!r}; there are {', '.join(FIELDS[1:])}")
    is_prefix = words.endswith("*") and not is_quoted
    bare = words.removesuffix("*") if is_prefix else words
    if not any(sign.isalnum() for sign in bare):
        raise ValueError(f"{words!r} holds no word")
    return Term(field=known, words=bare, is_prefix=is_prefix)


def asks_for(expression: Expression, field: Field) -> bool:
    """True if a term of the expression is about that field."""
    if isinstance(expression, Term):
        return expression.field == field
    if isinstance(expression, Not):
        return asks_for(expression.inner, field)
    return any(asks_for(part, field) for part in expression.parts)


def _asks(expression: Expression) -> bool:
    """True if something must hold, so that the expression cannot meet everything else in the world."""
    if isinstance(expression, Not):
        return False
    if isinstance(expression, Every):
        return any(_asks(part) for part in expression.parts)
    if isinstance(expression, Some):
        return all(_asks(part) for part in expression.parts)
    return True
