"""`./run list`: a list on loopback followed by commands and by a scheduler's round; and lists in files, checked."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from commands.root import cli
from feeds.config.load import load
from parts.store import open_store
from scheduler import main
from tests.fakes import item, rss
from tests.farm import Farm, farm

Run = Callable[..., Result]


@pytest.fixture
def land() -> Iterator[Farm]:
    with farm() as running:
        for name in "abc":
            running.pages[f"/{name}.xml"] = rss(item(name, title=f"News of {name}"), title=name).encode()
        yield running


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "config.toml"
    path.write_text(
        '[fetch]\nallow = ["127.0.0.0/8"]\n[poll]\npause = 0\n[database]\nurl = "data.db"\n[[topic]]\nslug = "sea"\n'
    )
    monkeypatch.setenv("FEEDWRIGHT_CONFIG", str(path))
    return path


@pytest.fixture
def run(site: Path) -> Run:
    def invoke(*arguments: str, code: int = 0) -> Result:
        done = CliRunner().invoke(cli, ["--config", str(site), *arguments])
        assert done.exit_code == code, done.output + repr(done.exception)
        return done

    return invoke


def told(done: Result) -> Any:
    return json.loads(done.stdout)


def opml(land: Farm, *names: str) -> bytes:
    lines = (
        f'<outline type="rss" text="{name}" xmlUrl="{land.url(f"/{name}.xml", host=number)}"/>\n'
        for number, name in enumerate(names, 2)
    )
    return f'<opml version="2.0"><body>\n{"".join(lines)}</body></opml>'.encode()


def test_a_list_is_followed_shown_accepted_and_left(run: Run, land: Farm) -> None:
    land.pages["/list.opml"] = opml(land, "a", "b", "c")
    done = run("list", "add", "papers", land.url("/list.opml"), "--topic", "sea", "--new-hosts", "2")
    assert "Added: a, b" in done.output
    assert "1 entry waits for tomorrow" in done.output
    assert "papers  active  2        1" in run("list", "list").output
    shown = told(run("list", "show", "papers", "--json"))
    assert [(one["state"], one["source"]) for one in shown["entries"]] == [
        ("followed", "a"), ("followed", "b"), ("waiting", None),
    ]  # fmt: skip
    assert (shown["sources"], shown["waiting"], shown["topics"]) == (2, 1, ["sea"])
    assert "lets all of them in at once" in run("alert", "list").output
    assert told(run("list", "accept", "papers", "--json"))["added"] == ["c"]
    assert run("list", "poll", "papers").output == "Nothing changed.\n"
    assert "list papers  added the source c" in run("log", "list", "--kind", "source").output

    land.pages["/list.opml"] = opml(land, "a", "b")
    assert run("list", "poll", "papers").output == "Paused: c\n"
    source = told(run("source", "show", "c", "--json"))
    assert (source["paused_by"], source["lists"]) == ("list papers", ["papers (names it no more)"])
    assert told(run("source", "show", "a", "--json"))["lists"] == ["papers"]

    land.pages["/list.opml"] = b"gone fishing"
    assert "Nothing was changed:" in run("list", "poll", "papers").output
    assert "not believed" in run("list", "list").output
    assert "lists:" in run("source", "show", "a").output
    shown = run("list", "show", "papers").output
    assert "left_out" not in shown
    assert re.search(r"^every: +1d$", shown, re.MULTILINE)
    assert re.search(r"^read: +20\d\d-\d\d-\d\dT[0-9:]+Z$", shown, re.MULTILINE)

    done = run("list", "remove", "papers", "--yes")
    assert "No list is followed yet" in run("list", "list").output
    assert told(run("alert", "list", "--json")) == []
    run("log", "undo", done.output.split()[-1], "--yes")
    assert "papers" in run("list", "list").output
    assert "There is a list" in run("list", "add", "papers", land.url("/x"), code=1).output
    assert "There is no list 'x'; there are: papers" in run("list", "show", "x", code=1).output


def test_a_list_of_the_file_is_read_by_a_round_and_its_sources_are_polled(
    run: Run, site: Path, land: Farm
) -> None:
    (site.parent / "papers.toml").write_text(
        f'[[source]]\nurl = "{land.url("/a.xml", 2)}"\ntopics = ["sea"]\n'
        f'[[source]]\nurl = "{land.url("/b.xml", 3)}"\nslug = "bee"\nshare = "full"\n'
        f'[[source]]\nurl = "{land.url("/c.xml", 4)}"\nslug = "see"\n'
    )
    with site.open("a") as file:
        file.write('[[list]]\nslug = "papers"\nurl = "papers.toml"\ntopics = ["sea"]\n')
    assert main(["--once"]) == 0
    rows = {one["slug"]: one for one in told(run("source", "list", "--json"))}
    assert {slug: (one["articles"], one["topics"]) for slug, one in rows.items()} == {
        "127-0-0-2": (1, ["sea"]), "see": (1, ["sea"]),
    }  # fmt: skip
    shown = told(run("list", "show", "papers", "--json"))
    assert shown["left_out"] == [
        "the list:7: source.share: a list may not state this, only url, title, slug, home, topics, language, timezone,"
        " kind, links, only, was; set it here once the source is there"
    ]
    assert (
        "declares this list, so it is changed there"
        in run("list", "remove", "papers", "--yes", code=1).output
    )
    (site.parent / "papers.toml").unlink()
    assert "cannot be read" in run("list", "poll", "papers").output
    exported = run("config", "export").output
    assert "[[list]]" in exported
    assert "[[source]]" not in exported


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ('slug = "x"', "config.toml:9: list: url is missing"),
        ('slug = "x"\nurl = "x.opml"\nevery = "30m"', "config.toml:12: list.every: expected at least 3600 seconds"),
        ('slug = "x"\nurl = "x.opml"\nis_paused = true', "list.is_paused: no such setting; did you mean paused?"),
        ('slug = "x"\nurl = "x.opml"\nnew_hosts = -1', "list.new_hosts: expected a number from 0"),
        ('slug = "x"\nurl = "x.opml"\ntopics = ["see"]', "list.topics: no [[topic]] has the slug see; did you mean sea?"),
        ('slug = "x"\nurl = "ftp://x.example/l"', "list.url: expected an address that begins with http"),
        ('slug = "x"\nurl = "https://me:pw@x.example/l"', "without a name or password in it"),
        ('slug = "x"\nurl = "http://127.0.0.1:8080/sources.opml"', "this site's own address"),
        ('slug = "x"\nurl = "a.opml"\n[[list]]\nslug = "x"\nurl = "b.opml"', "list.slug: x is declared twice"),
        ('slug = "x"\nurl = "a.opml"\n[[list]]\nslug = "y"\nurl = "a.opml"', "list.url: "),
    ],
)  # fmt: skip
def test_faults_of_a_declared_list_are_told_with_their_line(
    run: Run, site: Path, lines: str, expected: str
) -> None:
    with site.open("a") as file:
        file.write(f"[[list]]\n{lines}\n")
    assert expected in run("config", "check", code=1).output


def test_a_list_in_a_file_is_checked_without_a_database(run: Run, site: Path, tmp_path: Path) -> None:
    path = tmp_path / "papers.toml"
    path.write_text(
        '[[source]]\nurl = "https://a.example/f"\ntitle = "A"\n[[source]]\nurl = "http://10.0.0.8/f"\n'
        '[[source]]\nurl = "https://a.example/f"\n[[source]]\nurl = "https://b.example/f"\ntopics = ["air"]\n'
        '[[source]]\nurl = "https://c.example/f"\npassword = "env:X"\n'
    )
    done = run("list", "check", str(path), "--topic", "sea", code=1)
    assert done.stdout.splitlines() == [
        "papers.toml:1: https://a.example/f  A → sea",
        "papers.toml:4: http://10.0.0.8/f  without a title → sea",
        "    wrong: http://10.0.0.8/f is no public address: give one that everybody can reach.",
        "papers.toml:6: https://a.example/f  without a title → sea",
        "    wrong: Its address stands in line 1 already: take one of them out.",
        "papers.toml:8: https://b.example/f  without a title → air",
        "    wrong: 'air' is none of the list's topics (sea).",
        "wrong: papers.toml:13: source.password: a list may not state this, only url, title, slug, home, topics,"
        " language, timezone, kind, links, only, was; set it here once the source is there",
    ]
    found = told(run("list", "check", str(path), "--json", code=1))
    assert (found["good"], [bool(one["fault"]) for one in found["entries"]]) == (
        False,
        [False, True, True, False],
    )
    path.write_text("[[source]\n")
    assert "papers.toml:1: this is not TOML" in run("list", "check", str(path), code=1).output
    assert not (site.parent / "data.db").exists()


def test_a_change_of_a_list_is_told_as_what_enters_leaves_and_is_renamed(run: Run, tmp_path: Path) -> None:
    old, new = tmp_path / "old.opml", tmp_path / "new.opml"
    line = '<outline type="rss" text="{0}" xmlUrl="https://{1}.example/f" htmlUrl="https://{0}.example/"/>\n'
    old.write_text(
        f"<opml><body>\n{line.format('a', 'a')}{line.format('b', 'b')}{line.format('c', 'c')}</body></opml>"
    )
    new.write_text(
        f"<opml><body>\n{line.format('a', 'a')}{line.format('b', 'x')}{line.format('d', 'd')}</body></opml>"
    )
    assert run("list", "check", str(new), "--against", str(old)).output.splitlines() == [
        "new.opml:3: renamed: https://x.example/f (was https://b.example/f)  b",
        "new.opml:4: enters: https://d.example/f  d",
        "leaves: https://c.example/f  c",
    ]
    same = run("list", "check", str(new), "--against", str(new))
    assert same.output == "No source was added, removed or renamed.\n"


def test_a_preview_fetches_each_entry_and_shows_its_newest_titles(run: Run, site: Path, land: Farm) -> None:
    path = site.parent / "papers.opml"
    path.write_bytes(opml(land, "a", "x"))
    done = run("list", "check", str(path), "--preview", code=1)
    lines = done.stdout.splitlines()
    assert lines[1] == "    News of a"
    assert "There is nothing at this address" in lines[3]
    assert not (site.parent / "data.db").exists()
    assert len({path for _, path, _ in land.asked}) == len(land.asked), "nothing is asked for twice"


def test_the_list_that_a_source_came_from_is_there_for_programs(run: Run, site: Path, land: Farm) -> None:
    land.pages["/list.opml"] = opml(land, "a")
    run("list", "add", "papers", land.url("/list.opml"))
    store = open_store(load(site, {}))
    row = store.sources.get("a")
    store.close()
    assert row is not None
    assert row.source.origin == "list"
    run("source", "set", "a", "--share", "excerpt")
    assert told(run("source", "show", "a", "--json"))["lists"] == ["papers"]
    shown = told(run("log", "list", "--kind", "list", "--json"))
    assert [one["what"] for one in shown] == ["added the list Papers"]
