"""Looking at an address, adding, pausing, resuming, removing, polling sources."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from db.store import Store
from feeds.actions.declaring.declare import declare
from feeds.actions.declaring.specs import spec_at
from feeds.actions.gathering import sources
from feeds.actions.gathering.preview import preview_source
from feeds.actions.job_kinds import KINDS, POLL, PREVIEW
from feeds.actions.lists.opml import export_opml, import_opml
from feeds.actions.operating.jobs import JobTools, run_next_job
from feeds.actions.sorting.authors import list_authors
from feeds.config.load import parse
from feeds.errors import NotFoundError, OwnedByFileError, RequestError
from feeds.http.requests import Response
from feeds.model.declarations import SourceDeclaration
from feeds.model.fetched import Failed, Hop
from feeds.model.settings import Settings
from tests.fakes import ALL_JOBS, FakeWeb, MovedClock, Newsroom, fake_tools, item, rss

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
FILE = '[poll]\npause = 0\n[[topic]]\nslug = "sea"\ncategories = ["Sea"]\n[[source]]\nurl = "https://file.example/f"\n'
PAGE = '<html><head><link rel="alternate" type="application/rss+xml" href="/news.rss" title="News"></head></html>'


def settings(text: str = FILE) -> Settings:
    return parse(text, Path("/site/config.toml"), {})


def tools(store: Store, web: FakeWeb, clock: MovedClock | None = None) -> JobTools:
    stated = settings()
    clock = clock or MovedClock()

    async def in_store(work: Any) -> Any:
        return work(store)

    poll = fake_tools(web, clock, in_store, stated.fetch)
    return JobTools(in_store=in_store, poll=poll, settings=stated, clock=clock)


async def quiet(done: int, total: int, message: str) -> None:
    """Nobody watches."""


def seen(store: Store, web: FakeWeb, url: str) -> dict[str, Any]:
    return asyncio.run(preview_source(url, tools(store, web), quiet))


def harbour() -> str:
    return rss(
        *(item(number, title=f"Story {number}", date=NOW - timedelta(days=number)) for number in range(1, 8)),
        item(9, extra="<dc:creator>Ines Halvorsen</dc:creator>", date=NOW),
    )


# looking


def test_a_feed_is_shown_as_it_would_be_stored_newest_first(sqlite_store: Store) -> None:
    web = FakeWeb()
    web.put("https://harbour.example/feed", harbour())
    found = seen(sqlite_store, web, "https://harbour.example/feed")
    assert (found["title"], found["url"], found["entry_count"]) == (
        "Harbour News",
        "https://harbour.example/feed",
        8,
    )
    assert found["authors"] == ["Ines Halvorsen"]
    assert [draft["title"] for draft in found["latest"]] == [
        "Story 9",
        "Story 1",
        "Story 2",
        "Story 3",
        "Story 4",
    ]
    assert sqlite_store.sources.every() == ()


def test_the_feed_behind_a_page_is_found(sqlite_store: Store) -> None:
    web = FakeWeb()
    web.put("https://harbour.example/", PAGE)
    web.put("https://harbour.example/news.rss", harbour())
    found = seen(sqlite_store, web, "https://harbour.example")
    assert (found["url"], found["reason"]) == ("https://harbour.example/news.rss", "the page states it")


def test_usual_paths_are_tried_and_what_they_answer_is_read(sqlite_store: Store) -> None:
    web = FakeWeb()
    web.put("https://harbour.example/", "<html><body>nothing stated</body></html>")
    web.put("https://harbour.example/feed", "<html>a page again</html>")
    web.put("https://harbour.example/rss.xml", harbour())
    assert seen(sqlite_store, web, "https://harbour.example/")["url"] == "https://harbour.example/rss.xml"


def test_nothing_found_says_so_after_few_requests(sqlite_store: Store) -> None:
    web = FakeWeb()
    links = "".join(f'<a href="/feed/{number}">x</a>' for number in range(50))
    web.put("https://harbour.example/", f"<html>{links}</html>")
    with pytest.raises(RequestError, match="No feed was found"):
        seen(sqlite_store, web, "https://harbour.example/")
    # The page, what it links to (robots.txt asked once, because these are guesses), and the sitemap.
    assert len(web.asked) == 1 + 1 + 8 + 1


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (Failed(url="x", state="unreachable", detail="Nobody answers."), "Nobody answers"),
        (Response(url="https://a.example/", status=500, headers=(), body=b""), "status 500"),
        (
            Response(url="https://a.example/", status=200, headers=(), body=b"plain words"),
            "neither a feed nor",
        ),
        (Response(url="https://a.example/", status=200, headers=(), body=b" "), "an empty document"),
        (Response(url="https://a.example/", status=302, headers=(), body=b""), "without saying where to"),
        (Response(url="https://a.example/", status=451, headers=(), body=b""), "legal reasons"),
    ],
)
def test_what_cannot_be_looked_at_is_told(sqlite_store: Store, answer: Response | Failed, told: str) -> None:
    web = FakeWeb(pages={"https://a.example/": answer})
    with pytest.raises(RequestError, match=told):
        seen(sqlite_store, web, "https://a.example/")


@pytest.mark.parametrize(
    ("status", "expected"), [(301, "https://new.example/f"), (302, "https://old.example/f")]
)
def test_a_feed_that_moved_for_good_is_taken_at_its_new_home(
    sqlite_store: Store, status: int, expected: str
) -> None:
    hop = Hop(status=status, from_url="https://old.example/f", to_url="https://new.example/f")
    answer = Response(
        url="https://new.example/f", status=200, headers=(), body=harbour().encode(), hops=(hop,)
    )
    web = FakeWeb(pages={"https://old.example/f": answer})
    assert seen(sqlite_store, web, "https://old.example/f")["url"] == expected


# adding, pausing, removing


def test_a_source_is_added_as_wished_and_once(store: Store) -> None:
    declare(store, settings(), NOW)
    wish = SourceDeclaration(
        url="https://a.example/f",
        slug="post",
        title="The Post",
        topics=("sea",),
        author="Desk",
        share="excerpt",
    )
    added = sources.add(store, wish, settings=settings(), now=NOW)
    assert (added.slug, added.title, added.topic_slugs, added.author_name, added.share, added.origin) == (
        "post", "The Post", ("sea",), "Desk", "excerpt", "admin",
    )  # fmt: skip
    with pytest.raises(RequestError, match="already polled, as 'post'"):
        sources.add(store, wish, settings=settings(), now=NOW)
    with pytest.raises(RequestError, match=r"There is no topic 'see'.*sea"):
        sources.add(
            store, SourceDeclaration(url="https://b.example/f", topics=("see",)), settings=settings(), now=NOW
        )


def test_what_the_file_declares_is_left_to_the_file(store: Store) -> None:
    declare(store, settings(), NOW)
    for change in (sources.pause, sources.resume, sources.remove):
        with pytest.raises(OwnedByFileError, match=r"config\.toml:6"):
            change(store, "file-example", settings=settings(), now=NOW)


def test_pause_resume_remove_and_back(store: Store) -> None:
    site = settings()
    added = sources.add(
        store, SourceDeclaration(url="https://a.example/f", slug="post"), settings=site, now=NOW
    )
    sources.pause(store, "post", settings=site, now=NOW)
    assert _state(store, "post") == "paused"
    sources.resume(store, "post", settings=site, now=NOW)
    assert _state(store, "post") == "active"
    sources.remove(store, "post", settings=site, now=NOW)
    with pytest.raises(NotFoundError, match="none yet"):
        sources.found_source(store, "post")
    again = sources.add(store, SourceDeclaration(url="https://a.example/f"), settings=site, now=NOW)
    assert again.id == added.id
    assert _state(store, again.slug) == "active"


def test_what_the_file_let_go_can_be_resumed_and_stays(store: Store) -> None:
    declare(store, settings(), NOW)
    without = settings("[site]\ntitle = 'x'")
    declare(store, without, NOW)
    sources.resume(store, "file-example", settings=without, now=NOW)
    declare(store, settings("[site]\ntitle = 'x'\n[[topic]]\nslug = 'new'"), NOW)
    row = store.sources.get("file-example")
    assert row is not None
    assert (row.source.state, row.source.origin) == ("active", "admin")


# jobs


def test_looking_and_polling_are_jobs(newsroom: Newsroom) -> None:
    store, web = newsroom.store, newsroom.web
    web.put("https://harbour.example/feed", harbour())
    kit = tools(store, web, newsroom.clock)
    look_id = store.jobs.add(PREVIEW, {"url": "https://harbour.example/feed"}, asked_by="test", now=NOW)
    broken_id = store.jobs.add(PREVIEW, {"url": "nonsense"}, asked_by="test", now=NOW)
    assert asyncio.run(run_next_job(kit, ALL_JOBS, owner="x"))
    assert asyncio.run(run_next_job(kit, ALL_JOBS, owner="x"))
    job, broken = store.jobs.get(look_id), store.jobs.get(broken_id)
    assert job is not None
    assert job.state == "done"
    assert job.result is not None
    assert job.result["title"] == "Harbour News"
    assert broken is not None
    assert (broken.state, broken.message[:24]) == ("failed", "url: expected an address")


def test_polling_without_a_scheduler_claims_and_writes_itself(newsroom: Newsroom) -> None:
    store = newsroom.store
    newsroom.add("https://harbour.example/feed", harbour())
    newsroom.add("https://dead.example/feed")
    kit = tools(store, newsroom.web, newsroom.clock)

    async def poll() -> dict[str, Any]:
        work: Awaitable[dict[str, Any]] = KINDS[POLL]({"sources": []}, kit, quiet)
        return await sources.poll_alone(work, kit, owner="me", chance=lambda: 0.5)

    result = asyncio.run(poll())["sources"]
    assert (result["harbour-example"]["new"], result["harbour-example"]["status"]) == (8, "well")
    assert result["dead-example"]["status"] == "missing"
    assert newsroom.round() == ()


def test_a_paused_source_is_not_polled_on_request(newsroom: Newsroom) -> None:
    added = newsroom.add("https://harbour.example/feed", harbour())
    newsroom.store.sources.set_state(added.id, "paused", NOW)
    kit = tools(newsroom.store, newsroom.web, newsroom.clock)
    with pytest.raises(RequestError, match="resume it first"):
        asyncio.run(sources.poll_soon([added.slug], kit, quiet))


# lists


def test_a_list_is_taken_in_folder_by_folder(store: Store) -> None:
    body = b"""<opml version="2.0"><body><outline text="Big Sea">
    <outline type="rss" text="A" xmlUrl="https://a.example/f"/><outline type="rss" text="Bad" xmlUrl="ftp://x/"/>
    </outline><outline type="rss" text="F" xmlUrl="https://file.example/f"/></body></opml>"""
    declare(store, settings(), NOW)
    told: list[tuple[int, int]] = []

    def taken(*, is_dry: bool) -> Any:
        return import_opml(
            store,
            body,
            is_foldered=True,
            is_dry=is_dry,
            settings=settings(),
            now=NOW,
            progress=lambda *n: told.append(n),
        )

    dry = taken(is_dry=True)
    assert len(store.sources.every()) == 1
    report = taken(is_dry=False)
    assert dry == report
    assert (report.added, report.present, report.topics) == (
        ["https://a.example/f"], ["https://file.example/f"], ["big-sea"],
    )  # fmt: skip
    assert len(report.refused) == 1
    assert told[-1] == (3, 3)
    row = store.sources.get("a")
    assert row is not None
    assert (row.source.origin, row.source.topic_slugs) == ("opml", ("big-sea",))
    again = taken(is_dry=False)
    assert again.added == again.topics == []
    body, left_out, no_feeds = export_opml(store, "Mine")
    assert (body.count(b"<outline"), left_out, no_feeds) == (2, 0, 0)
    store.sources.add(replace(spec_at("https://c.example/map.xml"), kind="sitemap"), NOW)
    body, left_out, no_feeds = export_opml(store, "Mine")
    assert (body.count(b"<outline"), left_out, no_feeds) == (2, 0, 1)


def test_authors_of_one_name_are_shown_beside_each_other(newsroom: Newsroom) -> None:
    by = "<dc:creator>Jo Weir</dc:creator>"
    newsroom.add("https://a.example/f", rss(item(1, extra=by), item(2, extra=by)))
    newsroom.add("https://b.example/f", rss(item(3, link="https://b.example/3", guid="b3", extra=by)))
    newsroom.round()
    rows = list_authors(newsroom.store)
    assert [row.article_count for row in rows] == [2, 1]
    assert rows[0].same_name == (rows[1].author.slug,)


def _state(store: Store, slug: str) -> str:
    return sources.found_source(store, slug).source.state
