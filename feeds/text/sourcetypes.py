"""By which means a picture or text was made, as IPTC's digital source types name it: read in any spelling, and in words. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable

SOURCE_TYPES = "http://cv.iptc.org/newscodes/digitalsourcetype/"
"""The vocabulary; a type is an address below it."""
_TERMS = (
    "algorithmicMedia", "algorithmicallyEnhanced", "composite", "compositeCapture", "compositeSynthetic",
    "compositeWithTrainedAlgorithmicMedia", "computationalCapture", "dataDrivenMedia", "digitalArt", "digitalCapture",
    "digitalCreation", "humanEdits", "minorHumanEdits", "negativeFilm", "positiveFilm", "print", "screenCapture",
    "softwareImage", "trainedAlgorithmicData", "trainedAlgorithmicMedia", "virtualRecording",
)  # fmt: skip
"""Those that other vocabularies name, too; below the address itself any term is taken, as IPTC adds some now and then."""
_BY_FOLDED = {term.casefold(): term for term in _TERMS}
_BY_FOLDED["multiframecomputationalcapture"] = "computationalCapture"
_BELOW = re.compile(r"https?://cv\.iptc\.org/newscodes/digitalsourcetype/([A-Za-z]{3,60})/?", re.IGNORECASE)
_OTHERS = re.compile(
    r"digsrctype:([A-Za-z]{3,60})|(?:https?://schema\.org/|schema:)?([A-Za-z]{3,60})DigitalSource",
    re.IGNORECASE,
)
_WORDS = {
    "trainedAlgorithmicMedia": "Made with AI",
    "trainedAlgorithmicData": "Made with AI",
    "compositeWithTrainedAlgorithmicMedia": "Composite with AI",
    "compositeSynthetic": "Composite with generated parts",
    "algorithmicMedia": "Made by a program",
    "algorithmicallyEnhanced": "Enhanced by a program",
    "dataDrivenMedia": "Made from data by a program",
    "virtualRecording": "Recorded in a virtual world",
}
"""Of what no camera and no hand made; nothing is said of all else."""


def source_type_of(given: object) -> str | None:
    """The type's address below IPTC's vocabulary, of its own address, its code, or schema.org's name for it; else None."""
    text = given.strip() if isinstance(given, str) and len(given) <= 200 else ""
    own = _BELOW.fullmatch(text)
    if own:
        return SOURCE_TYPES + _BY_FOLDED.get(own[1].casefold(), own[1])
    other = _OTHERS.fullmatch(text)
    term = _BY_FOLDED.get((other[1] or other[2]).casefold()) if other else None
    return SOURCE_TYPES + term if term else None


def source_type_in(scheme: str | None, term: str | None) -> str | None:
    """The type that a category of that scheme names: its term alone, or the whole address."""
    if not scheme or not term or not is_source_scheme(scheme):
        return None
    return source_type_of(term) or source_type_of(SOURCE_TYPES + term.strip())


def is_source_scheme(scheme: str | None) -> bool:
    """True for a category that says by which means, and not what about."""
    folded = (scheme or "").strip().casefold().rstrip("/").replace("https://", "http://")
    return folded == SOURCE_TYPES.rstrip("/")


def term_of(source_type: str) -> str:
    """The type within its vocabulary."""
    return source_type.removeprefix(SOURCE_TYPES)


def source_words(source_type: str | None) -> str:
    """What readers are told of it; empty if nothing needs to be said."""
    return _WORDS.get(term_of(source_type), "") if source_type else ""


def marks_of(text_type: str | None, picture_types: Iterable[str | None]) -> tuple[str, ...]:
    """The lines that an article's page says: of its text, and of its pictures, each once."""
    own = source_words(text_type)
    pictures = dict.fromkeys(words for one in picture_types if (words := source_words(one)))
    return (*((own,) if own else ()), *(f"Picture: {words[0].lower()}{words[1:]}" for words in pictures))
