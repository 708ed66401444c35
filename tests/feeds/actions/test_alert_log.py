"""What an admin reads of alerts in the log, where nobody is told otherwise."""

from __future__ import annotations

import logging

import pytest

from feeds.actions.operating.alert_log import MOST_LINES, AlertLog
from feeds.model.kept import Alert
from tests.fakes import NOON


def alert(kind: str, subject: str = "", message: str = "Nothing outside can be reached.") -> Alert:
    return Alert(kind=kind, subject=subject, message=message, opened_at=NOON)


def test_what_opens_and_ends_is_written_once(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "feedwright.alerts")
    book = AlertLog()
    book.note([alert("network"), alert("list", "coast", "It has 3 entries that cannot be taken.")])
    book.note([alert("network", message="Still nothing."), alert("source", "post", "Logged by its poll.")])
    book.note([alert("source", "post")])
    book.note([])
    assert [(one.levelname, one.message) for one in caplog.records] == [
        ("WARNING", "Nothing outside can be reached."),
        ("WARNING", "coast: It has 3 entries that cannot be taken."),
        ("INFO", "well again: coast: a list of sources is in order"),
        ("INFO", "well again: our own network works"),
        ("INFO", "well again: post: a source can be read"),
    ]


def test_very_many_at_once_are_counted(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "feedwright.alerts")
    book = AlertLog()
    book.note([alert("odd", f"s{number}") for number in range(MOST_LINES + 5)])
    book.note([])
    said = [one.message for one in caplog.records]
    assert said[MOST_LINES] == "5 more alerts have opened: ./run alert list"
    assert said[-1] == "5 more alerts have ended"
    assert len(said) == 2 * (MOST_LINES + 1)
