"""`./run article change`, `hold` and `release`: what is set over a source, and what waits."""

from __future__ import annotations

from tests.commands.test_commands import Run, land, run, site, told
from tests.farm import Farm

__all__ = ["land", "run", "site"]


def test_fields_are_set_shown_and_taken_back(run: Run, land: Farm) -> None:
    run("source", "add", land.url("/"), typed="y\n")
    run("source", "poll")
    assert "Nothing is set" in run("article", "change", "1").output
    done = run(
        "article", "change", "1", "--author", "Ada Lindqvist", "--author", "Olav Sund", "--rights", "© Us"
    ).output
    assert "Saved; polls do not touch it. To undo: ./run log undo" in done
    assert "Ada Lindqvist, Olav Sund" in done
    rows = told(run("article", "change", "1", "--json"))
    assert {row["field"]: row["source"] for row in rows} == {"authors": "Ines Halvorsen", "rights": ""}
    assert told(run("article", "show", "1", "--json"))["authors"] == ["Ada Lindqvist", "Olav Sund"]
    run("article", "change", "1", "--take-back", "authors")
    assert told(run("article", "show", "1", "--json"))["authors"] == ["Ines Halvorsen"]
    both = run("article", "change", "1", "--title", "x", "--take-back", "title", code=2).output
    assert "title is set and taken back" in both
    assert "expected an address" in run("article", "change", "1", "--picture", "gale.jpg", code=1).output
    assert "There is no" in run("article", "change", "99", code=1).output


def test_an_article_is_pinned_and_unpinned(run: Run, land: Farm) -> None:
    run("source", "add", land.url("/"), typed="y\n")
    run("source", "poll")
    assert "Pinned. To undo: ./run log undo" in run("article", "pin", "1").output
    assert "It was so already." in run("article", "pin", "1").output
    assert "No longer pinned." in run("article", "pin", "1", "--off").output
    assert "There is no article 99" in run("article", "pin", "99", code=1).output


def test_articles_are_held_back_and_released(run: Run, land: Farm) -> None:
    run("source", "add", land.url("/"), typed="y\n")
    run("source", "poll")
    assert "Held back." in run("article", "hold", "1", "2").output
    assert "release it first" in run("article", "hold", "1", code=1).output
    assert "is in its feeds" in run("article", "release", "1").output
    assert "not held back" in run("article", "release", "1", code=1).output
    assert told(run("article", "explain", "2", "--json"))["feeds"] == []
