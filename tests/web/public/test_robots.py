"""For machines: robots.txt and sitemaps tell what is ours, and what may be done with it, and nothing else."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from lxml import etree
from protego import Protego

from feeds.actions.declaring.specs import spec_at
from feeds.model.settings import RightsSettings, Settings, SiteSettings
from tests.fakes import NOON, Newsroom, item, rss
from web.app import create_app

OURS, OTHERS = "https://desk.example/feed", "https://harbour.example/feed"
CC = "https://creativecommons.org/licenses/by/4.0/"


@pytest.fixture
def room(newsroom: Newsroom) -> Newsroom:
    newsroom.web.put(
        OURS,
        rss(
            item(1, link="https://desk.example/1", title="Ours & new"),
            item(2, link="https://desk.example/2", title="Ours, older", date=NOON - timedelta(days=70)),
            title="The desk",
        ),
    )
    newsroom.store.sources.add(replace(spec_at(OURS), is_ours=True), newsroom.clock())
    newsroom.add(OTHERS, rss(item(3, title="Not ours")))
    newsroom.round()
    return newsroom


def app_of(room: Newsroom, folder: Path, rights: RightsSettings | None = None) -> Flask:
    return create_app(
        settings=Settings(
            path=folder / "config.toml",
            site=SiteSettings(title="Reader", base_url="https://reader.example"),
            rights=rights or RightsSettings(),
        ),
        store_factory=lambda: room.store,
        clock=room.clock,
        is_refreshing=False,
    )


def addresses(app: Flask, path: str) -> list[str]:
    answer = app.test_client().get(path)
    assert answer.status_code == 200, answer.text
    assert answer.headers["Content-Type"] == "application/xml; charset=utf-8"
    return [one.text or "" for one in etree.fromstring(answer.data).iter("{*}loc")]


def test_sitemaps_lead_to_every_article_of_ours_and_to_no_other(room: Newsroom, tmp_path: Path) -> None:
    app = app_of(room, tmp_path)
    index = addresses(app, "/sitemap.xml")
    base = "https://reader.example"
    assert index[0] == f"{base}/sitemap/feeds.xml"
    assert index[1] == f"{base}/sitemap/desk-example/2026-09.xml"
    assert index[-1] == f"{base}/sitemap/desk-example/2026-11.xml"
    parts = [addresses(app, one.removeprefix(base)) for one in index[1:]]
    met = [one for part in parts for one in part]
    assert len(met) == len(set(met)) == 2
    for one in met:
        page = app.test_client().get(one.removeprefix(base))
        assert page.status_code == 200
        assert "X-Robots-Tag" not in page.headers
    assert f"{base}/sources/harbour-example" in addresses(app, "/sitemap/feeds.xml")


def test_the_news_sitemap_holds_two_days_of_ours(room: Newsroom, tmp_path: Path) -> None:
    app = app_of(room, tmp_path)
    assert len(addresses(app, "/news-sitemap.xml")) == 1
    text = app.test_client().get("/news-sitemap.xml").text
    assert "<news:title>Ours &amp; new</news:title>" in text
    assert "<news:language>en</news:language>" in text
    assert "<news:name>The desk</news:name>" in text
    room.clock.move(days=3)
    assert addresses(app, "/news-sitemap.xml") == []


@pytest.mark.parametrize("path", ["/sitemap/desk-example/2026-13.xml", "/sitemap/desk-example/now.xml"])
def test_what_is_no_month_is_not_there(room: Newsroom, tmp_path: Path, path: str) -> None:
    assert app_of(room, tmp_path).test_client().get(path).status_code == 404


def test_robots_keep_to_what_is_public(room: Newsroom, tmp_path: Path) -> None:
    text = app_of(room, tmp_path).test_client().get("/robots.txt").text
    rules = Protego.parse(text)
    for path, is_allowed in (
        ("/", True), ("/topics/harbour", True), ("/all.atom", True), ("/mixes/coast", True),
        ("/admin/", False), ("/p/secret/all.atom", False), ("/search?q=x", False), ("/mix/topics/a", False),
    ):  # fmt: skip
        assert rules.can_fetch(f"https://reader.example{path}", "AnyBot") is is_allowed, path
    assert "Sitemap: https://reader.example/sitemap.xml" in text
    assert "Content-Usage" not in text


def test_one_setting_says_everywhere_what_machines_may_do(room: Newsroom, tmp_path: Path) -> None:
    web = app_of(room, tmp_path, RightsSettings(ai="answers", license=CC)).test_client()
    text = web.get("/robots.txt").text
    assert "Content-Usage: train-ai=n" in text
    assert "Content-Signal: search=yes, ai-input=yes, ai-train=no" in text
    for path in ("/", "/all.atom", "/all.atom"):
        assert web.get(path).headers["Content-Usage"] == "train-ai=n"
    rss_text = web.get("/all.rss").data
    items = {one.findtext("title"): one for one in etree.fromstring(rss_text).iter("item")}
    ours, others = items["Ours & new"], items["Not ours"]
    [content] = ours.iter("{https://rslstandard.org/rsl}content")
    assert content.get("url", "").startswith("https://reader.example/articles/")
    assert [one.text for one in content.iter("{https://rslstandard.org/rsl}prohibits")] == ["ai-train"]
    assert CC in etree.tostring(ours).decode()
    assert "rsl" not in etree.tostring(others).decode().partition(">")[2]
    assert CC not in etree.tostring(others).decode()


def test_nothing_is_said_where_nothing_is_set(room: Newsroom, tmp_path: Path) -> None:
    web = app_of(room, tmp_path).test_client()
    for path in ("/", "/all.rss"):
        answer = web.get(path)
        assert "Content-Usage" not in answer.headers
        assert "rslstandard" not in answer.text
