"""Health: alive, ready, counted, and for whose eyes."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from werkzeug.test import Client

from feeds.model.settings import WebSettings
from tests.fakestore import NOON, FakeStore
from tests.web.newsroom import MovedClock, context_of, make_app, newsroom
from web.server.counters import Counters


@pytest.fixture
def store() -> FakeStore:
    return newsroom()


@pytest.fixture
def clock() -> MovedClock:
    return MovedClock()


@pytest.fixture
def app(store: FakeStore, clock: MovedClock, tmp_path: Path) -> Flask:
    return make_app(store, tmp_path, clock=clock, web=WebSettings(metrics_token="sésame"))


@pytest.fixture
def web(app: Flask) -> Client:
    return app.test_client()


def test_healthz_says_how_old_the_schedulers_last_tick_is(
    web: Client, store: FakeStore, clock: MovedClock
) -> None:
    assert web.get("/healthz").json == {"status": "ok", "scheduler": {"state": "never seen"}}
    store.signs["scheduler"] = (NOON, "3 under way")
    clock.move(seconds=4.5)
    assert web.get("/healthz").json == {
        "status": "ok",
        "scheduler": {
            "state": "ok",
            "last_tick_at": "2026-11-20T12:00:00Z",
            "age_s": 4.5,
            "detail": "3 under way",
        },
    }
    clock.move(minutes=5)
    told = web.get("/healthz")
    assert told.json is not None
    assert told.json["scheduler"]["state"] == "late"
    assert told.headers["Cache-Control"] == "no-store"


def test_healthz_says_that_the_scheduler_fell_and_whether_it_stands_again(
    web: Client, store: FakeStore
) -> None:
    store.signs["supervisor"] = (NOON, "The scheduler ended (signal 9) and is started again in 1 s.")
    fallen = web.get("/healthz").json
    assert fallen is not None
    assert fallen["scheduler"] == {
        "state": "restarting",
        "last_fall": {
            "at": "2026-11-20T12:00:00Z",
            "detail": "The scheduler ended (signal 9) and is started again in 1 s.",
        },
    }
    store.signs["scheduler"] = (NOON - timedelta(seconds=3), "")
    still = web.get("/healthz").json
    assert still is not None
    assert still["scheduler"]["state"] == "restarting"
    store.signs["scheduler"] = (NOON + timedelta(seconds=3), "")
    stands = web.get("/healthz").json
    assert stands is not None
    assert stands["scheduler"]["state"] == "ok"
    assert "last_fall" in stands["scheduler"]


def test_a_process_lives_while_its_store_does_not(web: Client, store: FakeStore) -> None:
    store.is_busy = True
    told = web.get("/healthz")
    assert told.status_code == 200
    assert told.json is not None
    assert told.json["scheduler"]["state"] == "unknown"


def test_ready_means_that_feeds_can_be_answered(web: Client, store: FakeStore) -> None:
    store.signs["scheduler"] = (NOON - timedelta(days=3), "")
    assert web.get("/readyz").status_code == 200
    store.is_busy = True
    assert web.get("/readyz").status_code == 503
    store.is_busy = False
    web.get("/all.atom")
    store.is_busy = True
    assert web.get("/readyz").status_code == 200


@pytest.mark.parametrize(
    ("address", "headers", "status"),
    [
        ("127.0.0.1", {}, 200),
        ("::1", {}, 200),
        ("::ffff:127.0.0.1", {}, 200),
        ("::ffff:192.0.2.7", {}, 403),
        ("192.0.2.7", {}, 403),
        ("", {}, 403),
        ("127.0.0.1", {"X-Forwarded-For": "127.0.0.1"}, 403),
        ("127.0.0.1", {"Forwarded": "for=127.0.0.1"}, 403),
        ("127.0.0.1", {"X-Real-IP": "127.0.0.1"}, 403),
        ("127.0.0.1", {"Via": "1.1 proxy"}, 403),
        ("192.0.2.7", {"Authorization": "Bearer wrong"}, 403),
        ("192.0.2.7", {"Authorization": "sésame"}, 403),
    ],
)
def test_metrics_are_for_this_machine(
    web: Client, address: str, headers: dict[str, str], status: int
) -> None:
    answer = web.get("/metrics", headers=headers, environ_base={"REMOTE_ADDR": address})
    assert answer.status_code == status


def test_or_for_who_has_the_token(store: FakeStore, tmp_path: Path) -> None:
    away = {"REMOTE_ADDR": "192.0.2.7"}
    given = {"Authorization": "Bearer sesame", "X-Forwarded-For": "198.51.100.1"}
    web = make_app(store, tmp_path, web=WebSettings(metrics_token="sesame")).test_client()
    assert web.get("/metrics", headers=given, environ_base=away).status_code == 200
    tokenless = make_app(store, tmp_path, web=WebSettings(metrics_token="")).test_client()
    none = {"Authorization": "Bearer "}
    assert tokenless.get("/metrics", headers=none, environ_base=away).status_code == 403


def test_metrics_count_what_was_answered_by_whichever_layer(web: Client, store: FakeStore) -> None:
    first = web.get("/all.atom")
    for _ in range(2):
        web.get("/all.atom", headers={"If-None-Match": first.headers["ETag"]})
    web.get("/nothing")
    store.signs["scheduler"] = (NOON - timedelta(seconds=2), "")
    store.open_alerts["list"] = 3
    lines = web.get("/metrics").text.splitlines()
    assert 'feedwright_http_responses_total{kind="syndication",status="200"} 1' in lines
    assert 'feedwright_http_responses_total{kind="syndication",status="304"} 2' in lines
    assert 'feedwright_http_responses_total{kind="other",status="404"} 1' in lines
    assert "feedwright_held_feeds 1" in lines
    assert "feedwright_scheduler_tick_age_seconds 2.0" in lines
    assert 'feedwright_things{kind="articles"} 5' in lines
    assert 'feedwright_open_alerts{kind="list"} 3' in lines
    assert 'feedwright_open_alerts{kind="disk"} 0' in lines


def test_metrics_of_a_store_that_does_not_answer_say_so(web: Client, store: FakeStore) -> None:
    store.is_busy = True
    lines = web.get("/metrics").text.splitlines()
    assert "feedwright_store_up 0" in lines


def test_counters_are_summed_over_processes(tmp_path: Path) -> None:
    one, other = (Counters(tmp_path / "m", started_at=NOON, process_id=number) for number in (1, 2))
    one.add("x", 2)
    other.add("x", 3)
    assert one.total(NOON)["x"] == 2
    other.write(NOON)
    other.write(NOON)
    assert one.total(NOON)["x"] == 5


def test_counters_are_left_for_others_every_few_seconds(tmp_path: Path) -> None:
    counters = Counters(tmp_path, started_at=NOON, process_id=1)
    counters.write_if_due(NOON + timedelta(seconds=1))
    assert not list(tmp_path.iterdir())
    counters.write_if_due(NOON + timedelta(seconds=6))
    assert len(list(tmp_path.iterdir())) == 1


def test_files_of_processes_long_gone_are_removed(tmp_path: Path) -> None:
    gone = Counters(tmp_path, started_at=NOON, process_id=1)
    gone.add("x")
    gone.write(NOON)
    (file,) = tmp_path.iterdir()
    later = NOON.fromtimestamp(file.stat().st_mtime, tz=NOON.tzinfo) + timedelta(hours=2)
    assert Counters(tmp_path, started_at=NOON, process_id=2).total(later)["x"] == 0
    assert not list(tmp_path.iterdir())


def test_a_spoiled_file_or_full_disk_costs_only_the_sum(tmp_path: Path) -> None:
    (tmp_path / "9-1.json").write_text("{", encoding="utf-8")
    counters = Counters(tmp_path / "9-1.json" / "below", started_at=NOON, process_id=1)
    counters.add("x")
    counters.write(NOON)
    assert counters.total(NOON)["x"] == 1
    assert Counters(tmp_path, started_at=NOON, process_id=1).total(NOON)["x"] == 0


def test_the_refresh_writes_the_counters(app: Flask, web: Client, clock: MovedClock, tmp_path: Path) -> None:
    web.get("/all.atom")
    clock.move(seconds=10)
    context_of(app).cache.refresh()
    assert len(list((tmp_path / "data" / "metrics").glob("*.json"))) == 1
