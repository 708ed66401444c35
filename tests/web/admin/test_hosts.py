"""The page of hosts that rest: who asked to wait, until when, which sources wait, and what it costs to find them."""

from __future__ import annotations

from db import rests
from db.engines.sqlite import SqliteEngine
from tests.fakes import rss
from tests.web.admin.office import Office, words


def rows(page: object) -> list[str]:
    return [" ".join(one.text_content().split()) for one in page.xpath("//tbody/tr")]  # type: ignore[attr-defined]


def test_nothing_rests_at_first_and_the_page_says_so(office: Office) -> None:
    office.harbour()
    web = office.signed_in(role="viewer")
    assert "No host rests: none has asked us to wait" in words(web.get("/admin/hosts"))
    assert web.get("/admin/sources").xpath("//a[@href='/admin/hosts']")


def test_each_rest_tells_its_end_its_reason_and_its_sources(office_anywhere: Office) -> None:
    office = office_anywhere
    for name in ("busy.example", "a.crowd.example", "b.crowd.example", "lost.example", "well.example"):
        office.room.add(f"https://{name}/feed", rss(title=name.split(".")[0].title()))
    office.room.add("https://busy.example/other", rss(title="Other"))
    office.room.round()
    office.web.put("https://busy.example/feed", "", status=503)
    office.web.put("https://a.crowd.example/feed", "", status=429, Retry_After="7200")
    office.web.put("https://lost.example/feed", "", status=404)
    office.clock.move(hours=25)
    office.room.round()
    web = office.signed_in(role="viewer")
    page = web.get("/admin/hosts")
    shown = rows(page)
    busy, lost, first, second = shown
    assert first.startswith("a.crowd.example")
    assert second.startswith("b.crowd.example")
    assert "in 10 min" in busy
    assert "The host rests" in busy
    assert "(status 503)" in busy
    assert "in 2 h" in first
    assert "All of crowd.example rests" in first
    assert "asks to wait (status 429)" in second
    link = page.xpath("//tbody/tr[4]/td[2]//a/@href")
    assert link == ["/admin/sources/a-crowd-example"]
    assert lost.startswith("lost.example")
    assert "Failed 1 time in a row." in lost
    assert "well.example" not in words(page)
    assert page.xpath("//tbody/tr[1]/td[3]/a/@href") == [
        "/admin/sources/busy-example",
        "/admin/sources/busy-example-2",
    ]
    for slug, is_resting in (("b-crowd-example", True), ("lost-example", False), ("well-example", False)):
        told = web.get(f"/admin/sources/{slug}")
        assert bool(told.xpath("//a[contains(@href, '/admin/hosts?q=')]")) == is_resting
        assert ("All of crowd.example rests until 23 Nov 16:00" in words(told)) == is_resting
    assert [one.split()[0] for one in rows(web.get("/admin/hosts?q=LOST"))] == ["lost.example"]
    assert "No host with “quay” in its name rests" in words(web.get("/admin/hosts?q=quay"))
    office.clock.move(minutes=11)
    assert "The host rests" not in words(web.get("/admin/hosts"))


def test_a_domain_without_a_source_rests_too(office: Office) -> None:
    office.harbour()
    until = office.clock()
    office.clock.move(hours=-1)
    office.store.polls.cool("hub.example", until=until)
    shown = rows(office.signed_in().get("/admin/hosts"))
    assert len(shown) == 1
    assert "hub.example" in shown[0]
    assert "when a page, a list or a hub there was asked for" in shown[0]
    assert shown[0].endswith("none")


def test_many_rests_come_page_by_page(office: Office) -> None:
    for number in range(52):
        office.room.add(f"https://s{number:02}.example/feed")
        office.store.polls.rest_host(f"s{number:02}.example", until=office.clock.move(seconds=1))
    office.clock.move(minutes=-2)
    web = office.signed_in()
    page = web.get("/admin/hosts")
    assert len(rows(page)) == 50
    assert "1 to 50 of 52" in words(page)
    assert [one.split()[0] for one in rows(web.get("/admin/hosts?page=2"))] == ["s50.example", "s51.example"]
    assert "The list has no such page." in words(web.get("/admin/hosts?page=3"))


def test_rests_are_found_by_indexes_alone(office: Office) -> None:
    engine, sql = office.store.engine, rests._query(office.clock(), "")
    assert isinstance(engine, SqliteEngine)
    for number in range(300):
        office.room.add(f"https://s{number}.example/feed")
    engine.run("ANALYZE")
    plan = [row["detail"] for row in engine.rows(f"EXPLAIN QUERY PLAN {sql[0]}", sql[1])]
    assert any("hosts_resting" in one for one in plan)
    assert any("domains_resting" in one for one in plan)
    scanned = {one.split()[1] for one in plan if one.startswith("SCAN") and "INDEX" not in one}
    assert not scanned & {"hosts", "domains", "h", "d", "p"}, plan
