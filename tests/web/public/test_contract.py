"""`/contract` shows what the document says; the test feed walks through all that may happen, by the clock alone."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from lxml import etree

from feeds.publish.testfeed import LIVES, STEP, STEPS
from tests.fakestore import FakeStore
from tests.web.newsroom import MovedClock, make_app
from web.public.contract import CONTRACT, contract_html


@pytest.fixture
def clock() -> MovedClock:
    clock = MovedClock()
    # At the beginning of an article that stays.
    clock.now = clock.now.replace(hour=1, minute=0, second=1)
    return clock


@pytest.fixture
def app(tmp_path: Path, clock: MovedClock) -> Flask:
    return make_app(FakeStore(), tmp_path, clock=clock)


def test_the_page_says_what_the_document_says_without_the_names_of_tests(app: Flask) -> None:
    page = app.test_client().get("/contract")
    assert page.status_code == 200
    assert "tests/" not in page.text
    assert "<h2>Ids and dates</h2>" in page.text
    lines = [one for one in CONTRACT.read_text().splitlines() if one.startswith("- ")]
    assert page.text.count("<li>") >= len(lines)
    assert "/contract" in app.test_client().get("/").text


def test_a_name_of_a_test_over_two_lines_goes_whole() -> None:
    told = contract_html("# T\n\n- A line.\n  `tests/a.py::b`,\n  `tests/c.py::d`\n")
    assert told == "<ul><li>A line.</li></ul>"


def items(app: Flask) -> list[dict[str, object]]:
    found: list[dict[str, object]] = json.loads(app.test_client().get("/test.json").data)["items"]
    return found


def test_an_article_lives_through_every_step(app: Flask, clock: MovedClock) -> None:
    met: dict[object, list[str]] = {}
    tags = set()
    for _ in range(2 * len(STEPS)):
        first = items(app)
        for one in first:
            met.setdefault(one["id"], []).append(str(one["title"]).partition(": ")[2] or str(one["title"]))
        tags.add(app.test_client().get("/test.atom").headers["ETag"])
        clock.move(seconds=STEP / timedelta(seconds=1))
    # Steps in which nothing shows give the same bytes.
    assert len(STEPS) < len(tags) < 2 * len(STEPS)
    lived = [list(dict.fromkeys(titles)) for titles in met.values()]
    assert ["new", "corrected", "two authors", "no picture"] in lived
    assert ["new", "corrected", "two authors", "no picture", "Withdrawn"] in lived


def test_what_changes_changes_updated_and_nothing_else_moves(app: Flask, clock: MovedClock) -> None:
    before = {one["id"]: one for one in items(app)}
    newest = next(iter(before))
    clock.move(seconds=STEP / timedelta(seconds=1))
    after = {one["id"]: one for one in items(app)}
    assert before.keys() == after.keys()
    assert {key for key in before if before[key] != after[key]} == {newest}
    assert str(after[newest]["date_modified"]) > str(before[newest].get("date_modified", ""))
    assert after[newest]["date_published"] == before[newest]["date_published"]


@pytest.mark.parametrize("ending", ["atom", "rss"])
def test_the_same_step_gives_the_same_bytes_in_sound_xml(app: Flask, clock: MovedClock, ending: str) -> None:
    web = app.test_client()
    first = web.get(f"/test.{ending}")
    etree.fromstring(first.data)
    clock.move(seconds=60)
    again = web.get(f"/test.{ending}", headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304
    clock.move(seconds=LIVES / timedelta(seconds=1))
    assert web.get(f"/test.{ending}").data != first.data
