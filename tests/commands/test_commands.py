"""The command line over a real site, a real store and real sources on loopback."""

from __future__ import annotations

import json
import os
import sqlite3
import stat
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from commands.root import GROUPS, cli
from commands.site import NEXT_BEAT_S
from db.engines.sqlite import SqliteEngine
from db.kept import SCHEDULER, SCHEDULER_ENDED
from feeds.actions.operating.backups import copy_name
from feeds.clock import system_clock
from feeds.config.load import load
from feeds.model.deliveries import Receiver
from feeds.model.outgoing import FeedKey
from feeds.model.passed_on import COLUMNS
from parts.store import open_store, prepare_store
from tests.fakes import MovedClock, Newsroom, item, rss
from tests.farm import Farm, farm

PAGE = b'<html><head><link rel="alternate" type="application/rss+xml" href="/news.rss"></head></html>'
Run = Callable[..., Result]


@pytest.fixture(scope="module")
def land() -> Iterator[Farm]:
    with farm() as land:
        land.pages["/"] = PAGE
        by = "<dc:creator>Ines Halvorsen</dc:creator><category>Sea</category>"
        land.pages["/news.rss"] = rss(item(1, extra=by), item(2, extra=by), item(3)).encode()
        yield land


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A site's config file; the environment is put back after the test."""
    monkeypatch.setenv("FEEDWRIGHT_CONFIG", "")
    folder = tmp_path / "site"
    done = CliRunner().invoke(cli, ["init", str(folder), "--title", "My site", "--yes"])
    assert done.exit_code == 0, done.output
    with (folder / "config.toml").open("a") as file:
        file.write('[fetch]\nallow = ["127.0.0.0/8"]\n[poll]\npause = 0\n')
    return folder / "config.toml"


@pytest.fixture
def run(site: Path) -> Run:
    def invoke(*arguments: str, code: int = 0, typed: str | None = None) -> Result:
        done = CliRunner().invoke(cli, ["--config", str(site), *arguments], input=typed)
        assert done.exit_code == code, done.output + repr(done.exception)
        return done

    return invoke


def told(done: Result) -> Any:
    return json.loads(done.stdout)


def test_every_group_and_command_explains_itself() -> None:
    runner = CliRunner()
    listed = runner.invoke(cli, ["--help"]).output
    for name in GROUPS:
        assert name in listed
        shown = runner.invoke(cli, [name, "--help"])
        assert shown.exit_code == 0
        for line in shown.output.partition("Commands:")[2].splitlines():
            if line.strip():
                command = line.split()[0]
                assert len(line.split()) > 2, f"{name} {command} has no help"
                assert runner.invoke(cli, [name, command, "--help"]).exit_code == 0


def test_an_unknown_command_names_all_there_are() -> None:
    done = CliRunner().invoke(cli, ["sourse"])
    assert done.exit_code == 2
    assert "There is no command 'sourse'; there are init, source" in done.output


# init and config


def test_init_writes_a_site_for_its_owner_alone_and_never_touches_one(site: Path) -> None:
    assert stat.S_IMODE(site.stat().st_mode) == 0o600
    assert (site.parent / "data").is_dir()
    before = site.read_text()
    done = CliRunner().invoke(cli, ["init", str(site.parent), "--yes"])
    assert done.exit_code == 1
    assert "stays as it is" in done.output
    assert site.read_text() == before


def test_init_asks_again_where_an_answer_is_wrong(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FEEDWRIGHT_CONFIG", "")
    typed = "Quay\nnews.example\nhttps://news.example\n\nen\n"
    done = CliRunner().invoke(cli, ["init", str(tmp_path / "quay")], input=typed)
    assert done.exit_code == 0, done.output
    assert "expected an address that begins with http" in done.output
    settings = load(tmp_path / "quay/config.toml", {})
    assert (settings.site.title, settings.site.base_url, settings.site.contact) == (
        "Quay",
        "https://news.example",
        None,
    )


def test_init_refuses_wrong_options_and_the_checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FEEDWRIGHT_CONFIG", "")
    done = CliRunner().invoke(cli, ["init", str(tmp_path / "x"), "--base-url", "nope", "--yes"])
    assert (done.exit_code, (tmp_path / "x").exists()) == (1, False)
    assert "base_url" in done.output


def test_config_check_tells_every_mistake(run: Run, site: Path) -> None:
    assert "is right: 0 sources, 0 topics, 0 authors declared." in run("config", "check").output
    before = site.read_text()
    site.write_text(before + '[[partner]]\nslug = "daily"\nname = "The Daily"\n')
    assert "0 authors, 1 partner declared." in run("config", "check").output
    site.write_text(before)
    with site.open("a") as file:
        file.write("pauze = 3\n[webb]\n")
    done = run("config", "check", code=1)
    assert "poll.pauze: no such setting; did you mean pause?" in done.output
    assert "webb: no such section; did you mean web?" in done.output
    assert told(run("config", "check", "--json", code=1))["ok"] is False
    assert "did you mean pause?" in run("source", "list", code=1).output


def test_config_check_says_that_backup_is_not_for_postgresql(run: Run, site: Path) -> None:
    with site.open("a") as file:
        file.write('[backup]\nevery = "1d"\n')
    assert "pg_dump" not in run("config", "check").output
    text = site.read_text()
    site.write_text(text.replace('url = "data/feedwright.db"', 'url = "postgresql://news@db.example/news"'))
    assert "for PostgreSQL let pg_dump run by cron" in run("config", "check").output


# sources


def test_a_source_from_page_to_articles(run: Run, land: Farm) -> None:
    done = run("source", "add", land.url("/"), typed="y\n")
    assert "Harbour News" in done.output
    assert "Found by: the page states it; it holds 3 entries." in done.output
    assert "Authors: Ines Halvorsen." in done.output
    polled = told(run("source", "poll", "--json"))["sources"]["harbour-news"]
    assert (polled["new"], polled["status"]) == (3, "well")
    (row,) = told(run("source", "list", "--json"))
    assert (row["slug"], row["articles"], row["address"]) == ("harbour-news", 3, land.url("/news.rss"))
    assert "well: The last poll brought articles." in run("source", "show", "harbour-news").output
    assert "Ines Halvorsen" in run("author", "list").output
    assert told(run("author", "list", "--json"))[0]["articles"] == 2
    shown = told(run("article", "show", "1", "--json"))
    assert shown["source"] == "harbour-news"
    assert {one.key for one in COLUMNS.values() if one.kind != "episode"} <= set(shown)
    assert "title:" in run("article", "show", "1").output
    assert "There is no article 99" in run("article", "show", "99", code=1).output


def test_rights_are_shown_before_anything_is_added(run: Run, land: Farm) -> None:
    land.pages["/bound.rss"] = rss(item(1), extra="<copyright>© Harbour News</copyright>").encode()
    done = run("source", "add", land.url("/bound.rss"), "--dry-run")
    assert "Rights: © Harbour News\n" in done.output
    assert "Rights" not in run("source", "add", land.url("/"), "--dry-run").output


def test_saying_no_or_dry_run_adds_nothing(run: Run, land: Farm) -> None:
    run("source", "add", land.url("/"), typed="n\n", code=1)
    assert "add --yes to confirm" in run("source", "add", land.url("/"), typed="", code=1).output
    assert "Nothing was added" in run("source", "add", land.url("/"), "--dry-run").output
    assert told(run("source", "add", land.url("/"), "--dry-run", "--json"))["added"] is None
    assert told(run("source", "list", "--json")) == []


def test_scripts_add_without_being_asked(run: Run, land: Farm) -> None:
    added = told(run("source", "add", land.url("/news.rss"), "--yes", "--json", "--slug", "post"))
    assert (added["added"], added["title"]) == ("post", "Harbour News")
    assert "already polled, as 'post'" in run("source", "add", land.url("/"), "--yes", code=1).output


def test_what_the_guard_does_not_let_through_is_told(run: Run, site: Path, land: Farm) -> None:
    site.write_text(site.read_text().replace('allow = ["127.0.0.0/8"]', "allow = []"))
    done = run("source", "add", land.url("/"), code=1)
    assert "fetch" in done.output
    assert "public" in done.output


def test_removing_says_what_goes_and_asks(run: Run, land: Farm) -> None:
    run("source", "add", land.url("/news.rss"), "--yes")
    run("source", "poll")
    done = run("source", "remove", "harbour-news", "--dry-run")
    assert "3 articles of it stay" in done.output
    run("source", "remove", "harbour-news", typed="n\n", code=1)
    assert len(told(run("source", "list", "--json"))) == 1
    run("source", "pause", "harbour-news")
    assert told(run("source", "list", "--json"))[0]["state"] == "paused"
    run("source", "resume", "harbour-news")
    run("source", "remove", "harbour-news", "--yes")
    assert told(run("source", "list", "--json")) == []
    assert "There is no source 'nope'; there are none yet" in run("source", "show", "nope", code=1).output


def test_the_file_owns_what_it_declares(run: Run, site: Path, land: Farm) -> None:
    with site.open("a") as file:
        file.write(f'[[source]]\nurl = "{land.url("/news.rss")}"\nslug = "post"\n')
    assert [row["slug"] for row in told(run("source", "list", "--json"))] == ["post"]
    done = run("source", "pause", "post", code=1)
    assert "config.toml:" in done.output
    assert "so it is changed there" in done.output


# topics, lists, database


def test_topics_from_labels_to_a_feed(run: Run, land: Farm) -> None:
    run("source", "add", land.url("/news.rss"), "--yes")
    run("source", "poll")
    assert told(run("topic", "labels", "--json")) == [
        {"label": "Sea", "articles": 2, "sources": 1, "topics": []}
    ]
    assert "2 of 3 articles would belong" in run("topic", "try", "--category", "sea").output
    assert "sea holds 2 articles: /topics/sea" in run("topic", "add", "sea", "--category", "Sea").output
    (row,) = told(run("topic", "list", "--json"))
    assert (row["slug"], row["articles"], row["categories"]) == ("sea", 2, ["Sea"])
    assert told(run("topic", "try", "sea", "--json"))["matched"] == 2
    assert "take 'big-sea'" in run("topic", "add", "Big Sea", "--category", "x", code=1).output
    land.pages["/other.rss?api_key=0123456789abcdef0123"] = rss(item(9), title="Other").encode()
    run("source", "add", f"{land.url('/other.rss')}?api_key=0123456789abcdef0123", "--yes")
    exported = run("config", "export").output
    # It is there to be read in again, so it is whole; whoever asked for it is told.
    assert "api_key=0123456789abcdef0123" in exported
    assert "Keep this to yourself: the address of other" in exported
    assert 'slug = "sea"' in exported
    assert 'slug = "harbour-news"' in exported


def test_a_topic_is_shown_renamed_paused_and_keeps_what_is_not_named(run: Run, land: Farm) -> None:
    run("source", "add", land.url("/news.rss"), "--yes")
    run("source", "poll")
    run(
        "topic", "add", "water", "--title", "On water", "--description", "All of it.", "--category", "Nothing"
    )
    run("topic", "add", "sea", "--category", "Sea", "--parent", "water")
    run("topic", "add", "water", "--phrase", "no such words")
    shown = run("topic", "show", "water").output
    assert "title:        On water\n" in shown
    assert "description:  All of it.\n" in shown
    assert "below it:     sea\n" in shown
    assert "/topics/ocean. The old address leads there." in run("topic", "rename", "water", "ocean").output
    assert told(run("topic", "show", "water", "--json"))["slug"] == "ocean"
    assert told(run("topic", "show", "sea", "--json"))["parent"] == ["ocean"]
    assert "take 'big-sea'" in run("topic", "rename", "ocean", "Big Sea", code=1).output
    assert "used for another topic" in run("topic", "rename", "ocean", "sea", code=1).output
    assert "There is no topic 'nil'; there are ocean, sea." in run("topic", "show", "nil", code=1).output
    assert "./run topic resume sea" in run("topic", "pause", "sea").output
    run("topic", "add", "ocean", "--category", "")
    assert told(run("topic", "show", "sea", "--json"))["state"] == "paused"
    assert "sea holds 2 articles" in run("topic", "resume", "sea").output


def test_an_author_is_renamed(run: Run, land: Farm) -> None:
    run("source", "add", land.url("/news.rss"), "--yes")
    run("source", "poll")
    slug = told(run("author", "list", "--json"))[0]["slug"]
    assert f"{slug} is the-first now" in run("author", "rename", slug, "the-first").output
    assert told(run("author", "show", slug, "--json"))["slug"] == "the-first"
    assert "take 'a-b'" in run("author", "rename", slug, "A B", code=1).output


def test_lists_in_and_out(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "list.opml"
    file.write_text(
        '<opml version="2.0"><body><outline text="Far Sea"><outline type="rss" text="A" xmlUrl="https://a.example/f"/>'
        '</outline><outline type="rss" text="Bad" xmlUrl="gopher://x"/></body></opml>'
    )
    assert told(run("opml", "import", "--dry-run", "--json", str(file)))["added"] == ["https://a.example/f"]
    done = run("opml", "import", "--folders-as-topics", str(file))
    assert "1 source added" in done.output
    assert "Topics made: far-sea" in done.output
    assert "Left out: 'gopher://x' is no address" in done.output
    assert 'xmlUrl="https://a.example/f"' in run("opml", "export").stdout
    out = tmp_path / "out.opml"
    run("opml", "export", "--output", str(out))
    assert "1 were there already" in run("opml", "import", str(out)).output


def test_backup_and_restore(run: Run, site: Path, tmp_path: Path, land: Farm) -> None:
    run("source", "add", land.url("/news.rss"), "--yes")
    assert "The database is well." in run("db", "check").output
    copy = tmp_path / "copy.db"
    run("db", "backup", str(copy))
    assert "exists" in run("db", "backup", str(copy), code=1).output
    run("source", "remove", "harbour-news", "--yes")
    assert "kept" in run("db", "restore", str(copy), "--yes").output
    assert len(told(run("source", "list", "--json"))) == 1
    kept = [file for file in (site.parent / "data").iterdir() if "before-restore" in file.name]
    assert len(kept) == 1
    assert "is up to date" in run("db", "migrate").output


def test_a_running_family_is_not_restored_under(run: Run, site: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy.db"
    run("db", "backup", str(copy))
    store = open_store(load(site, {}))
    store.kept.beat("scheduler", system_clock())
    store.close()
    assert "stop it first" in run("db", "restore", str(copy), "--yes", code=1).output


def test_a_copy_is_restored_as_soon_as_the_scheduler_has_stopped(
    run: Run, site: Path, tmp_path: Path
) -> None:
    copy = tmp_path / "copy.db"
    run("db", "backup", str(copy))
    store, now = open_store(load(site, {})), system_clock()
    store.kept.beat(SCHEDULER, now - timedelta(seconds=8))
    store.kept.beat(SCHEDULER_ENDED, now - timedelta(seconds=NEXT_BEAT_S + 1))
    store.close()
    assert "kept" in run("db", "restore", str(copy), "--yes").output


def test_of_several_schedulers_one_that_stops_lets_nobody_restore(
    run: Run, site: Path, tmp_path: Path
) -> None:
    copy = tmp_path / "copy.db"
    run("db", "backup", str(copy))
    store, now = open_store(load(site, {})), system_clock()
    store.kept.beat(SCHEDULER_ENDED, now - timedelta(seconds=3))
    store.kept.beat(SCHEDULER, now - timedelta(seconds=2))
    store.close()
    assert "stop it first" in run("db", "restore", str(copy), "--yes", code=1).output


def test_a_file_that_is_no_database_is_told(run: Run, site: Path) -> None:
    run("db", "migrate")
    (site.parent / "data/feedwright.db").write_bytes(b"not a database, certainly not one of SQLite" * 100)
    done = run("source", "list", code=1)
    assert done.output.startswith("Error: ")
    assert "Traceback" not in done.output


def test_a_newer_schema_is_refused_in_a_sentence(run: Run, site: Path) -> None:
    run("db", "migrate")
    path = site.parent / "data/feedwright.db"
    with sqlite3.connect(path) as connection:
        names = [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        table = next(name for name in names if "migration" in name)
        columns = [row[1] for row in connection.execute(f'PRAGMA table_info("{table}")')]
        row = connection.execute(f'SELECT * FROM "{table}" LIMIT 1').fetchone()
        newer = [
            "9999_from_the_future" if isinstance(value, str) and "_" in value else value for value in row
        ]
        newer = [9999 if isinstance(value, int) else value for value in newer]
        marks = ", ".join("?" for _ in columns)
        connection.execute(f'INSERT INTO "{table}" VALUES ({marks})', newer)
    connection.close()
    done = run("source", "list", code=1)
    assert "newer" in done.output


def test_a_source_that_a_hub_could_tell_us_of_says_so_and_what_is_missing(run: Run, land: Farm) -> None:
    hub = '<atom:link xmlns:atom="http://www.w3.org/2005/Atom" rel="hub" href="https://hub.example/"/>'
    land.pages["/told.rss"] = rss(item(1), extra=hub).encode()
    added = told(run("source", "add", land.url("/told.rss"), "--yes", "--json"))["added"]
    run("source", "poll", added)
    shown = told(run("source", "show", added, "--json"))["hub"]
    assert shown == "hub.example could tell us: set [site] base_url, and [poll] websub = true"
    assert f"hub:            {shown}" in run("source", "show", added).output
    assert [one["hub"] for one in told(run("source", "list", "--json"))] == [shown]
    assert "wanted" in run("source", "list").output
    found = {one["name"]: one for one in told(run("doctor", "--json", code=1))}
    assert not found["hubs"]["ok"]
    assert "1 source could be told of at once" in found["hubs"]["told"]


def test_the_doctor_names_settings_that_do_nothing_without_an_address(run: Run, site: Path) -> None:
    with site.open("a") as file:
        file.write('[publish]\nindexnow = "https://search.example/"\n[mail]\nsender = "feeds@news.example"\n')
    found = {one["name"]: one for one in told(run("doctor", "--json", code=1))}
    assert "nothing comes of [publish] indexnow, [mail] sender" in found["base address"]["told"]


def test_the_doctor_looks_at_the_age_of_the_newest_copy(run: Run, site: Path) -> None:
    def backup() -> tuple[bool, str]:
        found = {one["name"]: one for one in told(run("doctor", "--json", code=1))}["backup"]
        return found["ok"], found["told"]

    assert backup() == (True, "none is taken: [backup] every is unset")
    with site.open("a") as file:
        file.write('[backup]\nevery = "1d"\nto = "copies"\n')
    folder = site.parent / "copies"
    assert backup() == (False, f"there is no copy yet in {folder}")
    folder.mkdir()
    stem = Path(load(site, {}).database.url).stem
    for days, is_well in ((3, False), (1, True)):
        (folder / copy_name(stem, system_clock() - timedelta(days=days))).touch()
        assert backup()[0] is is_well, days
    assert backup()[1].startswith("the newest was taken ")


def test_the_doctor_names_what_is_wrong_and_its_cure(run: Run) -> None:
    found = {one["name"]: one for one in told(run("doctor", "--json", code=1))}
    assert set(found) == {
        "base address", "permissions", "disk", "DNS", "clock", "database", "signs of life", "alerts",
        "scheduler", "declarations", "sources", "hubs", "own hub", "alert channels", "backup",
    }  # fmt: skip
    assert not found["scheduler"]["ok"]
    assert "base_url is not set" in found["base address"]["told"]
    assert all(one["cure"] or one["ok"] for one in found.values())
    assert found["permissions"]["ok"]
    assert "LOOK  scheduler" in run("doctor", code=1).output
    assert found["alert channels"] == {
        "name": "alert channels",
        "ok": True,
        "told": "nobody is told: [alerts] names no channel",
        "cure": "Mend it, then try it: ./run alert test. docs/operate.md says more.",
    }


def test_while_another_program_writes_commands_still_look_and_the_doctor_says_so(
    run: Run, site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run("db", "migrate")
    run("alert", "list")
    defaults = SqliteEngine.__init__.__kwdefaults__
    assert defaults
    monkeypatch.setitem(defaults, "busy_s", 0.05)
    other = sqlite3.connect(load(site, {}).database.url, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    assert run("alert", "list").output == "Nothing needs you.\n"
    assert run("source", "list").exit_code == 0
    found = {one["name"]: one for one in told(run("doctor", "--json", code=1))}
    assert found["database"]["told"] == "The database is busy: another program holds its write lock."
    assert "fuser -v" in found["database"]["cure"]
    with site.open("a") as file:
        file.write('[[topic]]\nslug = "sea"\ntitle = "Sea"\nphrases = ["sea"]\n')
    assert "config.toml is not applied: The database is busy" in run("alert", "list").stderr
    other.execute("ROLLBACK")
    other.close()
    run("alert", "list")
    assert "sea" in run("topic", "list").output


def test_a_source_that_becomes_private_says_so_and_counts_its_articles(run: Run, land: Farm) -> None:
    land.pages["/pier.rss"] = rss(item(1), item(2)).encode()
    added = told(run("source", "add", land.url("/pier.rss"), "--yes", "--json"))["added"]
    run("source", "poll", added)
    private = run("source", "set", added, "--user", "desk", "--password", "file:pw").output
    assert f"./run source set {added} --audience public" in private
    shown = told(run("source", "show", added, "--json"))
    assert (shown["audience"], shown["articles"]) == ("private", 2)
    assert "audience" not in run("source", "set", added, "--user", "mara").output
    run("source", "set", added, "--audience", "public")
    shown = told(run("source", "show", added, "--json"))
    assert (shown["audience"], shown["articles"]) == ("public", 2)


def test_the_doctor_shows_a_channel_that_fails(run: Run, site: Path) -> None:
    site.write_text(site.read_text() + '[alerts]\ncommand = ["page-me"]\n')
    run("db", "migrate")
    store = open_store(load(site, {}))
    store.alerts.open("channel", "command", "Alerts do not get through by command.", system_clock())
    store.close()
    found = {one["name"]: one for one in told(run("doctor", "--json", code=1))}
    assert not found["alert channels"]["ok"]
    assert found["alert channels"]["told"] == "Alerts do not get through by command."


def test_the_environment_of_the_process_is_what_it_was() -> None:
    assert "FEEDWRIGHT_WEB_PORT" not in os.environ


def test_authors_are_shown_set_merged_and_split(run: Run, land: Farm) -> None:
    other = "<dc:creator>I. Halvorsen</dc:creator>"
    land.pages["/authors.rss"] = rss(
        item(7, extra=other), item(8, extra="<dc:creator>Bo Lind</dc:creator>")
    ).encode()
    run("source", "add", land.url("/news.rss"), "--yes")
    run("source", "add", land.url("/authors.rss"), "--yes")
    run("source", "poll")
    (proposal,) = told(run("author", "suggest", "--json"))
    assert proposal["evidence"] == ["the same name with initials, at the same publisher"]
    assert [one["slug"] for one in proposal["authors"]] == ["ines-halvorsen", "i-halvorsen"]
    assert "with initials, at the same publisher" in run("author", "suggest").output
    run(
        "author",
        "set",
        "bo-lind",
        "--role",
        "Harbour critic",
        "--link",
        "https://bo.example/",
        "--known-as",
        "B. Lind",
    )
    shown = told(run("author", "show", "bo-lind", "--json"))
    assert (shown["role"], shown["links"], shown["known_as"]) == (
        "Harbour critic",
        ["https://bo.example/"],
        ["B. Lind"],
    )
    assert "role:            Harbour critic" in run("author", "show", "bo-lind").output
    assert "Say what to set" in run("author", "set", "bo-lind", code=1).output
    assert "begins with http" in run("author", "set", "bo-lind", "--picture", "portrait", code=1).output
    run("author", "merge", "i-halvorsen", "ines-halvorsen", code=1, typed="n\n")
    merged = run("author", "merge", "i-halvorsen", "ines-halvorsen", "--yes").output
    assert "i-halvorsen is ines-halvorsen now" in merged
    assert told(run("author", "show", "i-halvorsen", "--json"))["articles"] == 3
    assert (
        "i-halvorsen now, with 1 article" in run("author", "split", "ines-halvorsen", "I. Halvorsen").output
    )
    assert "no author 'nobody'" in run("author", "show", "nobody", code=1).output
    assert "different people" in run("author", "apart", "bo-lind", "ines-halvorsen").output
    assert "was so already" in run("author", "apart", "bo-lind", "ines-halvorsen").output
    assert told(run("author", "show", "bo-lind", "--json"))["not_the_same_as"] == ["ines-halvorsen"]
    assert "not the same as: ines-halvorsen" in run("author", "show", "bo-lind").output
    undone = run("author", "apart", "--undo", "bo-lind", "ines-halvorsen", "--json")
    assert told(undone) == {"authors": ["bo-lind", "ines-halvorsen"], "apart": False, "changed_pairs": 1}
    assert "Name at least two authors" in run("author", "apart", "bo-lind", code=1).output


def test_terms_of_use_are_shown_with_source_and_article(run: Run, land: Farm) -> None:
    terms = (
        '<rsl:content xmlns:rsl="https://rslstandard.org/rsl" url="/"><rsl:license><rsl:payment type="subscription"/>'
        "</rsl:license><rsl:terms>https://harbour.example/terms</rsl:terms></rsl:content>"
    )
    land.pages["/terms.rss"] = rss(item(31, body="All of it."), extra=terms).encode()
    run("source", "add", land.url("/terms.rss"), "--yes")
    run("source", "poll")
    (slug,) = [one["slug"] for one in told(run("source", "list", "--json"))]
    words = "payment subscription; https://harbour.example/terms"
    shown = told(run("source", "show", slug, "--json"))
    assert (shown["terms"], shown["terms_forbid"]) == ([words], "they ask for payment (subscription)")
    assert f"terms:          {words}" in run("source", "show", slug).output
    explained = told(run("article", "explain", "1", "--json"))
    assert explained["terms"] == [words]
    assert explained["share"].startswith("headline, because of its source's terms of use")
    output = run("article", "explain", "1").output
    assert "Passed on: headline, because of its source's terms of use: they ask for payment" in output
    assert f"Terms of use: {words}" in output
    assert told(run("article", "show", "1", "--json"))["terms"] == [words]


def test_advice_names_the_line_of_the_file_that_owns_the_source(run: Run, site: Path, land: Farm) -> None:
    with site.open("a") as file:
        file.write(f'[[source]]\nurl = "{land.url("/nowhere")}"\nslug = "post"\n')
    line = site.read_text().splitlines().index("[[source]]") + 1
    run("config", "check")
    run("source", "poll", "post")
    assert f"config.toml, line {line}, declares it: change it there." in run("source", "show", "post").output
    assert "It is declared in config.toml: change it there." in run("alert", "list").output


def test_who_is_told_is_listed_by_host_and_can_be_ended(run: Run, site: Path) -> None:
    assert "Nobody asked to be told" in run("hub", "list").output
    store = open_store(load(site, {}))
    feed_id = store.feeds.id_of(FeedKey(kind="all"))
    assert feed_id is not None
    receiver = store.deliveries.put_receiver(
        Receiver(
            kind="websub",
            url="https://reader.example/cb",
            host="reader.example",
            domain="reader.example",
            feed_id=feed_id,
            format="atom",
            state="live",
            asked_at=system_clock(),
        )
    )
    store.deliveries.add(receiver, subject=str(feed_id), seq=1, now=system_clock())
    store.close()
    (host,) = told(run("hub", "list", "--json"))
    assert (host["host"], host["receivers"], host["waiting"], host["state"]) == (
        "reader.example",
        1,
        1,
        "not told yet",
    )
    (shown,) = told(run("hub", "show", "reader.example", "--json"))
    assert (shown["feed"], shown["format"], shown["state"]) == ("/all", "atom", "live")
    assert "https://reader.example/cb" in run("hub", "show", "reader.example").output
    assert "gets nothing more" in run("hub", "end", str(receiver.id)).output
    assert told(run("hub", "show", "reader.example", "--json"))[0]["state"] == "ended"
    assert told(run("hub", "list", "--json"))[0]["waiting"] == 0
    assert "There is no receiver 99" in run("hub", "end", "99", code=1).output


def test_what_keep_lets_go_of_is_told_before(run: Run, site: Path) -> None:
    prepare_store(load(site, {}))
    store = open_store(load(site, {}))
    room = Newsroom(store, clock=MovedClock(system_clock() - timedelta(days=400)))
    room.add("https://harbour.example/feed", rss(item(1, date=room.clock())))
    room.round()
    room.web.put("https://harbour.example/feed", rss(item(1, title="Told anew", date=room.clock())))
    room.again()
    store.close()
    said = run("tidy", "--dry-run").output
    assert "1 former version is older than [keep] versions" in said
    assert "[keep] articles is not set" in said
    with site.open("a") as file:
        file.write('[keep]\nversions = 0\narticles = "365d"\n')
    said = run("tidy", "--dry-run").output
    assert "former version" not in said
    assert "1 article of 1 is older than [keep] articles" in said
    assert "1 article deleted" in run("tidy", "--yes").output
