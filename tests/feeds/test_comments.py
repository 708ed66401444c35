"""The page where readers talk about an article: read from its source's feed, kept, and passed on in every format."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from db.articles import purge
from db.copying import copy
from db.engines.sqlite import SqliteEngine
from db.store import Store
from feeds.ingest.rules.normalize import normalize
from feeds.ingest.rules.versions import is_major, is_same
from feeds.model.articles import Article
from feeds.model.incoming import ParsedEntry, ParsedFeed
from feeds.model.outgoing import EndedArticle, FeedKey, SiteInfo
from feeds.publish.api_answers import article_answer
from feeds.publish.compose import compose
from feeds.publish.formats.rss import write_rss
from tests.fakes import NOON, Newsroom, item, rss
from tests.fakestore import HARBOUR, FakeStore, article
from tests.feeds.ingest.reading import atom, entry, read_one, source
from tests.feeds.publish.test_formats import ATOM, body, tree

TALK = "https://harbour.example/1#comments"
SITE = SiteInfo(title="Reader", base_url="https://reader.example", language="en")
PAGE = '<link rel="replies" type="text/html" href="https://harbour.example/1#comments"/>'
THREAD = '<link rel="replies" type="application/atom+xml" href="https://harbour.example/1/comments.atom"/>'
UNTYPED = '<link rel="replies" href="https://harbour.example/1/comments.atom"/>'
"""RFC 4685 section 4: without a type it leads to an Atom document."""


def stored(room: Newsroom) -> Article:
    found = room.store.articles.get(1)
    assert isinstance(found, Article)
    return found


@pytest.mark.parametrize(
    ("told", "meant"),
    [
        (f"<comments>{TALK}</comments>", TALK),
        (f"<comments>\n  {TALK}  </comments>", TALK),
        (f"<comments><![CDATA[{TALK}]]></comments>", TALK),
        ("<comments>/1#comments</comments>", TALK),
        ("<comments>HTTPS://HARBOUR.example/1#comments</comments>", TALK),
        (f"<comments>{TALK}</comments><comments>https://harbour.example/other</comments>", TALK),
        (f"<comments>12</comments><comments>{TALK}</comments>", TALK),
        ('<slash:comments xmlns:slash="http://purl.org/rss/1.0/modules/slash/">12</slash:comments>', None),
        ("<comments>12</comments>", None),
        ("<comments>No comments yet</comments>", None),
        ("<comments></comments>", None),
        ("<comments>javascript:alert(1)</comments>", None),
        ("<comments>mailto:desk@harbour.example</comments>", None),
        ("<comments>ftp://harbour.example/1</comments>", None),
        ("<comments>https://jane:pass@harbour.example/1</comments>", "https://harbour.example/1"),
        (PAGE.replace("<link", '<a:link xmlns:a="http://www.w3.org/2005/Atom"'), TALK),
    ],
)  # fmt: skip
def test_rss_states_it_as_comments(told: str, meant: str | None) -> None:
    assert read_one(rss(item(1, extra=told))).comments_url == meant


@pytest.mark.parametrize(
    ("told", "meant"),
    [
        (PAGE, TALK),
        (THREAD + PAGE, TALK),
        (UNTYPED + PAGE, TALK),
        (PAGE + UNTYPED, TALK),
        (UNTYPED, None),
        (PAGE.replace("text/html", "Text/HTML; charset=utf-8"), TALK),
        (PAGE.replace("text/html", "application/xhtml+xml"), TALK),
        (PAGE.replace("https://harbour.example", ""), TALK),
        (THREAD, None),
        (PAGE.replace("https://harbour.example/1", "javascript:alert(1)"), None),
        (PAGE.replace("https://harbour.example/1#comments", " "), None),
        ("", None),
    ],
)
def test_atom_states_it_as_a_link_to_replies(told: str, meant: str | None) -> None:
    draft = read_one(atom(entry(told)))
    assert draft.comments_url == meant
    assert draft.url == "https://harbour.example/1"


def test_of_a_private_source_no_address_with_a_secret_is_kept() -> None:
    told = ParsedEntry(
        guid="1", title_html="T", comments_url="https://harbour.example/1?token=0123456789abcdef"
    )
    for public_url, meant in (("https://harbour.example/feed", told.comments_url), (None, None)):
        (draft,) = normalize(
            ParsedFeed(format="rss20", entries=(told,)),
            source=source(public_url=public_url),
            url="https://harbour.example/feed",
            now=NOON,
            max_entries=10,
        ).drafts
        assert draft.comments_url == meant


def test_one_that_comes_later_is_another_version_and_no_news() -> None:
    before, after = (read_one(rss(item(1, extra=one))) for one in ("", f"<comments>{TALK}</comments>"))
    assert not is_same(before.hash, after.hash)
    assert not is_major(before.hash, after.hash)


def test_it_is_kept_changed_and_given_up_with_its_source(newsroom: Newsroom) -> None:
    newsroom.add("https://harbour.example/feed", rss(item(1, extra=f"<comments>{TALK}</comments>")))
    newsroom.round()
    first = stored(newsroom)
    assert first.comments_url == TALK
    for told, meant in (("<comments>/talk/1</comments>", "https://harbour.example/talk/1"), ("", None)):
        newsroom.web.put("https://harbour.example/feed", rss(item(1, extra=told)))
        newsroom.again()
        assert stored(newsroom).comments_url == meant
        assert stored(newsroom).updated_at == first.updated_at


def test_atom_links_it_and_rss_names_it_once() -> None:
    for share in ("full", "headline"):
        given = article(comments_url=TALK, source=replace(HARBOUR, share=share))
        links = tree("atom", given).find(f"{ATOM}entry").findall(f"{ATOM}link")
        assert [dict(one.attrib) for one in links if one.get("rel") == "replies"] == [
            {"rel": "replies", "href": TALK, "type": "text/html"}
        ]
        assert [one.text for one in tree("rss", given).find("channel/item").iter("comments")] == [TALK]
        (told,) = json.loads(body("jsonfeed", given))["items"]
        assert told["_feedwright"]["comments_url"] == TALK
        assert article_answer(given, SITE, excerpt_chars=100).comments_url == TALK
    for format in ("atom", "rss", "jsonfeed"):
        bare = body(format, article())
        assert b"comments" not in bare
        assert b"replies" not in bare


def test_what_was_withdrawn_leads_nowhere() -> None:
    page = FakeStore([article(2, comments_url=TALK)]).feed_page(
        FeedKey(kind="all"), entries=9, window=timedelta(0), most=9
    )
    assert page is not None
    gone = EndedArticle(id=1, urn="urn:x", ended_at=NOON, first_seen_at=NOON, is_purged=False)
    written = write_rss(compose(replace(page, articles=(), ended=(gone,)), SITE, excerpt_chars=100))
    assert b"<comments>" not in written


def test_it_stays_under_an_override_and_in_a_copy_and_goes_with_a_purge(
    newsroom: Newsroom, tmp_path: Path
) -> None:
    newsroom.add("https://harbour.example/feed", rss(item(1, extra=f"<comments>{TALK}</comments>")))
    newsroom.round()
    newsroom.store.changes.set_override(1, "title", "Another title", who="mara", now=newsroom.clock())
    assert (stored(newsroom).title, stored(newsroom).comments_url) == ("Another title", TALK)
    other = Store(SqliteEngine(tmp_path / "other.db"))
    copy(newsroom.store.engine, other.engine, lambda *_: None)
    assert stored(Newsroom(other)).comments_url == TALK
    other.close()
    with newsroom.store.write():
        purge(newsroom.store.engine, 1, now=newsroom.clock())
    assert newsroom.store.engine.rows("SELECT comments_url FROM contents") == []
