"""Files of a folder that are renamed: an article goes with its text, over both engines, poll by poll."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from feeds.actions.declaring.specs import folder_spec
from feeds.model.articles import Article, Tombstone
from tests.fakes import Newsroom

START = 1_700_000_000


def text(title: str, body: str = "The barge was longer than the quay.") -> str:
    return f"# {title}\n\n{body}\n"


def put(folder: Path, name: str, written: str, at: int = START) -> None:
    (folder / name).write_text(written, encoding="utf-8")
    os.utime(folder / name, (at, at))


@pytest.fixture
def folder(newsroom: Newsroom, tmp_path: Path) -> Path:
    made = tmp_path / "pieces"
    made.mkdir()
    put(made, "a.md", text("Alpha"))
    put(made, "b.md", text("Beta"))
    newsroom.store.sources.add(folder_spec("pieces", tmp_path), newsroom.clock())
    newsroom.round()
    return made


def polled(newsroom: Newsroom) -> tuple[int, int]:
    (saved,) = newsroom.again()
    assert saved.report is not None
    assert (saved.report.odd, saved.report.faults) == ("", ())
    return saved.report.new_count, saved.report.changed_count


def articles(newsroom: Newsroom) -> dict[str, tuple[int, str]]:
    found = [newsroom.store.articles.get(number) for number in range(1, 20)]
    return {one.title: (one.id, one.urn) for one in found if isinstance(one, Article)}


def test_a_renamed_file_stays_its_article_there_and_back_and_is_edited_under_its_name(
    newsroom: Newsroom, folder: Path
) -> None:
    before = articles(newsroom)
    for old, new in (("a.md", "c.md"), ("c.md", "d.md"), ("d.md", "a.md"), ("a.md", "c.md")):
        (folder / old).rename(folder / new)
        assert polled(newsroom) == (0, 0)
        assert articles(newsroom) == before
    put(folder, "c.md", text("Alpha", "The barge was shorter."), START + 10)
    assert polled(newsroom) == (0, 1)
    assert articles(newsroom) == before
    # The former name is free for another article.
    put(folder, "a.md", text("Gamma"), START + 20)
    assert polled(newsroom) == (1, 0)
    assert sorted(articles(newsroom)) == ["Alpha", "Beta", "Gamma"]
    put(folder, "a.md", text("Gamma", "Anew."), START + 30)
    assert polled(newsroom) == (0, 1)
    assert articles(newsroom).items() >= before.items()


def test_a_name_that_is_written_anew_each_day_leaves_each_text_its_article(
    newsroom: Newsroom, folder: Path
) -> None:
    ids = {}
    for day in range(1, 6):
        if day > 1:
            (folder / "today.md").rename(folder / f"day-{day - 1}.md")
        put(folder, "today.md", text(f"Day {day}", f"It rained {day} times."), START + day)
        assert polled(newsroom) == (1, 0)
        ids[f"Day {day}"] = articles(newsroom)[f"Day {day}"]
        assert articles(newsroom).items() >= ids.items()
    assert len({urn for _, urn in ids.values()}) == 5
    put(folder, "today.md", text("Day 5", "It rained no more."), START + 10)
    put(folder, "day-2.md", text("Day 2", "It rained twice."), START + 10)
    assert polled(newsroom) == (0, 2)
    assert articles(newsroom).items() >= ids.items()


def test_a_text_that_comes_back_under_a_name_that_it_had_is_stored_again(
    newsroom: Newsroom, folder: Path
) -> None:
    for day, body in enumerate(("Rain.", "Sun.", "Rain.", "Sun."), 1):
        if day > 1:
            (folder / "today.md").rename(folder / f"day-{day - 1}.md")
        put(folder, "today.md", text("Weather", body), START + day)
        assert polled(newsroom)[0] == 1
    assert newsroom.store.upkeep.counts()["articles"] == 6


def test_a_title_that_was_made_of_the_name_changes_with_it(newsroom: Newsroom, folder: Path) -> None:
    words = "The barge was longer than the quay, and nobody had told the ferry of it.\n\nIt waited outside for hours.\n"
    put(folder, "the-blue-crane.txt", words)
    put(folder, "other-words.txt", words.replace("barge", "tug"))
    assert polled(newsroom) == (2, 0)
    before = articles(newsroom)["The blue crane"]
    (folder / "the-blue-crane.txt").rename(folder / "the-red-crane.txt")
    assert polled(newsroom) == (0, 1)
    assert articles(newsroom)["The red crane"] == before
    assert len(articles(newsroom)) == 4
    # One text, two files: whose name it was nobody knows.
    put(folder, "third-crane.txt", words, START + 1)
    assert polled(newsroom) == (1, 0)
    (folder / "third-crane.txt").unlink()
    (folder / "the-red-crane.txt").rename(folder / "fourth-crane.txt")
    assert polled(newsroom) == (1, 0)


def test_where_it_is_in_doubt_which_file_it_was_nothing_is_joined(newsroom: Newsroom, folder: Path) -> None:
    put(folder, "twin.md", text("Beta"), START + 1)
    polled(newsroom)
    # Two of one text are gone, and one comes; then one goes, and two come.
    (folder / "twin.md").unlink()
    (folder / "b.md").rename(folder / "e.md")
    assert polled(newsroom) == (1, 0)
    put(folder, "f.md", text("Alpha"), START + 2)
    (folder / "a.md").rename(folder / "g.md")
    assert polled(newsroom) == (2, 0)


def test_a_copy_is_another_article(newsroom: Newsroom, folder: Path) -> None:
    put(folder, "copy.md", text("Alpha"), START + 1)
    assert polled(newsroom) == (1, 0)


def test_what_an_admin_withdrew_does_not_come_back_under_another_name(
    newsroom: Newsroom, folder: Path
) -> None:
    number, _ = articles(newsroom)["Alpha"]
    newsroom.store.articles.withdraw(number, reason="asked for", now=newsroom.clock())
    (folder / "a.md").rename(folder / "c.md")
    assert polled(newsroom) == (0, 0)
    assert sorted(articles(newsroom)) == ["Beta"]
    assert isinstance(newsroom.store.articles.get(number), Tombstone)
