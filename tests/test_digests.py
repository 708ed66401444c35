"""Feeds by e-mail, over a real mail server: asked for twice, ended by one click, nothing twice, corrections told."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from feeds.actions.delivering.deliveries import SendTools
from feeds.actions.delivering.digests import MOST_BY_CLIENT, next_time, post_due
from feeds.actions.delivering.dispatch import Dispatcher
from feeds.actions.delivering.senders import SENDERS
from feeds.actions.publishing.publish import publish_touched
from feeds.model.articles import TopicRule
from feeds.model.settings import MailSettings, Settings, SiteSettings
from parts.channels import open_mail
from tests.fakes import NOON, Newsroom, item, rss
from tests.outlets import MailBox, mail_server
from web.app import create_app

FEED = "https://harbour.example/feed"
INES = "ines@reader.test"


@pytest.fixture
def box() -> Iterator[MailBox]:
    with mail_server() as found:
        yield found


@pytest.fixture
def room(newsroom: Newsroom) -> Newsroom:
    newsroom.store.topics.put(
        slug="sea", title="Sea", description="", rule=TopicRule(phrases=("sea",)), origin="admin",
        now=newsroom.clock(),
    )  # fmt: skip
    newsroom.add(FEED, rss(item(1, title="An old story of the sea", date=NOON - timedelta(hours=3))))
    newsroom.round()
    return newsroom


@pytest.fixture
def settings(box: MailBox, tmp_path: Path) -> Settings:
    return Settings(
        path=tmp_path / "config.toml",
        site=SiteSettings(title="Reader", base_url="https://reader.example"),
        mail=MailSettings(sender="feeds@reader.example", smtp=f"127.0.0.1:{box.port}", smtp_security="none"),
    )


@pytest.fixture
def app(room: Newsroom, settings: Settings) -> Flask:
    return create_app(
        settings=settings, store_factory=lambda: room.store, clock=room.clock, is_refreshing=False
    )


def send(room: Newsroom, settings: Settings) -> None:
    """What the scheduler does: puts what is due into the outbox, and sends it."""

    async def run() -> None:
        async def in_store(work: object) -> object:
            return work(room.store)  # type: ignore[operator]

        tools = SendTools(
            transport=room.web, settings=settings, clock=room.clock, new_secret=lambda: "k",
            mail=open_mail(settings),
        )  # fmt: skip
        dispatcher = Dispatcher(
            in_store=in_store, in_renderer=in_store, senders=SENDERS, tools=tools, chance=lambda: 0.5,
            owner="test",
        )  # fmt: skip
        post_due(room.store, settings, room.clock())
        await dispatcher.drain()
        await dispatcher.stop(1)

    publish_touched(room.store, room.clock())
    asyncio.run(run())


def ask(app: Flask, email: str = INES, feed: str = "/topics/sea", **more: str) -> TestResponse:
    return app.test_client().post("/digest", data={"feed": feed, "email": email, "rhythm": "daily", **more})


def text_of(letter: EmailMessage, kind: str = "plain") -> str:
    part = letter.get_body((kind,))
    assert part is not None
    return str(part.get_content())


def path_in(letter: EmailMessage, word: str) -> str:
    found = re.search(rf"https://reader\.example(/digest/{word}/\S+)", text_of(letter))
    assert found is not None
    return found[1]


def confirmed(
    room: Newsroom, app: Flask, settings: Settings, box: MailBox, feed: str = "/topics/sea"
) -> None:
    assert ask(app, feed=feed).status_code == 200
    send(room, settings)
    path = path_in(box.letters[-1], "confirm")
    assert "by e-mail?" in app.test_client().get(path).text
    assert app.test_client().post(path).status_code == 200


def told(room: Newsroom, *items: str) -> None:
    room.web.put(FEED, rss(*items))
    room.again()


def tomorrow(room: Newsroom, settings: Settings) -> None:
    room.clock.move(days=1)
    send(room, settings)


def fresh(number: int, room: Newsroom, title: str, **more: str) -> str:
    return item(number, title=title, date=room.clock() - timedelta(hours=1), **more)


def test_nothing_is_mailed_before_its_owner_confirmed(
    room: Newsroom, app: Flask, settings: Settings, box: MailBox
) -> None:
    answer = ask(app)
    assert answer.status_code == 200
    assert "Look into your mail" in answer.text
    send(room, settings)
    [letter] = box.letters
    assert letter["To"] == INES
    assert letter["Auto-Submitted"] == "auto-generated"
    told(room, fresh(2, room, "News of the sea"))
    tomorrow(room, settings)
    assert len(box.letters) == 1
    # A program that follows links confirms nothing.
    app.test_client().get(path_in(letter, "confirm"))
    tomorrow(room, settings)
    assert len(box.letters) == 1


def test_a_digest_brings_each_article_once_with_text_and_html_and_no_tracking(
    room: Newsroom, app: Flask, settings: Settings, box: MailBox
) -> None:
    confirmed(room, app, settings, box)
    told(room, fresh(2, room, "News of the sea &amp; sky"), fresh(3, room, "Trains"))
    tomorrow(room, settings)
    letter = box.letters[-1]
    assert letter["Subject"] == "Sea · Reader: 1 new article"
    assert "News of the sea & sky" in text_of(letter)
    assert "Trains" not in text_of(letter)
    assert "An old story" not in text_of(letter)
    page = text_of(letter, "html")
    assert "News of the sea &amp; sky" in page
    assert "<img" not in page
    assert "https://harbour.example/2" in page
    assert letter["List-Id"] == "<topics.sea.reader.example>"
    assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert letter["Message-ID"].endswith("@reader.example>")
    count = len(box.letters)
    tomorrow(room, settings)
    send(room, settings)
    assert len(box.letters) == count, "nothing new, no mail"


def test_an_edit_another_id_and_a_new_topic_bring_nothing_twice(
    room: Newsroom, app: Flask, settings: Settings, box: MailBox
) -> None:
    confirmed(room, app, settings, box, feed="/all")
    told(room, fresh(2, room, "News of the sea"))
    tomorrow(room, settings)
    told(room, item(2, title="News of the sea", guid="another-id", date=room.clock() - timedelta(days=1)))
    room.store.topics.put(
        slug="news", title="News", description="", rule=TopicRule(phrases=("news",)), origin="admin",
        now=room.clock(),
    )  # fmt: skip
    count = len(box.letters)
    tomorrow(room, settings)
    assert len(box.letters) == count


def test_a_correction_and_a_withdrawal_of_what_was_mailed_are_told(
    room: Newsroom, app: Flask, settings: Settings, box: MailBox
) -> None:
    confirmed(room, app, settings, box)
    told(room, fresh(2, room, "News of the sea"), fresh(3, room, "The sea sleeps"))
    tomorrow(room, settings)
    ids = {one.title: one.id for one in room.store.topics.matchable(after_id=0, most=9)}
    room.clock.move(hours=1)
    room.store.changes.set_override(
        ids["News of the sea"], "correction", "It was the river.", who="Ada", now=room.clock()
    )
    room.store.articles.withdraw(ids["The sea sleeps"], reason="It was made up", now=room.clock())
    room.store.articles.withdraw(ids["An old story of the sea"], reason="Never mailed", now=room.clock())
    tomorrow(room, settings)
    text = text_of(box.letters[-1])
    assert box.letters[-1]["Subject"].endswith("corrections")
    assert "It was the river." in text
    assert "It was made up" in text
    assert "Never mailed" not in text
    assert "The sea sleeps" not in text
    count = len(box.letters)
    tomorrow(room, settings)
    assert len(box.letters) == count


def test_one_click_ends_it_and_so_does_its_page(
    room: Newsroom, app: Flask, settings: Settings, box: MailBox
) -> None:
    confirmed(room, app, settings, box)
    told(room, fresh(2, room, "News of the sea"))
    tomorrow(room, settings)
    link = str(box.letters[-1]["List-Unsubscribe"]).strip(" <>").removeprefix("https://reader.example")
    web = app.test_client()
    assert "End it" in web.get(link).text
    assert room.store.digests.every()[0].state == "live"
    assert web.post(link, data={"List-Unsubscribe": "One-Click"}).status_code == 200
    assert room.store.digests.every()[0].state == "ended"
    assert web.post(link).status_code == 200
    told(room, fresh(3, room, "More of the sea"))
    count = len(box.letters)
    tomorrow(room, settings)
    assert len(box.letters) == count


def test_links_that_we_did_not_make_do_nothing(
    room: Newsroom, app: Flask, settings: Settings, box: MailBox
) -> None:
    ask(app)
    send(room, settings)
    made = path_in(box.letters[-1], "confirm")
    web = app.test_client()
    forged = (
        "/digest/confirm/1-x",
        "/digest/end/1-x",
        "/digest/end/1-é",
        "/digest/confirm/1-%FF",
        made.replace("confirm", "end"),
        made[:-1] + "?",
        "/digest/end/x",
    )
    for path in forged:
        assert web.post(path).status_code == 404
        assert web.get(path).status_code == 404
    assert room.store.digests.every()[0].state == "asked"


def test_what_is_asked_wrongly_or_too_often_is_refused(
    room: Newsroom, app: Flask, settings: Settings, box: MailBox
) -> None:
    assert ask(app, email="nobody").status_code == 400
    assert ask(app, email="a@b.test\r\nBcc: c@d.test").status_code == 400
    assert ask(app, feed="/topics/nowhere").status_code == 404
    assert ask(app, feed="/mix/nonsense").status_code == 404
    assert ask(app, rhythm="hourly").status_code == 400
    assert ask(app, website="https://spam.test").status_code == 200
    assert room.store.digests.every() == ()
    answers = [ask(app, email=f"r{number}@reader.test").status_code for number in range(MOST_BY_CLIENT + 1)]
    assert answers[-1] == 400
    send(room, settings)
    assert len(box.letters) == MOST_BY_CLIENT


def test_whether_somebody_has_it_already_is_told_to_nobody(
    room: Newsroom, app: Flask, settings: Settings, box: MailBox
) -> None:
    confirmed(room, app, settings, box)
    count = len(box.letters)
    assert "Look into your mail" in ask(app).text
    send(room, settings)
    assert len(box.letters) == count


def test_a_mix_comes_by_mail_too(room: Newsroom, app: Flask, settings: Settings, box: MailBox) -> None:
    confirmed(room, app, settings, box, feed="/mix/topics/sea/sources/harbour-example")
    told(room, fresh(2, room, "News of the sea"), fresh(3, room, "Trains"))
    tomorrow(room, settings)
    assert "News of the sea" in text_of(box.letters[-1])
    assert "Trains" not in text_of(box.letters[-1])


def test_a_mail_server_that_fails_is_tried_again_and_one_that_knows_nobody_ends_it(
    room: Newsroom, app: Flask, settings: Settings, box: MailBox
) -> None:
    confirmed(room, app, settings, box)
    told(room, fresh(2, room, "News of the sea"))
    box.refusal = "451 come again"
    tomorrow(room, settings)
    count = len(box.letters)
    box.refusal = None
    room.clock.move(minutes=5)
    send(room, settings)
    assert len(box.letters) == count + 1
    told(room, fresh(3, room, "More of the sea"))
    box.refusal = "550 nobody here"
    tomorrow(room, settings)
    [digest] = room.store.digests.every()
    assert (digest.state, "takes nothing for" in digest.detail) == ("ended", True)


def test_the_old_articles_of_a_new_source_are_no_news(
    room: Newsroom, app: Flask, settings: Settings, box: MailBox
) -> None:
    confirmed(room, app, settings, box, feed="/all")
    old = [item(number, title=f"Old {number}", date=NOON - timedelta(days=40)) for number in range(20, 30)]
    room.add("https://other.example/feed", rss(*old, fresh(40, room, "New there"), title="Other"))
    room.round()
    tomorrow(room, settings)
    assert "New there" in text_of(box.letters[-1])
    assert "Old 2" not in text_of(box.letters[-1])


def test_without_a_sender_nothing_is_offered(room: Newsroom, settings: Settings) -> None:
    bare = replace(settings, mail=MailSettings())
    app = create_app(settings=bare, store_factory=lambda: room.store, clock=room.clock, is_refreshing=False)
    web = app.test_client()
    assert web.post("/digest", data={"feed": "/all"}).status_code in (404, 405)
    assert "by e-mail" not in web.get("/all").text


def test_pages_of_feeds_offer_it(room: Newsroom, app: Flask) -> None:
    for path in ("/all", "/topics/sea", "/mix/topics/sea", "/"):
        assert 'action="https://reader.example/digest"' in app.test_client().get(path).text, path
    assert "digest" not in app.test_client().get("/changes").text


@pytest.mark.parametrize(
    ("rhythm", "now", "expected"),
    [
        ("daily", "2026-11-22T03:00:00+00:00", "2026-11-22T05:00:00+00:00"),
        ("daily", "2026-11-22T05:00:00+00:00", "2026-11-23T05:00:00+00:00"),
        ("weekly", "2026-11-22T12:00:00+00:00", "2026-11-23T05:00:00+00:00"),
        ("weekly", "2026-11-23T06:00:00+00:00", "2026-11-30T05:00:00+00:00"),
        # The clocks go back on 25 October: six in the morning is another moment.
        ("daily", "2026-10-24T12:00:00+00:00", "2026-10-25T05:00:00+00:00"),
    ],
)
def test_mails_leave_in_the_morning_of_the_sites_time_zone(
    settings: Settings, rhythm: str, now: str, expected: str
) -> None:
    there = replace(settings, site=replace(settings.site, timezone="Europe/Oslo"))
    found = next_time(rhythm, datetime.fromisoformat(now), there)  # type: ignore[arg-type]
    assert found == datetime.fromisoformat(expected)
