"""What the screens show and do: each number opens its list, each error stands at its field, what the file owns is told."""

from __future__ import annotations

import gzip
import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from lxml import html

from db.store import Store
from feeds.actions.sorting import trials
from feeds.model.articles import TopicRule
from feeds.model.declarations import Declarations, SourceDeclaration, TopicDeclaration
from feeds.model.fetched import Failed
from feeds.model.kept import ArticleFilter
from feeds.model.outgoing import FeedKey
from tests.fakes import item, rss
from tests.web.admin.office import FEED, Office, html_text, words
from tests.web.admin.test_routes import copied


def test_the_overview_tells_what_needs_somebody_with_its_next_step(office: Office) -> None:
    office.harbour()
    office.web.put(FEED, "", status=404)
    office.room.again()
    web = office.signed_in()
    office.store.kept.beat("scheduler", office.clock())
    page = web.get("/admin/")
    text = words(page)
    assert "Harbour News" in text
    assert "Nothing there" in text
    assert "Find its new address." in text
    button = page.xpath("//button[@value='look']")[0]
    assert button.getparent().get("action") == "/admin/sources/harbour-example"


def test_the_overview_tells_that_nothing_is_polled(office: Office) -> None:
    web = office.signed_in()
    office.clock.move(minutes=5)
    assert "Nothing is polled" in words(web.get("/admin/"))


def test_sources_can_be_found_and_those_in_trouble_come_first(office: Office) -> None:
    for name in ("ash", "birch", "cedar"):
        office.room.add(f"https://{name}.example/feed", rss(title=name.title()))
    office.web.put("https://cedar.example/feed", "", status=404)
    office.room.round()
    web = office.signed_in()
    rows = web.get("/admin/sources").xpath("//tbody/tr/th/a/text()")
    assert [str(one) for one in rows] == ["cedar.example", "Ash", "Birch"]
    assert "1 to" not in words(web.get("/admin/sources"))
    rows = web.get("/admin/sources?q=birch").xpath("//tbody/tr/th/a/text()")
    assert [str(one) for one in rows] == ["Birch"]
    rows = web.get("/admin/sources?group=trouble").xpath("//tbody/tr/th/a/text()")
    assert [str(one) for one in rows] == ["cedar.example"]
    assert "None of 3." in words(web.get("/admin/sources?q=willow"))


def test_many_sources_come_page_by_page(office: Office) -> None:
    for number in range(55):
        office.room.add(f"https://s{number:02}.example/feed")
    web = office.signed_in()
    page = web.get("/admin/sources")
    assert len(page.xpath("//tbody/tr")) == 50
    assert "1 to 50 of 55" in words(page)
    assert len(web.get("/admin/sources?page=2").xpath("//tbody/tr")) == 5


def test_a_bulk_mistake_is_undone_by_one_button(office: Office) -> None:
    for number in range(60):
        office.room.add(f"https://s{number:02}.example/feed")
    web = office.signed_in()
    page = web.send(
        "/admin/sources", {"do": "pause", "source": "s00-example", "every": "yes", "group": "all"}
    )
    assert "60 sources paused." in words(page)
    undo = page.xpath("//div[@class='notice']//form/@action")[0]
    assert "Taken back" in words(web.send(str(undo)))
    assert {row.source.state for row in office.store.sources.every()} == {"active"}


def test_all_that_match_are_those_that_the_filter_shows(office: Office) -> None:
    for number in range(3):
        office.room.add(f"https://s{number}.example/feed")
    office.room.add("https://other.example/feed")
    web = office.signed_in()
    page = web.get("/admin/sources?q=other&kind=feed")
    hidden = {
        str(one.get("name")): str(one.get("value"))
        for one in page.xpath("//form[@method='post' and @action='/admin/sources']//input[@type='hidden']")
    }
    web.send("/admin/sources", {**hidden, "csrf_token": web.token(), "do": "pause", "every": "yes"})
    assert [row.source.slug for row in office.store.sources.every() if row.source.state == "paused"] == [
        "other-example"
    ]
    rows = web.get("/admin/sources?sort=name").xpath("//tbody/tr/th/a/text()")
    assert [str(one) for one in rows] == ["other.example", "s0.example", "s1.example", "s2.example"]
    assert web.get("/admin/sources?sort=name").xpath("//th[@aria-sort='ascending']/a/text()") == ["Source"]


def test_removing_asks_first_with_its_numbers(office: Office) -> None:
    office.harbour()
    web = office.signed_in()
    text = words(web.shown("/admin/sources/harbour-example", {"do": "remove"}))
    assert "3 articles stay in topics and with authors" in text
    assert len(office.store.sources.every()) == 1
    web.send("/admin/sources", {"do": "remove", "sure": "yes", "source": "harbour-example"})
    assert office.store.sources.every() == ()


def test_a_wrong_setting_is_told_at_its_field_and_what_was_typed_stays(office: Office) -> None:
    office.harbour()
    web = office.signed_in()
    typed = {
        "title": "The Harbour", "url": FEED, "slug": "harbour-example", "share": "full", "pictures": "all",
        "timezone": "Europe/Olso", "interval": "soon",
    }  # fmt: skip
    page = web.shown("/admin/sources/harbour-example/settings", typed, 400)
    assert "2 things to mend" in words(page)
    assert page.xpath("//input[@id='timezone']/@value") == ["Europe/Olso"]
    assert page.xpath("//input[@id='title']/@value") == ["The Harbour"]
    assert page.xpath("//input[@id='timezone']/@aria-invalid") == ["true"]
    assert page.xpath("//p[@id='interval-err']")
    typed |= {"timezone": "Europe/Oslo", "interval": "2h"}
    assert "Saved" in words(web.send("/admin/sources/harbour-example/settings", typed))
    source = office.store.sources.every()[0].source
    assert (source.title, source.timezone, source.interval.total_seconds()) == (  # type: ignore[union-attr]
        "The Harbour",
        "Europe/Oslo",
        7200,
    )


def test_an_address_with_a_secret_is_shown_without_it_and_kept(office: Office) -> None:
    secret = "https://harbour.example/feed?token=s3cretword"
    office.room.add(secret, rss())
    web = office.signed_in()
    answer = web.client.get("/admin/sources/harbour-example/settings")
    assert "s3cretword" not in answer.text
    shown = {
        str(one.get("name")): str(one.get("value") or "")
        for one in web.get("/admin/sources/harbour-example/settings").xpath("//form[@class='form']//input")
    }
    web.send(
        "/admin/sources/harbour-example/settings",
        {"url": shown["url"], "title": "Renamed", "slug": shown["slug"], "share": "full", "pictures": "all"},
    )
    source = office.store.sources.every()[0].source
    assert (source.title, source.fetch_url) == ("Renamed", secret)
    change = office.store.changes.changes(most=1)[0]
    assert "s3cretword" not in web.client.get(f"/admin/log/{change.id}").text


def test_poll_now_is_done_by_the_scheduler_and_told(office: Office) -> None:
    office.harbour()
    web = office.signed_in()
    answer = web.post("/admin/sources/harbour-example", {"do": "poll"})
    assert "Polling" in web.client.get(answer.headers["Location"]).text
    office.web.put(FEED, rss(item(9, title="Fog lifts"), item(1, title="Ferry stays in port")))
    office.clock.move(minutes=1)
    office.store.sources.poll_soon([office.store.sources.every()[0].source.id], office.clock())
    office.room.round()
    office.work()
    assert "Polled: " in words(web.follow(web.client.get(answer.headers["Location"])))
    assert "well" in words(web.get("/admin/sources/harbour-example"))


def test_an_address_that_answers_nothing_is_told_in_words_with_what_to_do(office: Office) -> None:
    web = office.signed_in()
    assert "An address is needed" in words(web.shown("/admin/add/source", {"address": "", "kind": ""}, 400))
    page = words(web.shown("/admin/add/source", {"address": "ferry timetable", "kind": ""}, 400))
    assert "This is not an address. An example: example.org." in page
    office.web.pages["https://nowhere.example"] = office.web.pages["https://nowhere.example/"] = Failed(
        url="https://nowhere.example/", state="name", detail="nowhere.example leads nowhere."
    )
    answer = web.post("/admin/add/source", {"address": "nowhere.example", "kind": ""})
    office.work()
    page = words(web.get(answer.headers["Location"]))
    assert "leads nowhere" in page
    assert "Check its spelling" in page


def test_a_known_address_leads_to_its_source(office: Office) -> None:
    office.harbour()
    page = words(office.signed_in().send("/admin/add/source", {"address": FEED, "kind": ""}))
    assert "This source is already here" in page


def test_what_the_file_owns_is_shown_with_its_lines_and_no_button(
    tmp_path: Path, sqlite_template: Path
) -> None:
    declared = Declarations(
        sources=(SourceDeclaration(url=FEED, slug="harbour", title="From the file"),),
        topics=(TopicDeclaration(slug="sea", categories=("Ferries",)),),
    )
    office = Office(tmp_path, copied(sqlite_template, tmp_path), declarations=declared)
    office.harbour()
    source = office.store.sources.every()[0].source
    office.store.sources.rename(source.id, "harbour", office.clock())
    rule = TopicRule(categories=("Ferries",))
    office.store.topics.put(
        slug="sea", title="Sea", description="", rule=rule, origin="file", now=office.clock()
    )
    web = office.signed_in()
    page = web.get("/admin/sources/harbour/settings")
    assert "config.toml owns this, from line" in words(page)
    assert f'url = "{FEED}"' in page.xpath("//pre/text()")[0]
    assert not page.xpath("//form[@class='form']")
    answer = web.post("/admin/sources/harbour", {"do": "pause"})
    assert answer.status_code == 409
    assert "declares this source" in html_text(answer.text)
    assert office.store.sources.every()[0].source.state == "active"
    form = {"title": "Sea", "categories": "Ferries\nSeals", "parent": "", "do": "save"}
    page = web.shown("/admin/topics/sea/rule", form, 409)
    assert 'categories = ["Ferries", "Seals"]' in page.xpath("//pre/text()")[0]
    assert office.store.topics.every()[0].rule == rule
    office.store.close()


def test_a_rule_that_cannot_be_read_is_told_at_its_field(office: Office) -> None:
    office.harbour()
    web = office.signed_in()
    form = {"title": "Sea", "match": "(ferry", "parent": "", "do": "try"}
    page = web.shown("/admin/add/topic", form, 400)
    assert "1 thing to mend" in words(page)
    assert page.xpath("//p[@id='match-err']")
    assert page.xpath("//textarea[@id='match']")[0].text.strip() == "(ferry"
    page = web.shown("/admin/add/topic", {"title": "Sea", "parent": "", "do": "save"}, 400)
    assert "A topic needs a rule" in words(page)


def test_a_topic_shows_its_articles_with_the_evidence(office: Office) -> None:
    office.harbour()
    web = office.signed_in()
    form = {"title": "Sea", "phrases": "seals", "parent": "", "do": "save"}
    web.post("/admin/add/topic", form)
    office.work()
    page = web.get("/admin/topics/sea")
    assert "Seals on the slipway" in words(page)
    assert page.xpath("//td/a/@title") == ["phrase “seals” in title or summary"] or page.xpath(
        "//td/a/@title"
    )


def test_an_article_tells_what_else_its_source_says_of_it(office: Office) -> None:
    talk = "https://harbour.example/1#comments"
    office.room.add(FEED, rss(item(1, extra=f"<comments>{talk}</comments>"), item(2)))
    office.room.round()
    web = office.signed_in()
    pages = [web.get(f"/admin/articles/{number}") for number in (1, 2)]
    assert sorted(f"Comments {talk} the same source" in words(page) for page in pages) == [False, True]
    assert sorted(page.xpath("count(//td/a[@rel='noreferrer'])") for page in pages) == [0, 1]


def test_an_article_tells_why_it_is_where_it_is(office: Office) -> None:
    office.harbour()
    web = office.signed_in()
    found = office.store.changes.article_page(ArticleFilter(), most=9, offset=0)
    one = next(article for article in found if article.title == "Ferry stays in port")
    page = words(web.get(f"/admin/articles/{one.id}"))
    assert "/sources/harbour-example harbour-example brought it" in page
    page = words(
        web.send(f"/admin/articles/{one.id}/change", {"title": "Ferry stays", "summary": one.summary})
    )
    assert "Saved; polls do not touch it." in page
    assert "Ferry stays in port" in page
    assert "mara" in page
    page = words(web.send(f"/admin/articles/{one.id}", {"do": "take-back title"}))
    assert "as the source says again" in page


def test_a_correction_needs_a_note_and_reaches_the_feed(office: Office) -> None:
    office.harbour()
    web = office.signed_in()
    typed = {"title": "Ferry sails", "summary": ""}
    page = web.shown("/admin/articles/1/correct", typed, 400)
    assert "Say what was wrong; readers see it." in words(page)
    assert page.xpath("//input[@id='title']/@value") == ["Ferry sails"]
    page = words(web.send("/admin/articles/1/correct", {**typed, "note": "It sails."}))
    assert "feeds show it as updated, with your note" in page
    with web.client.get("/all.atom") as answer:
        feed = answer.get_data(as_text=True)
    assert "It sails." in feed
    assert "Ferry sails" in feed


def test_withdrawing_needs_a_reason_and_shows_what_it_does(office: Office) -> None:
    office.harbour()
    web = office.signed_in()
    asked = {"do": "withdraw", "article": "1"}
    page = words(web.shown("/admin/articles", asked))
    assert "/sources/harbour-example" in page
    page = words(web.shown("/admin/articles", {**asked, "sure": "yes", "reason": " "}, 400))
    assert "A reason is needed; readers see it." in page
    page = words(web.send("/admin/articles", {**asked, "sure": "yes", "reason": "Two stories in one"}))
    assert "1 article withdrawn." in page
    page = words(web.get("/admin/articles/1"))
    assert "Two stories in one" in page
    assert "withdrawn" in words(web.get("/admin/articles?mark=withdrawn"))
    assert "in its feeds again" in words(web.send("/admin/articles/1", {"do": "restore"}))


def test_versions_are_shown_word_by_word(office: Office) -> None:
    office.harbour()
    web = office.signed_in()
    office.web.put(FEED, rss(item(1, title="Ferry stays in harbour", body="The ferry runs again tomorrow.")))
    office.room.again()
    page = web.get("/admin/articles/1")
    assert [str(one).strip() for one in page.xpath("//del/text()")][:1] == ["port"]
    assert "harbour" in [str(one).strip() for one in page.xpath("//ins/text()")]


def test_authors_are_merged_with_their_evidence_and_undone(office: Office) -> None:
    by = "<dc:creator>Ines Halvorsen</dc:creator>"
    office.room.add(FEED, rss(item(1, extra=by)))
    office.room.add(
        "https://quay.example/feed",
        rss(item(2, link="https://quay.example/2", guid="q2", extra=by), title="Quay"),
    )
    office.room.round()
    web = office.signed_in()
    assert "Who may be one person" in words(web.get("/admin/authors"))
    page = web.get("/admin/merges")
    assert "the same name" in words(page)
    slugs = [str(one) for one in page.xpath("//input[@name='author']/@value")]
    assert len(slugs) == 2
    page = web.send("/admin/merges", {"do": "merge", "author": slugs, "keep": slugs[0]})
    assert "Merged into" in words(page)
    assert len(office.store.authors.every()) == 1
    web.send(str(page.xpath("//div[@class='notice']//form/@action")[0]))
    assert len(office.store.authors.every()) == 2
    web.send("/admin/merges", {"do": "apart", "author": slugs})
    assert "Nobody seems to appear twice." in words(web.get("/admin/merges"))


def test_of_two_spellings_the_fuller_one_is_proposed_to_stay(office: Office) -> None:
    by = "<dc:creator>{}</dc:creator>"
    office.harbour(
        item(1, extra=by.format("I. Halvorsen")),
        item(2, extra=by.format("I. Halvorsen")),
        item(3, extra=by.format("Ines Halvorsen")),
    )
    page = office.signed_in().get("/admin/merges")
    assert page.xpath("//input[@name='keep'][@checked]/@value") == ["ines-halvorsen"]


def test_a_refused_undo_says_what_builds_upon_it(office: Office) -> None:
    office.harbour()
    web = office.signed_in()
    form = {"url": FEED, "slug": "harbour-example", "share": "full", "pictures": "all"}
    for title in ("One", "Two"):
        web.send("/admin/sources/harbour-example/settings", {**form, "title": title})
    first = office.store.changes.changes(most=5)[-1]
    answer = web.post(f"/admin/log/{first.id}/undo")
    assert answer.status_code == 409
    assert "Later mara set title of One. Undo that first." in html_text(answer.text)
    page = words(web.get(f"/admin/log/{first.id}"))
    assert "Undo that first" in page


def test_an_editor_takes_back_what_they_may_change_and_nothing_else(office: Office) -> None:
    office.harbour()
    mara = office.signed_in()
    mara.send("/admin/sources/harbour-example", {"do": "pause"})
    olav = office.signed_in("olav", "editor")
    change = office.store.changes.changes(most=1)[0]
    assert olav.post(f"/admin/log/{change.id}/undo").status_code == 403
    assert office.store.sources.every()[0].source.state == "paused"


def test_the_log_is_filtered_by_who_what_and_words(office: Office) -> None:
    office.harbour()
    mara = office.signed_in()
    mara.send("/admin/sources/harbour-example", {"do": "pause"})
    olav = office.signed_in("olav", "editor")
    olav.send("/admin/articles", {"do": "withdraw", "article": "1", "sure": "yes", "reason": "Doubled"})
    assert len(mara.get("/admin/log?who=olav").xpath("//tbody/tr")) == 1
    assert len(mara.get("/admin/log?kind=source").xpath("//tbody/tr")) == 1
    assert len(mara.get("/admin/log?q=doubled").xpath("//tbody/tr")) == 1
    assert "None fits." in words(mara.get("/admin/log?q=zeppelin"))


def test_settings_tell_value_origin_and_meaning_and_no_secret(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.settings.path.write_text('[site]\ntitle = "Skerry Reader"\n', encoding="utf-8")
    monkeypatch.setenv("FEEDWRIGHT_SITE_TIMEZONE", "Europe/Oslo")
    page = words(office.signed_in().get("/admin/settings"))
    assert "Skerry Reader config.toml, line 2 What feeds and pages call the site; without it" in page
    assert "Europe/Oslo environment, FEEDWRIGHT_SITE_TIMEZONE" in page


def test_a_list_is_imported_line_by_line_and_undone_at_once(office: Office) -> None:
    web = office.signed_in()
    lines = "".join(
        f'<outline type="rss" text="S{number}" xmlUrl="https://s{number}.example/feed"/>'
        for number in range(5)
    )
    text = f'<opml version="2.0"><body><outline text="Sea">{lines}</outline><outline type="rss" text="x" xmlUrl="nonsense"/></body></opml>'
    answer = web.post("/admin/add/sources", {"text": text, "folders": "y"})
    assert answer.status_code == 303
    office.work()
    page = web.follow(answer)
    assert "5 added" in words(page)
    assert "1 left out" in words(page)
    assert "5 wait for their first poll" in words(page)
    office.room.round()
    page = web.get(f"/admin/add/sources/{answer.headers['Location'].rsplit('/', 1)[1]}")
    assert "Nothing there 5" in words(page)
    web.send(str(page.xpath("//form[contains(@action, '/undo')]/@action")[0]))
    assert office.store.sources.every() == ()
    assert office.store.topics.every() == ()
    page = web.shown("/admin/add/sources", {"text": ""}, 400)
    assert "A list is needed" in words(page)


@pytest.mark.parametrize(
    "packed",
    [
        lambda text: text.encode("utf-16"),
        lambda text: text.encode("windows-1251"),
        lambda text: gzip.compress(text.encode()),
    ],
    ids=["utf-16", "windows-1251", "gzip"],
)
def test_a_list_is_read_in_its_charset_and_unpacked(office: Office, packed: Callable[[str], bytes]) -> None:
    web = office.signed_in()
    body = packed('<?xml version="1.0" encoding="windows-1251"?><opml><body>'
                  '<outline type="rss" text="Лодки" xmlUrl="https://boats.example/feed"/></body></opml>')  # fmt: skip
    answer = web.post("/admin/add/sources", {"text": "", "file": (BytesIO(body), "list.opml")})
    office.work()
    assert "1 added" in words(web.follow(answer))
    assert [row.source.title for row in office.store.sources.every()] == ["Лодки"]


def test_a_damaged_packed_list_says_so(office: Office) -> None:
    page = office.signed_in().shown(
        "/admin/add/sources", {"text": "", "file": (BytesIO(b"\x1f\x8b\x08 nothing"), "list.gz")}, 400
    )
    assert "The gzip file is damaged" in words(page)
    bomb = gzip.compress(b"<opml>" + b" " * 6_000_000)
    page = office.signed_in().shown(
        "/admin/add/sources", {"text": "", "file": (BytesIO(bomb), "list.gz")}, 400
    )
    assert "The unpacked file is larger than 5,000,000 bytes." in words(page)


def test_a_list_that_is_none_says_so(office: Office) -> None:
    web = office.signed_in()
    answer = web.post("/admin/add/sources", {"text": "<html>no list</html>"})
    office.work()
    assert "The file lists no feeds" in words(web.get(answer.headers["Location"]))


def test_with_very_many_articles_a_rule_is_tried_by_the_scheduler(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trials, "AT_ONCE", 2)
    office.harbour()
    web = office.signed_in()
    form = {"title": "Sea", "phrases": "seals", "parent": "", "description": "All at sea."}
    answer = web.post("/admin/add/topic", {**form, "do": "try"})
    office.work()
    page = web.follow(answer)
    assert "1 of 3 articles are in it then." in words(page)
    assert page.xpath("//textarea[@id='description']")[0].text.strip() == "All at sea."
    tried = str(page.xpath("//input[@name='tried']/@value")[0])
    web.post("/admin/add/topic", {**form, "tried": tried, "do": "save"})
    office.work()
    assert [(one.feed, one.entered) for one in office.store.changes.changes(most=1)[0].effects] == [
        ("topics/sea", 1)
    ]
    # Another rule than the one that was tried is tried first.
    answer = web.post("/admin/topics/sea/rule", {**form, "phrases": "ferry", "tried": tried, "do": "save"})
    office.work()
    page = web.follow(answer)
    assert "Enter" in words(page)
    assert office.store.topics.every()[0].rule.phrases == ("seals",)


def test_what_our_own_network_made_fail_is_no_poll_of_a_source(office: Office) -> None:
    office.harbour()
    source = office.store.sources.every()[0].source
    assert [one.new_count for one in office.store.changes.polls(source.id, 10)] == [3]
    for number in range(12):
        office.room.add(f"https://s{number}.example/feed")
        office.web.pages[f"https://s{number}.example/feed"] = Failed(
            url=f"https://s{number}.example/feed", state="name", detail="It leads nowhere."
        )
    office.web.pages[FEED] = Failed(url=FEED, state="name", detail="It leads nowhere.")
    office.room.again()
    assert len(office.store.changes.polls(source.id, 10)) == 1
    assert "We can reach nothing" in words(office.signed_in().get("/admin/"))


def test_a_secret_address_that_is_looked_at_is_seen_by_nobody_else(office: Office) -> None:
    secret = "https://harbour.example/feed?token=s3cretword"
    office.web.put(secret, rss(item(1)))
    web = office.signed_in()
    answer = web.post("/admin/add/source", {"address": secret, "kind": ""})
    job = answer.headers["Location"]
    vera = office.signed_in("vera", "viewer")
    assert vera.client.get(job).status_code == 403
    office.work()
    assert "Harbour News" in words(web.follow(web.client.get(job)))
    preview = f"/admin/add/source/{job.rsplit('/', 1)[1]}"
    assert vera.client.get(preview).status_code == 403
    assert "s3cretword" not in html_text(web.client.get(preview).text)
    web.send(preview, {"title": "Harbour", "share": "full", "pictures": "all"})
    assert office.store.sources.every()[0].source.fetch_url == secret
    for path in ("/admin/sources/harbour", "/admin/log", "/admin/log/1", "/admin/log/2", "/admin/"):
        assert "s3cretword" not in vera.client.get(path).text, path


def test_headers_of_a_declared_source_are_not_told(tmp_path: Path, sqlite_template: Path) -> None:
    declared = Declarations(
        sources=(SourceDeclaration(url=FEED, slug="harbour", headers=("X-Key: s3cret",)),)
    )
    office = Office(tmp_path, copied(sqlite_template, tmp_path), declarations=declared)
    office.harbour()
    source = office.store.sources.every()[0].source
    office.store.sources.rename(source.id, "harbour", office.clock())
    page = office.signed_in("vera", "viewer").client.get("/admin/sources/harbour").text
    assert "X-Key: …" in page
    assert "s3cret" not in page
    office.store.close()


def test_a_purged_article_leaves_nothing_of_what_was_set_over_it(office: Office) -> None:
    office.harbour()
    office.store.changes.set_override(1, "title", "Set over it", who="mara", now=office.clock())
    later = office.clock.move(days=400)
    office.store.articles.purge(before=later, now=later, most=10)
    assert office.store.engine.rows("SELECT * FROM overrides") == []
    assert "Set over it" not in office.signed_in().client.get("/admin/articles/1").text


def test_a_retired_topic_is_gone_for_readers_until_that_is_taken_back(office: Office) -> None:
    office.harbour()
    web = office.signed_in()
    web.post("/admin/add/topic", {"title": "Sea", "phrases": "seals", "parent": "", "do": "save"})
    office.work()
    reader = office.app.test_client()
    assert reader.get("/topics/sea").status_code == 200
    assert "Undo brings it back" in words(web.get("/admin/topics/sea/retire"))
    page = web.send("/admin/topics/sea", {"do": "retire"})
    assert reader.get("/topics/sea").status_code == 410
    assert "No topics yet." in words(page)
    web.send(str(page.xpath("//div[@class='notice']//form/@action")[0]))
    office.work()
    assert reader.get("/topics/sea").status_code == 200
    assert "Seals on the slipway" in reader.get("/topics/sea").text
    page = words(web.send("/admin/topics/sea/rename", {"slug": "water"}))
    assert "/topics/sea redirects here from now on" in page
    assert reader.get("/topics/sea").status_code == 307
    page = words(web.shown("/admin/topics/water/rename", {"slug": "Not A Word"}, 400))
    assert "take 'not-a-word'" in page


def test_a_page_without_a_feed_becomes_a_source_by_a_selector(office: Office) -> None:
    office.web.put(
        "https://ferry.example/news",
        "<html><head><title>Ferry news</title></head><body><main><h2><a href='/1'>Winter timetable</a></h2>"
        "<h2><a href='/2'>Gangway light mended</a></h2></main></body></html>",
    )
    for number, title in ((1, "Winter timetable"), (2, "Gangway light mended")):
        office.web.put(
            f"https://ferry.example/{number}",
            f"<html><head><title>{title}</title></head><body><article><h1>{title}</h1><p>{'The boat sails. ' * 30}</p>"
            "</article></body></html>",
        )
    office.web.put("https://ferry.example/robots.txt", "", status=404)
    web = office.signed_in()
    form = {"address": "ferry.example/news", "kind": "page", "links": "main h2 a"}
    answer = web.post("/admin/add/source", form)
    office.work()
    page = web.follow(answer)
    assert "Winter timetable" in words(page)
    assert page.xpath("//input[@name='share'][@checked]/@value") == ["excerpt"]
    job = answer.headers["Location"].rsplit("/", 1)[1]
    web.send(f"/admin/add/source/{job}", {"title": "Ferry", "share": "excerpt", "pictures": "all"})
    source = office.store.sources.every()[0].source
    assert (source.kind, source.options.links, source.share) == ("page", "main h2 a", "excerpt")
    wrong = web.post("/admin/add/source", {**form, "address": "ferry.example/other", "links": "main h2 ["})
    office.work()
    assert "That did not work" in words(web.get(wrong.headers["Location"]))


def test_a_lost_feed_is_looked_for_and_its_new_address_filled_in(office: Office) -> None:
    office.harbour()
    office.web.put(FEED, "", status=404)
    office.room.again()
    fresh = "https://harbour.example/feeds/all.xml"
    office.web.put(
        "https://harbour.example/",
        f'<html><head><link rel="alternate" type="application/rss+xml" href="{fresh}"></head></html>',
    )
    office.web.put(fresh, rss(item(1, title="Ferry stays in port"), item(2), item(3), item(4, title="Fog")))
    web = office.signed_in()
    answer = web.post("/admin/sources/harbour-example", {"do": "look"})
    office.work()
    page = web.follow(answer)
    assert page.xpath("//input[@id='url']/@value") == [fresh]
    assert "Filled in for you: address." in words(page)
    assert office.store.sources.every()[0].source.fetch_url == FEED
    form = {"url": fresh, "title": "", "slug": "harbour-example", "share": "full", "pictures": "all"}
    web.send("/admin/sources/harbour-example/settings", form)
    assert office.store.sources.every()[0].source.fetch_url == fresh
    office.clock.move(hours=1)
    office.room.round()
    assert "Well" in words(web.get("/admin/sources/harbour-example"))


def test_too_large_an_answer_leads_to_a_higher_limit(office: Office) -> None:
    office.harbour()
    office.web.pages[FEED] = Failed(url=FEED, state="large", detail="It is larger than 15 MB.")
    office.room.again()
    page = office.signed_in().send("/admin/sources/harbour-example", {"do": "settings"})
    assert page.xpath("//input[@id='max_bytes']/@value") == ["30000000"]


def test_settings_are_tried_before_they_are_saved(office: Office) -> None:
    office.harbour()
    web = office.signed_in()
    other = "https://harbour.example/other"
    office.web.put(other, rss(item(7, title="Fog over the quay", extra="<category>Fog</category>")))
    form = {"url": other, "title": "Typed", "slug": "harbour-example", "share": "full", "pictures": "all"}
    answer = web.post("/admin/sources/harbour-example/settings", {**form, "author": "The desk", "do": "try"})
    office.work()
    page = web.follow(answer)
    assert "Fog over the quay" in words(page)
    assert "The desk" in words(page)
    assert page.xpath("//input[@id='title']/@value") == ["Typed"]
    assert office.store.sources.every()[0].source.fetch_url == FEED
    assert office.store.changes.changes(most=5) == ()
    answer = web.post(
        "/admin/sources/harbour-example/settings", {**form, "url": f"{other}/none", "do": "try"}
    )
    office.work()
    failed = web.get(answer.headers["Location"])
    back = str(failed.xpath("//a[text()='Back to the settings']/@href")[0])
    page = web.get(back)
    assert page.xpath("//input[@id='url']/@value") == [f"{other}/none"]
    assert "1 thing to mend" in words(page)
    web.shown("/admin/sources/harbour-example/settings", {**form, "timezone": "Nowhere", "do": "try"}, 400)


def test_every_kind_of_feed_has_its_list(office: Office) -> None:
    office.harbour()
    office.store.mixes.put(
        slug="shore", title="The shore", description="", path="sources/harbour-example",
        origin="admin", now=office.clock(),
    )  # fmt: skip
    web = office.signed_in()
    shown = {kind: words(web.get(f"/admin/feeds?kind={kind}")) for kind in ("all", "source", "mix")}
    assert "/all.atom" in shown["all"]
    assert "/sources/harbour-example.atom" in shown["source"]
    assert "The shore" in shown["mix"]


def test_a_feed_is_checked_for_a_partner(office: Office) -> None:
    office.harbour()
    web = office.signed_in()
    shown = words(web.get("/admin/feeds/lint?feed=all&profile=msn"))
    assert "characters; at least 21 are wanted" in shown
    assert "left out" in shown
    assert "no snf:logo" in words(web.get("/admin/feeds/lint?feed=all&profile=smartnews"))
    assert "Nothing breaks a rule." in words(web.get("/admin/feeds/lint?feed=all&profile=ninjs"))
    assert "There is no feed topics/nobody" in words(web.get("/admin/feeds/lint?feed=topics/nobody", 400))
    assert "Expected all, topics/SLUG" in words(web.get("/admin/feeds/lint?feed=nowhere", 400))


def test_a_mix_is_saved_changed_and_given_up_on_its_page(office: Office) -> None:
    office.harbour()
    web = office.signed_in()
    page = web.get("/admin/feeds/mixes?path=/mix/sources/harbour-example")
    assert page.xpath("//input[@id='path']/@value") == ["sources/harbour-example"]
    form = {"path": "sources/harbour-example", "slug": "coast", "title": "The coast", "description": ""}
    web.post("/admin/feeds/mixes", form)
    office.work()
    text = words(web.get("/admin/feeds/mixes"))
    assert "The coast" in text
    assert "sources/harbour-example" in text
    info = office.store.feeds.info(FeedKey(kind="mix", slug="coast"))
    assert info is not None
    assert info.article_count > 0
    wrong = words(web.shown("/admin/feeds/mixes", {**form, "path": "sources/nobody"}, 400))
    assert "There is no sources/nobody here" in wrong
    assert "stands alone" in words(web.shown("/admin/feeds/mixes", {**form, "path": "sources"}, 400))
    web.post("/admin/feeds/mixes/coast/retire")
    assert "No mix is saved yet" in words(web.get("/admin/feeds/mixes"))
    [change] = [one for one in office.store.changes.changes(most=5) if one.what.startswith("retired")]
    web.post(f"/admin/log/{change.id}/undo")
    assert "The coast" in words(web.get("/admin/feeds/mixes"))


def test_a_private_address_is_shown_once_and_revoked(office: Office) -> None:
    office.harbour()
    web = office.signed_in()
    form = {"name": "Mara", "feeds": "sources/harbour-example\n", "share": "full", "until": "2030-01-31"}
    page = web.shown("/admin/feeds/private", form)
    [link] = [str(one) for one in page.xpath("//code[@class='copy']/text()")]
    path = "/p/" + link.partition("/p/")[2]
    assert office.app.test_client().get(path).status_code == 200
    again = web.get("/admin/feeds/private")
    assert link not in html_text(str(again.text_content()))
    assert "until 31 January 2030" in words(again)
    assert "Mara" in words(again)
    web.post("/admin/feeds/private/1/revoke")
    assert "revoked" in words(web.get("/admin/feeds/private"))
    assert office.app.test_client().get(path).status_code == 410
    page = web.shown("/admin/feeds/private", {**form, "until": "31.1.2030"}, 400)
    assert [one.text for one in page.xpath("//p[@id='until-err']")] == [
        "Write the last day like this: 2027-12-31."
    ]
    wrong = words(web.shown("/admin/feeds/private", {**form, "feeds": "topics/nowhere"}, 400))
    assert "There is no feed 'topics/nowhere'" in wrong


def test_an_article_is_written_looked_at_published_changed_and_taken_back(office: Office) -> None:
    office.store.topics.put(
        slug="sea", title="Sea", description="", rule=TopicRule(phrases=("seals",)), origin="admin",
        now=office.clock(),
    )  # fmt: skip
    web = office.signed_in()
    form = {
        "title": "How we work", "text": "We **ask** every source.\n\n<script>alert(1)</script>\n\n## Pictures\n\nThey have credits.",
        "authors": "Mara Lindqvist, Jon Abara", "topics": ["sea"], "summary": "", "language": "",
        "picture_url": "https://quay.example/a.jpg", "picture_credit": "Ida Storm", "picture_caption": "The quay",
        "picture_alt": "",
    }  # fmt: skip
    looked = web.shown("/admin/write", {**form, "do": "look"})
    assert "So it would look" in words(looked)
    assert looked.xpath("//div[@class='content']//strong/text()") == ["ask"]
    assert not looked.xpath("//div[@class='content']//script")
    assert office.store.sources.every() == ()
    wrong = words(web.shown("/admin/write", {**form, "title": "", "do": "save"}, 400))
    assert "A title is needed." in wrong
    wrong = words(web.shown("/admin/write", {**form, "picture_url": "javascript:x", "do": "save"}, 400))
    assert "The picture's address" in wrong
    page = web.follow(web.post("/admin/write", {**form, "do": "save"}))
    assert "How we work" in words(page)
    public = office.app.test_client()

    def items_of(path: str) -> list[dict[str, Any]]:
        office.app.extensions["feedwright"].cache.refresh()
        found: list[dict[str, Any]] = json.loads(public.get(path).data)["items"]
        return found

    items = items_of("/topics/sea.json")
    assert [one["title"] for one in items] == ["How we work"]
    assert [one["name"] for one in items[0]["authors"]] == ["Mara Lindqvist", "Jon Abara"]
    assert items[0]["_feedwright"]["images"][0]["credit"] == "Ida Storm"
    assert "<h2>Pictures</h2>" in items[0]["content_html"]
    office.clock.move(minutes=5)
    edit = web.get("/admin/articles/1/write")
    assert edit.xpath("//textarea[@id='text']/text()")[0].strip().startswith("We **ask**")
    web.post("/admin/articles/1/write", {**form, "text": "We ask *nobody*.", "topics": [], "do": "save"})
    again = items_of("/all.json")
    assert [(one["id"], "nobody" in one["content_html"]) for one in again] == [(items[0]["id"], True)]
    assert items_of("/topics/sea.json") == []
    changed, wrote = office.store.changes.changes(most=2)
    assert (wrote.what, changed.what) == ("wrote “How we work”", "changed “How we work”")
    web.post(f"/admin/log/{changed.id}/undo")
    back = items_of("/all.json")
    assert "every source" in back[0]["content_html"]
    assert back[0]["date_published"] == items[0]["date_published"]
    web.post(f"/admin/log/{wrote.id}/undo")
    assert items_of("/all.json") == []
    assert public.get("/articles/1").status_code == 410


def test_what_was_not_written_here_is_not_edited_as_if_it_were(office: Office) -> None:
    office.harbour()
    web = office.signed_in()
    web.get("/admin/articles/1/write", 404)
    assert "Edit" not in words(web.get("/admin/articles/1"))


def test_other_authors_and_rights_are_set_on_the_articles_page_and_it_is_held_back(office: Office) -> None:
    office.harbour()
    web = office.signed_in("olav", "editor")
    (form,) = (one for one in web.get("/admin/articles/1/change").forms if "title" in one.fields)
    typed = dict(form.form_values())
    assert {"title", "summary", "authors", "picture", "credit", "rights"} <= set(typed)
    wrong = web.shown("/admin/articles/1/change", {**typed, "picture": "gale.jpg"}, 400)
    assert "expected an address" in words(wrong)
    page = web.send(
        "/admin/articles/1/change", {**typed, "authors": "Ada Lindqvist\r\nOlav Sund", "rights": "© Us"}
    )
    assert "Ada Lindqvist, Olav Sund" in words(page)
    assert "authors and rights" in words(page)
    page = web.send("/admin/articles/1", {"do": "take-back authors"})
    assert "Authors: as the source says again." in words(page)
    back = {"article": "1", "back": "/admin/articles/1"}
    page = web.send("/admin/articles", {"do": "hold", **back})
    assert "Held back" in words(page)
    assert "None: it is held back." in words(page)
    assert web.client.get("/articles/1").status_code == 404
    assert "Ferry stays in port" in words(web.get("/admin/articles?mark=held"))
    assert "It is in its feeds." in words(web.send("/admin/articles/1", {"do": "release"}))
    assert web.client.get("/articles/1").status_code == 200
    page = web.send("/admin/articles", {"do": "pin", **back})
    assert "1 article pinned." in words(page)
    assert "pinned" in words(web.get("/admin/articles?mark=pinned"))
    assert "Pinned" in words(web.get("/"))
    assert "It was so already." in words(web.send("/admin/articles", {"do": "pin", **back}))
    assert "1 article no longer pinned." in words(web.send("/admin/articles", {"do": "unpin", **back}))
    assert "Ferry stays in port" not in words(web.get("/admin/articles?mark=pinned"))


def test_a_page_without_a_feed_is_added_by_clicking_its_links(office: Office) -> None:
    titles = (
        "Winter timetable begins on Sunday",
        "Gangway light is mended at last",
        "Old Number Four lifts a crate",
    )
    items = "".join(f'<h2><a href="/n/{number}">{title}</a></h2>' for number, title in enumerate(titles))
    url = "https://ferry.example/news"
    office.web.put(
        url, f"<html><nav><a href='/x'>Menu</a></nav><main>{items}</main></html>", Content_Type="text/html"
    )
    web = office.signed_in()
    answer = web.post("/admin/add/source", {"address": url, "kind": ""})
    office.work()
    failed = web.get(answer.headers["Location"])
    assert "kind page, with a CSS selector" in words(failed)
    form = failed.xpath("//form[contains(@action, '/add/links')]")[0]
    answer = web.post(str(form.get("action")), {"address": str(form.fields["address"])})
    office.work()
    page = web.follow(web.client.get(answer.headers["Location"]))
    assert "3 links" in words(page)
    assert "Main part" in words(page)
    menu = [str(one) for one in page.xpath("//ul[@class='alike']//a/@href") if "group=2" in str(one)]
    job = page.xpath("//form[contains(@action, '/add/links/')]/@action")[0]
    assert "1 link" in words(web.get(f"{job}{menu[0].partition('#')[0]}"))
    selector = page.get_element_by_id("links").value
    answer = web.post(str(job), {"links": selector})
    office.work()
    preview = web.follow(web.client.get(answer.headers["Location"]))
    assert "page · 3 entries" in words(preview)
    assert "Choose a group" in words(web.shown(str(job), {"links": " "}, 409))


class BusyOffice(Office):
    """Waits for a lock no longer than a test does."""

    def open_store(self) -> Store:
        """Another connection to the same database."""
        store = super().open_store()
        store.engine.script("PRAGMA busy_timeout = 50")
        return store


def test_the_first_page_of_all_says_that_the_database_is_busy(tmp_path: Path, sqlite_template: Path) -> None:
    path = copied(sqlite_template, tmp_path)
    office = BusyOffice(tmp_path, path)
    web = office.visitor()
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        busy = web.client.get("/admin/sign-in")
        assert busy.status_code == 503
        assert "The database is busy" in html_text(busy.text)
        other.execute("ROLLBACK")
        assert web.client.get("/admin/sign-in").status_code == 200
        other.execute("BEGIN IMMEDIATE")
        office.app.secret_key = None
        assert office.visitor().client.get("/admin/sign-in").status_code == 200, "the key was drawn before"
        other.execute("ROLLBACK")
    office.store.close()


def test_the_overview_tells_of_each_alert_that_is_open_the_gravest_first(office: Office) -> None:
    office.harbour()
    office.store.kept.beat("scheduler", office.clock())
    free = "Only 200 MB are free where the database is. Make room: when nothing is left, polling stops until there is."
    office.store.alerts.open("backup", "", "There is no backup, although it was asked for.", office.clock())
    office.store.alerts.open("disk", "", free, office.clock())
    office.store.alerts.open("channel", "mail", "Alerts do not get through by mail.", office.clock())
    office.store.alerts.open("complete", "harbour-example", "Harbour News took back 9.", office.clock())
    page = office.signed_in().get("/admin/")
    needs = [(one.get("class"), words_of_item(one)) for one in page.xpath("//ul[@class='needs']/li")]
    assert [mark for mark, _ in needs] == ["bad", "watch", "watch", "watch"]
    assert needs[0][1].startswith("■ The disk is nearly full since")
    assert free in needs[0][1]
    assert "What helps stands in docs/operate.md under “disk”." in needs[0][1]
    assert needs[1][1].startswith("▲ There is no new backup since")
    assert "Alerts do not get through (mail)" in " ".join(text for _, text in needs)
    assert page.xpath("//ul[@class='needs']//a/@href") == ["/admin/sources/harbour-example"]
    office.store.alerts.close("disk", "", office.clock())
    assert "nearly full" not in office.signed_in().client.get("/admin/").text


def words_of_item(one: html.HtmlElement) -> str:
    return " ".join("".join(str(text) for text in one.itertext()).split())


@pytest.mark.parametrize(
    ("path", "place"),
    [
        ("/admin/hosts", "Sources"),
        ("/admin/add/source", "Sources"),
        ("/admin/sources/harbour-example/settings", "Sources"),
        ("/admin/add/topic", "Topics"),
        ("/admin/merges", "Authors"),
        ("/admin/write", "Articles"),
        ("/admin/", "Overview"),
    ],
)
def test_the_menu_shows_which_part_of_the_pages_this_is(office: Office, path: str, place: str) -> None:
    office.harbour()
    page = office.signed_in().get(path)
    assert page.xpath("//nav[@aria-label='Admin']//a[@aria-current]/text()") == [place]
