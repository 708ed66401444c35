"""A document that says where it is from now on moves its source as a permanent redirect does: late, and told at once."""

from __future__ import annotations

from datetime import timedelta

from feeds.ingest.poll.redirects import is_settled, moved_to, next_move
from feeds.model.fetched import Hop
from feeds.model.incoming import Move
from tests.fakes import NOON
from tests.feeds.ingest.reading import read

NEW = "https://pods.example/feed"


def test_podcasts_say_so_by_new_feed_url() -> None:
    head = 'xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd"'
    told = f'<rss version="2.0" {head}><channel><title>T</title><itunes:new-feed-url>{NEW}</itunes:new-feed-url><item><title>A</title></item></channel></rss>'
    assert read(told).moved_url == NEW
    assert read(told.replace(NEW, "")).moved_url is None


def test_an_unchanged_document_goes_on_saying_so() -> None:
    move: Move | None = None
    for days, is_read in ((0, True), (1, False), (2, False), (3, True), (4, False)):
        move = next_move(move, (), NOON + timedelta(days=days), stated=NEW, is_read=is_read)
        assert move is not None
        assert moved_to(move) == NEW
    assert move is not None
    assert is_settled(move, NOON + timedelta(days=4))
    assert next_move(move, (), NOON, is_read=True) is None


def test_a_redirect_wins_and_is_forgotten_once_it_is_gone() -> None:
    hop = Hop(status=301, from_url="https://a.example/", to_url="https://b.example/")
    move = next_move(None, (hop,), NOON, stated=NEW)
    assert move is not None
    assert moved_to(move) == "https://b.example/"
    assert next_move(move, (), NOON, is_read=False) is None
    assert next_move(None, (), NOON, stated="https://u:p@a.example/") is None
