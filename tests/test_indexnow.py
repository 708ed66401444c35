"""IndexNow: search engines are told which pages of ours are new, changed or gone, and of nobody else's."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from feeds.actions.declaring.specs import spec_at
from feeds.actions.delivering.indexnow import KEY
from feeds.actions.editing.article_edits import withdraw
from feeds.actions.editing.changes import Desk
from feeds.config.load import load
from feeds.model.people import Actor
from tests.fakes import item, rss
from tests.hub import Hub, Page, Site, hub, site
from tests.receivers import Receivers, receivers


@pytest.fixture
def land() -> Iterator[Hub]:
    with hub() as running:
        running.pages["/ours"] = Page(rss(item(1)))
        running.pages["/theirs"] = Page(rss(item(10)))
        yield running


@pytest.fixture
def engine() -> Iterator[Receivers]:
    with receivers() as running:
        yield running


@pytest.fixture
def ours(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, land: Hub, engine: Receivers) -> Iterator[Site]:
    extra = f'[publish]\nindexnow = "{engine.url("/indexnow")}"\n'
    with site(tmp_path, monkeypatch, extra) as running:
        running.store.sources.add(replace(spec_at(land.url("/ours")), is_ours=True), running.clock())
        running.add(land.url("/theirs"))
        running.round()
        yield running


def poll(ours: Site) -> None:
    now = ours.clock.move(minutes=30)
    ours.store.sources.poll_soon([one.source.id for one in ours.store.sources.every()], now)
    ours.round()


def told(engine: Receivers) -> list[dict[str, object]]:
    return [json.loads(one.body) for one in engine.sent("/indexnow") if one.status < 300]


def test_new_changed_and_withdrawn_articles_of_ours_are_told_once(
    ours: Site, land: Hub, engine: Receivers
) -> None:
    assert told(engine) == [], "what was there before is not told"
    land.pages["/ours"] = Page(rss(item(1), item(2)))
    land.pages["/theirs"] = Page(rss(item(10), item(11)))
    poll(ours)
    (first,) = told(engine)
    base = load(ours.config, {}).site.base_url
    assert base is not None
    articles = {row["title"]: row["id"] for row in ours.store.engine.rows("SELECT title, id FROM articles")}
    second = f"{base}/articles/{articles['Story 2']}"
    assert first["urlList"] == [second]
    assert f"http://{first['host']}" == base
    assert first["keyLocation"] == f"{base}/{first['key']}.txt"
    poll(ours)
    assert len(told(engine)) == 1, "nothing new, nothing told"

    desk = Desk(
        store=ours.store,
        actor=Actor(name="edda"),
        settings=load(ours.config, {}),
        now=ours.clock(),
    )
    withdraw(desk, [articles["Story 2"]], "wrong")
    ours.round(minutes=1)
    assert told(engine)[-1]["urlList"] == [second]
    assert len(told(engine)) == 2


def test_the_key_is_served_and_no_other_file(ours: Site) -> None:
    key = ours.store.kept.get(KEY)
    base = load(ours.config, {}).site.base_url
    with urllib.request.urlopen(f"{base}/{key}.txt", timeout=60) as answer:
        assert answer.read().decode() == key
        assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(f"{base}/{'0' * 32}.txt", timeout=60)
    with refused.value as answer:
        assert answer.code == 404


def test_an_endpoint_that_is_down_is_told_later_of_all_that_changed(
    ours: Site, land: Hub, engine: Receivers
) -> None:
    engine.status["/indexnow"] = 503
    land.pages["/ours"] = Page(rss(item(1), item(2)))
    poll(ours)
    land.pages["/ours"] = Page(rss(item(1), item(2), item(3)))
    poll(ours)
    engine.status.clear()
    before = len(told(engine))
    ours.round(hours=2)
    after = told(engine)[before:]
    assert len({url for one in after for url in one["urlList"]}) == 2  # type: ignore[attr-defined]


def test_who_is_named_no_more_is_told_nothing(ours: Site, land: Hub, engine: Receivers) -> None:
    ours.config.write_text(ours.config.read_text().replace("indexnow =", "# indexnow ="))
    land.pages["/ours"] = Page(rss(item(1), item(2)))
    poll(ours)
    assert told(engine) == []
    assert ours.store.deliveries.receivers("indexnow")[0].state == "ended"
