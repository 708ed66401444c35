"""Whether a topic's expression holds for an article, and by which words. Pure."""

from __future__ import annotations

from functools import cached_property, lru_cache
from urllib.parse import unquote, urlsplit

from feeds.config_expressions import Every, Expression, Field, Not, Some, Term
from feeds.folding import folded, folded_phrase
from feeds.markup import text_of_clean
from feeds.model.kept import Matchable


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

    def fields(self, field: Field) -> tuple[tuple[str, str], ...]:
        """Name and folded text of what a field of an expression stands for."""
        if field == "any":
            return ("title", self.title), ("summary", self.summary), ("text", self.text)
        return ((field, self.authors if field == "author" else getattr(self, field)),)


def holds(expression: Expression, article: Folded) -> str | None:
    """Why the expression holds, in words; None where it does not."""
    if isinstance(expression, Term):
        return _term(expression, article)
    if isinstance(expression, Not):
        return None if holds(expression.inner, article) else f"not {told(expression.inner)}"
    if isinstance(expression, Some):
        return next((why for part in expression.parts if (why := holds(part, article))), None)
    reasons: list[str] = []
    for part in expression.parts:
        # The first that fails decides: the others may ask for a text that nobody has folded yet.
        why = holds(part, article)
        if not why:
            return None
        reasons.append(why)
    return ", ".join(reasons)


@lru_cache(maxsize=5_000)
def told(expression: Expression) -> str:
    """The expression as it is read aloud."""
    if isinstance(expression, Term):
        words = f"“{expression.words}{'*' if expression.is_prefix else ''}”"
        return words if expression.field == "any" else f"{expression.field} {words}"
    if isinstance(expression, Not):
        return f"not {told(expression.inner)}"
    joined = (" and " if isinstance(expression, Every) else " or ").join(
        told(part) for part in expression.parts
    )
    return f"({joined})"


def _term(term: Term, article: Folded) -> str | None:
    words = folded_phrase(term.words)
    if term.field == "source":
        slugs = [
            slug for slug in article.article.source_slugs if _fits(f" {folded_phrase(slug)} ", words, term)
        ]
        return f"source {slugs[0]}" if slugs else None
    if term.field == "language":
        language = (article.article.language or "").lower()
        is_it = language == term.words.lower() or language.startswith(f"{term.words.lower()}-")
        return f"language {article.article.language}" if is_it else None
    if term.field == "category":
        label = next(
            (one for one in article.labels if (one.startswith(words) if term.is_prefix else one == words)),
            None,
        )
        return f"category “{label}”" if label is not None else None
    for name, text in article.fields(term.field):
        if _fits(text, words, term):
            return f"“{term.words}{'*' if term.is_prefix else ''}” in {name}"
    return None


def _fits(text: str, words: str, term: Term) -> bool:
    """Whole words in a row; `text` begins and ends with a space."""
    return f" {words}" in text if term.is_prefix else f" {words} " in text


def has_phrase(phrase: str, text: str) -> bool:
    """True where the text holds the phrase, punctuation and all, as whole words in a row.

    The text's case is folded, and its words stand one space apart.
    """
    # A pattern with its bounds costs fifty times as much (measured over articles of 350 words).
    words = _plain(phrase)
    place = text.find(words)
    while place >= 0:
        before, after = text[place - 1 : place], text[place + len(words) : place + len(words) + 1]
        if not _is_word(before) and not _is_word(after):
            return True
        place = text.find(words, place + 1)
    return False


@lru_cache(maxsize=20_000)
def _plain(phrase: str) -> str:
    return " ".join(phrase.casefold().split())


def _is_word(sign: str) -> bool:
    return sign.isalnum() or sign == "_"
