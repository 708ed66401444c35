"""Alerts reach people: by real mail, a real webhook, a real command; once, grouped, and never silently lost."""

from __future__ import annotations

import ast
import asyncio
import json
import re
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from commands.root import cli
from db.store import Store
from feeds.actions.operating.alert_payloads import payload
from feeds.actions.operating.alert_sending import Teller, grouped
from feeds.actions.operating.watch import FAILING, WATCHED, Around, disk_fault, watch
from feeds.errors import StoreBusyError
from feeds.http.address_guard import guard_of
from feeds.http.mail import MailServer, letter, post
from feeds.model.alerts import KINDS, UNKNOWN, Line, Notice
from feeds.model.kept import Alert
from feeds.model.settings import AlertSettings, FetchSettings, Settings
from parts.channels import open_channels
from parts.polling import open_transport
from parts.tick_guard import REPORTED_AFTER, TickGuard
from parts.watchman import Watchman
from tests.fakes import NOON, MovedClock, Newsroom, item, rss
from tests.farm import farm
from tests.outlets import Hook, MailBox, mail_server, web_hook
from tests.test_imports import ALL
from tests.test_scheduler import scheduler, wait_until

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture
def box() -> Iterator[MailBox]:
    with mail_server() as running:
        yield running


@pytest.fixture
def hook() -> Iterator[Hook]:
    with web_hook() as running:
        yield running


def settings(folder: Path, **alerts: Any) -> Settings:
    return Settings(
        path=folder / "config.toml",
        alerts=AlertSettings(smtp_security="none", **alerts),
        fetch=FetchSettings(allow=("127.0.0.0/8",)),
    )


class Desk:
    """A store, a clock, and the channels of some settings: what the telling tick does."""

    def __init__(self, store: Store, stated: Settings) -> None:
        self.store, self.clock, self._stated = store, MovedClock(), stated
        self._teller = Teller((), site="Harbour", base_url=None)

    def tell(self, **span: float) -> None:
        """Moves the clock on by the span, then tells."""
        self.clock.move(**span)
        asyncio.run(self._tell())

    async def _tell(self) -> None:
        send = open_transport(self._stated)
        try:
            # The same teller for ever, as in a scheduler; only its connections are of this moment's loop.
            fresh = Teller(open_channels(self._stated, send), site="Harbour", base_url=None)
            fresh._paces.update(self._teller._paces)
            self._teller = fresh
            await fresh.send(self._in_store, self.clock())
        finally:
            await send.close()

    async def _in_store(self, work: Any) -> Any:
        return work(self.store)


def test_an_alert_is_told_once_when_it_opens_changes_and_ends(
    store: Store, tmp_path: Path, box: MailBox
) -> None:
    desk = Desk(store, settings(tmp_path, to=("ines@news.example",), smtp=f"127.0.0.1:{box.port}"))
    store.alerts.open("disk", "", "Only 400 MB are free.", NOON)
    desk.tell()
    desk.tell(minutes=2)
    assert [one["Subject"] for one in box.letters] == ["Harbour: new: the disk is nearly full"]
    assert box.letters[0]["To"] == "ines@news.example"
    assert "New: Only 400 MB are free." in box.letters[0].get_content()
    assert box.letters[0]["Auto-Submitted"] == "auto-generated"
    store.alerts.open("disk", "", "Only 390 MB are free.", NOON)
    desk.tell(minutes=2)
    assert len(box.letters) == 1, "other figures are no news"
    store.alerts.open("disk", "", "Nothing is free any more.", NOON)
    desk.tell(minutes=2)
    store.alerts.close("disk", "", NOON)
    desk.tell(minutes=2)
    desk.tell(minutes=2)
    assert [one.get_content().split(":")[0] for one in box.letters[1:]] == ["Changed", "Well again"]
    assert box.letters[-1]["Subject"].endswith("well again: the disk has room")
    assert box.letters[-1].get_content().startswith("Well again: the disk has room. Told before: “")


def test_what_comes_within_a_minute_is_one_message_and_hosts_are_one_line(
    store: Store, tmp_path: Path, hook: Hook
) -> None:
    newsroom = Newsroom(store)
    slugs = [
        newsroom.add(f"https://harbour.example/{n}.xml", rss(item(n), title=f"Quay {n}")).slug
        for n in range(4)
    ]
    desk = Desk(store, settings(tmp_path, webhook=hook.url))
    store.alerts.open("source", slugs[0], "It cannot be read.", NOON)
    desk.tell()
    for slug in slugs[1:]:
        store.alerts.open("source", slug, "It cannot be read.", NOON)
    store.alerts.open("disk", "", "Only 400 MB are free.", NOON)
    desk.tell(seconds=20)
    assert len(hook.posted) == 1, "at most one message a minute"
    desk.tell(seconds=41)
    assert len(hook.posted) == 2
    assert [one["kind"] for one in hook.posted[1]["alerts"]] == ["disk", "source", "source", "source"]
    assert hook.posted[1]["text"].startswith(
        "New: Only 400 MB are free.\n\nNew: 3 sources of harbour.example ("
    )


def test_nothing_is_told_of_sources_while_our_network_is_down(
    store: Store, tmp_path: Path, hook: Hook
) -> None:
    desk = Desk(store, settings(tmp_path, webhook=hook.url))
    store.alerts.open("network", "", "Nothing outside can be reached.", NOON)
    store.alerts.open("source", "quay", "It cannot be read.", NOON)
    desk.tell()
    assert [one["kind"] for one in hook.posted[0]["alerts"]] == ["network"]
    store.alerts.close("network", "", NOON)
    desk.tell(minutes=2)
    assert [(one["kind"], one["what"]) for one in hook.posted[1]["alerts"]] == [
        ("network", "closed"),
        ("source", "opened"),
    ]


def test_a_channel_that_fails_is_told_by_the_others_and_gets_what_it_missed(
    store: Store, tmp_path: Path, box: MailBox, hook: Hook
) -> None:
    desk = Desk(
        store,
        settings(tmp_path, to=("a@news.example",), smtp=f"127.0.0.1:{box.port}", webhook=hook.url),
    )
    hook.status = 500
    store.alerts.open("keep", "", "It waits for your word.", NOON)
    desk.tell()
    assert [(one.kind, one.subject) for one in store.alerts.open_ones()] == [
        ("channel", "webhook"),
        ("keep", ""),
    ]
    desk.tell(minutes=1.1)
    assert "by webhook. The webhook answered 500." in box.letters[1].get_content()
    assert [one.get_content().count("waits for your word") for one in box.letters] == [1, 0]
    hook.status = 204
    desk.tell(minutes=10)
    assert [one["message"] for one in hook.posted[0]["alerts"]] == ["It waits for your word."]
    assert [one.kind for one in store.alerts.open_ones()] == ["keep"]
    desk.tell(minutes=2)
    assert box.letters[-1].get_content().startswith("Well again: ")
    assert len(hook.posted) == 1


def test_two_schedulers_tell_once_and_a_new_one_repeats_nothing(
    store: Store, tmp_path: Path, hook: Hook
) -> None:
    stated = settings(tmp_path, webhook=hook.url)
    store.alerts.open("clock", "", "A clock was ahead.", NOON)
    for minutes in (0, 0, 3):
        desk = Desk(store, stated)
        desk.tell(minutes=minutes)
    assert len(hook.posted) == 1


def test_a_database_that_does_not_answer_is_told_once_and_its_return_too(
    sqlite_store: Store, tmp_path: Path, hook: Hook
) -> None:
    stated, clock = settings(tmp_path, webhook=hook.url), MovedClock()
    sqlite_store.alerts.open("clock", "", "A clock was ahead.", NOON)

    async def busy(_work: Any) -> Any:
        raise StoreBusyError("The database does not answer: gone.")

    async def in_store(work: Any) -> Any:
        return work(sqlite_store)

    async def told() -> None:
        send = open_transport(stated)
        teller = Teller(open_channels(stated, send), site="Harbour", base_url=None)
        try:
            for minutes in (0, 1):
                clock.move(minutes=minutes)
                with pytest.raises(StoreBusyError):
                    await teller.send(busy, clock())
            for minutes in (1, 1):
                clock.move(minutes=minutes)
                await teller.send(busy, clock())
            await teller.send(in_store, clock())
        finally:
            await send.close()

    asyncio.run(told())
    assert [(one["kind"], one["what"]) for posted in hook.posted for one in posted["alerts"]] == [
        ("database", "opened"),
        ("database", "closed"),
        ("clock", "opened"),
    ]


def test_a_command_gets_json_and_its_failure_is_told(store: Store, tmp_path: Path) -> None:
    script = "import sys; open('got', 'a').write(sys.stdin.read())"
    desk = Desk(store, settings(tmp_path, command=(sys.executable, "-c", script)))
    store.alerts.open("odd", "quay", "Quay went quiet; $(touch hurt)", NOON)
    desk.tell()
    got = json.loads((tmp_path / "got").read_text())
    assert got["alerts"][0]["message"] == "Quay went quiet; $(touch hurt)"
    assert not (tmp_path / "hurt").exists()
    failing = Desk(
        store, settings(tmp_path, command=(sys.executable, "-c", "import sys; sys.exit('no line')"))
    )
    store.alerts.open("odd", "pier", "Pier floods.", NOON)
    failing.tell(minutes=2)
    assert "exit code 1: no line." in store.alerts.open_ones()[0].message


@pytest.mark.parametrize("form", ["json", "slack", "discord", "matrix", "teams"])
@pytest.mark.parametrize("kind", [*KINDS, "unheard-of"])
def test_what_is_over_never_reads_as_if_it_still_were(form: str, kind: str) -> None:
    known = KINDS.get(kind, UNKNOWN)
    alert = Alert(
        kind=kind, subject="", message="It is wrong.", opened_at=NOON, closed_at=NOON, told={"x": ""}
    )
    (line,) = grouped((alert,), {}, "x")
    notice = Notice(site="Harbour", lines=(line,))
    made = payload(notice, form)
    said = "\n".join(texts_of(made))
    assert f"Harbour: well again: {known.ended}" in said
    assert f"Well again: {known.ended}. Told before: “It is wrong.”" in said
    assert f"well again: {known.label}\n" not in f"{said.lower()}\n"
    if form == "json":
        assert made["alerts"][0]["message"] == "It is wrong."


def texts_of(made: object) -> list[str]:
    if isinstance(made, dict):
        return [text for one in made.values() for text in texts_of(one)]
    if isinstance(made, list):
        return [text for one in made for text in texts_of(one)]
    return [made] if isinstance(made, str) else []


def test_several_of_one_host_that_are_over_are_one_line() -> None:
    several = [
        Alert(
            kind="source",
            subject=f"quay-{n}",
            message="It is wrong.",
            opened_at=NOON,
            closed_at=NOON,
            told={"x": ""},
        )
        for n in range(3)
    ]
    (line,) = grouped(several, {one.subject: "harbour.example" for one in several}, "x")
    assert line.sentence == (
        "Well again: a source can be read (3 of harbour.example: quay-0, quay-1, quay-2). Told before: “It is wrong.”"
    )


@pytest.mark.parametrize("form", ["json", "slack", "discord", "matrix", "teams"])
def test_each_form_holds_the_message_and_calls_nobody(form: str) -> None:
    alert = Alert(
        kind="source", subject="quay", message="<!channel> @everyone cannot be read", opened_at=NOON
    )
    notice = Notice(
        site="Harbour", lines=(Line(how="opened", kind="source", text=alert.message, alerts=(alert,)),)
    )
    made = json.dumps(payload(notice, form))
    if form in ("discord", "teams"):
        linked = replace(notice.lines[0], text="[Well](https://bad.example/)")
        assert "](" not in json.dumps(payload(replace(notice, lines=(linked,)), form))
    assert "cannot be read" in made
    assert ("<!channel>" in made) is (form != "slack")
    if form == "discord":
        assert payload(notice, form)["allowed_mentions"] == {"parse": []}
    if form == "teams":
        card = payload(notice, form)["attachments"][0]["content"]
        assert (card["type"], card["version"]) == ("AdaptiveCard", "1.4")


def test_the_mail_server_is_behind_the_guard_unless_it_was_written_as_an_address(box: MailBox) -> None:
    message = letter(sender="a@b.example", to=("c@b.example",), title="One\nline", text="x", now=NOON)
    guard = guard_of(())
    assert post(MailServer(host="127.0.0.1", port=box.port, security="none"), message, guard).fault is None
    # A name that leads inside: what getaddrinfo makes of it is judged, not the name.
    told = post(MailServer(host="0x7f.1", port=box.port, security="none"), message, guard).fault
    assert told is not None
    assert "not public" in told
    allowed = guard_of(("127.0.0.0/8",))
    assert post(MailServer(host="0x7f.1", port=box.port, security="none"), message, allowed).fault is None
    assert len(box.letters) == 2
    assert box.letters[0]["Subject"] == "One line"


def test_what_a_mail_server_refuses_is_said_without_the_password(box: MailBox) -> None:
    message = letter(sender="a@b.example", to=("c@b.example",), title="T", text="x", now=NOON)
    server = MailServer(host="127.0.0.1", port=box.port, security="none", user="ines", password="s3cret")
    box.password = "another"
    told = post(server, message, guard_of(())).fault
    assert told == "The mail server does not take user and password: check smtp_user and smtp_password."
    assert box.logins
    box.password, box.refusal = None, "550 no such desk"
    refused = post(server, message, guard_of(()))
    assert (refused.fault, refused.status, refused.is_final) == (
        "The mail server takes nothing for c@b.example.", 550, True,
    )  # fmt: skip
    told = post(replace(server, security="starttls"), message, guard_of(())).fault
    assert told is not None
    assert "STARTTLS" in told


def around(free: int | None = None, *, is_polling: bool = True) -> Around:
    return Around(free_bytes=free, is_polling=is_polling, silence=timedelta(hours=3))


def test_nothing_fetched_anywhere_is_noticed_and_ends_with_the_first_answer(newsroom: Newsroom) -> None:
    store = newsroom.store
    newsroom.add("https://harbour.example/feed", rss(item(1)))
    newsroom.round()
    assert watch(store, around(), newsroom.clock())
    newsroom.clock.move(hours=2)
    assert watch(store, around(), newsroom.clock())
    newsroom.clock.move(hours=3)
    assert not watch(store, around(), newsroom.clock())
    assert [one.kind for one in store.alerts.open_ones()] == ["fetching"]
    assert watch(store, around(is_polling=False), newsroom.clock()), "nothing is due where nothing is polled"
    assert not watch(store, around(), newsroom.clock())
    newsroom.again(minutes=1)
    assert watch(store, around(), newsroom.clock())


def test_a_publish_tick_that_is_behind_is_noticed(newsroom: Newsroom) -> None:
    newsroom.add("https://harbour.example/feed", rss(item(1)))
    newsroom.round()
    row = newsroom.store.engine.rows("SELECT feed_id, article_id FROM touched")[0]
    newsroom.store.engine.run(
        "INSERT INTO touched (feed_id, article_id, what, touched_at) VALUES (:feed_id, :article_id, 'changed', :at)",
        {**row, "at": int(newsroom.clock().timestamp() * 1000)},
    )
    assert watch(newsroom.store, around(), newsroom.clock.move(minutes=1))
    assert not watch(newsroom.store, around(), newsroom.clock.move(minutes=2))
    assert [one.kind for one in newsroom.store.alerts.open_ones()] == ["publishing"]


def test_a_disk_alert_does_not_flutter() -> None:
    assert disk_fault(499_000_000, is_open=False)
    assert disk_fault(550_000_000, is_open=False) is None
    assert disk_fault(550_000_000, is_open=True)
    assert disk_fault(600_000_000, is_open=True) is None
    assert disk_fault(None, is_open=True) is None


def test_a_fallen_scheduler_is_told_until_it_stood_for_a_while(sqlite_store: Store) -> None:
    sqlite_store.kept.beat("supervisor", NOON, "The scheduler ended (signal 9).")
    assert not watch(sqlite_store, around(), NOON + timedelta(minutes=1))
    assert watch(sqlite_store, around(), NOON + timedelta(minutes=11))


def test_the_heartbeat_is_asked_while_all_is_well_and_its_failure_is_told(
    sqlite_store: Store, tmp_path: Path, hook: Hook
) -> None:
    stated, clock = settings(tmp_path, heartbeat=hook.url), MovedClock()

    async def in_store(work: Any) -> Any:
        return work(sqlite_store)

    async def watched() -> None:
        send = open_transport(stated)
        watchman = Watchman(stated, clock, in_store, send)
        try:
            for minutes in (0, 1, 5):
                clock.move(minutes=minutes)
                await watchman.watch_tick()
            assert len(hook.asked) == 2
            sqlite_store.kept.beat("supervisor", clock(), "The scheduler ended.")
            clock.move(minutes=6)
            await watchman.watch_tick()
            assert len(hook.asked) == 2, "silent while something grave is open"
            clock.move(minutes=6)
            hook.status = 503
            await watchman.watch_tick()
            assert [one.subject for one in sqlite_store.alerts.open_ones()] == ["heartbeat"]
            clock.move(minutes=6)
            hook.status = 200
            await watchman.watch_tick()
            assert not sqlite_store.alerts.open_ones()
        finally:
            await send.close()

    asyncio.run(watched())


def test_a_running_scheduler_tells_of_a_source_that_is_not_there(tmp_path: Path, hook: Hook) -> None:
    with farm() as land:
        config = tmp_path / "config.toml"
        config.write_text(
            f'[fetch]\nallow = ["127.0.0.0/8"]\n[alerts]\nwebhook = "{hook.url}"\nheartbeat = "{hook.url}/beat"\n'
            f'[backup]\nevery = "1h"\n[[source]]\nurl = "{land.url("/gone.xml")}"\nslug = "quay"\n'
        )
        with scheduler(config):
            wait_until(lambda: bool(hook.posted) and bool(hook.asked), 240)
            wait_until(lambda: len(list((tmp_path / "backups").glob("*.db"))) == 1, 240)
    told = hook.posted[0]["alerts"][0]
    assert (told["kind"], told["subject"], told["what"]) == ("source", "quay", "opened")
    assert "not found" in told["message"]
    assert hook.asked == ["/hook/beat"]


def test_the_command_tries_every_channel_and_says_what_came_of_each(
    tmp_path: Path, box: MailBox, hook: Hook, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = tmp_path / "config.toml"
    monkeypatch.setenv("FEEDWRIGHT_CONFIG", str(config))
    (tmp_path / "word").write_text(hook.url)
    stated = (
        f'[fetch]\nallow = ["127.0.0.0/8"]\n[alerts]\nto = ["ines@news.example"]\nsmtp = "127.0.0.1:{box.port}"\n'
        f'smtp_security = "none"\nwebhook = "file:word"\nwebhook_form = "slack"\n'
        f'heartbeat = "{hook.url}"\n'
    )
    config.write_text(stated + 'command = ["/does/not/exist"]\n')
    done = CliRunner().invoke(cli, ["--config", str(config), "alert", "test", "--json"])
    assert done.exit_code == 1
    assert {one["channel"]: one["told"] for one in json.loads(done.output)} == {
        "mail": "",
        "webhook": "",
        "command": "/does/not/exist cannot be run: No such file or directory.",
        "heartbeat": "",
    }
    assert "alert test" in box.letters[0].get_content()
    assert hook.posted[0]["text"].startswith("*Feedwright: new: a test*")
    config.write_text(stated)
    assert CliRunner().invoke(cli, ["--config", str(config), "alert", "test"]).exit_code == 0


def opened_kinds() -> set[str]:
    """The kinds that the program opens, as its own text says."""
    found: set[str] = set()
    for name, path in ALL:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "store.alerts.open":
                kind = node.args[0]
                if isinstance(kind, ast.Name) and kind.id != "kind":
                    found.add(getattr(import_module(name), kind.id))
                elif isinstance(kind, ast.Constant):
                    found.add(str(kind.value))
    return found


def test_every_kind_has_its_cause_and_cure_in_the_operators_page() -> None:
    page = (ROOT / "docs/operate.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `([a-z-]+)` \| (.+) \| (.+) \|$", page, re.MULTILINE)
    assert [row[0] for row in rows] == list(KINDS)
    assert {kind for kind, cause, _ in rows if cause.startswith("*Grave.*")} == {
        kind for kind, one in KINDS.items() if one.is_grave
    }
    assert opened_kinds() | set(WATCHED) | {"database", "test"} == set(KINDS)


def test_work_that_fails_again_and_again_is_told_and_ends(newsroom: Newsroom) -> None:
    store, ticks = newsroom.store, {"failures": 0}

    async def note(name: str, fault: str) -> None:
        store.kept.beat(f"{FAILING}{name}", newsroom.clock(), fault)

    async def search_tick() -> None:
        if ticks["failures"]:
            ticks["failures"] -= 1
            raise TypeError("no such thing")

    def told() -> list[str]:
        watch(store, around(), newsroom.clock())
        return [one.message for one in store.alerts.open_ones() if one.kind == "work"]

    run = TickGuard(note).guarded(search_tick)
    ticks["failures"] = REPORTED_AFTER - 1
    for _ in range(REPORTED_AFTER):
        asyncio.run(run())
    assert told() == [], "what fails twice and then works is nobody's business"
    ticks["failures"] = REPORTED_AFTER
    for _ in range(REPORTED_AFTER):
        asyncio.run(run())
    [message] = told()
    assert "search: no such thing (3 times in a row)" in message
    newsroom.clock.move(minutes=16)
    assert told() == []
