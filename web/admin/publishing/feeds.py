"""Feeds: all that can be subscribed to, with its addresses."""

from __future__ import annotations

from typing import cast

from flask import request
from werkzeug.wrappers import Response as AnyResponse

from feeds.model.outgoing import FeedKind
from feeds.publish.render import FORMATS
from web.admin.frame import PER_PAGE, Frame

KINDS = ("all", "topic", "author", "source", "mix")


def add(frame: Frame) -> None:
    """Hangs the screen into the frame."""

    @frame.get("/feeds")
    def feed_list() -> AnyResponse:
        page, kind = frame.number(), request.args.get("kind", "topic")
        kind = kind if kind in KINDS else "topic"
        words = request.args.get("q", "").strip()[:100]
        if kind == "all":
            found = frame.store.feeds.every("all")
            total = len(found)
        else:
            total, found = frame.store.feeds.find(
                cast(FeedKind, kind), words, most=PER_PAGE, offset=(page - 1) * PER_PAGE
            )
        return frame.page(
            "feeds.html",
            feeds=found,
            total=total,
            page=page,
            per_page=PER_PAGE,
            kind=kind,
            kinds=KINDS,
            words=request.args.get("q", ""),
            formats=[(one.extension, one.name) for one in FORMATS.values()],
        )
