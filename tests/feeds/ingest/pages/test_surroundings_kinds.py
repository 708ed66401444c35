"""Lines around a text as newspapers and themes vary them: credits and captions, bylines, dates, neighbours, closing lines."""

from __future__ import annotations

import pytest

from feeds.ingest.pages.plaintext import read_text
from feeds.ingest.pages.surroundings import Surroundings, read_surroundings
from tests.fakes import NOON
from tests.feeds.ingest.pages.forms import CAPTION, CREDIT, NEXT, PARAGRAPHS, PREVIOUS

BYLINE = "By Ines Calder | 14 March 2024"
CLOSING = "Ines Calder is a staff writer at the Tideline."
TITLE = "Skiffs come home"


def framed(*above: str, below: tuple[str, ...] = ()) -> Surroundings:
    return read_surroundings([TITLE, *above, *PARAGRAPHS, *below], title=TITLE, now=NOON)


def texts(*above: str, below: tuple[str, ...] = ()) -> list[str]:
    lines = [TITLE, *above, *PARAGRAPHS, *below]
    dropped = framed(*above, below=below).dropped
    return [line for place, line in enumerate(lines) if place not in dropped]


@pytest.mark.parametrize(
    "credit",
    [
        f"Photo Credit: {CREDIT}",
        f"Main photo: {CREDIT}",
        f"Photo by {CREDIT}",
        f"Image courtesy of {CREDIT}",
        f"Foto di {CREDIT}",
        f"Crédito da foto: {CREDIT}",
        f"Crédito de la imagen: {CREDIT}",
        f"Crédit photo : {CREDIT}",
        f"Bildnachweis: {CREDIT}",
    ],
)
@pytest.mark.parametrize("is_first", [True, False])
def test_a_credit_and_its_caption_in_either_order(credit: str, is_first: bool) -> None:
    pair = (credit, CAPTION) if is_first else (CAPTION, credit)
    found = framed(BYLINE, *pair)
    assert (found.credit, found.caption) == (CREDIT, CAPTION)
    assert texts(BYLINE, *pair) == list(PARAGRAPHS)


def test_a_long_caption_ends_where_the_byline_begins() -> None:
    long = f"{CAPTION} Nobody remembers who built it, and the harbour office has lost the drawings twice in the last forty years."
    found = framed(f"Photo Credit: {CREDIT}", long, BYLINE)
    assert (found.caption, found.names, found.published) == (long, ("Ines Calder",), "2024-03-14")


def test_a_credit_without_a_caption_leaves_the_first_paragraph() -> None:
    paragraphs = [f"{PARAGRAPHS[0]} {PARAGRAPHS[2]}", *PARAGRAPHS[1:]]
    found = read_surroundings([f"Photo Credit: {CREDIT}", *paragraphs], title=None, now=NOON)
    assert (found.credit, found.caption) == (CREDIT, None)
    assert found.dropped == {0}


@pytest.mark.parametrize(
    ("line", "written"),
    [
        ("the fourteenth of March, 2024", "2024-03-14"),
        ("March fourteenth, 2024", "2024-03-14"),
        ("Thursday, March 14th 2024", "2024-03-14"),
        ("the thirty-first day of May 2024", "2024-05-31"),
        ("By Ines Calder | Updated March 15, 2024 | Published March 14, 2024", "2024-03-14"),
        ("By Ines Calder (ines@tideline.example) | 14 March, 2024", "2024-03-14"),
    ],
)
def test_dates_in_words_and_beside_other_things(line: str, written: str) -> None:
    assert framed(line).published == written
    assert texts(line) == list(PARAGRAPHS)


@pytest.mark.parametrize(
    "above",
    [
        ("Ines Calder", "14 March 2024"),
        ("14 March 2024", "Ines Calder"),
        ("By", "Ines Calder", "14 March 2024"),
        ("Author:", "Ines Calder", "14 March 2024"),
        ("ByInes Calder", "14 March 2024"),
    ],
)
def test_a_name_in_a_line_of_its_own(above: tuple[str, ...]) -> None:
    assert framed(*above).names == ("Ines Calder",)
    assert texts(*above) == list(PARAGRAPHS)


def test_a_byline_below_the_first_paragraph() -> None:
    lines = [TITLE, PARAGRAPHS[0], "By Ines Calder", *PARAGRAPHS[1:]]
    found = read_surroundings(lines, title=TITLE, now=NOON)
    assert (found.names, found.dropped) == (("Ines Calder",), frozenset({0, 2}))


@pytest.mark.parametrize(
    ("line", "is_text"),
    [
        ("Text: Ines Calder", False),
        ("Autorin: Ines Calder", False),
        ("By Ines Calder", False),
        ("— Ines Calder", True),
        ("(Ines Calder)", True),
    ],
)
def test_who_signs_below_the_text(line: str, is_text: bool) -> None:
    found = framed(below=(line,))
    assert found.signed or found.names == ("Ines Calder",)
    assert (line in texts(below=(line,))) == is_text


def test_a_lone_name_below_the_text_signs_nothing() -> None:
    assert framed(below=("Related Harbours",)).signed == ()


@pytest.mark.parametrize(
    "below",
    [
        ("Previous", PREVIOUS, "Next", NEXT),
        (f"Read previous article: {PREVIOUS}", f"Read next article: {NEXT}"),
        (f"Earlier article: {PREVIOUS}", f"Later article: {NEXT}"),
        (f"Vorig artikel: {PREVIOUS}", f"Volgend artikel: {NEXT}"),
    ],
)
def test_neighbours_in_other_words(below: tuple[str, ...]) -> None:
    found = framed(BYLINE, below=below)
    assert found.previous is not None
    assert found.following is not None
    assert (found.previous.title, found.following.title) == (PREVIOUS, NEXT)
    assert texts(BYLINE, below=below) == list(PARAGRAPHS)


def test_one_lone_word_is_a_heading() -> None:
    assert "Next" in texts(BYLINE, below=("Next", "The harbour will be dredged in June."))


@pytest.mark.parametrize(
    "line",
    [
        CLOSING,
        f"— {CLOSING}",
        "Staff writer Ines Calder covers boats for the Tideline.",
        "The author, Ines Calder, is a sailor and an occasional contributor to the Tideline.",
        "Dr. Ines Calder is a lecturer and has written about tides since 2011.",
    ],
)
@pytest.mark.parametrize(
    "byline", [BYLINE, "INES CALDER | 14 MARCH 2024", "By Dr. Ines Calder, 14 March 2024"]
)
def test_a_closing_paragraph_presents_the_author(line: str, byline: str) -> None:
    assert [(one.name, one.text) for one in framed(byline, below=(line,)).biographies] == [
        ("Ines Calder", line)
    ]
    assert texts(byline, below=(line,)) == list(PARAGRAPHS)


def test_what_they_are_below_a_lone_name() -> None:
    assert texts("Ines Calder", "Boats Correspondent", "14 March 2024", below=(CLOSING,)) == list(PARAGRAPHS)


def test_plain_text_with_its_caption_first() -> None:
    lines = (CAPTION, f"Photo: {CREDIT}", BYLINE, *PARAGRAPHS)
    parsed = read_text("\n\n".join(lines), name="skiffs.txt", now=NOON, title=TITLE)
    assert [(one.credit, one.caption) for one in parsed.entry.images] == [(CREDIT, CAPTION)]
    assert parsed.entry.content_html == "\n".join(f"<p>{one}</p>" for one in PARAGRAPHS)
