"""Lines around a text told from the text: what is taken for boilerplate, a byline, a credit, and what must not be."""

from __future__ import annotations

import pytest

from feeds.ingest.pages.boilerplate import is_boilerplate, read_navigation
from feeds.ingest.pages.surroundings import read_surroundings
from feeds.ingest.people.biographies import find_biographies
from feeds.ingest.people.bylines import read_byline
from feeds.ingest.people.credits import read_credit
from feeds.text.datelines import find_date
from tests.fakes import NOON

TEXT = (
    "Next week the council votes.",
    "Next articles of the constitution were read aloud until midnight. Nobody left.",
    "Previous owners had painted it blue.",
    "Photo exhibitions open in May.",
    "Photos of the pier were found by chance.",
    "A picture by the door showed two boats.",
    "Share prices fell on Monday.",
    "Related families lived on both sides.",
    "By the time the boats came, it rained.",
    "By Monday, the pier was gone.",
    "By and large, nobody minded.",
    "On 14 March 2024 the bell rang twice and the whole town came down to the quay to look.",
    "Von hier aus sieht man das Meer.",
    "Par exemple, la mer était calme.",
    "Advertisement revenue rose.",
    "Comments were closed early that evening.",
    "Jane Roe is dead, the police said.",
    "Subscribe, they told us, and we did.",
    "Tweets flew back and forth.",
    "Mehr als zwanzig Boote kamen.",
    "More boats than ever came.",
)


@pytest.mark.parametrize("line", TEXT)
def test_a_sentence_is_no_frame(line: str) -> None:
    assert read_navigation(line) is None
    assert not is_boilerplate(line)
    assert read_credit(line) is None
    read = read_byline(line)
    assert read is None, read


@pytest.mark.parametrize("line", TEXT)
def test_a_sentence_stays_in_the_text_wherever_it_stands(line: str) -> None:
    long = "Forty skiffs came round the breakwater in a line before breakfast, and the children on the wall counted them."
    for lines in ((line, long, long), (long, line, long), (long, long, line)):
        assert not read_surroundings(
            lines, title="Skiffs come home", names=("Ines Calder",), now=NOON
        ).dropped


@pytest.mark.parametrize(
    ("line", "direction", "title"),
    [
        ("Previous article Storm at sea", "previous", "Storm at sea"),
        ("« Previous Post: Storm at sea", "previous", "Storm at sea"),
        ("Next article", "next", ""),
        ("Next: Storm at sea »", "next", "Storm at sea"),
        ("Nächster Artikel: Sturm", "next", "Sturm"),
        ("Vorheriger Beitrag Sturm", "previous", "Sturm"),
        ("Article précédent : Tempête", "previous", "Tempête"),
        ("Artículo siguiente: Tormenta", "next", "Tormenta"),
        ("Следующая статья: Шторм", "next", "Шторм"),
        ("上一篇：风暴", "previous", "风暴"),
        ("次の記事 嵐", "next", "嵐"),
    ],
)
def test_neighbours_in_many_languages(line: str, direction: str, title: str) -> None:
    read = read_navigation(line)
    assert read is not None
    assert (read.direction, read.title.strip(" ：")) == (direction, title)


@pytest.mark.parametrize(
    ("line", "name", "agency"),
    [
        ("Photo Credit: Mara Quill / Tidewater Pictures", "Mara Quill", "Tidewater Pictures"),
        ("PHOTO CREDIT: MARA QUILL/AFP", "MARA QUILL", "AFP"),
        ("Photo by Mara Quill", "Mara Quill", None),
        ("Photo courtesy of Mara Quill", "Mara Quill", None),
        ("(c) Mara Quill/dpa", "Mara Quill", "dpa"),
        ("© Mara Quill", "Mara Quill", None),
        ("Foto: Mara Quill / dpa", "Mara Quill", "dpa"),
        ("Bild: Mara Quill", "Mara Quill", None),
        ("Crédit photo : Mara Quill / AFP", "Mara Quill", "AFP"),
        ("Image: Mara Quill via Tidewater", "Mara Quill", "Tidewater"),
        ("Фото: Мара Квилл / ТАСС", "Мара Квилл", "ТАСС"),
        ("写真：山田太郎", "山田太郎", None),
        ("Bildnachweis: Mara Quill", "Mara Quill", None),
    ],
)
def test_credits_in_many_languages(line: str, name: str, agency: str | None) -> None:
    read = read_credit(line)
    assert read is not None
    assert (read.name, read.agency) == (name, agency)


def test_a_copyright_of_the_page_is_no_credit() -> None:
    assert read_credit("© 2026 Tideline. All rights reserved.") is None
    assert is_boilerplate("© 2026 Tideline. All rights reserved.")


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("文● サクラ／Tideline編集部", ("サクラ",)),
        ("［田中花子，Tideline］", ("田中花子",)),
        ("作者： Ines Calder 翻訳者 田中 花子", ("Ines Calder",)),
        ("［記事、続き］", ()),
        ("【図】これは図です", ()),
    ],
)
def test_bylines_in_japanese(line: str, names: tuple[str, ...]) -> None:
    read = read_byline(line)
    assert (read.names if read else ()) == names


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("March 14, 2024", "2024-03-14"),
        ("14. März 2024, 9:05 Uhr", "2024-03-14T09:05:00"),
        ("Posted on Mar. 14, 2024 at 5:30 p.m.", "2024-03-14T17:30:00"),
        ("1er mars 2024", "2024-03-01"),
        ("14 de março de 2024", "2024-03-14"),
        ("14 maart 2024", "2024-03-14"),
        ("2024. március 14.", "2024-03-14"),
        ("14 Μαρτίου 2024", "2024-03-14"),
        ("14 مارس 2024", "2024-03-14"),
        ("2024년 3월 14일", "2024-03-14"),
        ("2024년 3월 14일 오후 3시 5분", "2024-03-14T15:05:00"),
        ("2024年3月14日 09:43", "2024-03-14T09:43:00"),
        ("March 14, 2024 8:03 am ET", "2024-03-14T08:03:00-04:00"),
        ("Dec. 14, 2024 8:03 am ET", "2024-12-14T08:03:00-05:00"),
        ("14. März 2024, 9:05 MEZ", "2024-03-14T09:05:00+01:00"),
        ("le 14 mars 2024 à 10h30 est venu", "2024-03-14T10:30:00"),
        ("14 March 2024, 25:10", "2024-03-14"),
        ("13/03/2024", "2024-03-13"),
        ("14 Smarch 2024", None),
        ("31 February 2024", None),
        ("March 2024", None),
        ("yesterday", None),
    ],
)
def test_dates_in_words(text: str, written: str | None) -> None:
    found = find_date(text)
    assert (found.written if found else None) == written


def test_an_unclear_date_is_read_by_the_language() -> None:
    assert find_date("03/04/2024", language="en-US").written == "2024-03-04"  # type: ignore[union-attr]
    assert find_date("03/04/2024", language="en-GB").written == "2024-04-03"  # type: ignore[union-attr]


def test_a_person_in_the_news_has_no_biography_in_the_last_line() -> None:
    lines = ["The vote was close.", "Jane Roe is the mayor of the town and voted twice."]
    assert find_biographies(lines, ["Ines Calder"]) == ()


@pytest.mark.parametrize(
    "seed", ["By A", "Photo: ", "Next ", "a, ", "14 March ", "( ", "Jane Roe is ", "|", "1/1/", "Von ", "© "]
)
@pytest.mark.timeout(90)
def test_no_line_is_quadratic(seed: str) -> None:
    lines = [(seed * 5000)[:20_000]] * 30
    read_surroundings(lines, title=None, names=("Jane Roe",), now=NOON)


@pytest.mark.parametrize(
    ("line", "is_away"),
    [
        ("Zurück zur Listenansicht", True),
        ("Back to the overview", True),
        ("Volver al inicio", True),
        ("Notas relacionadas", True),
        ("Videos zum Thema", True),
        ("Back to school", False),
        ("Zurück zu den Wurzeln", False),
        ("Mehr von allem wollte der Hafenmeister, und er bekam davon nichts.", False),
    ],
)
def test_lines_that_lead_back_or_to_others(line: str, is_away: bool) -> None:
    assert is_boilerplate(line) is is_away
