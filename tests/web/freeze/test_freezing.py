"""Freezing again and again: what changed is written, what is gone is removed, half a state is never seen."""

from __future__ import annotations

import fcntl
import json
import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import feedparser
import pytest
from click.testing import CliRunner

from commands.root import cli
from db.store import Store
from feeds.actions.publishing.publish import publish_touched
from feeds.errors import RequestError
from tests.fakes import Newsroom, item, rss
from tests.web.freeze.frozen import BASE, OTHER, ask, caddy, frozen, furnish, nginx, running_app, told
from web.freeze.tree import CURRENT, new_state
from web.freeze.walk import month_closed_by


@pytest.fixture
def room(sqlite_store: Store) -> Newsroom:
    return furnish(sqlite_store)


@pytest.fixture
def small(sqlite_store: Store) -> Newsroom:
    """The same with one archive of each long feed: where it does not matter how much there is."""
    return furnish(sqlite_store, articles=120)


@pytest.fixture
def tiny(sqlite_store: Store) -> Newsroom:
    """The same without any archive: where it matters how files are written, not which."""
    return furnish(sqlite_store, articles=20)


def files_of(folder: Path) -> dict[str, tuple[int, bytes]]:
    """The files of the present state: each with its inode and its bytes."""
    root = (folder / "frozen" / CURRENT).resolve()
    return {
        str(path.relative_to(root)): (path.stat().st_ino, path.read_bytes())
        for path in root.rglob("*")
        if path.is_file()
    }


def test_a_second_run_writes_nothing_but_where_it_stands(tiny: Newsroom, tmp_path: Path) -> None:
    first = frozen(tiny, tmp_path)
    before = files_of(tmp_path)
    tiny.clock.move(hours=1)
    second = frozen(tiny, tmp_path)
    after = files_of(tmp_path)
    assert second.removed == 0
    anew = {name for name, (inode, _) in after.items() if before[name][0] != inode}
    configuration = {
        "Caddyfile",
        "nginx.conf",
        "nginx/maps.conf",
        "nginx/locations.conf",
        "nginx/addresses.map",
    }
    # What makes its bytes anew with each request is allowed to: nothing is.
    assert anew == configuration
    assert second.written == len(configuration) - 1
    assert second.kept == first.written - second.written
    assert before["nginx/addresses.map"][1] == after["nginx/addresses.map"][1], "also the dates stay"


def test_a_third_run_writes_what_changed_and_removes_what_is_gone(room: Newsroom, tmp_path: Path) -> None:
    frozen(room, tmp_path)
    before = files_of(tmp_path)
    room.web.put(OTHER, rss(item("q9", title="Quay 9", body="News of the sea.")))
    room.again()
    [gone] = room.store.articles.ids_of(
        [row["urn"] for row in room.store.engine.rows("SELECT urn FROM articles WHERE title = 'Story 5'")]
    )
    room.store.articles.withdraw(gone, reason="it was wrong", now=room.clock())
    publish_touched(room.store, room.clock())
    found = frozen(room, tmp_path)
    after = files_of(tmp_path)
    assert found.removed >= 2
    assert f"site/articles/{gone}.html" in before
    assert f"site/articles/{gone}.html" not in after
    assert b"it was wrong" in after[f"gone/articles/{gone}.html"][1]
    assert b"Quay 9" in after["site/all.atom"][1]
    same = [name for name, one in after.items() if before.get(name) == one]
    assert len(same) > len(after) * 2 / 3, "articles and old archives were linked"
    assert len(list((tmp_path / "frozen").glob("2*"))) == 2, (
        "the former state stays for servers that serve it yet"
    )


def test_a_freeze_that_fails_leaves_the_former_state(tiny: Newsroom, tmp_path: Path) -> None:
    frozen(tiny, tmp_path)
    before = files_of(tmp_path)

    def fail(done: int, total: int, at: str) -> None:
        assert (tmp_path / "frozen" / CURRENT / "nginx.conf").exists()
        if done == 40:
            raise OSError("no space left")

    with pytest.raises(OSError, match="no space left"):
        frozen(tiny, tmp_path, progress=fail)
    assert files_of(tmp_path) == before
    assert not list((tmp_path / "frozen").glob("*.part"))


def test_a_folder_with_other_things_is_not_touched(tmp_path: Path, tiny: Newsroom) -> None:
    (tmp_path / "frozen").mkdir()
    (tmp_path / "frozen" / "thesis.txt").write_text("years of work")
    with pytest.raises(RequestError, match="holds other files"):
        frozen(tiny, tmp_path)
    assert (tmp_path / "frozen" / "thesis.txt").exists()


def test_two_freezes_do_not_write_into_one_folder(tmp_path: Path, tiny: Newsroom) -> None:
    with new_state(tmp_path / "frozen", tiny.clock()), pytest.raises(RequestError, match="Another freeze"):
        frozen(tiny, tmp_path)
    with (tmp_path / "frozen" / ".feedwright-frozen").open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)


def test_freezing_writes_no_rendered_feed_into_the_store(tmp_path: Path, tiny: Newsroom) -> None:
    count = "SELECT count(*) AS n FROM rendered"
    before = tiny.store.engine.rows(count)
    frozen(tiny, tmp_path)
    assert tiny.store.engine.rows(count) == before


def test_for_nginx_alone_there_are_no_files_of_caddy(tmp_path: Path, tiny: Newsroom) -> None:
    found = frozen(tiny, tmp_path, servers=("nginx",))
    files = files_of(tmp_path)
    assert "Caddyfile" not in files
    assert not [name for name in files if name.endswith(".etag")]
    assert found.written < 1200


@pytest.mark.parametrize("server", [nginx, caddy])
def test_a_site_below_a_path_is_served_below_it(
    tmp_path: Path, small: Newsroom, server: Callable[[Path], AbstractContextManager[int]]
) -> None:
    base = f"{BASE}/reader"
    frozen(small, tmp_path, base)
    web = running_app(small, tmp_path, base).test_client()
    with server(tmp_path) as port:
        for path in ("/", "/all", "/all.atom", "/topics/sea/archive/1.json"):
            status, headers, body = ask(port, f"/reader{path}")
            assert (status, body) == (200, web.get(path).data), path
            assert headers.get("link") == web.get(path).headers.get("Link")
        assert ask(port, "/all")[0] == 404
        assert ask(port, "/reader/topics/old.atom")[0] == 410
        assert ask(port, "/reader/topics/see")[1]["location"] == f"{base}/topics/sea"


@pytest.mark.parametrize(
    ("place", "month"),
    [("2026-10-31T23:00:00.000Z-0", "2026-10"), ("2026-11-01T04:00:00.000Z-0", "2026-10"),
     ("2026-01-01T00:00:00.000Z-0", "2025-12"), ("2025-12-31T22:00:00.000Z-0", "2025-12")],
)  # fmt: skip
def test_a_month_ends_where_its_zone_says(place: str, month: str) -> None:
    assert month_closed_by(place) == month


def test_a_reader_that_polls_across_the_switch_sees_nothing_twice_and_misses_nothing(
    tmp_path: Path, small: Newsroom
) -> None:
    paths = {one: f"/sources/quay-example.{one}" for one in ("atom", "rss", "json")}
    app = running_app(small, tmp_path)
    web = app.test_client()
    known, seen, tags = dict[str, dict[str, str]](), dict[str, set[str]](), dict[str, str]()
    for extension, path in paths.items():
        first = web.get(path, headers={"Accept-Encoding": "gzip, deflate"}).headers
        known[extension] = {"If-None-Match": first["ETag"], "If-Modified-Since": first["Last-Modified"]}
        seen[extension] = ids_of(web.get(path).data, extension)
        assert len(seen[extension]) == 5
    small.clock.move(hours=1)
    frozen(small, tmp_path)
    with nginx(tmp_path) as port:
        for extension, path in paths.items():
            assert ask(port, path, **known[extension])[0] == 304
    small.web.put(OTHER, rss(item("q9", title="Quay 9", body="News of the sea."), told(999)))
    small.again()
    frozen(small, tmp_path)
    with nginx(tmp_path) as port:
        for extension, path in paths.items():
            status, headers, body = ask(port, path, **known[extension])
            assert status == 200
            now = ids_of(body, extension)
            assert len(now - seen[extension]) == 2
            assert seen[extension] <= now
            tags[extension] = headers["etag"]
            assert ask(port, path, **{"If-None-Match": tags[extension]})[0] == 304
    app.extensions["feedwright"].cache.refresh()
    for extension, path in paths.items():
        with_program = web.get(path, headers={"If-None-Match": tags[extension]})
        assert with_program.status_code == 304, "and back again"


def ids_of(body: bytes, extension: str) -> set[str]:
    """The ids of the entries, as a reader reads them."""
    if extension == "json":
        return {one["id"] for one in json.loads(body)["items"]}
    return {entry.id for entry in feedparser.parse(body).entries}


def test_the_command_freezes_a_site(tmp_path: Path) -> None:
    site = tmp_path / "site"
    assert CliRunner().invoke(cli, ["init", str(site), "--title", "My site", "--yes"]).exit_code == 0
    command = ["--config", str(site / "config.toml"), "freeze", str(tmp_path / "out")]
    done = CliRunner().invoke(cli, command)
    assert done.exit_code == 0, done.output
    assert "0 moved" not in done.output, "the usual guesses lead to the feed of everything"
    assert (tmp_path / "out/current/site/all.atom").exists()
    again = CliRunner().invoke(cli, [*command, "--since", "--server", "nginx"])
    assert again.exit_code == 0, again.output
    assert not (tmp_path / "out/current/Caddyfile").exists()


def test_a_site_on_either_engine_is_frozen_whole(store: Store, tmp_path: Path) -> None:
    found = frozen(furnish(store), tmp_path)
    assert (found.gone, found.moved) == (2, 5)
    files = files_of(tmp_path)
    assert len([name for name in files if re.fullmatch(r"site/articles/\d+\.html", name)]) == 224
    assert "site/mixes/coast.atom" in files
    assert "site/topics/sea/archive/2.ninjs" in files


def test_a_folder_of_anothers_inside_stays_and_a_relative_name_does_as_well(
    tiny: Newsroom, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    frozen(tiny, Path())
    (tmp_path / "frozen/certificates").mkdir()
    for _ in range(3):
        tiny.clock.move(hours=1)
        frozen(tiny, Path())
    assert (tmp_path / "frozen/certificates").is_dir()
    assert len(list((tmp_path / "frozen").glob("2*"))) == 2
    assert str(tmp_path.resolve()) in (tmp_path / "frozen/current/nginx.conf").read_text()
