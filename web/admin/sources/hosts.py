"""Hosts that rest or are asked less often: until when, why, and which sources wait for them."""

from __future__ import annotations

from flask import request
from werkzeug.wrappers import Response as AnyResponse

from web.admin.frame import PER_PAGE, Frame


def add(frame: Frame) -> None:
    """Hangs the screen into the frame."""

    @frame.get("/hosts")
    def hosts() -> AnyResponse:
        page, words = frame.number(), request.args.get("q", "").strip()[:100]
        polls, now = frame.store.polls, frame.context.clock()
        return frame.page(
            "hosts.html",
            rests=polls.rests(now=now, words=words, most=PER_PAGE, offset=(page - 1) * PER_PAGE),
            total=polls.rest_count(now=now, words=words),
            page=page,
            per_page=PER_PAGE,
            words=words,
        )
