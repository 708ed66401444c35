"""Followed lists: entries come, go, come back and are renamed; what is not believed changes nothing; hands go before lists."""

from __future__ import annotations

import asyncio
import gzip
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from html import escape
from pathlib import Path
from typing import Any

import pytest

from db.store import Store
from feeds.actions.declaring.declare import declare
from feeds.actions.declaring.export import stored_declarations
from feeds.actions.declaring.specs import spec_at, stored_spec
from feeds.actions.editing import source_edits
from feeds.actions.editing.changes import Desk, undo
from feeds.actions.gathering import sources
from feeds.actions.lists.list_polls import read_due, read_list
from feeds.actions.lists.listings import read_listing
from feeds.actions.operating.jobs import JobTools
from feeds.config.load import parse
from feeds.config.toml_writer import declarations_toml
from feeds.errors import ParseError, RequestError
from feeds.http.requests import Response
from feeds.model.articles import TopicRule
from feeds.model.fetched import Hop
from feeds.model.incoming import Source
from feeds.model.lists import ListReading
from feeds.model.people import Actor
from feeds.model.settings import Settings
from parts.polling import open_transport
from tests.fakes import FakeWeb, MovedClock, fake_tools
from tests.farm import Farm, farm
from tests.feeds.actions.test_sources import quiet, tools

LIST = "/coast.opml"
FILE = """
[fetch]
allow = ["127.0.0.0/8"]
[poll]
pause = 0
[[topic]]
slug = "sea"
[[list]]
slug = "coast"
url = "{url}"
topics = ["sea"]
new_hosts = {hosts}
"""


@dataclass(slots=True)
class Shore:
    """A site that follows one list, and what stands in it."""

    store: Store
    land: Farm
    hosts: int = 100
    clock: MovedClock = field(default_factory=MovedClock)
    more: str = ""
    path: str = LIST

    @property
    def settings(self) -> Settings:
        text = FILE.format(url=self.land.url(self.path), hosts=self.hosts) + self.more
        return parse(text, Path("/site/config.toml"), {})

    def declare(self) -> None:
        report = declare(self.store, self.settings, self.clock())
        assert report.problems == []

    def read(self, *, accept: bool = False, **span: float) -> dict[str, Any]:
        """The list, read after a day."""
        self.clock.move(**(span or {"days": 1}))
        return asyncio.run(
            self._with_tools(lambda tools: read_list({"list": "coast", "accept": accept}, tools, quiet))
        )

    def tick(self) -> int:
        found: int = asyncio.run(self._with_tools(read_due))
        return found

    async def _with_tools(self, work: Callable[[JobTools], Any]) -> Any:
        async def in_store(done: Any) -> Any:
            return done(self.store)

        send = open_transport(self.settings)
        poll = fake_tools(send, self.clock, in_store, self.settings.fetch)
        try:
            return await work(
                JobTools(in_store=in_store, poll=poll, settings=self.settings, clock=self.clock)
            )
        finally:
            await send.close()

    def desk(self) -> Desk:
        return Desk(store=self.store, actor=Actor(name="Ada"), settings=self.settings, now=self.clock())

    def states(self) -> dict[str, str]:
        return {row.source.slug: row.source.state for row in self.store.sources.every(with_removed=True)}

    def source(self, slug: str) -> Source:
        row = self.store.sources.get(slug)
        assert row is not None
        return row.source

    def entries(self) -> dict[str, str]:
        held = self.store.lists.get("coast")
        assert held is not None
        return {one.url: one.state for one in self.store.lists.entries(held.id)}

    def alert(self) -> str:
        return next((one.message for one in self.store.alerts.open_ones() if one.kind == "list"), "")

    def log(self) -> list[str]:
        return [f"{one.who} {one.what}" for one in self.store.changes.changes(who="list coast", most=100)][
            ::-1
        ]


def outline(name: str, url: str | None = None, home: str | None = None) -> str:
    home = f"https://{name}.example/" if home is None else home
    url = url or f"https://{name}.example/feed"
    return f'<outline type="rss" text="{escape(name)}" xmlUrl="{escape(url)}" htmlUrl="{escape(home)}"/>'


def opml(*outlines: str) -> bytes:
    return f'<?xml version="1.0"?><opml version="2.0"><body>{"".join(outlines)}</body></opml>'.encode()


def named(*names: str) -> bytes:
    return opml(*map(outline, names))


@pytest.fixture(scope="module")
def land() -> Iterator[Farm]:
    with farm() as running:
        yield running


@pytest.fixture
def shore(store: Store, land: Farm) -> Shore:
    land.pages.clear()
    land.asked.clear()
    made = Shore(store, land)
    land.pages[LIST] = named("a", "b", "c", "d")
    made.declare()
    assert made.tick() == 1
    return made


def test_what_enters_is_added_to_the_lists_topics_with_a_line_in_the_log(shore: Shore) -> None:
    assert shore.states() == dict.fromkeys("abcd", "active")
    assert {(one.origin, one.topic_slugs, one.title) for one in map(shore.source, "a")} == {
        ("list", ("sea",), "a")
    }
    assert shore.log() == [f"list coast added the source {name}" for name in "abcd"]
    assert shore.tick() == 0
    shore.clock.move(days=1)
    assert shore.tick() == 1
    assert shore.land.asked[-1][2] is not None, "it is asked for conditionally"
    assert len(shore.log()) == 4


def test_what_leaves_is_paused_by_the_list_and_resumed_when_it_comes_back(shore: Shore) -> None:
    shore.land.pages[LIST] = named("a", "b", "c")
    assert shore.read()["paused"] == ["d"]
    assert (shore.source("d").state, shore.source("d").paused_by) == ("paused", "coast")
    shore.land.pages[LIST] = named("a", "b", "c", "d")
    assert shore.read()["resumed"] == ["d"]
    assert (shore.source("d").state, shore.source("d").paused_by) == ("active", None)
    assert shore.log()[4:] == [
        "list coast paused d: the list names it no more",
        "list coast resumed d: the list names it again",
    ]


def test_who_paused_removed_or_resumed_by_hand_is_not_overruled(shore: Shore) -> None:
    source_edits.set_sources(shore.desk(), ["c"], "pause")
    source_edits.set_sources(shore.desk(), ["b"], "remove")
    shore.land.pages[LIST] = named("a", "b")
    assert shore.read()["paused"] == ["d"]
    source_edits.set_sources(shore.desk(), ["d"], "pause")
    shore.land.pages[LIST] = named("a", "b", "c", "d")
    assert shore.read()["resumed"] == []
    assert shore.states() == {"a": "active", "b": "removed", "c": "paused", "d": "paused"}
    assert "removed by hand" in str(shore.read()["refused"])
    assert shore.alert() == ""
    source_edits.set_sources(shore.desk(), ["d"], "resume")
    shore.land.pages[LIST] = named("a", "b", "c")
    assert shore.read()["paused"] == ["d"], "it is the list's again once it stands there and is polled"


def test_a_new_address_keeps_slug_and_articles(shore: Shore, land: Farm) -> None:
    before = shore.source("d")
    land.pages[LIST] = opml(*map(outline, "abc"), outline("d", "https://feeds.example/d.xml"))
    assert shore.read()["changed"] == ["d"]
    after = shore.source("d")
    assert (after.id, after.fetch_url, after.first_url) == (
        before.id,
        "https://feeds.example/d.xml",
        before.fetch_url,
    )
    land.pages[LIST] = opml(*map(outline, "abc"), outline("d", "http://feeds.example/d.xml", home=""))
    assert shore.read()["changed"] == ["d"], "the same in another scheme is no other entry"
    land.pages[LIST] = opml(
        *map(outline, "abc"), outline("Dunes", "http://feeds.example/d.xml", "https://d.example/")
    )
    assert shore.read()["changed"] == ["d"]
    assert (shore.source("d").title, shore.source("d").slug) == ("Dunes", "d")
    assert list(shore.states()) == list("abcd")


def test_a_source_of_a_person_or_of_the_file_is_never_changed(shore: Shore, land: Farm) -> None:
    shore.store.sources.add(spec_at("https://e.example/feed"), shore.clock())
    shore.more = '[[source]]\nurl = "https://f.example/feed"\nslug = "filed"\n'
    shore.declare()
    sources.change(shore.store, "c", {"share": "excerpt"}, settings=shore.settings, now=shore.clock())
    mine = [shore.source(slug) for slug in ("e-example", "filed", "c")]
    land.pages[LIST] = opml(
        *map(outline, "abd"), outline("E", "https://e.example/feed"), outline("F", "https://f.example/feed"),
        outline("c", "https://elsewhere.example/c"),
    )  # fmt: skip
    result = shore.read()
    assert "changed by hand" in str(result["refused"])
    assert result["added"] == result["changed"] == []
    land.pages[LIST] = named(*"abdc")
    shore.read()
    assert [shore.source(slug) for slug in ("e-example", "filed", "c")] == mine


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"", "empty"),
        (named(), "lists no feeds"),
        (b"<html><body>Not found</body></html>", "lists no feeds"),
        (b"\x00\xff\xfe\x01", "UTF-8"),
        (b"title = 'x'", "names no source"),
        (named("a"), "3 of the 4"),
        (named(*"wxyz"), "4 of the 4"),
        (opml(outline("a", "ftp://a.example/")), "no source that can be taken"),
        (b" " * 3_000_001, "larger than 3,000,000 bytes"),
        (opml(*(f'<outline xmlUrl="https://a.example/{n}"/>' for n in range(5_001))), "names 5,001"),
        (None, "nothing at this address"),
    ],
)
def test_what_is_not_believed_changes_nothing_and_is_told(
    sqlite_store: Store, land: Farm, body: bytes | None, why: str
) -> None:
    shore = Shore(sqlite_store, land)
    land.pages[LIST] = named(*"abcd")
    shore.declare()
    shore.tick()
    if body is None:
        del land.pages[LIST]
    else:
        land.pages[LIST] = body
    for _ in range(2):
        assert why in shore.read()["fault"]
        assert why in shore.alert()
    assert shore.states() == dict.fromkeys("abcd", "active")
    land.pages[LIST] = named(*"abcd")
    assert shore.read()["fault"] == ""
    assert shore.alert() == ""
    land.pages[LIST] = named(*"abce")
    assert shore.read()["added"] == ["e"]


def test_an_admin_accepts_what_was_not_believed(shore: Shore, land: Farm) -> None:
    land.pages[LIST] = named("a")
    assert shore.read()["fault"]
    assert shore.read(accept=True)["paused"] == ["b", "c", "d"]
    assert shore.alert() == ""


def test_a_host_that_is_down_for_a_moment_is_told_at_the_third_failure(
    sqlite_store: Store, land: Farm
) -> None:
    shore = Shore(sqlite_store, land)
    land.pages[LIST] = named("a")
    shore.declare()
    shore.tick()
    down = Shore(sqlite_store, Farm(port=1), clock=shore.clock)
    down.declare()
    for hours in (0, 1, 2):
        assert down.alert() == ""
        assert down.tick() == 1
        assert down.tick() == 0
        down.clock.move(hours=2**hours)
    assert "Nothing was changed" in down.alert()
    assert down.states() == {"a": "active"}
    shore.declare()
    shore.tick()
    assert shore.alert() == ""


def test_a_list_whose_host_asks_to_be_left_alone_is_not_waited_for(sqlite_store: Store, land: Farm) -> None:
    land.pages[LIST] = named("a")
    shore = Shore(sqlite_store, land)
    shore.declare()
    land.asked.clear()
    sqlite_store.polls.cool("127.0.0.1", until=shore.clock() + timedelta(hours=3))
    assert shore.tick() == 1
    assert land.asked == []
    assert shore.states() == {}
    shore.clock.move(hours=4)
    assert shore.tick() == 1
    assert shore.states() == {"a": "active"}


def test_one_process_at_a_time_reads_a_list_and_one_that_breaks_off_is_followed_after_a_pause(
    shore: Shore,
) -> None:
    lists, now = shore.store.lists, shore.clock.move(days=1)
    until, again = now + timedelta(minutes=15), now + timedelta(hours=1)
    held = lists.claim("coast", now, until, again=again)
    assert held is not None
    assert lists.claim("coast", now, until, again=again) is None
    assert shore.tick() == 0, "it is not due again at once"
    lists.release(held.id)
    assert lists.claim("coast", now, until, again=again) is not None
    later = until + timedelta(seconds=1)
    assert lists.claim("coast", later, later + timedelta(minutes=15), again=again) is not None
    shore.clock.move(hours=2)
    assert shore.tick() == 1


def test_a_list_that_gets_another_address_is_read_whole(shore: Shore, land: Farm) -> None:
    land.pages["/moved.opml"] = land.pages[LIST]
    shore.path = "/moved.opml"
    shore.declare()
    land.asked.clear()
    assert shore.tick() == 1
    assert [(path, sent) for _, path, sent in land.asked] == [("/moved.opml", None)]
    assert len(shore.log()) == 4


def test_new_hosts_wait_for_the_next_day_or_an_admin(store: Store, land: Farm) -> None:
    shore = Shore(store, land, hosts=2)
    land.pages[LIST] = opml(*map(outline, "abcdefg"), outline("a2", "https://a.example/second"))
    shore.declare()
    shore.tick()
    assert list(shore.states()) == ["a", "a2", "b"], "a host that is known by then does not count"
    assert "5 entries wait" in shore.alert()
    assert shore.read(hours=1)["added"] == []
    assert shore.tick() == 0
    assert shore.read(hours=12)["added"] == ["c", "d"], "also of a list that did not change"
    assert len(shore.read(accept=True)["added"]) == 3
    assert shore.alert() == ""
    assert set(shore.entries().values()) == {"followed"}


def test_a_list_that_leaves_the_file_is_followed_no_more_and_its_sources_stay(
    shore: Shore, land: Farm
) -> None:
    text = FILE.split("[[list]]", maxsplit=1)[0]
    land.pages[LIST] = b""
    shore.read()
    assert shore.alert()
    declare(shore.store, parse(text, Path("/site/config.toml"), {}), shore.clock())
    assert shore.alert() == ""
    land.pages[LIST] = named("z")
    shore.clock.move(days=3)
    assert shore.tick() == 0
    with pytest.raises(RequestError, match="paused"):
        shore.read()
    assert shore.states() == dict.fromkeys("abcd", "active")
    land.pages["/other.opml"] = named(*"abc")
    other = text + f'[[list]]\nslug = "other"\nurl = "{land.url("/other.opml")}"\ntopics = ["sea"]\n'
    declare(shore.store, parse(other, Path("/site/config.toml"), {}), shore.clock())
    assert shore.tick() == 1
    land.pages["/other.opml"] = named(*"ab")
    shore.clock.move(days=1)
    shore.tick()
    assert shore.source("c").paused_by == "other", "another list that names them takes them over"
    assert shore.source("d").state == "active"


def test_two_lists_that_name_a_source_pause_it_when_both_let_it_go(shore: Shore, land: Farm) -> None:
    land.pages["/other.opml"] = named(*"dxy")
    shore.more = f'[[list]]\nslug = "other"\nurl = "{land.url("/other.opml")}"\n'
    shore.declare()
    shore.tick()
    land.pages[LIST] = named(*"abc")
    assert shore.read(days=1)["paused"] == []
    land.pages["/other.opml"] = named(*"xy")
    shore.tick()
    assert shore.source("d").paused_by == "other"


def test_a_source_that_the_file_took_over_is_not_paused(shore: Shore, land: Farm) -> None:
    shore.more = '[[source]]\nurl = "https://d.example/feed"\nslug = "d"\n'
    shore.declare()
    land.pages[LIST] = named(*"abc")
    assert shore.read()["paused"] == []
    assert shore.source("d").state == "active"


def test_an_address_is_taken_over_only_where_that_is_safe(shore: Shore, land: Farm) -> None:
    def names(url: str, kind: str = "") -> bytes:
        return opml(*map(outline, "abc"), outline("d", url).replace('type="rss"', kind or 'type="rss"'))

    shore.store.sources.set_state(shore.source("d").id, "gone", shore.clock())
    land.pages[LIST] = names("https://d.example/two")
    shore.read()
    assert shore.source("d").state == "active", "it was gone from its former address"
    land.pages[LIST] = names("https://d.example/three")
    shore.store.sources.add(spec_at("https://d.example/three"), shore.clock())
    assert "d-example is polled already" in str(shore.read()["refused"])
    assert shore.source("d").fetch_url == "https://d.example/two"
    moved = replace(stored_spec(shore.source("d"), "d.example"), fetch_url="https://d.example/itself")
    shore.store.sources.change(shore.source("d").id, moved, shore.clock())
    land.pages[LIST] = names("https://d.example/four")
    shore.read()
    assert shore.source("d").fetch_url == "https://d.example/itself", "it moved by itself since"
    page = (
        'type="HTML+XPath" xmlns:frss="https://freshrss.org/opml" frss:xPathItem="//article"'
        ' frss:xPathItemUri="descendant::a/@href"'
    )
    land.pages[LIST] = names("https://d.example/four", page)
    assert "named as a page now" in str(shore.read()["refused"])
    assert (shore.source("d").kind, shore.source("d").options.links) == ("feed", None)


def test_what_its_host_asks_for_is_kept_within_bounds(sqlite_store: Store, land: Farm) -> None:
    shore, web = Shore(sqlite_store, land, path="/x"), FakeWeb()
    shore.declare()
    url = land.url("/x")

    def after() -> ListReading:
        asyncio.run(read_list({"list": "coast"}, tools(sqlite_store, web, shore.clock), quiet))
        held = sqlite_store.lists.get("coast")
        assert held is not None
        return held.reading

    def wait() -> timedelta:
        next_at = after().next_at
        assert next_at is not None
        return next_at - shore.clock()

    web.put(url, "", status=503, Retry_After="5")
    assert wait() == timedelta(hours=1)
    web.put(url, "", status=503, Retry_After=str(3 * 86400))
    assert wait() == timedelta(days=3)
    hops = (Hop(status=301, from_url=url, to_url="https://new.example/l"),)
    web.pages[url] = Response(url="https://new.example/l", status=200, headers=(), body=named("a"), hops=hops)
    assert after().note == "It has moved for good to https://new.example/l: change its url."
    assert (after().fault, after().failures) == ("", 0)


def test_a_list_that_is_read_seldom_is_read_tomorrow_where_entries_wait(
    sqlite_store: Store, land: Farm
) -> None:
    shore = Shore(sqlite_store, land)
    land.pages[LIST] = named("a")
    land.pages["/slow.opml"] = named(*"xyz")
    shore.more = f'[[list]]\nslug = "slow"\nurl = "{land.url("/slow.opml")}"\nevery = "7d"\nnew_hosts = 1\n'
    shore.declare()
    shore.tick()
    for known in ("ax", "axy", "axyz"):
        assert list(shore.states()) == list(known)
        shore.clock.move(days=1)
        shore.tick()
    assert shore.alert() == ""
    held = sqlite_store.lists.get("slow")
    assert held is not None
    assert held.reading.next_at is not None
    assert held.reading.next_at > shore.clock() + timedelta(days=5)


@pytest.mark.parametrize("count", range(1, 41))
def test_a_list_that_is_packed_is_read_whatever_its_bytes(count: int) -> None:
    body = named(*(f"n{number * count}" for number in range(count)))
    assert read_listing(gzip.compress(body)) == read_listing(body)


def test_a_packed_list_may_be_no_longer_than_another() -> None:
    with pytest.raises(ParseError, match="larger than 3,000,000 bytes"):
        read_listing(gzip.compress(opml("<!--" + "<" * 4_000_000 + "-->", outline("one"))))


def test_a_title_has_an_end() -> None:
    (one,) = read_listing(opml(outline("x" * 5_000, "https://a.example/"))).entries
    assert one.title == "x" * 300


def test_addresses_of_ours_private_ones_and_secrets_are_refused_with_a_sentence(
    sqlite_store: Store, land: Farm
) -> None:
    shore = Shore(sqlite_store, land, more='[site]\nbase_url = "https://us.example"\n')
    wrong = {
        "https://us.example/all.atom": "this site's own address",
        "http://10.0.0.8/feed": "no public address",
        "http://[::1]/feed": "no public address",
        "http://router.local/feed": "no public address",
        "https://me:pw@s.example/feed": "password or a token",
        "https://s.example/feed?token=abcdef": "password or a token",
        "/etc/passwd": "no address",
        "file:///etc/passwd": "no address",
        "/sample/harbour.rss": "no address",
    }
    land.pages[LIST] = opml(outline("good"), *(outline("x", url) for url in wrong))
    shore.declare()
    shore.tick()
    assert list(shore.states()) == ["good"]
    held = shore.store.lists.get("coast")
    assert held is not None
    assert f"{len(wrong)} entries could not be taken." in shore.alert()
    assert "`./run list show coast`" in shore.alert()
    shore.read()
    assert f"{len(wrong)} entries could not be taken." in shore.alert()
    land.pages[LIST] = opml(outline("good"))
    shore.read()
    assert shore.alert() == ""
    for (url, why), told in zip(wrong.items(), held.reading.wrong, strict=True):
        assert why in told, url
    assert "pw" not in str(held.reading.wrong)
    assert "abcdef" not in str(held.reading.wrong)


def test_undo_takes_back_what_a_list_did_and_the_list_obeys(shore: Shore, land: Farm) -> None:
    (line,) = shore.store.changes.changes(words="added the source d", most=1)
    undo(shore.store, line.id, Actor(name="Ada"), settings=shore.settings, now=shore.clock())
    assert shore.read()["added"] == []
    assert shore.source("d").state == "removed"


def test_a_list_in_the_store_comes_out_as_the_file_would_state_it(shore: Shore) -> None:
    declared = stored_declarations(shore.store)
    assert [one.slug for one in declared.lists] == ["coast"]
    assert declared.sources == (), "the list brings them again"
    shore.store.topics.put(
        slug="dunes", title="Dunes", description="", rule=TopicRule(source_slugs=("d",)), origin="admin", now=shore.clock(),
    )  # fmt: skip
    text = declarations_toml(stored_declarations(shore.store))
    assert [one.slug for one in parse(text, Path("/x/config.toml"), {}).declarations.sources] == ["d"]


def test_any_sequence_of_lists_ends_where_the_last_believed_one_says(store: Store, land: Farm) -> None:
    """Entries come, go, return, move; the list is emptied and halved; people pause: the store follows a simple model."""
    shore, chance = Shore(store, land), random.Random(7)
    place = {name: f"https://{name}.example/feed" for name in "abcdefgh"}
    shown, by_hand, ever = set("abcdef"), set[str](), set[str]()
    land.pages[LIST] = named(*sorted(shown))
    shore.declare()
    for step in range(40):
        former = set(shown)
        match chance.choice(["come", "go", "move", "empty", "half", "pause", "again"]):
            case "come":
                shown |= set(chance.sample(sorted(place), 2))
            case "go":
                shown -= set(chance.sample(sorted(shown), min(2, len(shown) // 2)))
            case "move" if shown:
                name = chance.choice(sorted(shown))
                place[name] = f"https://{name}.example/feed-{step}"
            case "empty":
                shown = set()
            case "half":
                shown = set(sorted(shown)[: (len(shown) - 1) // 2])
            case "pause":
                active = [slug for slug, state in shore.states().items() if state == "active"]
                for slug in active[:1]:
                    source_edits.set_sources(shore.desk(), [slug], "pause")
                    by_hand.add(slug)
            case _:
                for slug in sorted(by_hand)[:1]:
                    source_edits.set_sources(shore.desk(), [slug], "resume")
                    by_hand.remove(slug)
                    if slug not in shown:
                        shown.add(slug)
        land.pages[LIST] = opml(*(outline(name, place[name]) for name in sorted(shown)))
        result = shore.read()
        is_believed = bool(shown) and len(former - shown) * 2 <= len(former)
        assert bool(result["fault"]) != is_believed, (step, former, shown, result)
        assert bool(shore.alert()) != is_believed
        if not is_believed:
            shown = former
            continue
        ever |= shown
        expected = {
            name: "active" if name in shown and name not in by_hand else "paused" for name in sorted(ever)
        }
        assert shore.states() == expected, (step, result)
        for name in shown:
            assert shore.source(name).fetch_url == place[name]
        for name in ever - by_hand - shown:
            assert shore.source(name).paused_by == "coast"
