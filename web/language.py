"""The language of pages: their texts through gettext, numbers and days as the language writes them.

English stands in the templates and needs no catalogue. Another language is one file, `translations/LANGUAGE.po`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from functools import cache, lru_cache
from gettext import GNUTranslations, NullTranslations
from io import BytesIO
from pathlib import Path

from babel import Locale
from babel.dates import format_date, format_skeleton, get_month_names
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal
from flask import Flask, current_app, g
from markupsafe import Markup

from feeds.model.people import Wording
from feeds.text.dates import MONTH_NAMES
from web.loglines import LogLines
from web.sentences import Sentences

MANY = 1_000
"""Numbers and days that are remembered as they are written: lists say the same ones in many rows."""
FOLDER = Path(__file__).parent / "translations"
ENGLISH = "en"


class Texts:
    """The texts of one language."""

    def __init__(
        self,
        language: str,
        catalogue: NullTranslations,
        known: Iterable[str] = (),
        sentences: Iterable[str] = (),
        lines: Iterable[str] = (),
    ) -> None:
        self.language = language
        self._catalogue = catalogue
        self.number = lru_cache(MANY)(self._number)
        self._day = lru_cache(MANY)(self._written_day)
        self._shown: dict[str, Markup] = {}
        self._sentences = Sentences(known, sentences, self.gettext)
        self._log = LogLines(lines, known, self.gettext)

    def gettext(self, message: str) -> str:
        """The message in this language; the English one where there is none."""
        # An empty one is the catalogue's own head.
        return self._catalogue.gettext(message) if message else ""

    def shown(self, message: str) -> Markup:
        """The message as templates lay values into it, ready made: a long table says the same words in each row."""
        found = self._shown.get(message)
        if found is None:
            found = self._shown[message] = Markup(self.gettext(message))  # noqa: S704
        return found

    def pgettext(self, context: str, message: str) -> str:
        """A word that has several meanings: in that one."""
        return self._catalogue.pgettext(context, message)

    def ngettext(self, one: str, several: str, count: int) -> str:
        """The form for that many."""
        return self._catalogue.ngettext(one, several, count)

    def sentence(self, text: str) -> str | None:
        """A sentence that a rule or an action wrote, in this language; None if it is not known."""
        return text if self.language == ENGLISH else self._sentences.translated(text)

    def wordings(self, words: str) -> Mapping[str, Sequence[Wording]]:
        """For each of the words how lines of the log are stored that this language says with it; nothing in English."""
        if self.language == ENGLISH:
            return {}

        return self._log.of_words(words.lower().split())

    def inside(self, label: str) -> str:
        """A label in the middle of a sentence: in lower case, unless its language writes nouns with capitals."""
        return label if self.language.startswith("de") else label.lower()

    def _number(self, value: int) -> str:
        """The number with its thousands apart: `1,234`, `1.234`."""
        if self.language == ENGLISH:
            return f"{value:,}"

        return format_decimal(value, locale=self.language)

    def day(self, local: datetime, *, is_short: bool = False, has_year: bool = True) -> str:
        """The day in words: `2 November 2026`, `2. November 2026`; short: `2 Nov`."""
        return self._day(local.date(), is_short, has_year)

    def _written_day(self, local: date, is_short: bool, has_year: bool) -> str:
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


@cache
def languages() -> tuple[str, ...]:
    """The languages that there are texts in, English first."""
    return (ENGLISH, *sorted(path.stem for path in FOLDER.glob("*.po")))


class Spoken(str):
    """A text that is in the language of the page already."""

    def __mod__(self, values: object) -> Spoken:
        return Spoken(str.__mod__(self, values))


@cache
def texts_in(language: str) -> Texts:
    """The texts of that language, or of the one it is a kind of (`de` for `de-AT`); English where there is neither."""
    wanted = language.lower().replace("_", "-")
    by_name = {one.lower(): one for one in languages()}
    found = by_name.get(wanted) or by_name.get(wanted.partition("-")[0]) or ENGLISH
    if found == ENGLISH:
        return Texts(ENGLISH, NullTranslations())

    made = BytesIO()
    with (FOLDER / f"{found}.po").open("rb") as file:
        catalogue = read_po(file, locale=found, abort_invalid=True)
    write_mo(made, catalogue)
    made.seek(0)
    sentences = [
        one.id
        for one in catalogue
        if isinstance(one.id, str)
        and "%(" in one.id
        and any(_is_of_code(place) for place, _ in one.locations)
    ]
    known = [one.id for one in catalogue if isinstance(one.id, str) and one.id]
    # A line of the log begins with what was done: who did it stands before it.
    lines = [
        one.id
        for one in catalogue
        if isinstance(one.id, str)
        and one.id[:1].islower()
        and any(_is_done(place) for place, _ in one.locations)
    ]
    return Texts(found, GNUTranslations(made), known, sentences, lines)


def _is_of_code(place: str) -> bool:
    """True for what code says in the middle of its work, which is translated where it is shown."""
    return place.startswith(("feeds/", "web/admin/", "web/public/")) and place.endswith(".py")


def _is_done(place: str) -> bool:
    """True if people change things."""
    return place.startswith("feeds/actions/") and place.endswith(".py")


def named(language: str) -> str:
    """What those who speak a language call it: `English`, `Deutsch`."""
    name = Locale.parse(language, sep="-").get_display_name(language) or language
    return name[:1].upper() + name[1:]


def site_texts() -> Texts:
    """The texts in the site's language."""
    found = current_app.extensions["feedwright_texts"]
    assert isinstance(found, Texts)
    return found


def speak(texts: Texts) -> None:
    """What is made for this request is in that language."""
    g.texts = texts


def spoken() -> Texts:
    """The texts of the present request: in the site's language, unless `speak` said otherwise."""
    try:
        found: Texts = g.texts
    except AttributeError:
        found = g.texts = site_texts()
    except RuntimeError:
        # Outside of a request.
        return texts_in(ENGLISH)
    return found


def gettext(message: str, **values: object) -> str:
    """A message of a view in the language of the request, with its values laid in as `%(name)s`."""
    found = spoken().gettext(message)
    return found % values if values else found


def ngettext(one: str, several: str, count: int, **values: object) -> str:
    """The same for that many, which is `%(count)s`."""
    return spoken().ngettext(one, several, count) % {"count": count, **values}


def sentence(text: str) -> str:
    """What a rule or an action wrote, in the language of the request; as it is where it is not known."""
    return spoken().sentence(text) or text


def translated(text: object) -> str:
    """The same for templates: what stays English is marked so."""
    if isinstance(text, Spoken):
        return text
    plain = str(text)
    found = spoken().sentence(plain)
    if found is None:
        return Markup('<span lang="en">{}</span>').format(plain) if plain else ""
    return found


def _shown(message: str, **values: object) -> Markup:
    found = spoken().shown(message)
    return found % values if values or "%" in found else found


def _iso_day(text: str) -> str:
    return spoken().day(datetime.fromisoformat(text[:10]), is_short=True)


def prepare(app: Flask, site_language: str) -> None:
    """Gives templates `_`, `ngettext` and `number`; pages are in the site's language where nobody says otherwise."""
    app.extensions["feedwright_texts"] = texts_in(site_language)
    app.jinja_env.add_extension("jinja2.ext.i18n")
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]
        lambda message: spoken().gettext(message),
        lambda one, several, count: spoken().ngettext(one, several, count),
        newstyle=True,
        pgettext=lambda context, message: spoken().pgettext(context, message),
    )
    app.jinja_env.globals["_"] = _shown
    app.jinja_env.filters["number"] = lambda value: spoken().number(value)
    app.jinja_env.filters["bare"] = lambda label: label.removesuffix(" (optional)")
    app.jinja_env.filters["translated"] = translated
    app.jinja_env.filters["sentence"] = sentence
    app.jinja_env.filters["iso_day"] = _iso_day
    app.jinja_env.globals["texts"] = spoken


def later(message: str) -> str:
    """The message as it is, marked for the catalogues: it is translated where it is shown."""
    return message


def pair(one: str, several: str) -> tuple[str, str]:
    """Both forms of a message as they are, marked for the catalogues, for `ngettext`."""
    return one, several
