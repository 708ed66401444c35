"""The first path of an admin: getting in, a source added by its preview, its articles put under a topic, undo."""

from __future__ import annotations

from feeds.model.articles import Article
from feeds.model.kept import ArticleFilter
from tests.fakes import item, rss
from tests.web.admin.office import FEED, PASSWORD, Office, words


def test_from_the_first_link_to_an_undone_change(office_anywhere: Office) -> None:
    office = office_anywhere
    office.web.put(
        "https://harbour.example/",
        f'<html><head><link rel="alternate" type="application/rss+xml" href="{FEED}"></head></html>',
    )
    office.web.put(
        FEED,
        rss(
            item(1, title="Ferry stays in port", extra="<category>Ferries</category>"), item(2, title="Pier")
        ),
    )
    web = office.visitor()
    answer = web.post(office.link(), {"name": "mara", "password": PASSWORD})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/admin/")
    assert "Three steps to begin" in words(web.get("/admin/"))

    answer = web.post("/admin/add/source", {"address": "harbour.example", "kind": ""})
    job = answer.headers["Location"]
    assert "waiting for its turn" in words(web.get(job))
    assert office.work() == 1
    preview = web.client.get(job).headers["Location"]
    page = words(web.get(preview))
    assert "Ferry stays in port" in page
    assert office.store.sources.every() == ()
    page = words(web.send(preview, {"title": "The Harbour", "share": "excerpt", "pictures": "all"}))
    assert "The Harbour is added" in page
    source = office.store.sources.every()[0].source
    assert (source.title, source.share, source.fetch_url) == ("The Harbour", "excerpt", FEED)

    office.room.round()
    page = words(web.get(f"/admin/sources/{source.slug}/articles"))
    assert "Ferry stays in port" in page

    rule = {"title": "The sea", "categories": "Ferries", "parent": "", "do": "try"}
    page = words(web.shown("/admin/add/topic", rule))
    assert "+1" in page
    assert office.store.topics.every() == ()
    answer = web.post("/admin/add/topic", {**rule, "do": "save"})
    assert answer.status_code == 303
    assert office.work() == 1
    assert "1 moved" in words(web.follow(answer))
    topic = office.store.topics.every()[0]
    assert in_topic(office, topic.slug) == ["Ferry stays in port"]

    pier = next(one.id for one in every(office) if one.title == "Pier")
    page = words(web.send("/admin/articles", {"article": pier, "topic": topic.slug, "do": "put"}))
    assert "1 article put into" in page
    assert sorted(in_topic(office, topic.slug)) == ["Ferry stays in port", "Pier"]

    change = office.store.changes.changes(most=1)[0]
    assert "put “Pier” into the topic The sea" in change.what
    assert "Taken back" in words(web.send(f"/admin/log/{change.id}/undo"))
    assert in_topic(office, topic.slug) == ["Ferry stays in port"]


def in_topic(office: Office, slug: str) -> list[str]:
    return [one.title for one in every(office) if slug in [topic.slug for topic in one.topics]]


def every(office: Office) -> tuple[Article, ...]:
    return office.store.changes.article_page(ArticleFilter(), most=100, offset=0)
