"""Texts of pages in other languages: whole catalogues, and pages that hold no words of another one.

`python -m tests.web.test_translations --write` brings the catalogues in line with the templates.
"""

from __future__ import annotations

import re
import sys
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po
from flask.testing import FlaskClient
from jinja2 import Environment, nodes

from tests.web.messages import messages, templates
from tests.web.newsroom import make_app, newsroom
from web.language import FOLDER, languages, texts_in

OTHERS = tuple(one for one in languages() if one != "en")
DATED = re.compile(r'"(?!Language:|Plural|MIME|Content)\S+: ')
"""Lines of a catalogue's head that would change with each writing."""
CODE = re.compile(r"<code[^>]*>.*?</code>|<[^>]*>|\b[\w-]+=\"[^\"]*\"", re.DOTALL)
"""What is typed or pasted as it stands; tags; and attributes that a macro writes."""
PATHS = re.compile(r"\S*[/.]\S*")
"""Addresses, and names of files."""
PLACES = re.compile(r"%\(\w+\)s|%%|</?\w+")


def catalogue(language: str) -> Catalog:
    with (FOLDER / f"{language}.po").open("rb") as file:
        return read_po(file, locale=language, abort_invalid=True)


@pytest.mark.parametrize("language", OTHERS)
def test_a_catalogue_holds_what_pages_say_and_nothing_else(language: str) -> None:
    wanted = {(message.context, message.id) for message in messages() if message.id}
    held = {(message.context, message.id): message for message in catalogue(language) if message.id}
    assert wanted - set(held) == set(), "python -m tests.web.test_translations --write, then translate"
    assert set(held) - wanted == set()
    untold = [key for key, message in held.items() if message.fuzzy or not all(_forms(message.string))]
    assert untold == []


@pytest.mark.parametrize("language", OTHERS)
def test_a_translation_has_the_values_and_tags_of_its_message(language: str) -> None:
    for message in catalogue(language):
        if message.id:
            wanted = sorted(PLACES.findall(_forms(message.id)[-1]))
            for text in _forms(message.string):
                assert sorted(PLACES.findall(text)) == wanted, message.id


def _forms(text: str | tuple[str, ...] | list[str] | None) -> tuple[str, ...]:
    return (text or "",) if text is None or isinstance(text, str) else tuple(text)


@pytest.mark.parametrize("path", templates(), ids=lambda path: f"{path.parent.name}/{path.name}")
def test_no_template_says_a_word_past_gettext(path: Path) -> None:
    parsed = Environment(extensions=["jinja2.ext.i18n"], autoescape=True).parse(path.read_text("utf-8"))
    written = "".join(
        part.data if isinstance(part, nodes.TemplateData) else "0"
        for output in parsed.find_all(nodes.Output)
        for part in output.nodes
    )
    spoken = re.findall(r'(?:aria-label|title|alt|placeholder)="([^"]*)"', written)
    plain = CODE.sub(" ", written) + " ".join(spoken)
    words = re.findall(r"[^\W\d_]{2,}", PATHS.sub(" ", plain))
    assert set(words) <= {"Atom", "RSS", "JSON", "Feed"}


def test_pages_speak_the_sites_language(tmp_path: Path) -> None:
    def client(language: str) -> FlaskClient:
        return make_app(newsroom(), tmp_path, language=language).test_client()

    german = client("de-AT")
    home = german.get("/").text
    assert '<html lang="de">' in home
    assert "Zum Inhalt springen" in home
    assert "5 Artikel aus" in home
    assert "Skip to the content" not in home
    assert "Artikel zu Town Hall, zusammengetragen von Skerry Reader." in german.get("/topics/town-hall").text
    assert "Artikel zu Town Hall" in german.get("/topics/town-hall.atom").text
    assert "Hier ist nichts" in german.get("/nowhere").text
    assert "Das Thema „nowhere“ gibt es hier nicht." in german.get("/topics/nowhere").text
    assert "Eine Mischung besteht aus Paaren" in german.get("/mix/x").text
    assert '<main id="main" tabindex="-1" lang="en">' in german.get("/contract").text
    assert '<html lang="en">' in client("nn").get("/").text


def test_numbers_and_days_are_written_as_the_language_does() -> None:
    day = datetime(2026, 11, 2, 14, 2, tzinfo=UTC)
    english, german = texts_in("en"), texts_in("de")
    assert (english.number(12_345), german.number(12_345)) == ("12,345", "12.345")
    assert (english.day(day), german.day(day)) == ("2 November 2026", "2. November 2026")
    assert (english.day(day, is_short=True), german.day(day, is_short=True)) == ("2 Nov 2026", "2. Nov. 2026")
    assert german.day(day, is_short=True, has_year=False) == "2. Nov."
    assert (english.month(3), german.month(3)) == ("March", "März")
    assert english.gettext("") == german.gettext("") == ""


def write() -> None:
    """Adds new messages to each catalogue, and takes out what no page says any more."""
    for language in OTHERS:
        held, fresh = catalogue(language), Catalog(locale=language, fuzzy=False)
        for message in messages():
            if message.id:
                before = held.get(message.id, message.context)
                fresh.add(
                    message.id,
                    before.string if before else None,
                    locations=message.locations,
                    context=message.context,
                )
        made = BytesIO()
        write_po(made, fresh, width=110, sort_by_file=True, include_lineno=False)
        head, _, rest = made.getvalue().decode().partition("\n\n")
        kept = [line for line in head.splitlines() if not line.startswith("#") and not DATED.match(line)]
        (FOLDER / f"{language}.po").write_text("\n".join(kept) + "\n\n" + rest, "utf-8")


if __name__ == "__main__" and "--write" in sys.argv:
    write()
