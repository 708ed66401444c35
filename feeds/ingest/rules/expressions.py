"""Whether a topic's expression holds for an article, and by which words. Pure."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property, lru_cache, partial
from urllib.parse import unquote, urlsplit

from feeds.config.expressions import Every, Expression, Not, Some, Term
from feeds.model.kept import Matchable
from feeds.text.folding import folded, folded_phrase
from feeds.text.markup import text_of_clean

_TEXTS = {"author": "authors"}
"""Fields of expressions whose text has another name in `Folded`."""


class Folded:
    """An article as rules read it: each field folded once, when it is first asked for."""

    def __init__(self, article: Matchable) -> None:
        self.article = article

    @cached_property
    def title(self) -> str:
        return f" {folded(self.article.title)} "

    @cached_property
    def summary(self) -> str:
        return f" {folded(self.article.summary)} "

    @cached_property
    def text(self) -> str:
        return f" {folded(self.plain)} "

    @cached_property
    def plain(self) -> str:
        """The words of the text, as they are written."""
        return text_of_clean(self.article.text_html)

    @cached_property
    def section(self) -> str:
        return f" {folded(unquote(urlsplit(self.article.url or '').path).replace('-', ' '))} "

    @cached_property
    def authors(self) -> str:
        return f" {' | '.join(folded(name) for name in self.article.authors)} "

    @cached_property
    def labels(self) -> frozenset[str]:
        return frozenset(folded(label) for label in self.article.categories)


Condition = Callable[[Folded], str | None]


@lru_cache(maxsize=5_000)
def condition(expression: Expression) -> Condition:
    """What asks an article why the expression holds for it; it answers in words, or None if it does not.

    Made once and asked often: going down the tree for each article takes twice as long.
    """
    if isinstance(expression, Term):
        return _term(expression)
    if isinstance(expression, Not):
        inner, text = condition(expression.inner), f"not {read_aloud(expression.inner)}"
        return lambda article: None if inner(article) else text
    parts = tuple(condition(part) for part in expression.parts)
    if isinstance(expression, Some):
        return lambda article: next((why for part in parts if (why := part(article))), None)
    return lambda article: _every(parts, article)


def _every(parts: tuple[Condition, ...], article: Folded) -> str | None:
    reasons: list[str] = []
    for part in parts:
        # The first that fails decides: the others may ask for a text that nobody has folded yet.
        why = part(article)
        if not why:
            return None
        reasons.append(why)
    return ", ".join(reasons)


@lru_cache(maxsize=5_000)
def read_aloud(expression: Expression) -> str:
    """The expression as it is read aloud."""
    if isinstance(expression, Term):
        words = f"“{expression.words}{'*' if expression.is_prefix else ''}”"
        return words if expression.field == "any" else f"{expression.field} {words}"
    if isinstance(expression, Not):
        return f"not {read_aloud(expression.inner)}"
    joined = (" and " if isinstance(expression, Every) else " or ").join(
        read_aloud(part) for part in expression.parts
    )
    return f"({joined})"


def _term(term: Term) -> Condition:
    # Whole words in a row: the texts begin and end with a space.
    words = folded_phrase(term.words)
    sought = f" {words}" if term.is_prefix else f" {words} "
    if term.field == "source":
        return lambda article: next(
            (
                f"source {slug}"
                for slug in article.article.source_slugs
                if sought in f" {folded_phrase(slug)} "
            ),
            None,
        )
    if term.field == "language":
        return partial(_language, term.words.lower())
    if term.field == "category":
        return partial(_category, words, term.is_prefix)
    names = ("title", "summary", "text") if term.field == "any" else (term.field,)
    text = f"“{term.words}{'*' if term.is_prefix else ''}” in"
    return partial(_words, sought, tuple((f"{text} {name}", _TEXTS.get(name, name)) for name in names))


def _language(wanted: str, article: Folded) -> str | None:
    language = (article.article.language or "").lower()
    is_it = language == wanted or language.startswith(f"{wanted}-")
    return f"language {article.article.language}" if is_it else None


def _category(words: str, is_prefix: bool, article: Folded) -> str | None:
    for label in article.labels:
        if label.startswith(words) if is_prefix else label == words:
            return f"category “{label}”"
    return None


def _words(sought: str, places: tuple[tuple[str, str], ...], article: Folded) -> str | None:
    for name, text in places:
        if sought in getattr(article, text):
            return name
    return None


def has_phrase(words: str, text: str) -> bool:
    """True if the text holds the phrase (`feeds.text.folding.plain_phrase`), punctuation and all, as whole words in a row.

    The text's case is folded, and its words stand one space apart.
    """
    # A pattern with its bounds costs fifty times as much (measured over articles of 350 words).
    place = text.find(words)
    while place >= 0:
        before, after = text[place - 1 : place], text[place + len(words) : place + len(words) + 1]
        if not _is_word(before) and not _is_word(after):
            return True
        place = text.find(words, place + 1)
    return False


def _is_word(sign: str) -> bool:
    return sign.isalnum() or sign == "_"
