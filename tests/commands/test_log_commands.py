"""What commands change stands in the log, and is taken back by a command; people are let in by commands."""

from __future__ import annotations

import re
from pathlib import Path

from tests.commands.test_commands import Run, land, run, site, told
from tests.farm import Farm

__all__ = ["land", "run", "site"]


def test_what_a_command_changed_is_shown_and_taken_back(run: Run, land: Farm) -> None:
    run("source", "add", land.url("/news.rss"), "--yes")
    run("source", "poll")
    run("topic", "add", "sea", "--category", "Sea")
    run("source", "pause", "harbour-news")
    listed = told(run("log", "list", "--json"))
    assert [one["what"] for one in listed] == [
        "paused Harbour News",
        "made the topic Sea",
        "added the source Harbour News",
    ]
    assert {one["via"] for one in listed} == {"command"}
    assert listed[1]["effects"] == [{"feed": "topics/sea", "entered": 2, "left": 0}]
    shown = run("log", "show", str(listed[0]["number"])).output
    assert "state: active -> paused" in shown
    assert f"./run log undo {listed[0]['number']}" in shown
    refused = run("log", "undo", str(listed[2]["number"]), "--yes", code=1).output
    assert re.search(r"Later \w+ paused Harbour News\. Undo that first\.", refused)
    assert "Taken back." in run("log", "undo", str(listed[0]["number"]), "--yes").output
    assert told(run("source", "list", "--json"))[0]["state"] != "paused"
    assert "already" in run("log", "undo", str(listed[0]["number"]), "--yes", code=1).output
    done = run("topic", "retire", "sea", "--yes").output
    assert "sea is retired." in done
    number = done.split("./run log undo ")[1].strip()
    run("log", "undo", number, "--yes")
    assert [one["slug"] for one in told(run("topic", "list", "--json"))] == ["sea"]


def test_people_are_let_in_and_taken_out(run: Run, site: Path) -> None:
    assert "Nobody can sign in yet" in run("admin", "list").output
    first = run("admin", "link").output
    assert re.search(r"http://127\.0\.0\.1:8080/admin/start/\S{20,}", first)
    assert run("admin", "link", "--if-none").output.startswith("The first admin begins here")
    assert "olav is added as editor" in run("admin", "add", "olav", "--role", "editor").output
    assert "There is already a person called Olav" in run("admin", "add", "Olav", code=1).output
    listed = told(run("admin", "list", "--json"))
    assert [(one["name"], one["role"], one["has_password"]) for one in listed] == [("olav", "editor", False)]
    assert "olav chooses a password here" in run("admin", "link", "olav").output
    assert "There is no person called eve" in run("admin", "link", "eve", code=1).output
    assert "olav is removed" in run("admin", "remove", "olav", "--yes").output
    assert told(run("admin", "list", "--json")) == []


def test_tokens_are_made_listed_and_taken_back(run: Run, site: Path) -> None:
    run("admin", "add", "olav", "--role", "editor")
    made = next(
        one
        for one in run("admin", "token", "olav", "--role", "viewer", "--ends", "2199-12-31").output.split()
        if one.startswith("fwt_")
    )
    assert "olav is editor" in run("admin", "token", "olav", "--role", "admin", code=1).output
    assert "--ends" in run("admin", "token", "olav", "--role", "viewer", "--ends", "soon", code=2).output
    assert (
        "is past" in run("admin", "token", "olav", "--role", "viewer", "--ends", "2020-01-01", code=1).output
    )
    assert "no person called eve" in run("admin", "token", "eve", "--role", "viewer", code=1).output
    (listed,) = told(run("admin", "tokens", "olav", "--json"))
    assert (listed["begin"], listed["role"], listed["ends"]) == (made[:10], "viewer", "2199-12-31")
    assert made not in run("admin", "tokens", "olav").output
    for _ in range(4):
        run("admin", "token", "olav", "--role", "editor")
    assert "5 tokens already" in run("admin", "token", "olav", "--role", "editor", code=1).output
    assert "more than one" in run("admin", "tokens", "olav", "--take-back", "fwt_", code=1).output
    assert made[:10] in run("admin", "tokens", "olav", "--take-back", made[:9]).output
    assert len(told(run("admin", "tokens", "olav", "--json"))) == 4
    logged = [one["what"] for one in told(run("log", "list", "--json"))]
    assert logged[0] == f"took back the token {made[:10]}… of olav"
