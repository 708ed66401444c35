"""Documents that hold all that stands: what leaves one is taken back, unless that is very much at once."""

from __future__ import annotations

from dataclasses import replace

import pytest

from feeds.actions.declaring.specs import spec_at
from feeds.model.incoming import SourceOptions
from tests.db.test_withdrawals import FEED, atom, entry, grave, restored, shown, told
from tests.fakes import Newsroom

COMPLETE = '<fh:complete xmlns:fh="http://purl.org/syndication/history/1.0"/>'


@pytest.fixture(params=["setting", "document"])
def says(newsroom: Newsroom, request: pytest.FixtureRequest) -> str:
    """What the document says of itself; the source is set to be complete where it says nothing."""
    first = [entry(number) for number in (1, 2, 3, 4)]
    is_set = request.param == "setting"
    newsroom.web.put(FEED, atom("" if is_set else COMPLETE, *first))
    newsroom.store.sources.add(
        replace(spec_at(FEED), options=SourceOptions(complete=is_set)), newsroom.clock()
    )
    newsroom.round()
    return "" if is_set else COMPLETE


def alerts(newsroom: Newsroom) -> list[str]:
    return [one.kind for one in newsroom.store.alerts.open_ones()]


def test_what_leaves_is_taken_back_and_what_returns_is_there_again(newsroom: Newsroom, says: str) -> None:
    assert told(newsroom, says, entry(1), entry(2), entry(3)) == ["Story 1", "Story 2", "Story 3"]
    assert told(newsroom, says, entry(1), entry(3), entry(5)) == ["Story 1", "Story 3", "Story 5"]
    again = entry(2, text="It runs, but late.")
    assert told(newsroom, says, entry(1), again, entry(3)) == ["Story 1", "Story 2", "Story 3"]
    assert alerts(newsroom) == []


def test_more_than_half_at_once_is_an_alert_and_nothing_is_withdrawn(newsroom: Newsroom, says: str) -> None:
    more = [entry(number) for number in range(1, 10)]
    assert len(told(newsroom, says, *more)) == 9
    assert len(told(newsroom, says, entry(1), entry(2))) == 9
    assert alerts(newsroom) == ["complete"]
    assert len(told(newsroom, says)) == 9
    assert told(newsroom, says, *more[:7]) == [f"Story {number}" for number in range(1, 8)]
    assert alerts(newsroom) == []


def test_a_document_with_faults_takes_nothing_back(newsroom: Newsroom, says: str) -> None:
    newsroom.web.put(FEED, atom(says, entry(1), entry(2)) + "<broken")
    newsroom.again()
    assert len(shown(newsroom)) == 4


def test_what_an_admin_restored_stays_though_it_is_absent(newsroom: Newsroom, says: str) -> None:
    assert "Story 1" not in told(newsroom, says, entry(2), entry(3), entry(4))
    restored(newsroom)
    assert "Story 1" in told(newsroom, says, entry(2), entry(3), entry(4, text="Other words."))
    assert "Story 1" in told(newsroom, says, entry(1), entry(2), entry(3), entry(4))
    assert "Story 1" not in told(newsroom, says, entry(2), entry(3), entry(4))


def test_what_was_withdrawn_otherwise_does_not_return_by_being_listed(newsroom: Newsroom, says: str) -> None:
    assert "Story 1" not in told(newsroom, says, grave(1), entry(2), entry(3), entry(4))
    assert "Story 1" not in told(newsroom, says, entry(1), entry(2), entry(3), entry(4))


def test_a_document_that_says_nothing_takes_nothing_back(newsroom: Newsroom) -> None:
    newsroom.add(FEED, atom(entry(1), entry(2), entry(3)))
    newsroom.round()
    assert len(told(newsroom, entry(3))) == 3
