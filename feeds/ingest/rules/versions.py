"""When two drafts are the same version, and whether a change is one that readers should notice. Pure."""

from __future__ import annotations

import hashlib
import re
import string
from collections.abc import Sequence
from dataclasses import astuple

from feeds.ingest.rules.fingerprints import RULES as DRAFT_RULES
from feeds.model.articles import Draft, DraftAuthor
from feeds.model.incoming import Image
from feeds.model.passed_on import COLUMNS
from feeds.text.markup import text_of_clean

RULES = f"3-{DRAFT_RULES.decode()}"
"""Raised when what counts as a change counts differently; and with the rules that make drafts of bytes.

Told in each hash: what another rule made of an entry says nothing of whether its source changed it.
"""
_SALT = "2"
_SPELLED = ("license_url", "episode", "source_type")
"""Columns that stand in `version_hash` by name, in the form that hashes of stored articles were made of."""

_TO_SPACES = str.maketrans(dict.fromkeys(string.punctuation, " "))
_PUNCTUATION = re.compile(f"[{re.escape(string.punctuation)}“”‘’«»„…–—·]+")


def version_hash(draft: Draft) -> str:
    """`major.minor.rules`: short hashes of what a reader would notice and of all that shows, and by which rules."""
    credits = sorted(f"{image.url}|{image.credit}" for image in draft.images if image.credit)
    major = "\x1f".join(
        (
            _SALT,
            _words(draft.title),
            _words(text_of_clean(draft.content_html) or draft.summary),
            "|".join(author.name for author in draft.authors),
            "|".join(credit.split("|", 1)[1] for credit in credits),
            draft.rights or "",
        )
    )
    minor = "\x1f".join(
        (
            draft.canonical_url or "",
            draft.title,
            draft.summary,
            draft.content_html,
            draft.language or "",
            "|".join(draft.categories),
            repr(draft.enclosures),
            _pictures(draft.images),
            _written(draft.authors),
            # Only where there is one: the hashes of all other articles stay what they were.
            *([draft.expires_at.isoformat()] if draft.expires_at else []),
            *([draft.license_url] if draft.license_url else []),
            *(["restricted"] if draft.is_restricted else []),
            *(repr(astuple(one)) for one in draft.terms),
            *([repr(astuple(draft.episode))] if draft.episode else []),
            *([draft.source_type] if draft.source_type else []),
            *(f"{one.url}|{one.source_type}" for one in draft.images if one.source_type),
            *(
                f"{name}={value!r}"
                for name in COLUMNS
                if name not in _SPELLED and (value := getattr(draft, name))
            ),
        )
    )
    return f"{_hash(major)}.{_hash(minor)}.{RULES}"


def is_major(before: str, after: str) -> bool:
    """True if what a reader would notice differs: title, body, byline, credit, rights.

    Never across rules: what differs may be our reading, and readers are told of no change that the source did
    not make. The first telling by new rules counts as minor.
    """
    return is_by_same_rules(before, after) and major_part(before) != major_part(after)


def is_by_same_rules(before: str, after: str) -> bool:
    """True if both were read by the same rules."""
    return _rules_part(before) == _rules_part(after)


def is_same(before: str, after: str) -> bool:
    """True if both show the same, by whichever rules they were read."""
    return before.split(".")[:2] == after.split(".")[:2]


def is_flap(after: str, present: str, before: Sequence[str]) -> bool:
    """True if a source tells what it told not long ago: one of the last versions, and not the present one.

    A source that flaps between two states (two servers, a test of headlines) stays still.
    """
    if any(is_same(after, one) for one in before):
        return True
    return is_major(present, after) and goes_back(after, present, before)


def goes_back(after: str, present: str, before: Sequence[str]) -> bool:
    """True if a reader would notice that a former version is told, by whichever rules each was read."""
    parts = {major_part(one) for one in before}
    return major_part(present) != major_part(after) and major_part(after) in parts


def major_part(version: str) -> str:
    """What a reader would notice, of a version's hash."""
    return version.split(".", 1)[0]


def _rules_part(version: str) -> str:
    return version.split(".")[2] if version.count(".") > 1 else ""


def _written(authors: Sequence[DraftAuthor]) -> str:
    """Name, address and e-mail; in the form that hashes of stored articles were made of."""
    every = [f"DraftAuthor(name={one.name!r}, url={one.url!r}, email={one.email!r})" for one in authors]
    return f"({every[0]},)" if len(every) == 1 else f"({', '.join(every)})"


def _pictures(images: Sequence[Image]) -> str:
    """All but their roles; in the form that hashes of stored articles were made of."""
    every = [
        f"Image(url={one.url!r}, credit={one.credit!r}, caption={one.caption!r}, alt={one.alt!r},"
        f" width={one.width!r}, height={one.height!r}, media_type={one.media_type!r})"
        for one in images
    ]
    return f"({every[0]},)" if len(every) == 1 else f"({', '.join(every)})"


def _words(text: str) -> str:
    if text.isascii():
        # A fifth of what the pattern costs, and the same: runs of spaces are folded either way.
        return " ".join(text.translate(_TO_SPACES).split())
    return " ".join(_PUNCTUATION.sub(" ", text).split())


def _hash(text: str) -> str:
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=10).hexdigest()
