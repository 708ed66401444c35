"""A language is found only where the text is long enough, leaves no doubt, and is written in one that people read."""

from __future__ import annotations

import pytest

from feeds.ingest.rules.languages import WRITTEN, detect

ENGLISH = "The harbour was full before breakfast, and forty skiffs came round the breakwater, said the harbour master."
GERMAN = "Der Hafen war vor dem Frühstück voll, und vierzig Boote kamen um die Mole, sagte der Hafenmeister am Freitag."


@pytest.mark.parametrize(
    ("text", "language"), [(ENGLISH, "en"), (GERMAN, "de"), (ENGLISH[:38], None), ("12 34", None)]
)
def test_clear_texts_are_told(text: str, language: str | None) -> None:
    assert detect(text) == language


@pytest.mark.parametrize(
    "title",
    [
        "Big man ting: wetin dey happen for harbour since dem close am for Friday morning",
        "Boats boats boats boats boats boats boats boats boats boats boats",
        "qwr tzp lkj mnb vcx sdf ghj rty uio pas dfg hjk lzx cvb nmq wer",
    ],
)
def test_no_language_is_made_up(title: str) -> None:
    assert detect(title) in {None, "en"}


def test_a_site_may_narrow_the_list() -> None:
    assert detect(GERMAN, ("de", "en-GB")) == "de"
    assert detect(GERMAN, ("en", "fr")) is None
    assert not {"pcm", "bcl", "eo", "la", "vo"} & WRITTEN
