"""`./run partner …`: partners and their keys by commands."""

from __future__ import annotations

from tests.commands.test_commands import Run, land, run, site, told

__all__ = ["land", "run", "site"]


def test_a_partner_from_the_first_word_to_the_last(run: Run) -> None:
    assert "There is no partner yet" in run("partner", "list").output
    given = ("--feed", "topics/harbour", "--share", "excerpt", "--quota", "100", "--ends", "2030-01-31")
    assert "./run partner key daily" in run("partner", "add", "daily", "The Daily", *given).output
    (row,) = told(run("partner", "list", "--json"))
    assert row["feeds"] == ["topics/harbour"]
    assert (row["share"], row["quota"], row["ends"]) == ("excerpt", 100, "2030-01-31")
    key = run("partner", "key", "daily").stdout.strip()
    assert key.startswith("fwk_")
    (row,) = told(run("partner", "list", "--json"))
    assert row["keys"] == [f"{key[:10]}…"]
    assert key not in run("partner", "list").output
    assert key not in run("log", "list", "--json").output
    run("partner", "key", "daily")
    assert "2 keys already" in run("partner", "key", "daily", code=1).output
    assert "good for nothing" in run("partner", "key", "daily", "--take-back", key[:10]).output
    assert "Changed." in run("partner", "set", "daily", "--quota", "none", "--every-feed").output
    (row,) = told(run("partner", "list", "--json"))
    assert (row["quota"], row["feeds"], len(row["keys"])) == (None, [], 1)
    assert "Nothing changes" in run("partner", "set", "daily", "--quota", "none").output
    assert "expected a day" in run("partner", "set", "daily", "--ends", "soon", code=1).output.lower()
    done = run("partner", "remove", "daily", "--yes").output
    run("log", "undo", done.split("./run log undo ")[1].strip(), "--yes")
    (row,) = told(run("partner", "list", "--json"))
    assert row["keys"] == []
