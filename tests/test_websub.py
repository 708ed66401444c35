"""The subscriber tests of websub.rocks (numbers in the names) over a real hub, web and scheduler, and what follows from them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from feeds.actions.declaring.specs import spec_at
from feeds.ingest.poll.subscriber import LEASE, TRIES
from tests.fakes import NOON, item, rss
from tests.hub import Hub, Page, Site, get, hub, post, site

ATOM = (
    '<feed xmlns="http://www.w3.org/2005/Atom"><id>urn:a</id><title>Quay</title><updated>2026-11-22T10:00:00Z</updated>'
    "{links}<entry><id>urn:a:1</id><title>Story 1</title><updated>2026-11-22T10:00:00Z</updated></entry></feed>"
)


@pytest.fixture
def land() -> Iterator[Hub]:
    with hub() as running:
        yield running


@pytest.fixture
def ours(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    with site(tmp_path, monkeypatch) as running:
        yield running


def links(land: Hub, own: str = "/feed", at: str = "/hub") -> tuple[tuple[str, str], ...]:
    return (("Link", f'<{land.url(at)}>; rel="hub", <{land.url(own)}>; rel=self'),)


def feed(*items: str, land: Hub, own: str = "/feed", at: str = "/hub") -> str:
    """RSS that names hub and self in itself."""
    extra = (
        f'<atom:link xmlns:atom="http://www.w3.org/2005/Atom" rel="hub" href="{land.url(at)}"/>'
        f'<atom:link xmlns:atom="http://www.w3.org/2005/Atom" rel="self" href="{land.url(own)}"/>'
    )
    return rss(*items, extra=extra)


def told(land: Hub, ours: Site, *items: str) -> None:
    """A source whose hub has confirmed that it tells us."""
    land.pages["/feed"] = Page(feed(*(items or (item(1),)), land=land))
    ours.add(land.url("/feed"))
    ours.round()
    assert ours.subscription().state == "active"


def test_100_hub_and_self_are_found_in_http_headers(land: Hub, ours: Site) -> None:
    land.pages["/feed"] = Page(rss(item(1)), headers=links(land))
    ours.add(land.url("/feed"))
    ours.round()
    (form,) = land.asked
    assert (form["hub.mode"], form["hub.topic"]) == ("subscribe", land.url("/feed"))
    assert form["hub.lease_seconds"] == str(int(LEASE.total_seconds()))
    assert land.confirmations == [(200, "text/plain", "same")]
    one = ours.subscription()
    assert (one.state, one.lease_until_at) == ("active", ours.clock() + LEASE)


def test_101_hub_and_self_are_found_in_the_head_of_a_page(land: Hub, ours: Site) -> None:
    stated = f'<link rel="hub" href="{land.url("/hub")}"><link rel="self" href="{land.url("/news")}">'
    page = '<html><head><title>Quay</title>{}</head><body><a href="/news/1">Story 1 of the quay</a></body></html>'
    land.pages["/news"] = Page(page.format(stated))
    land.pages["/robots.txt"] = Page("User-agent: *\nDisallow: /news/\n")
    ours.store.sources.add(replace(spec_at(land.url("/news")), kind="page"), ours.clock())
    ours.round()
    assert [form["hub.topic"] for form in land.asked] == [land.url("/news")]
    assert ours.subscription().state == "active"
    gets = land.gets.count("/news")
    land.push(page.format("").replace("/news/1", "/news/2"))
    ours.round(minutes=2)
    ours.round()
    assert land.gets.count("/news") == gets + 1, (
        "what it lists is read from pages: the source itself is asked"
    )


def test_102_hub_and_self_are_found_in_an_atom_feed(land: Hub, ours: Site) -> None:
    stated = f'<link rel="hub" href="{land.url("/hub")}"/><link rel="self" href="{land.url("/feed")}"/>'
    land.pages["/feed"] = Page(ATOM.format(links=stated))
    ours.add(land.url("/feed"))
    ours.round()
    assert [form["hub.topic"] for form in land.asked] == [land.url("/feed")]
    assert ours.subscription().state == "active"


def test_103_hub_and_self_are_found_in_an_rss_feed(land: Hub, ours: Site) -> None:
    told(land, ours)
    assert [form["hub.topic"] for form in land.asked] == [land.url("/feed")]


def test_104_headers_come_before_what_stands_in_the_document(land: Hub, ours: Site) -> None:
    wrong = feed(item(1), land=land, own="/wrong-self", at="/wrong-hub")
    land.pages["/feed"] = Page(wrong, headers=links(land))
    land.pages["/wrong-hub"] = Page(status=500)
    ours.add(land.url("/feed"))
    ours.round()
    assert [form["hub.topic"] for form in land.asked] == [land.url("/feed")]


def test_200_what_is_subscribed_to_is_rel_self_and_the_source_is_still_asked_where_it_was(
    land: Hub, ours: Site
) -> None:
    land.pages["/feed"] = Page(feed(item(1), land=land, own="/canonical"))
    ours.add(land.url("/feed"))
    ours.round()
    assert [form["hub.topic"] for form in land.asked] == [land.url("/canonical")]
    assert ours.subscription().state == "active"
    assert ours.row().source.fetch_url == land.url("/feed")


@pytest.mark.parametrize("status", [302, 301], ids=["201", "202"])
def test_201_202_a_redirected_source_is_subscribed_to_by_rel_self_of_its_target(
    land: Hub, ours: Site, status: int
) -> None:
    land.pages["/old"] = Page(status=status, headers=(("Location", "/feed"),))
    land.pages["/feed"] = Page(feed(item(1), land=land))
    ours.add(land.url("/old"))
    ours.round()
    assert [form["hub.topic"] for form in land.asked] == [land.url("/feed")]
    assert ours.subscription().state == "active"


@pytest.mark.parametrize("status", [307, 308], ids=["203", "204"])
def test_203_204_a_hub_that_redirects_is_asked_at_its_new_place(land: Hub, ours: Site, status: int) -> None:
    land.pages["/old-hub"] = Page(status=status, headers=(("Location", "/hub"),))
    land.pages["/feed"] = Page(feed(item(1), land=land, at="/old-hub"))
    ours.add(land.url("/feed"))
    ours.round()
    assert [form["hub.topic"] for form in land.asked] == [land.url("/feed")]
    assert ours.subscription().state == "active"


def test_205_a_verification_of_another_feed_is_refused(land: Hub, ours: Site) -> None:
    land.wrong_topic = "http://127.0.0.1/other"
    land.pages["/feed"] = Page(feed(item(1), land=land))
    ours.add(land.url("/feed"))
    ours.round()
    assert [status for status, _, _ in land.confirmations] == [404]
    assert ours.subscription().state == "asked"


@pytest.mark.parametrize("method", ["sha1", "sha256", "sha384", "sha512"])
def test_300_what_is_rightly_signed_is_taken_in_whatever_the_hub_signs_with(
    land: Hub, ours: Site, method: str
) -> None:
    told(land, ours)
    gets = len(land.gets)
    assert land.push(feed(item(2), land=land), signed=method) == 202
    ours.round(minutes=1)
    assert ours.titles() == {"Story 1", "Story 2"}
    assert len(land.gets) == gets, "the source itself was not asked"


@pytest.mark.parametrize(
    "signed", ["sha256=" + "0" * 64, "sha256=", "md5=" + "0" * 32, "0" * 40, "=", "sha512=é"], ids=range(6)
)
def test_301_a_wrong_signature_is_answered_and_ignored(land: Hub, ours: Site, signed: str) -> None:
    told(land, ours)
    gets = len(land.gets)
    assert 200 <= land.push(rss(item(2)), signed=signed.encode().decode("latin-1")) < 300
    ours.round(minutes=5)
    assert (ours.titles(), len(land.gets)) == ({"Story 1"}, gets)
    assert ours.subscription().ignored_at is not None


def test_302_no_signature_is_answered_and_ignored(land: Hub, ours: Site) -> None:
    told(land, ours)
    assert 200 <= land.push(rss(item(2)), signed=None) < 300
    ours.round(minutes=5)
    assert ours.titles() == {"Story 1"}


def test_each_subscription_has_a_callback_and_a_secret_of_its_own_that_nobody_guesses(
    land: Hub, ours: Site
) -> None:
    for number in range(3):
        land.pages[f"/{number}"] = Page(feed(item(number), land=land, own=f"/{number}"))
        ours.add(land.url(f"/{number}"))
    ours.round()
    callbacks = {form["hub.callback"] for form in land.asked}
    assert len(callbacks) == len({form["hub.secret"] for form in land.asked}) == 3
    assert all(len(one.rpartition("/")[2]) >= 43 for one in callbacks)
    assert all(16 <= len(form["hub.secret"].encode()) < 200 for form in land.asked)
    guessed = callbacks.pop().rpartition("/")[0] + "/" + "A" * 43
    assert post(guessed, b"x", {}) == 404
    assert get(guessed, {"hub.mode": "subscribe", "hub.challenge": "x"})[0] == 404


def test_a_secret_of_one_subscription_signs_nothing_for_another(land: Hub, ours: Site) -> None:
    for number in range(2):
        land.pages[f"/{number}"] = Page(feed(item(number), land=land, own=f"/{number}"))
        ours.add(land.url(f"/{number}"))
    ours.round()
    land.asked[0]["hub.secret"] = land.asked[1]["hub.secret"]
    assert land.push(feed(item(7), land=land), form=0) == 202
    ours.round(minutes=5)
    assert "Story 7" not in ours.titles()


def test_nothing_is_confirmed_that_was_not_asked_for(land: Hub, ours: Site) -> None:
    told(land, ours)
    callback, topic = land.asked[0]["hub.callback"], land.asked[0]["hub.topic"]
    question = {"hub.topic": topic, "hub.challenge": "x"}
    assert get(callback, {"hub.mode": "unsubscribe", **question})[0] == 404
    assert get(callback, {"hub.mode": "subscribe", **question})[0] == 200, "it may ask again for a while"
    ours.clock.move(minutes=11)
    assert get(callback, {"hub.mode": "subscribe", **question})[0] == 404
    assert get(callback, {"hub.mode": "subscribe", **question, "hub.challenge": "x" * 2000})[0] == 404
    assert get(callback, {"hub.mode": "denied", "hub.topic": "http://127.0.0.1/other"})[0] == 404
    assert ours.subscription().state == "active"


def test_a_source_that_is_told_of_is_asked_slowly_and_its_lease_renewed_at_half(
    land: Hub, ours: Site
) -> None:
    land.lease = 86_400
    told(land, ours)
    ours.round(hours=2)
    gets = len(land.gets)
    state = ours.row().poll
    assert (state.interval, state.reason) == (timedelta(hours=6), "its hub tells us; asked slowly")
    ours.round(hours=5)
    assert len(land.gets) == gets
    ours.round(hours=1, minutes=1)
    assert len(land.gets) == gets + 1
    assert len(land.asked) == 1
    ours.round(hours=5)
    assert len(land.asked) == 2, "half of the lease is over"
    assert land.asked[-1]["hub.callback"] == land.asked[0]["hub.callback"]
    assert ours.subscription().lease_until_at == ours.clock() + timedelta(days=1)


def test_a_lease_that_is_not_named_is_a_day(land: Hub, ours: Site) -> None:
    land.lease = None
    told(land, ours)
    assert ours.subscription().lease_until_at == ours.clock() + timedelta(days=1)


def test_a_silent_hub_is_noticed_and_the_source_returns_to_its_rhythm(land: Hub, ours: Site) -> None:
    told(land, ours, *(item(n, date=NOON - timedelta(hours=n)) for n in range(1, 6)))
    ours.round(hours=2)
    assert ours.row().poll.reason == "its hub tells us; asked slowly"
    land.pages["/feed"] = Page(feed(item(9, date=NOON + timedelta(hours=3)), land=land))
    ours.round(hours=7)
    assert "Story 9" in ours.titles()
    assert ours.subscription().state == "silent"
    assert ours.row().poll.told_until_at is None
    assert ours.row().poll.interval < timedelta(hours=6)
    assert ours.row().poll.reason != "its hub tells us; asked slowly"
    asked = len(land.asked)
    ours.round(days=1, hours=1)
    assert len(land.asked) == asked + 1, "it is tried again"
    assert ours.subscription().state == "active"


def test_an_article_so_new_that_its_push_may_be_under_way_is_no_silence(land: Hub, ours: Site) -> None:
    told(land, ours)
    ours.round(hours=2)
    land.pages["/feed"] = Page(feed(item(2, date=ours.clock.now + timedelta(hours=6, minutes=55)), land=land))
    ours.round(hours=7)
    assert "Story 2" in ours.titles()
    assert ours.subscription().state == "active"


def test_a_push_of_new_entries_alone_takes_nothing_away_and_the_next_poll_goes_on_as_before(
    land: Hub, ours: Site
) -> None:
    told(land, ours, item(1), item(2))
    ours.round(hours=2)
    before = ours.row().poll
    land.push(feed(item(3), land=land))
    ours.round(minutes=1)
    after = ours.row().poll
    assert (after.etag, after.body_hash, after.prints) == (before.etag, before.body_hash, before.prints)
    assert (after.next_poll_at, after.last_polled_at) == (before.next_poll_at, before.last_polled_at)
    assert after.last_new_at == ours.clock()
    land.pages["/feed"] = Page(feed(item(3), item(2), item(1), land=land))
    ours.round(hours=7)
    assert ours.titles() == {"Story 1", "Story 2", "Story 3"}
    assert len(ours.store.engine.rows("SELECT id FROM articles")) == 3
    assert not ours.store.engine.rows("SELECT number FROM versions WHERE number > 1")
    assert ours.subscription().state == "active"


def test_a_pushed_correction_is_taken_over_where_it_is_the_sources_own_document(
    land: Hub, ours: Site
) -> None:
    told(land, ours)
    gets = len(land.gets)
    land.push(feed(item(1, title="Story 1, corrected"), land=land))
    ours.round(minutes=1)
    assert (ours.titles(), len(land.gets)) == ({"Story 1, corrected"}, gets)


def test_another_form_of_the_feed_brings_new_articles_but_changes_none(land: Hub, ours: Site) -> None:
    land.pages["/feed"] = Page(feed(item(1), land=land, own="/short"))
    ours.add(land.url("/feed"))
    ours.round()
    gets = len(land.gets)
    land.push(feed(item(2), item(1, body="Cut short …"), land=land))
    ours.round(minutes=5)
    assert ours.titles() == {"Story 1", "Story 2"}
    assert not ours.store.engine.rows("SELECT 1 AS one FROM contents WHERE content_html LIKE '%Cut short%'")
    ours.round()
    assert len(land.gets) == gets + 1, "the source itself is asked what it says"


@pytest.mark.parametrize("body", [ATOM.format(links=""), "not a feed", "<html><p>x", "", "{}"], ids=range(5))
def test_what_cannot_be_read_or_is_of_another_format_only_makes_the_source_due(
    land: Hub, ours: Site, body: str
) -> None:
    told(land, ours)
    land.pages["/feed"] = Page(feed(item(2), item(1), land=land))
    gets = len(land.gets)
    assert land.push(body) == 202
    ours.round(minutes=5)
    ours.round()
    assert len(land.gets) == gets + 1
    assert ours.titles() == {"Story 1", "Story 2"}
    assert ours.subscription().state == "active"


def test_a_flood_of_pushes_waits_in_a_short_queue_and_asks_the_source_once(land: Hub, ours: Site) -> None:
    told(land, ours)
    ours.clock.move(minutes=5)
    for number in range(40):
        assert land.push(feed(item(number), land=land)) == 202
    assert len(ours.store.engine.rows("SELECT id FROM pushes")) <= 5
    gets = len(land.gets)
    ours.round()
    assert len(land.gets) == gets + 1


def test_a_push_never_hurries_a_source_that_asked_to_be_left_alone(land: Hub, ours: Site) -> None:
    told(land, ours)
    land.pages["/feed"] = Page(status=429, headers=(("Retry-After", "7200"),))
    ours.round(hours=7)
    gets = len(land.gets)
    land.push("not a feed")
    ours.round(minutes=10)
    assert len(land.gets) == gets
    land.push(feed(item(2), land=land))
    ours.round(minutes=1)
    assert "Story 2" in ours.titles(), "what the hub brings needs no request"
    assert len(land.gets) == gets


def test_what_is_too_large_is_refused_unread(land: Hub, ours: Site) -> None:
    told(land, ours)
    assert land.push("x" * 5_000_001) == 413
    assert not ours.store.engine.rows("SELECT id FROM pushes")


def test_a_hub_that_says_no_is_asked_again_in_a_week_and_its_words_are_shown(land: Hub, ours: Site) -> None:
    land.status = 400
    land.pages["/feed"] = Page(feed(item(1), land=land))
    ours.add(land.url("/feed"))
    ours.round()
    one = ours.subscription()
    assert (one.state, one.next_try_at) == ("refused", ours.clock() + timedelta(days=7))
    assert "No such topic" in one.reason
    land.status = 202
    ours.round(days=7, minutes=1)
    assert ours.subscription().state == "active"


def test_a_denial_is_noted_with_its_reason_and_may_come_at_any_time(land: Hub, ours: Site) -> None:
    told(land, ours)
    form = land.asked[0]
    land.denial = "not for <b>you</b>"
    land.answer(form)
    one = ours.subscription()
    assert (one.state, ours.row().poll.told_until_at) == ("refused", None)
    assert "not for <b>you</b>" in one.reason
    assert land.push(rss(item(2)), form=0) == 404


def test_the_next_hub_is_asked_where_the_first_refuses(land: Hub, ours: Site) -> None:
    two = (
        f'<{land.url("/gone")}>; rel=hub, <{land.url("/hub")}>; rel="hub", <{land.url("/feed")}>; rel="self"'
    )
    land.pages["/gone"] = Page(status=404)
    land.pages["/feed"] = Page(rss(item(1)), headers=(("Link", two),))
    ours.add(land.url("/feed"))
    ours.round()
    assert ours.subscription().state == "wanted"
    ours.round(seconds=5)
    assert (ours.subscription().state, ours.subscription().hub_url) == ("active", land.url("/hub"))


def test_a_hub_that_never_asks_back_is_given_up_after_some_tries(land: Hub, ours: Site) -> None:
    land.is_asking_back = False
    land.pages["/feed"] = Page(feed(item(1), land=land))
    ours.add(land.url("/feed"))
    ours.round()
    for _ in range(TRIES + 1):
        ours.round(hours=2)
    assert (len(land.asked), ours.subscription().state) == (TRIES, "refused")


def test_a_hub_that_is_down_is_tried_again_and_the_lease_outlives_it(land: Hub, ours: Site) -> None:
    told(land, ours)
    land.status = 503
    ours.round(days=5, minutes=1)
    one = ours.subscription()
    assert (one.state, one.failure_count) == ("active", 1)
    land.status = 202
    ours.round(minutes=11)
    assert ours.subscription().lease_until_at == ours.clock() + LEASE


def test_another_hub_or_address_is_a_new_subscription_and_the_old_one_is_left(land: Hub, ours: Site) -> None:
    told(land, ours)
    land.pages["/feed"] = Page(feed(item(1), land=land, own="/feed?v=2"))
    ours.round(hours=7)
    ours.round(seconds=5)
    modes = [(form["hub.mode"], form["hub.topic"]) for form in land.asked]
    assert modes[0] == ("subscribe", land.url("/feed"))
    assert set(modes[1:]) == {("unsubscribe", land.url("/feed")), ("subscribe", land.url("/feed?v=2"))}
    assert ours.subscription().feed_url == land.url("/feed?v=2")
    assert ours.subscription().state == "active"
    assert land.push(rss(item(5)), form=0) == 410


def test_a_paused_source_is_unsubscribed_and_a_resumed_one_subscribed_anew(land: Hub, ours: Site) -> None:
    told(land, ours)
    source = ours.row().source
    ours.store.sources.set_state(source.id, "paused", ours.clock())
    ours.round(minutes=1)
    assert [form["hub.mode"] for form in land.asked] == ["subscribe", "unsubscribe"]
    assert (ours.subscription().state, ours.row().poll.told_until_at) == ("left", None)
    ours.store.sources.set_state(source.id, "active", ours.clock())
    ours.round(minutes=1)
    ours.round(seconds=5)
    assert [form["hub.mode"] for form in land.asked][2:] == ["subscribe"]
    assert ours.subscription().state == "active"
    assert land.asked[2]["hub.callback"] != land.asked[0]["hub.callback"]


def test_switched_off_every_hub_is_left_and_switched_on_it_is_asked_again(land: Hub, ours: Site) -> None:
    told(land, ours)
    text = ours.config.read_text()
    ours.config.write_text(text + "websub = false\n")
    ours.round(minutes=1)
    assert [form["hub.mode"] for form in land.asked] == ["subscribe", "unsubscribe"]
    ours.config.write_text(text)
    ours.round(minutes=1)
    ours.round(seconds=5)
    assert ours.subscription().state == "active"


def test_without_a_public_address_no_hub_is_asked_but_the_admin_can_see_it(
    land: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with site(tmp_path, monkeypatch) as ours:
        lines = [line for line in ours.config.read_text().splitlines() if not line.startswith("base_url")]
        ours.config.write_text("\n".join(lines))
        land.pages["/feed"] = Page(feed(item(1), land=land))
        ours.add(land.url("/feed"))
        ours.round()
        assert (land.asked, ours.subscription().state) == ([], "wanted")


def test_a_private_source_is_never_told_to_a_hub(land: Hub, ours: Site) -> None:
    land.pages["/feed?token=s3cret"] = Page(feed(item(1), land=land))
    ours.add(land.url("/feed?token=s3cret"))
    ours.round()
    assert ours.titles() == {"Story 1"}
    assert land.asked == []
