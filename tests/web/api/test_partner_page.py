"""A partner's own page by signed link: what it shows, whom it opens for, and that it shows no key."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from feeds.actions.delivering.partner_links import new_link
from feeds.actions.editing.changes import Desk
from feeds.actions.editing.partner_edits import set_partner
from tests.feeds.actions.test_webhooks import ACTOR
from tests.web.api.test_statements import Partnered, ours, withdraw
from web.server.paths import without_token

__all__ = ["ours"]


def link(ours: Partnered, *, days: int = 30, secret: str = "s" * 40, **said: Any) -> str:
    now = ours.site.newsroom.clock()
    return new_link(
        ours.store,
        "daily",
        until=now + timedelta(days=days),
        new_secret=lambda: secret,
        actor=ACTOR,
        now=now,
        **said,
    )


def test_it_shows_feeds_keys_webhooks_and_statement_and_no_secret(ours: Partnered) -> None:
    ours.get("/articles")
    urn = withdraw(ours, 2)
    ours.flush()
    path = link(ours)
    answer = ours.site.client.get(path)
    assert answer.status_code == 200
    key = ours.header["Authorization"].removeprefix("Bearer ")
    for shown in (
        "The Daily",
        f"{key[:10]}…",
        ours.desk.there.url("/hook"),
        "1, next try",
        "4 articles",
        urn,
    ):
        assert shown in answer.text, shown
    assert "not fetched yet: delete it" in answer.text
    for hidden in (key, ours.desk.secrets[0], "s" * 40):
        assert hidden not in answer.text
    assert answer.headers["Cache-Control"] == "private, no-cache"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert "noindex" in answer.headers["X-Robots-Tag"]
    ours.desk.send()
    later = ours.site.client.get(path).text
    assert "your webhook took it" in later
    assert "not fetched yet" not in later
    assert "Statement of 2026-10" in ours.site.client.get(f"{path}?month=2026-10").text
    rows = ours.site.client.get(f"{path}/statement.csv")
    assert rows.mimetype == "text/csv"
    assert rows.headers["Cache-Control"] == "private, no-cache"
    assert urn in rows.text
    told = json.loads(ours.site.client.get(f"{path}/statement.json").text)
    assert told["withdrawals"][0]["id"] == urn
    assert told["totals"]["fetched"] >= 1
    assert ours.site.client.get(f"{path}/statement.xls").status_code == 404
    assert ours.site.client.get(f"{path}/statement.csv?month=soon").status_code == 400
    assert ours.site.client.get("/partner/unknown/statement.csv").status_code == 404
    assert ours.site.client.get(f"{path}?month=soon").status_code == 400
    assert without_token(path) == "/partner/…"


def test_a_partner_of_mixes_is_led_to_what_answers_it(ours: Partnered) -> None:
    path, mix = link(ours), "mix/topics/harbour/languages/en"
    settings = ours.site.app.extensions["feedwright"].settings
    desk = Desk(store=ours.store, actor=ACTOR, settings=settings, now=ours.site.newsroom.clock())
    set_partner(desk, "daily", {"feeds": (mix,)})
    page = ours.site.client.get(path).text
    assert f"/api/v1/articles?feed={mix}" in page
    assert "changes?feed" not in page
    assert "0 articles" not in page, "nobody counts what a mix holds"
    assert ours.site.get(f"/articles?feed={mix}", **ours.header).status_code == 200
    set_partner(desk, "daily", {"feeds": (mix, "topics/harbour")})
    assert "/api/v1/changes?feed=topics/harbour" in ours.site.client.get(path).text
    assert "<b>" not in ours.site.client.get(f"{path}?asked=<b>1").text


def test_a_test_message_is_asked_for_and_sent_through_the_outbox(ours: Partnered) -> None:
    path = link(ours)
    for _ in range(2):
        answer = ours.site.client.post(f"{path}/test")
        assert answer.status_code == 303
    assert "on its way to 1 address" in ours.site.client.get(f"{path}?asked=1").text
    (message,) = ours.desk.send()
    assert json.loads(message.body)["type"] == "test"
    assert message.headers["webhook-id"].startswith("test_")
    assert ours.statement()["totals"]["delivered"] == 0
    assert ours.site.client.post("/partner/daily.1.x/test").status_code == 404


@pytest.mark.parametrize("change", ["slug", "until", "signature", "cut", "shape"])
def test_a_link_that_was_changed_opens_nothing(ours: Partnered, change: str) -> None:
    begin, end, signature = link(ours).rsplit(".", 2)
    wrong = {
        "slug": f"{begin}x.{end}.{signature}",
        "until": f"{begin}.{int(end) + 86_400}.{signature}",
        "signature": f"{begin}.{end}.{'0' * 64}",
        "cut": f"{begin}.{end}.{signature[:-1]}",
        "shape": f"{begin}.{end}.é",
    }[change]
    assert ours.site.client.get(wrong).status_code == 404


def test_links_end_and_are_taken_back(ours: Partnered) -> None:
    path = link(ours, days=1)
    ours.site.newsroom.clock.move(days=1)
    assert ours.site.client.get(path).status_code == 410
    assert ours.site.client.post(f"{path}/test").status_code == 410
    longer = link(ours)
    assert ours.site.client.get(longer).status_code == 200
    only = link(ours, secret="t" * 40, is_only=True)
    assert ours.site.client.get(longer).status_code == 404
    assert ours.site.client.get(only).status_code == 200
    ours.store.partners.pause(ours.partner_id)
    assert "do not work at present" in ours.site.client.get(only).text
    ours.store.partners.remove(ours.partner_id)
    assert ours.site.client.get(only).status_code == 404
