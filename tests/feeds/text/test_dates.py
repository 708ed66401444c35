"""Dates: what feeds write, exactly; what people write, as a guess; what means something else tomorrow, not at all."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from importlib import import_module

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.text.dateguess import LANGUAGES, OneDocument, guess_date
from feeds.text.dates import MONTH_NAMES, http_date, parse_date, rfc3339, rfc5322

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def moment(day: int, hour: int = 0, minute: int = 0, second: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, second, tzinfo=UTC)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("2026-11-20T10:00:00Z", moment(20, 10)),
        ("2026-11-20T10:00:00+05:30", moment(20, 4, 30)),
        ("2026-11-20t10:00z", moment(20, 10)),
        ("2026-11-20 10:00:00 +0100", moment(20, 9)),
        ("2026-11-20T10:00-500", moment(20, 15)),
        ("20261120T100000Z", moment(20, 10)),
        ("2026-11-20T24:00:00Z", moment(21)),
        ("2026-11-20T10:00:60Z", moment(20, 10, 0, 59)),
        ("Fri, 20 Nov 2026 10:00:00 GMT", moment(20, 10)),
        ("Fri, 20 Nov 2026 10:00:00 CEST", moment(20, 8)),
        ("Fri, 20 Nov 2026 10:00:00 PST", moment(20, 18)),
        ("Fri, 20 Nov 2026 24:00:00 GMT", moment(20, 23, 59, 59)),
        ("Fri, 20 Nov 2026 13:24:00 GMT", moment(20, 13, 24)),
        ("20 Nov 2026 10:00", moment(20, 10)),
        ("Wrong, 20 Nov 2026 10:00:00 +0000 (UTC)", moment(20, 10)),
        ("1795168800", moment(20, 10)),
        ("1795168800000", moment(20, 10)),
        ("1795168800.25", moment(20, 10)),
        ("2026-W47-5T10:00:00Z", moment(20, 10)),
        ("2026-11-20T10:00:00+01:00[Europe/Oslo]", moment(20, 9)),
        ("2026-11-20T10:00:00Z+00:00", moment(20, 10)),
        ("2026-11-20T10:00:00Z00:00", moment(20, 10)),
        ("2026-11-20T10:00:00+00:00Z", moment(20, 10)),
        ("2026-11-20T10:00:00+0100Z", moment(20, 9)),
        ("2026-11-20 10:00:00 +0000 UTC", moment(20, 10)),
        ("2026-11-20 10:00:00.123456789 +0100 CET m=+0.000012", moment(20, 9)),
        ("2026-11-20 10:00:00 -0700 PDT", moment(20, 17)),
        ("Fri, 20 Nov 2026 10:00:00 +0000 GMT", moment(20, 10)),
        ("Fri, 20 Nov 2026 10:00:00 ET", moment(20, 15)),
        ("Mon, 20 Jul 2026 10:00:00 PT", datetime(2026, 7, 20, 17, tzinfo=UTC)),
        (
            '<time datetime="2026-11-20T10:00:00+01:00" class="datetime">Fri, 11/20/2026 - 10:00</time>',
            moment(20, 9),
        ),
        ("<span>20 Nov 2026 10:00:00 GMT</span>", moment(20, 10)),
        ("Fri, 20 Nov 2569 10:00:00 +0700", moment(20, 3)),
        ("Wed, 30 Nov -0001 00:00:00 +0000", None),
        ("Mon, 30 Nov -001 00:00:00 +0000", None),
        ("2026-W60-1", None),
        ("2026-11", moment(1)),
        ("2026", datetime(2026, 1, 1, tzinfo=UTC)),
        ("", None),
        (None, None),
        ("0000-00-00T00:00:00Z", None),
        ("1969-12-31T00:00:00Z", None),
        ("2026-13-45", None),
        ("9999-12-31T23:59:59-23:00", None),
        ("20 Nov 2026 10:00 pm", None),
        ("soon", None),
    ],
)
def test_exact_forms(written: str | None, meant: datetime | None) -> None:
    assert parse_date(written) == meant


def test_a_text_without_a_zone_is_read_in_the_sources() -> None:
    assert parse_date("2026-07-20T10:00:00", zone="Europe/Berlin") == datetime(2026, 7, 20, 8, tzinfo=UTC)
    assert parse_date("20 Nov 2026 10:00", zone="Europe/Berlin") == moment(20, 9)
    assert parse_date("2026-11-20T10:00:00", zone="No/Where") == moment(20, 10)


@pytest.mark.parametrize(
    ("written", "language", "meant"),
    [
        ("20. November 2026", "de", moment(20)),
        ("20 novembre 2026 à 10:00", "fr", moment(20, 10)),
        ("2026年11月20日", "zh", moment(20)),
        ("November 20, 2026 10:00 pm", "en", moment(20, 22)),
        ("Seg, 24 Set 2018 19:42:40 -0300", "pt-BR", datetime(2018, 9, 24, 22, 42, 40, tzinfo=UTC)),
        ("Śr, 18 listopada 2026", "pl", moment(18)),
        ("18. listopada 2026", "hr", datetime(2026, 10, 18, tzinfo=UTC)),
        ("Fre, 20 Nov. 2026 9:05", "", moment(20, 9, 5)),
        ("Pe, 20 Marras 2026 12:00:00 +0200", "fi", moment(20, 10)),
        ("Pt, 20 lis 2026 10:00", "pl", moment(20, 10)),
        ("Пт, 20 ноя 2026 13:00:00 +0300", "", moment(20, 10)),
        ("20 พฤศจิกายน 2569 10:00", "th", moment(20, 10)),
        ("20 พ.ย. 2569", "", moment(20)),
        ("令和8年11月20日", "ja", moment(20)),
        ("民國115年11月20日", "zh", moment(20)),
        ("2026. 11. 20. 10:00", "ko", moment(20, 10)),
        ("Published: November 20, 2026", "en", moment(20)),
        ("Friday, 20th of November 2026", "en", moment(20)),
        ("November 20th, 2026 10:00", "en", moment(20, 10)),
        ("11/20/2026 - 10:00", "en", moment(20, 10)),
        ("<time>Fri, 11/20/2026 - 10:00</time>", "en", moment(20, 10)),
        ("July 20, 2026 at 10:00 AM ET", "en", datetime(2026, 7, 20, 14, tzinfo=UTC)),
        ("yesterday", "en", None),
        ("Monday (Dec. 25)", "en", None),
        ("10:30", "en", None),
        ("20 November", "en", None),
        ("20 November 3026", "en", None),
        ("x" * 500, "en", None),
        ("2026-01-01T" * 6, "en", None),
    ],
)
def test_guesses_hold_a_day_a_month_and_a_year(written: str, language: str, meant: datetime | None) -> None:
    assert guess_date(written, language=language, zone="UTC", now=NOW) == (meant, meant is not None)


@pytest.mark.parametrize(
    ("written", "language", "meant"),
    [
        ("Tuesday 10.11.2026", "en", moment(10)),
        ("10. 11. 2026 18:30 +0100", None, moment(10, 17, 30)),
        ("10.11.2026 at 6:30 pm", "en-US", moment(10, 18, 30)),
        ("10/11/2026", "en-GB", moment(10)),
        ("11/10/2026", "en-US", moment(10)),
        ("11/10/2026", "en", moment(10)),
        ("11/13/2026", "en-GB", moment(13)),
        ("11.13.2026", "en", moment(13)),
        ("32.11.2026", "en", None),
    ],
)
def test_days_come_first_between_dots_and_where_the_country_writes_so(
    written: str, language: str | None, meant: datetime | None
) -> None:
    found, is_guessed = guess_date(written, language=language, zone="UTC", now=NOW)
    assert (found, is_guessed) == (meant, meant is not None)


def test_what_is_exact_is_no_guess() -> None:
    assert guess_date("2026-11-20T10:00:00Z", language=None, zone="UTC", now=NOW) == (moment(20, 10), False)


@given(st.integers(0, 108 * 365 * 24 * 3600), st.integers(-12 * 60, 14 * 60))
def test_what_we_write_we_read(seconds: int, offset: int) -> None:
    whole = datetime(1991, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
    assert parse_date(rfc3339(whole)) == parse_date(rfc5322(whole)) == parse_date(http_date(whole)) == whole
    sign, minutes = "-" if offset < 0 else "+", abs(offset)
    local = (whole + timedelta(minutes=offset)).strftime("%Y-%m-%dT%H:%M:%S")
    assert parse_date(f"{local}{sign}{minutes // 60:02}:{minutes % 60:02}") == whole


@given(st.text(max_size=100))
def test_no_text_is_too_odd_for_a_date(text: str) -> None:
    parse_date(text)


@pytest.mark.parametrize("seed", ["1", " ", "2026-01-01 ", "Jan ", ":", "(", "2026-01-01T", "+0", "١"])
@pytest.mark.timeout(90)
def test_long_texts_cost_nothing(seed: str) -> None:
    parse_date(seed * 100_000)
    guess_date(seed * 100_000, language=None, zone="UTC", now=NOW)


def test_what_no_language_can_read_is_tried_only_so_often_in_one_document() -> None:
    with OneDocument():
        for number in range(40):
            assert guess_date(f"{number + 1} foobar 2024", language=None, zone="UTC", now=NOW) == (
                None,
                False,
            )
        # Known forms are read all the same.
        assert guess_date("20 novembre 2026", language="fr", zone="UTC", now=NOW)[0] == moment(20)
        assert guess_date("الجمعة ١", language=None, zone="UTC", now=NOW) == (None, False)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("Fri, 20 Nov 2026 10:00:00 +05:30", moment(20, 4, 30)),
        ("Fri, 20 Nov 2026 10:00:00 +5:30", moment(20, 4, 30)),
        ("Fri, 20 Nov 2026 10:00:00+5:30", moment(20, 4, 30)),
        ("Fri, 20 Nov 2026 10:00:00 +530", moment(20, 4, 30)),
        ("Fri, 20 Nov 2026 10:00:00 GMT+0530", moment(20, 4, 30)),
        ("Fri, 20 Nov 2026 10:00:00 GMT+5:30", moment(20, 4, 30)),
        ("Fri, 20 Nov 2026 10:00:00 UTC+2", moment(20, 8)),
        ("Fri, 20 Nov 2026 10:00:00 +02", moment(20, 8)),
        ("Fri, 20 Nov 2026 10:00:00 MEST", moment(20, 8)),
        ("Fri Nov 20 2026 10:00:00 GMT-0700 (Pacific Daylight Time)", moment(20, 17)),
        ("Fri, 20 Nov 2026 10:00:00 America/New_York", moment(20, 15)),
        ("Fri Nov 20 10:00:00 CEST 2026", moment(20, 8)),
        ("Friday, 20-Nov-26 10:00:00 GMT", moment(20, 10)),
        ("2026-11-20T10:00:00+5:30", moment(20, 4, 30)),
        ("2026-11-20 10:00:00 EST", moment(20, 15)),
        ("2026-11-20 10:00:00.123 GMT+2", moment(20, 8)),
        ("Fri, 20 Nov 2026 10:00:00.123 +0100", moment(20, 9)),
        ("Mon, 01 Jan 0001 00:00:00 +0000", None),
        ("2026-02-30T10:00:00Z", None),
        ("2026-11-20T10:00:00Z+02:00", None),
        ("2026-11-20T10:00:00 02:00", None),
        ("2026-324T10:00:00Z", None),
        ("Fri, 20 Nov 2026 10:00:00 +9999", None),
    ],
)
def test_the_offset_that_is_stated_holds(written: str, meant: datetime | None) -> None:
    assert parse_date(written) == meant
    assert guess_date(written, language="en", zone="UTC", now=NOW) == (meant, False)


def test_a_zone_that_nobody_knows_makes_a_guess() -> None:
    assert guess_date("Fri, 20 Nov 2026 10:00:00 XYZT", language=None, zone="UTC", now=NOW) == (
        moment(20, 10),
        True,
    )


@pytest.mark.parametrize(
    ("written", "language", "meant"),
    [
        ("10/11/2026 6:30 PM", "fr", moment(10, 18, 30)),
        ("11/10/2026 18:30 +0100", "en-US", moment(10, 17, 30)),
        ("2026/11/20 10:00", "ja", moment(20, 10)),
        ("2026-11-20 10:00:00 PM", "en", moment(20, 22)),
        ("30/02/2026", None, None),
        ("2026-11-20 13 h", "en", None),
    ],
)
def test_a_date_in_digits_is_asked_of_no_language(
    written: str, language: str | None, meant: datetime | None
) -> None:
    assert guess_date(written, language=language, zone="UTC", now=NOW) == (meant, meant is not None)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("2026-11-20 15:00 PM", moment(20, 15)),
        ("Fri, 20 Nov 2026 15:00:00 PM +0200", moment(20, 13)),
        ("Fri, 20 Nov 2026 00:30 AM", moment(20, 0, 30)),
        ("Fri, 20 Nov 2026 10:00:60 GMT", moment(20, 10, 0, 59)),
        ("Fri,\u00a020\u00a0Nov 2026  10:00:00 +0100", moment(20, 9)),
        ("Fri, 20 Nov 2026&nbsp;10:00:00 +0100", moment(20, 9)),
        ("\ufeffFri, 20 Nov 2026 10:00:00 GMT\u200b", moment(20, 10)),
        ("\u200e2026\u201111\u201120", moment(20)),
        ("Fri, 20 Nov 2026 10:00:00 +0200 (CEST)", moment(20, 8)),
        ("2026-11-20T10:00:00 GMT+2", moment(20, 8)),
        ("2026-11-20T10", moment(20, 10)),
        ("2026-11-20T10+02", moment(20, 8)),
        ("20261120100000", moment(20, 10)),
        ("202611201000", moment(20, 10)),
        ("/Date(1795168800000+0200)/", moment(20, 10)),
        ("1795168800000000", moment(20, 10)),
    ],
)
def test_sloppy_writings_of_one_meaning_are_exact(written: str, meant: datetime) -> None:
    assert guess_date(written, language=None, zone="UTC", now=NOW) == (meant, False)


@pytest.mark.parametrize(
    ("written", "language", "meant"),
    [
        ("20.11.26", None, moment(20)),
        ("3.11.26, 15:00 Uhr", "de", moment(3, 15)),
        ("Fr. 20.11.26", "de", moment(20)),
        ("03.11.26", "en", moment(3)),
        ("11/03/26 3:05 PM", "en-US", moment(3, 15, 5)),
        ("03/11/26", "en-GB", moment(3)),
        ("03/11/26", "fr", moment(3)),
        ("13/11/26", "en", moment(13)),
        ("26.11.03", "ko", moment(3)),
        ("26/11/20", "ja", moment(20)),
        ("25.12.99", "de", datetime(1999, 12, 25, tzinfo=UTC)),
        ("31/12/23", None, datetime(2023, 12, 31, tzinfo=UTC)),
        # What may be another day of our days is none, where no language settles it.
        ("03/11/26", None, None),
        ("24.05.03", None, None),
        ("24.05.03", "de", None),
        ("24-05-03", None, None),
        ("31.04.24", "de", None),
    ],
)
def test_years_of_two_digits_count_where_the_order_is_sure(
    written: str, language: str | None, meant: datetime | None
) -> None:
    assert guess_date(written, language=language, zone="UTC", now=NOW) == (meant, meant is not None)


@pytest.mark.parametrize(
    ("written", "language", "meant"),
    [
        ("2026-11-20 at 3pm", None, moment(20, 15)),
        ("2026-11-20 3pm", None, moment(20, 15)),
        ("11/20/2026 15:00 PM", "en", moment(20, 15)),
        ("11/20/2026 0:30 PM", "en", moment(20, 12, 30)),
        ("20 Nov 26", None, moment(20)),
        ("Nov 20 '26", "en", moment(20)),
        ("20 พ.ย. 69", "th", moment(20)),
        ("20 พย. 2569", "th", moment(20)),
        ("1er novembre 2026", "fr", moment(1)),
        ("20º de novembro de 2026 às 15h00", "pt", moment(20, 15)),
        ("20. Nov. 2026, 15:00 Uhr", "de", moment(20, 15)),
        ("20 ноября 2026 г. в 15:00", "ru", moment(20, 15)),
        ("2026년 11월 20일", "ko", moment(20)),
        ("2026. november 20. 15:00", "hu", moment(20, 15)),
        ("2026 m. lapkričio 20 d.", "lt", moment(20)),
        ("20 November 10:30", "en", None),
    ],
)
def test_people_write_days_and_hours_in_many_ways(
    written: str, language: str | None, meant: datetime | None
) -> None:
    assert guess_date(written, language=language, zone="UTC", now=NOW) == (meant, meant is not None)


@pytest.mark.parametrize("language", LANGUAGES)
def test_months_mean_in_each_language_what_its_people_mean(language: str) -> None:
    names = import_module(f"dateparser.data.date_translation_data.{language}").info
    for number, month in enumerate(MONTH_NAMES, 1):
        for name in names[month.lower()]:
            # Vietnamese counts its months in words.
            if re.search(r"\d|\s", name):
                continue
            for written in (f"20 {name} 2025", f"20. {name}. 2025"):
                found, _ = guess_date(written, language=language, zone="UTC", now=NOW)
                assert found == datetime(2025, number, 20, tzinfo=UTC), written
