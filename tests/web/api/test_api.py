"""The API: what it tells, page by page, to whom, how often, and what it says when it can't."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote, urlsplit

import pytest

from feeds.actions.declaring.partner_keys import make_key
from feeds.actions.editing import withdrawals
from feeds.actions.gathering import sources
from feeds.actions.publishing.publish import publish_touched
from feeds.errors import StoreBusyError
from feeds.model.deltas import Place
from feeds.model.outgoing import FeedKey
from feeds.model.partners import Partner, PartnerSpec
from tests.feeds.actions.test_sources import settings
from tests.web.api.conftest import BASE, FEED, Site, told
from web.api.callers import ANYBODY_A_MINUTE
from web.api.endpoints import ENDPOINTS, changes_cursor
from web.api.errors import KINDS
from web.api.write_endpoints import WRITES


def partner(site: Site, **said: Any) -> tuple[Partner, dict[str, str]]:
    """A partner, and the header that its key is sent in."""
    store = site.newsroom.store
    spec = PartnerSpec(slug="daily", name="The Daily", **said)
    made = store.partners.put(spec, origin="admin", now=site.newsroom.clock())
    key = make_key(store, made, lambda count: bytes(range(count)), site.newsroom.clock())
    return made, {"Authorization": f"Bearer {key}"}


def test_articles_are_told_page_by_page(site: Site) -> None:
    seen: list[str] = []
    path = "/articles?limit=2"
    while path:
        answer = site.get(path)
        assert len(answer.json["articles"]) <= 2
        seen += [one["title"] for one in answer.json["articles"]]
        following = answer.json["next_url"]
        assert answer.headers.get("Link") == (f'<{following}>; rel="next"' if following else None)
        path = following and following.removeprefix(f"{BASE}/api/v1")
    assert seen == [f"Story {n}" for n in (1, 2, 3, 4, 5)]


def test_one_article_is_told_by_its_id(site: Site) -> None:
    first = site.json("/articles?feed=topics/harbour")["articles"][0]
    assert site.json(f"/articles/{quote(first['id'])}") == first
    assert first["authors"] == [
        {"slug": "ines-halvorsen", "name": "Ines Halvorsen", "url": f"{BASE}/authors/ines-halvorsen"}
    ]
    assert first["topics"] == [{"slug": "harbour", "name": "The harbour", "url": f"{BASE}/topics/harbour"}]
    assert "First published by" in first["content_html"]
    assert first["share"] == "full"


def test_what_is_listed(site: Site) -> None:
    assert [one["feed"] for one in site.json("/topics")["feeds"]] == ["topics/harbour"]
    assert [one["feed"] for one in site.json("/authors?q=ines")["feeds"]] == ["authors/ines-halvorsen"]
    assert [one["feed"] for one in site.json("/feeds?kind=all")["feeds"]] == ["all"]
    source = site.json("/sources")["feeds"][0]
    assert site.json(f"/sources/{source['slug']}") == source
    assert source["articles"] == 5
    assert len(site.json("/search?q=pilot")["articles"]) in (0, 3)


def test_mixes_are_told_too(site: Site) -> None:
    assert len(site.json("/articles?feed=mix/topics/harbour")["articles"]) == 1
    assert site.get("/changes?feed=mix/topics/harbour").status_code == 400


def test_changes_are_told_from_a_cursor_on(site: Site) -> None:
    first = site.json("/changes?feed=all&limit=3")
    assert [one["change"] for one in first["changes"]] == ["entered"] * 3
    assert first["more"] is True
    second = site.json(f"/changes?feed=all&limit=3&since={first['cursor']}")
    assert (len(second["changes"]), second["more"]) == (2, False)
    cursor = second["cursor"]
    nothing = site.json(f"/changes?feed=all&since={cursor}")
    assert (nothing["changes"], nothing["cursor"], nothing["more"]) == ([], cursor, False)
    site.newsroom.web.put(FEED, told(1, 2, 3, 4, 5, t2="Another title"))
    site.newsroom.again()
    store, now = site.newsroom.store, site.newsroom.clock()
    withdrawals.withdraw(store, 3, "It was wrong about a person.", now)
    publish_touched(store, now)
    changed, withdrawn = site.json(f"/changes?feed=all&since={cursor}")["changes"]
    assert (changed["change"], changed["fields"]) == ("changed", ["dates", "title"])
    assert changed["article"]["title"] == "Another title"
    assert (withdrawn["change"], withdrawn["article"]) == ("withdrawn", None)
    assert withdrawn["sentence"].startswith("This article was withdrawn on ")
    assert withdrawn["sentence"].endswith(": It was wrong about a person.")
    gone = site.get(f"/articles/{quote(withdrawn['id'])}")
    assert (gone.status_code, gone.json["detail"]) == (410, withdrawn["sentence"])


def test_a_feed_that_does_not_change_costs_a_304(site: Site) -> None:
    cursor = site.json("/changes?feed=topics/harbour")["cursor"]
    path = f"/changes?feed=topics/harbour&since={cursor}"
    etag = site.get(path).headers["ETag"]
    site.newsroom.web.put(FEED, told(1, 2, 3, 4, 5, 6))
    site.newsroom.again()
    assert site.get(path, If_None_Match=etag).status_code == 304
    assert site.get("/changes?feed=all", If_None_Match=etag).status_code == 200


def test_what_is_private_is_told_nowhere(site: Site) -> None:
    ids = [one["id"] for one in site.json("/articles")["articles"]]
    cursor = site.json("/changes?feed=all")["cursor"]
    slug = site.json("/sources")["feeds"][0]["slug"]
    store, now = site.newsroom.store, site.newsroom.clock()
    sources.change(store, slug, {"audience": "private"}, settings=settings(""), now=now)
    # Before the publish tick and after it.
    for _ in range(2):
        assert site.json("/articles")["articles"] == []
        assert site.json("/changes?feed=all")["changes"] == []
        assert site.get(f"/articles/{quote(ids[0])}").status_code == 404
        assert site.get(f"/sources/{slug}").status_code == 404
        publish_touched(store, now)
    changes = site.json(f"/changes?feed=all&since={cursor}")["changes"]
    assert {(one["change"], one["article"], one["sentence"]) for one in changes} == {("left", None, None)}
    assert {one["id"] for one in changes} == set(ids)


def test_less_is_told_where_a_source_shares_less(site: Site) -> None:
    cursor = site.json("/changes?feed=all")["cursor"]
    slug = site.json("/sources")["feeds"][0]["slug"]
    store, now = site.newsroom.store, site.newsroom.clock()
    sources.change(store, slug, {"share": "headline"}, settings=settings(""), now=now)
    publish_touched(store, now)
    changes = site.json(f"/changes?feed=all&since={cursor}")["changes"]
    assert len(changes) == 5
    for one in changes:
        assert "text" in one["fields"]
        assert one["article"]["share"] == "headline"
        assert one["article"]["content_html"] == ""
    assert "pilot" not in site.get("/articles").text


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/articles?limit=0", "bad-request"),
        ("/articles?limit=1&limit=2", "bad-request"),
        ("/articles?feeds=all", "bad-request"),
        ("/articles?feed=nowhere", "bad-request"),
        ("/articles?feed=topics/nobody", "not-found"),
        ("/articles?cursor=AAAA", "unknown-cursor"),
        ("/changes", "bad-request"),
        ("/changes?feed=all&since=b3V0", "unknown-cursor"),
        ("/search", "bad-request"),
        ("/articles/urn:uuid:nobody", "not-found"),
        ("/nothing", "not-found"),
        ("/topics/nobody", "not-found"),
    ],
)
def test_problems_say_what_to_do(site: Site, path: str, name: str) -> None:
    answer = site.get(path)
    assert answer.content_type == "application/problem+json"
    assert answer.json["type"] == f"{BASE}/api#{name}"
    assert answer.status_code == answer.json["status"] == KINDS[name][0]
    assert answer.json["detail"]
    assert answer.headers["Access-Control-Allow-Origin"] == "*"


def test_a_cursor_of_another_feed_is_refused(site: Site) -> None:
    cursor = site.json("/changes?feed=all")["cursor"]
    answer = site.get(f"/changes?feed=topics/harbour&since={cursor}")
    assert answer.json["type"].endswith("#unknown-cursor")


def test_writing_is_not_allowed(site: Site) -> None:
    answer = site.client.post("/api/v1/articles")
    assert (answer.status_code, answer.content_type) == (405, "application/problem+json")


def test_a_page_in_a_browser_may_read(site: Site) -> None:
    answer = site.client.options("/api/v1/articles")
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert "Authorization" in answer.headers["Access-Control-Allow-Headers"]


def test_rates_are_told_and_kept(site: Site) -> None:
    first = site.get("/topics")
    assert first.headers["X-Robots-Tag"] == "noindex"
    assert first.headers["RateLimit-Policy"] == f'"minute";q={ANYBODY_A_MINUTE};w=60'
    assert first.headers["RateLimit"] == f'"minute";r={ANYBODY_A_MINUTE - 1};t=1'
    for _ in range(ANYBODY_A_MINUTE - 1):
        site.json("/topics")
    refused = site.get("/topics")
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "1")
    assert refused.json["type"].endswith("#too-many-requests")
    _, header = partner(site)
    assert site.get("/topics", **header).status_code == 200
    site.newsroom.clock.move(minutes=1)
    assert site.get("/topics").status_code == 200


def test_a_key_is_believed_until_it_ends(site: Site) -> None:
    for wrong in ("Bearer fwk_nobody", "Basic Zm9v", "Bearer", "fwk_x"):
        answer = site.get("/topics", Authorization=wrong)
        assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, "Bearer")
    today = site.newsroom.clock().date()
    made, header = partner(site, ends_on=today)
    answer = site.get("/topics", **header)
    assert answer.headers["RateLimit-Policy"].startswith('"minute";q=600')
    assert answer.headers["Cache-Control"].startswith("private")
    assert "Authorization" in answer.headers["Vary"]
    site.newsroom.clock.move(days=1)
    over = site.get("/topics", **header)
    assert (over.status_code, "r=599" in over.headers["RateLimit"]) == (403, True), (
        "it is counted all the same"
    )
    site.newsroom.store.partners.remove(made.id)
    assert site.get("/topics", **header).status_code == 401


def test_a_partner_reads_its_feeds_and_no_more_of_them_than_agreed(site: Site) -> None:
    every = site.json("/articles")["articles"]
    _, header = partner(site, feeds=("topics/harbour",), share="excerpt")
    assert site.get("/articles", **header).json["type"].endswith("#not-yours")
    assert site.get("/changes?feed=all", **header).status_code == 403
    assert site.get("/search?q=pilot", **header).status_code == 403
    (mine,) = site.json("/articles?feed=topics/harbour", **header)["articles"]
    assert mine["share"] == "excerpt"
    assert site.json("/changes?feed=topics/harbour", **header)["changes"][0]["article"] == mine
    assert site.json(f"/articles/{quote(mine['id'])}", **header) == mine
    other = next(one for one in every if one["id"] != mine["id"])
    assert site.get(f"/articles/{quote(other['id'])}", **header).status_code == 403


def test_a_quota_ends_with_the_day(site: Site) -> None:
    made, header = partner(site, quota=3)
    for left in (2, 1, 0):
        assert f'"day";r={left};' in site.get("/topics", **header).headers["RateLimit"]
    refused = site.get("/topics", **header)
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, str(12 * 3600))
    site.newsroom.clock.move(hours=12)
    assert site.get("/topics", **header).status_code == 200
    day = site.newsroom.clock().date()
    assert site.newsroom.store.partners.used(made.id, day) == 1


def test_the_page_names_every_address_and_problem(site: Site) -> None:
    page = site.client.get("/api").text
    assert "<script" not in page
    for one in ENDPOINTS:
        assert f"GET /api/v1{one.path}" in page
    for name in KINDS:
        assert f'id="{name}"' in page


def test_the_description_names_every_address(site: Site) -> None:
    told_of = site.json("/openapi.json")
    assert told_of["openapi"] == "3.1.0"
    assert urlsplit(told_of["servers"][0]["url"]).path == "/api/v1"
    named = {(path, method) for path, said in told_of["paths"].items() for method in said}
    assert named == {(one.path, "get") for one in ENDPOINTS} | {
        (one.path, one.method.lower()) for one in WRITES
    }
    secured = {
        one["operationId"]: one.get("security") for said in told_of["paths"].values() for one in said.values()
    }
    assert all(secured[one.name] == [{"token": []}] for one in WRITES)


def test_a_restored_site_knows_no_cursor_from_before(site: Site) -> None:
    cursor = site.json("/changes?feed=all")["cursor"]
    site.newsroom.store.deltas.begin_epoch(site.newsroom.clock())
    answer = site.get(f"/changes?feed=all&since={cursor}")
    assert answer.json["type"].endswith("#unknown-cursor")
    assert len(site.json("/changes?feed=all")["changes"]) == 5


def test_a_cursor_that_lies_ahead_is_refused(site: Site) -> None:
    info = site.newsroom.store.feeds.info(FeedKey(kind="all"))
    assert info is not None
    for place in (Place.at(10_000), Place(floor=1, start=99_999, position=1)):
        answer = site.get(f"/changes?feed=all&since={changes_cursor(info, place, 0)}")
        assert answer.json["type"].endswith("#unknown-cursor")


def test_a_renamed_feed_keeps_its_cursor(site: Site) -> None:
    cursor = site.json("/changes?feed=topics/harbour")["cursor"]
    store, now = site.newsroom.store, site.newsroom.clock()
    _, header = partner(site, feeds=("topics/harbour",))
    store.topics.rename("harbour", "port", now)
    publish_touched(store, now)
    for named in ("topics/harbour", "topics/port"):
        told_of = site.json(f"/changes?feed={named}&since={cursor}", **header)
        assert told_of["feed"] == "topics/port"
        assert [(one["change"], one["fields"]) for one in told_of["changes"]] == [("changed", ["topics"])]
    assert site.json("/topics/harbour")["feed"] == "topics/port"


def test_other_excerpts_are_told(site: Site) -> None:
    store, now = site.newsroom.store, site.newsroom.clock()
    slug = site.json("/sources")["feeds"][0]["slug"]
    sources.change(store, slug, {"share": "excerpt"}, settings=settings(""), now=now)
    store.search.use_reading("2-300", now)
    publish_touched(store, now)
    cursor = site.json("/changes?feed=topics/harbour")["cursor"]
    store.search.use_reading("2-20", now)
    publish_touched(store, now)
    (one,) = site.json(f"/changes?feed=topics/harbour&since={cursor}")["changes"]
    assert one["fields"] == ["summary", "text"]


def test_a_feed_that_was_given_up_is_gone(site: Site) -> None:
    store, now = site.newsroom.store, site.newsroom.clock()
    cursor = site.json("/changes?feed=topics/harbour")["cursor"]
    store.changes.retire_topic("harbour", now)
    publish_touched(store, now)
    for path in (f"/changes?feed=topics/harbour&since={cursor}", "/topics/harbour"):
        assert site.get(path).status_code == 410
    assert site.get("/topics").json["feeds"] == []


def test_reading_goes_on_while_nothing_can_be_written(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    made, header = partner(site, quota=100)
    with monkeypatch.context() as patched:

        def busy(*_: object) -> int:
            raise StoreBusyError("another program holds the lock")

        patched.setattr("db.partners.Partners.note_use", busy)
        for left in (99, 98):
            assert f'"day";r={left};' in site.get("/topics", **header).headers["RateLimit"]
    site.newsroom.clock.move(seconds=30)
    assert '"day";r=97;' in site.get("/topics", **header).headers["RateLimit"]
    assert site.newsroom.store.partners.used(made.id, site.newsroom.clock().date()) == 3


def test_a_withdrawal_without_a_word_leaves_no_sentence(site: Site) -> None:
    cursor = site.json("/changes?feed=all")["cursor"]
    store, now = site.newsroom.store, site.newsroom.clock()
    store.articles.withdraw(2, reason="It put somebody in danger.", now=now, is_silent=True)
    publish_touched(store, now)
    (one,) = site.json(f"/changes?feed=all&since={cursor}")["changes"]
    assert (one["change"], one["article"], one["sentence"]) == ("left", None, None)
    gone = site.get(f"/articles/{quote(one['id'])}")
    assert gone.status_code == 410
    assert "danger" not in gone.text


def test_what_was_withdrawn_from_a_private_source_was_never_here(site: Site) -> None:
    (one, *_) = site.json("/articles?feed=topics/harbour")["articles"]
    slug = site.json("/sources")["feeds"][0]["slug"]
    store, now = site.newsroom.store, site.newsroom.clock()
    sources.change(store, slug, {"audience": "private"}, settings=settings(""), now=now)
    withdrawals.withdraw(store, 1, "Nobody's business.", now)
    publish_touched(store, now)
    assert site.get(f"/articles/{quote(one['id'])}").status_code == 404
