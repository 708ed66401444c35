"""Our own hub over real HTTP, after the hub tests of websub.rocks (numbers in the names), and what follows from them."""

from __future__ import annotations

import os
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlencode

import pytest

from feeds.clock import system_clock
from feeds.http.webhook_signing import new_secret
from feeds.http.websub import is_signed
from feeds.model.deliveries import Receiver
from feeds.model.partners import PartnerSpec
from feeds.text.linkheaders import header_links
from tests.fakes import item, rss
from tests.hub import Hub, Page, Site, hub, post, site
from tests.receivers import Arrived, Receivers, receivers
from web.app import ASKS_A_MINUTE
from web.server.paths import without_token

ROOT = Path(__file__).resolve().parent.parent
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@pytest.fixture
def land() -> Iterator[Hub]:
    with hub() as running:
        running.pages["/feed"] = Page(rss(item(1)))
        yield running


@pytest.fixture
def ours(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, land: Hub) -> Iterator[Site]:
    with site(tmp_path, monkeypatch) as running:
        running.add(land.url("/feed"))
        running.round()
        yield running


@pytest.fixture
def there() -> Iterator[Receivers]:
    with receivers() as running:
        yield running


def base(ours: Site) -> str:
    return next(
        line.split('"')[1] for line in ours.config.read_text().splitlines() if line.startswith("base_url")
    )


def asked(ours: Site, there: Receivers, path: str = "/cb", mode: str = "subscribe", **extra: str) -> int:
    """The hub's answer to a request for the feed of everything in Atom; what the hub asks back is answered, too."""
    form = {"hub.mode": mode, "hub.callback": there.url(path), "hub.topic": base(ours) + "/all.atom"}
    form |= {f"hub.{name}": value for name, value in extra.items()}
    status = post(base(ours) + "/hub", urlencode(form).encode(), FORM)
    ours.round()
    return status


def news(ours: Site, land: Hub, *numbers: int, **span: float) -> None:
    """The source tells these stories, and everything that follows is done."""
    land.pages["/feed"] = Page(rss(*(item(number) for number in numbers)))
    ours.store.sources.poll_soon([ours.row().source.id], ours.clock.move(**(span or {"minutes": 30})))
    ours.round()


def receiver(ours: Site, kind: str = "websub") -> Receiver:
    return ours.store.deliveries.receivers(kind)[0]


def status_url(arrived: Arrived) -> str:
    """The address of its own page that a callback was given."""
    return next(
        one.target for one in header_links([arrived.headers["link"]]) if "status" in one.relations.split()
    )


def shown(url: str) -> tuple[int, str, dict[str, str]]:
    try:
        with urllib.request.urlopen(url, timeout=60) as answer:
            return answer.status, answer.read().decode(), dict(answer.headers)
    except urllib.error.HTTPError as refused:
        return refused.code, refused.read().decode(), dict(refused.headers)


def test_a_subscriber_sees_its_own_subscription_at_an_address_that_only_its_callback_got(
    ours: Site, land: Hub, there: Receivers
) -> None:
    there.status["/cb"] = 500
    asked(ours, there, secret="swordfish")
    asked(ours, there, "/other")
    first, second = there.questions()
    url = status_url(first)
    assert url != status_url(second)
    status, page, headers = shown(url)
    assert status == 200
    for text in (
        there.url("/cb"),
        f"{base(ours)}/all.atom",
        "State: live",
        "signed with the secret",
        "Subscriptions: 2",
    ):
        assert text in page, text
    assert "swordfish" not in page
    assert there.url("/other") not in page
    assert headers["Cache-Control"] == "private, no-store"
    assert "noindex" in headers["X-Robots-Tag"]
    assert headers["Referrer-Policy"] == "no-referrer"
    news(ours, land, 1, 2)
    assert status_url(there.sent("/cb")[0]) == url
    page = shown(url)[1]
    assert "Waiting: 1, next try" in page
    assert "It answered 500." in page
    assert "Taken: 1" in shown(status_url(second))[1]
    asked(ours, there, mode="unsubscribe")
    assert "State: ended" in shown(url)[1]


def test_no_other_token_opens_the_page_of_a_subscription(ours: Site, land: Hub, there: Receivers) -> None:
    asked(ours, there)
    asked(ours, there, "/other")
    (one, other) = (status_url(question) for question in there.questions())
    begin, _, token = one.rpartition("/")
    number, _, sign = token.partition("-")
    other_sign = other.rpartition("-")[2]
    for forged in (
        f"{number}-{other_sign}",
        f"{number}-{sign[:-1]}",
        f"{number}-",
        f"{number}-%C3%A9",
        f"{number}-%FF",
        f"0{number}9-{sign}",
        f"{'9' * 15}-{sign}",
        f"{'9' * 40}-{sign}",
        "x",
        "%00",
    ):
        status, page, headers = shown(f"{begin}/{forged}")
        assert (status, there.url("/cb") in page) == (404, False), forged
        assert headers["Cache-Control"] in ("private, no-store", "no-store"), forged
    assert without_token(f"/subscription/{token}") == "/subscription/…"


def test_100_a_subscriber_is_asked_back_and_then_gets_the_whole_feed_with_its_type_and_links(
    ours: Site, land: Hub, there: Receivers
) -> None:
    assert asked(ours, there) == 202
    (question,) = there.questions()
    assert question.query["hub.mode"] == "subscribe"
    assert question.query["hub.topic"] == base(ours) + "/all.atom"
    assert question.query["hub.lease_seconds"] == str(10 * 24 * 3600)
    assert len(question.query["hub.challenge"]) > 30
    assert there.sent() == [], "what was there before is not pushed"
    news(ours, land, 1, 2)
    (content,) = there.sent("/cb")
    assert content.headers["content-type"] == "application/atom+xml; charset=utf-8"
    hub_and_self = f'<{base(ours)}/hub>; rel="hub", <{base(ours)}/all.atom>; rel="self"'
    assert content.headers["link"] == f'{hub_and_self}, <{status_url(content)}>; rel="status"'
    assert b"Story 2" in content.body
    assert b"Story 1" in content.body
    assert "x-hub-signature" not in content.headers
    assert content.headers["idempotency-key"]
    news(ours, land, 1, 2)
    assert len(there.sent("/cb")) == 1, "nothing new, nothing sent"


def test_101_content_is_signed_with_the_secret(ours: Site, land: Hub, there: Receivers) -> None:
    asked(ours, there, secret="swordfish")
    news(ours, land, 1, 2)
    (content,) = there.sent()
    signature = content.headers["x-hub-signature"]
    assert signature.startswith("sha256=")
    assert is_signed(signature, "swordfish", content.body)


def test_102_who_subscribes_again_is_one_subscriber_with_the_new_secret_and_lease(
    ours: Site, land: Hub, there: Receivers
) -> None:
    asked(ours, there, secret="old", lease_seconds="3600")
    first = receiver(ours)
    asked(ours, there, secret="new", lease_seconds="864000")
    assert len(ours.store.deliveries.receivers("websub")) == 1
    again = receiver(ours)
    assert again.since_at == first.since_at
    assert again.until_at == ours.clock() + timedelta(days=10)
    news(ours, land, 1, 2)
    (content,) = there.sent()
    assert is_signed(content.headers["x-hub-signature"], "new", content.body)


def test_103_who_unsubscribes_and_confirms_it_is_told_nothing_more(
    ours: Site, land: Hub, there: Receivers
) -> None:
    asked(ours, there)
    assert asked(ours, there, mode="unsubscribe") == 202
    question = there.questions()[-1]
    assert question.query["hub.mode"] == "unsubscribe"
    assert "hub.lease_seconds" not in question.query
    assert receiver(ours).state == "ended"
    news(ours, land, 1, 2)
    assert there.sent() == []


def test_104_an_unsubscription_that_nobody_confirms_changes_nothing(
    ours: Site, land: Hub, there: Receivers
) -> None:
    asked(ours, there)
    there.no.add("/cb")
    asked(ours, there, mode="unsubscribe")
    news(ours, land, 1, 2)
    assert len(there.sent()) == 1


@pytest.mark.parametrize(("kind", "text"), [("rss", b"<rss"), ("json", b"https://jsonfeed.org/version/1.1")])
def test_105_each_format_is_a_topic_of_its_own(
    ours: Site, land: Hub, there: Receivers, kind: str, text: bytes
) -> None:
    form = {
        "hub.mode": "subscribe",
        "hub.callback": there.url("/cb"),
        "hub.topic": f"{base(ours)}/all.{kind}",
    }
    assert post(base(ours) + "/hub", urlencode(form).encode(), FORM) == 202
    ours.round()
    news(ours, land, 1, 2)
    (content,) = there.sent()
    assert text in content.body
    named = {"rss": "application/rss+xml", "json": "application/feed+json"}[kind]
    assert content.headers["content-type"].startswith(named)


def test_106_a_callback_keeps_its_own_query(ours: Site, land: Hub, there: Receivers) -> None:
    asked(ours, there, "/cb?token=a%20b")
    (question,) = there.questions()
    assert question.query["token"] == "a b"
    news(ours, land, 1, 2)
    assert there.sent()[0].query == {"token": "a b"}


@pytest.mark.parametrize("kind", ["no", "lies"])
def test_200_who_does_not_confirm_is_no_subscriber(
    ours: Site, land: Hub, there: Receivers, kind: str
) -> None:
    getattr(there, kind).add("/cb")
    assert asked(ours, there) == 202
    news(ours, land, 1, 2)
    assert len(there.questions()) == 1
    assert there.sent() == []
    assert receiver(ours).state == "ended"


def test_201_a_renewal_that_somebody_else_asked_for_takes_nothing_away(
    ours: Site, land: Hub, there: Receivers
) -> None:
    asked(ours, there, secret="mine")
    there.no.add("/cb")
    asked(ours, there, secret="forged", lease_seconds="300")
    news(ours, land, 1, 2)
    (content,) = there.sent()
    assert is_signed(content.headers["x-hub-signature"], "mine", content.body)


def test_202_a_lease_is_kept_within_limits_and_ends(ours: Site, land: Hub, there: Receivers) -> None:
    asked(ours, there, lease_seconds="99999999")
    assert there.questions()[0].query["hub.lease_seconds"] == str(15 * 24 * 3600)
    asked(ours, there, "/short", lease_seconds="1")
    assert there.questions()[1].query["hub.lease_seconds"] == "300"
    news(ours, land, 1, 2)
    assert [one.path for one in there.sent()] == ["/cb"], "half an hour later the short one is over"
    news(ours, land, 1, 2, 3, days=15)
    assert len(there.sent()) == 1


def test_203_a_callback_that_is_gone_ends_its_subscription(ours: Site, land: Hub, there: Receivers) -> None:
    asked(ours, there)
    there.status["/cb"] = 410
    news(ours, land, 1, 2)
    assert (receiver(ours).state, receiver(ours).detail) == ("ended", "its callback answered 410")
    news(ours, land, 1, 2, 3)
    assert len(there.sent()) == 1


def test_204_a_delivery_that_fails_comes_again_with_the_newest_content(
    ours: Site, land: Hub, there: Receivers
) -> None:
    asked(ours, there)
    there.status["/cb"] = 500
    news(ours, land, 1, 2)
    first = len(there.sent())
    there.status["/cb"] = 200
    news(ours, land, 1, 2, 3)
    assert len(there.sent()) == first + 1
    assert b"Story 3" in there.sent()[-1].body
    assert receiver(ours).told_count == 1


@pytest.mark.parametrize(
    ("field", "value", "status"),
    [
        ("hub.topic", "https://elsewhere.example/feed", 404),
        ("hub.topic", "{base}/topics/nothing.atom", 404),
        ("hub.topic", "{base}/mix/topics/a.atom", 404),
        ("hub.topic", "{base}/all/archive/1.atom", 404),
        ("hub.topic", "{base}/all.atom?limit=3", 404),
        ("hub.topic", "", 400),
        ("hub.callback", "", 400),
        ("hub.callback", "ftp://a.example/", 400),
        ("hub.callback", "http://user@a.example/", 400),
        ("hub.callback", "http://10.0.0.1/", 400),
        ("hub.callback", "http://10.0.0.1:8080/cb", 400),
        ("hub.callback", "http://[::1]/", 400),
        ("hub.callback", "{base}/hub", 400),
        ("hub.callback", "http://a.example/" + "x" * 2_000, 400),
        ("hub.secret", "s" * 201, 400),
        ("hub.lease_seconds", "soon", 400),
        ("hub.mode", "dance", 400),
    ],
)
def test_205_what_cannot_be_is_refused_at_once(
    ours: Site, there: Receivers, field: str, value: str, status: int
) -> None:
    form = {"hub.mode": "subscribe", "hub.callback": there.url("/cb"), "hub.topic": base(ours) + "/all.atom"}
    form[field] = value.replace("{base}", base(ours))
    assert post(base(ours) + "/hub", urlencode(form).encode(), FORM) == status
    ours.round()
    assert there.arrived == []
    assert ours.store.deliveries.receivers() == ()


def test_limits_by_callback_domain_and_by_client(
    ours: Site, there: Receivers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("feeds.actions.delivering.hub.MOST_OF_DOMAIN", 2)
    assert [asked(ours, there, f"/cb{number}") for number in range(3)] == [202, 202, 429]
    assert asked(ours, there, "/cb1") == 202, "a renewal is no new one"
    monkeypatch.setattr("feeds.actions.delivering.hub.MOST_OF_DOMAIN", 10)
    monkeypatch.setattr("feeds.actions.delivering.hub.MOST_OF_CLIENT", 2)
    assert asked(ours, there, "/cb4") == 429
    monkeypatch.setattr("feeds.actions.delivering.hub.MOST_OF_CLIENT", 10)
    monkeypatch.setattr("feeds.actions.delivering.hub.MOST_UNVERIFIED", 0)
    assert asked(ours, there, "/cb5") == 429
    monkeypatch.setattr("feeds.actions.delivering.hub.MOST_UNVERIFIED", 10)


def test_one_client_cannot_ask_without_end(ours: Site, there: Receivers) -> None:
    form = {"hub.mode": "subscribe", "hub.callback": there.url("/cb"), "hub.topic": base(ours) + "/all.atom"}
    body = urlencode(form).encode()
    statuses = [post(base(ours) + "/hub", body, FORM) for _ in range(ASKS_A_MINUTE + 1)]
    assert statuses == [202] * ASKS_A_MINUTE + [429]
    ours.round()
    assert len(there.questions()) == 1, "asked a hundred times, asked back once"


def test_every_public_feed_names_the_hub_and_itself_in_body_and_headers_also_of_a_304(
    ours: Site,
) -> None:
    for extension in ("atom", "rss", "json"):
        own = f"{base(ours)}/all.{extension}"
        with urllib.request.urlopen(own) as answer:
            body, headers = answer.read().decode(), answer.headers
        links = f'<{base(ours)}/hub>; rel="hub", <{own}>; rel="self"'
        assert headers["Link"] == links
        assert base(ours) + "/hub" in body
        assert ("<cloud " in body) is (extension == "rss")
        again = urllib.request.Request(own, headers={"If-None-Match": headers["ETag"]})
        with pytest.raises(urllib.error.HTTPError) as unchanged:
            urllib.request.urlopen(again)
        with unchanged.value as answer:
            assert (answer.code, answer.headers["Link"]) == (304, links)
    with urllib.request.urlopen(base(ours) + "/mix/languages/en.atom") as answer:
        assert (answer.headers["Link"], b'rel="hub"' in answer.read()) == (None, False)


def test_a_hub_that_is_off_is_named_nowhere_and_takes_nobody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, there: Receivers
) -> None:
    with site(tmp_path, monkeypatch, "[publish]\nhub = false\n") as ours:
        with urllib.request.urlopen(base(ours) + "/all.rss") as answer:
            assert (answer.headers["Link"], b"cloud" in answer.read()) == (None, False)
        assert asked(ours, there) == 400
        assert post(base(ours) + "/cloud", b"url1=x", FORM) == 404


def test_a_renamed_feed_goes_on_under_the_same_subscription(ours: Site, land: Hub, there: Receivers) -> None:
    slug = ours.row().source.slug
    form = {
        "hub.mode": "subscribe",
        "hub.callback": there.url("/cb"),
        "hub.topic": f"{base(ours)}/sources/{slug}.atom",
    }
    assert post(base(ours) + "/hub", urlencode(form).encode(), FORM) == 202
    ours.round()
    ours.store.sources.rename(ours.row().source.id, "quay", ours.clock())
    news(ours, land, 1, 2)
    content = there.sent()[-1]
    assert f'<{base(ours)}/sources/quay.atom>; rel="self"' in content.headers["link"]
    assert post(base(ours) + "/hub", urlencode(form | {"hub.mode": "unsubscribe"}).encode(), FORM) == 202
    ours.round()
    assert receiver(ours).state == "ended"


def test_a_feed_that_is_no_longer_public_tells_its_subscribers_and_ends(
    ours: Site, land: Hub, there: Receivers
) -> None:
    slug = ours.row().source.slug
    form = {
        "hub.mode": "subscribe",
        "hub.callback": there.url("/cb"),
        "hub.topic": f"{base(ours)}/sources/{slug}.atom",
    }
    assert post(base(ours) + "/hub", urlencode(form).encode(), FORM) == 202
    ours.round()
    ours.store.engine.run("UPDATE feeds SET state = 'hidden' WHERE kind = 'source'")
    news(ours, land, 1, 2)
    assert there.questions()[-1].query["hub.mode"] == "denied"
    assert there.questions()[-1].query["hub.topic"] == form["hub.topic"]
    assert receiver(ours).state == "ended"
    assert there.sent() == []
    assert post(base(ours) + "/hub", urlencode(form).encode(), FORM) == 404


def test_a_slow_receiver_delays_no_other(ours: Site, land: Hub, there: Receivers) -> None:
    with receivers("127.0.0.2") as slow:
        for one in (slow, there):
            asked(ours, one)
        slow.hangs.add("/cb")
        # The slow one answers when the well one was told: were it waited for, nothing would ever be told.
        there.on_post = slow.let_go.set
        news(ours, land, 1, 2)
        assert len(there.sent()) == len(slow.sent()) == 1
        assert slow.was_let_go


def test_a_dead_receiver_is_tried_again_and_told_when_it_is_back(
    ours: Site, land: Hub, there: Receivers
) -> None:
    with receivers("127.0.0.3") as dead:
        for one in (dead, there):
            asked(ours, one)
        port = dead.port
    news(ours, land, 1, 2)
    assert len(there.sent()) == 1
    (tally,) = [one for one in ours.store.deliveries.tallies() if one.host.startswith("127.0.0.3")]
    assert (tally.waiting, tally.failure_count) == (1, 1)
    with receivers("127.0.0.3", port) as back:
        ours.round(minutes=1)
        assert len(back.sent()) == 1


def test_rsscloud_readers_are_asked_back_and_told_the_address_for_25_hours(
    ours: Site, land: Hub, there: Receivers
) -> None:
    feed = base(ours) + "/all.rss"
    form = {
        "port": str(there.port),
        "path": "/rpc",
        "protocol": "http-post",
        "url1": feed,
        "domain": "127.0.0.1",
    }
    assert post(base(ours) + "/cloud", urlencode(form).encode(), FORM) == 200
    ours.round()
    assert there.questions()[0].query["url"] == feed
    news(ours, land, 1, 2)
    (told,) = there.sent()
    assert told.body == urlencode({"url": feed}).encode()
    news(ours, land, 1, 2, 3, hours=26)
    assert len(there.sent()) == 1


def test_rsscloud_without_a_domain_tells_whoever_asked_after_a_trial(
    ours: Site, land: Hub, there: Receivers
) -> None:
    form = {"port": str(there.port), "path": "rpc", "protocol": "http-post", "url1": base(ours) + "/all.rss"}
    assert post(base(ours) + "/cloud", urlencode(form).encode(), FORM) == 200
    ours.round()
    assert len(there.sent("/rpc")) == 1
    news(ours, land, 1, 2)
    assert len(there.sent("/rpc")) == 2
    assert post(base(ours) + "/cloud", urlencode(form | {"protocol": "soap"}).encode(), FORM) == 400


def test_public_hubs_are_told_of_each_feed_that_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, land: Hub, there: Receivers
) -> None:
    extra = f'[publish]\nhubs = ["{there.url("/public")}"]\n'
    with site(tmp_path, monkeypatch, extra) as ours:
        ours.add(land.url("/feed"))
        ours.round()
        news(ours, land, 1, 2)
        bodies = b"".join(one.body for one in there.sent("/public"))
        assert b"hub.mode=publish" in bodies
        assert urlencode({"hub.url": base(ours) + "/all.atom"}).encode() in bodies
        assert b"sources%2F" in bodies
        ours.config.write_text(ours.config.read_text().replace("[publish]\n", "[publish]\n#"))
        count = len(there.sent())
        news(ours, land, 1, 2, 3)
        assert len(there.sent()) == count


def test_two_feedwrights_the_one_is_told_by_the_other_without_asking(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ours: Site, land: Hub
) -> None:
    folder = tmp_path / "reader"
    folder.mkdir()
    with site(folder, monkeypatch) as reader:
        reader.add(base(ours) + "/all.atom")
        reader.round()
        assert reader.subscription().state == "asked"
        ours.round()
        assert reader.subscription().state == "active"
        assert reader.subscription().feed_url == base(ours) + "/all.atom"
        news(ours, land, 1, 2)
        polled = reader.row().poll.last_polled_at
        reader.round()
        assert "Story 2" in reader.titles()
        assert reader.row().poll.last_polled_at == polled, "it was told, and did not ask"
        assert receiver(ours).told_count == 1


def test_a_process_killed_between_sending_and_noting_sends_again_under_the_same_key(
    ours: Site, land: Hub, there: Receivers
) -> None:
    ours.clock.now = system_clock()
    asked(ours, there)
    land.pages["/feed"] = Page(rss(item(1), item(2)))
    ours.store.sources.poll_soon([ours.row().source.id], ours.clock())
    process = subprocess.Popen(
        [sys.executable, "-m", "scheduler"],
        cwd=ROOT,
        env=os.environ | {"FEEDWRIGHT_CONFIG": str(ours.config)},
    )
    there.on_post = process.kill
    try:
        process.wait(120)
    finally:
        process.kill()
        process.wait()
    assert len(there.sent()) == 1
    there.on_post = bool
    ours.clock.now = system_clock()
    ours.round(minutes=3)
    first, second = there.sent()
    assert first.headers["idempotency-key"] == second.headers["idempotency-key"]
    assert first.body == second.body
    assert receiver(ours).told_count == 1
    ours.round(hours=1)
    assert len(there.sent()) == 2


def test_a_subscriber_that_nobody_here_wrote(tmp_path: Path, ours: Site, land: Hub) -> None:
    python = os.environ.get("FEEDWRIGHT_WEBSUB_PYTHON")
    if not python:
        pytest.skip("FEEDWRIGHT_WEBSUB_PYTHON names no Python of a venv that has Flask-WebSub")
    topic = base(ours) + "/all.atom"
    process = subprocess.Popen(
        [python, str(ROOT / "bench" / "peer_websub.py"), topic, str(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdin is not None
    assert process.stdout is not None

    def does(word: str, *expected: str) -> None:
        if word:
            print(word, file=process.stdin, flush=True)
        for line in expected:
            assert process.stdout is not None
            assert process.stdout.readline().strip() == line
            if line == "asked":
                ours.round()

    try:
        does("", "ready")
        does("subscribe", "asked", f"confirmed subscribe {topic}")
        news(ours, land, 1, 2)
        does("", f"body {topic} True")
        does("renew", "asked", f"confirmed subscribe {topic}")
        does("unsubscribe", "asked", f"confirmed unsubscribe {topic}")
        assert receiver(ours).state == "ended"
        does("end")
        assert process.wait(20) == 0
    finally:
        process.kill()
        process.communicate()


def test_the_scheduler_finds_whom_partners_name_and_tells_them(
    ours: Site, land: Hub, there: Receivers
) -> None:
    spec = PartnerSpec(slug="daily", name="The Daily", webhooks=(there.url("/hook"),))
    made = ours.store.partners.put(spec, origin="admin", now=ours.clock())
    news(ours, land, 1, 2)
    assert there.sent() == [], "without a secret nothing can be signed"
    ours.store.partners.put_hook_secret(
        made.id, new_secret(lambda count: b"s" * count), before_until=ours.clock()
    )
    ours.round()
    news(ours, land, 1, 2, 3)
    (message,) = there.sent("/hook")
    assert b'"type":"article.entered"' in message.body
    assert message.headers["webhook-signature"].startswith("v1,")
    (entry,) = ours.store.ledger.latest(made.id, most=5)
    assert (entry.event, entry.way, entry.feed) == ("delivered", "webhook", "all")
