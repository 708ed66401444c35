"""What all forms of admin pages have in common: they speak the language of the request."""

from __future__ import annotations

from functools import cache
from typing import Any

from flask_wtf import FlaskForm
from wtforms import DateField, IntegerField, SelectMultipleField
from wtforms.i18n import get_translations

from web.language import ENGLISH, Spoken, gettext, spoken


class Form(FlaskForm):
    """A form in the language of the request: what fields state in English is translated as they are made.

    So are choices, but where several may be chosen: those are names.
    """

    class Meta(FlaskForm.Meta):
        """What WTForms itself says is in that language, too."""

        def get_translations(self, form: object) -> Any:
            """The catalogue of WTForms."""
            language = spoken().language
            return super().get_translations(form) if language == ENGLISH else _wtforms_texts(language)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if spoken().language == ENGLISH:
            return
        for field in self:
            field.label.text, field.description = gettext(field.label.text), gettext(field.description)
            is_names = isinstance(field, SelectMultipleField)
            if isinstance(getattr(field, "choices", None), dict) and not is_names:
                field.choices = {value: gettext(text) for value, text in field.choices.items()}


class WholeField(IntegerField):
    """A whole number within bounds: whatever else is typed gets that field's one sentence, none of WTForms' own."""

    def __init__(self, label: str, *args: Any, least: int, most: int, wrong: str, **kwargs: Any) -> None:
        super().__init__(label, *args, **kwargs)
        self.least, self.most, self.wrong = least, most, wrong

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Takes digits alone; `int` itself also takes 1_000, and digits of other scripts."""
        if not valuelist:
            return
        self.data = None
        text = str(valuelist[0]).strip()
        number = int(text) if text.isascii() and text.isdigit() and len(text) <= len(str(self.most)) else None
        if number is None or not self.least <= number <= self.most:
            raise ValueError(self.wrong)
        self.data = number


class DayField(DateField):
    """A day, with its own sentence for what is none."""

    def __init__(self, label: str, *args: Any, wrong: str, **kwargs: Any) -> None:
        super().__init__(label, *args, **kwargs)
        self.wrong = wrong

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Takes what WTForms takes."""
        try:
            super().process_formdata(valuelist)
        except ValueError as problem:
            raise ValueError(self.wrong) from problem


class _WtformsTexts:
    """The catalogue of WTForms, whose texts need no other one."""

    def __init__(self, language: str) -> None:
        self._texts = get_translations([language.replace("-", "_")])

    def gettext(self, message: str) -> Spoken:
        return Spoken(self._texts.gettext(message))

    def ngettext(self, one: str, several: str, count: int) -> Spoken:
        return Spoken(self._texts.ngettext(one, several, count))


_wtforms_texts = cache(_WtformsTexts)


def lines(text: str | None) -> list[str]:
    """What stands on the lines of a text, without empty ones."""
    return [one.strip() for one in (text or "").splitlines() if one.strip()]
