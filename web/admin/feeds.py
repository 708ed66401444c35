"""Feeds: all that can be subscribed to, with its addresses."""

from __future__ import annotations

from typing import cast

from flask import request
from werkzeug.wrappers import Response as AnyResponse

from feeds.model.outgoing import FeedKind
from feeds.publish.render import FORMATS
from web.admin.frame import PER_PAGE, Frame

KINDS = ("all", "topic", "author", "source")


def add(frame: Frame) -> None:
    """Hangs the screen into the frame."""

    @frame.get("/feeds")
    def feed_list() -> AnyResponse:
        page, kind = frame.number(), request.args.get("kind", "topic")
        kind = kind if kind in KINDS else "topic"
        words = request.args.get("q", "").strip().casefold()[:100]
        found = [
            one
            for one in frame.context.lists.get(cast(FeedKind, kind))
            if words in one.title.casefold() or words in one.key.slug
        ]
        found.sort(key=lambda one: (-one.article_count, one.title.casefold()))
        return frame.page(
            "feeds.html",
            feeds=found[(page - 1) * PER_PAGE : page * PER_PAGE],
            total=len(found),
            page=page,
            per_page=PER_PAGE,
            kind=kind,
            kinds=KINDS,
            words=request.args.get("q", ""),
            formats=[(one.extension, one.name) for one in FORMATS.values()],
        )
