"""The language of pages: their texts through gettext, numbers and days as the language writes them.

English stands in the templates and needs no catalogue. Another language is one file, `translations/LANGUAGE.po`.
"""

from __future__ import annotations

from datetime import datetime
from functools import cache
from gettext import GNUTranslations, NullTranslations
from io import BytesIO
from pathlib import Path

from babel.dates import format_date, format_skeleton, get_month_names
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal
from flask import Flask, current_app, g, has_app_context

from feeds.text.dates import MONTH_NAMES

FOLDER = Path(__file__).parent / "translations"
ENGLISH = "en"


class Texts:
    """The texts of one language."""

    def __init__(self, language: str, catalogue: NullTranslations) -> None:
        self.language = language
        self._catalogue = catalogue

    def gettext(self, message: str) -> str:
        """The message in this language; the English one where there is none."""
        # An empty one is the catalogue's own head.
        return self._catalogue.gettext(message) if message else ""

    def ngettext(self, one: str, several: str, count: int) -> str:
        """The form for that many."""
        return self._catalogue.ngettext(one, several, count)

    def number(self, value: int) -> str:
        """The number with its thousands apart: `1,234`, `1.234`."""
        if self.language == ENGLISH:
            return f"{value:,}"

        return format_decimal(value, locale=self.language)

    def day(self, local: datetime, *, is_short: bool = False, has_year: bool = True) -> str:
        """The day in words: `2 November 2026`, `2. November 2026`; short: `2 Nov`."""
        if self.language == ENGLISH:
            month = MONTH_NAMES[local.month - 1]
            return f"{local.day} {month[:3] if is_short else month}{f' {local.year}' if has_year else ''}"

        if has_year and not is_short:
            return format_date(local, "long", locale=self.language)
        return format_skeleton("yMMMd" if has_year else "MMMd", local, locale=self.language)

    def month(self, number: int) -> str:
        """The name of the month, 1 to 12."""
        if self.language == ENGLISH:
            return MONTH_NAMES[number - 1]

        return str(get_month_names("wide", context="stand-alone", locale=self.language)[number])


def languages() -> tuple[str, ...]:
    """The languages that there are texts in, English first."""
    return (ENGLISH, *sorted(path.stem for path in FOLDER.glob("*.po")))


@cache
def texts_in(language: str) -> Texts:
    """The texts of that language, or of the one it is a kind of (`de` for `de-AT`); English where there is neither."""
    wanted = language.lower().replace("_", "-")
    known = {one.lower(): one for one in languages()}
    found = known.get(wanted) or known.get(wanted.partition("-")[0]) or ENGLISH
    if found == ENGLISH:
        return Texts(ENGLISH, NullTranslations())

    made = BytesIO()
    with (FOLDER / f"{found}.po").open("rb") as file:
        write_mo(made, read_po(file, locale=found, abort_invalid=True))
    made.seek(0)
    return Texts(found, GNUTranslations(made))


def speak(texts: Texts) -> None:
    """What is made for this request is in that language."""
    g.texts = texts


def spoken() -> Texts:
    """The texts of the present request: in the site's language, unless `speak` said otherwise."""
    if not has_app_context():
        return texts_in(ENGLISH)
    found = g.get("texts") or current_app.extensions["feedwright_texts"]
    assert isinstance(found, Texts)
    return found


def gettext(message: str, **values: object) -> str:
    """A message of a view in the language of the request, with its values laid in as `%(name)s`."""
    found = spoken().gettext(message)
    return found % values if values else found


def prepare(app: Flask, site_language: str) -> None:
    """Gives templates `_`, `ngettext` and `number`; pages are in the site's language where nobody says otherwise."""
    app.extensions["feedwright_texts"] = texts_in(site_language)
    app.jinja_env.add_extension("jinja2.ext.i18n")
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]
        lambda message: spoken().gettext(message),
        lambda one, several, count: spoken().ngettext(one, several, count),
        newstyle=True,
    )
    app.jinja_env.filters["number"] = lambda value: spoken().number(value)
    app.jinja_env.globals["texts"] = spoken


def later(message: str) -> str:
    """The message as it is, marked for the catalogues: it is translated where it is shown."""
    return message
