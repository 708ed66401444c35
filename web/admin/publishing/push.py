"""Who is told of feeds by push: hosts with how they fare, everybody at one host, and ending one."""

from __future__ import annotations

from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response as AnyResponse

from feeds.actions.delivering.cloud import CLOUD
from feeds.actions.delivering.digests import DIGEST
from feeds.actions.delivering.hub import WEBSUB
from feeds.actions.delivering.indexnow import INDEXNOW
from feeds.actions.delivering.public_hubs import PUBLIC_HUB
from feeds.actions.delivering.webhooks import WEBHOOK
from feeds.actions.editing.hub_edits import ASKED_FOR, end_subscriber
from web.admin.frame import Frame
from web.language import gettext, later

MOST = 500
KINDS = {
    WEBSUB: later("WebSub"),
    CLOUD: later("rssCloud"),
    PUBLIC_HUB: later("public hub"),
    WEBHOOK: later("webhook of a partner"),
    DIGEST: later("e-mail digest"),
    INDEXNOW: later("IndexNow"),
}
"""What people call the kinds of receivers."""


def add(frame: Frame) -> None:
    """Hangs the screens into the frame."""

    @frame.get("/feeds/push", sees="people")
    def push_hosts() -> AnyResponse:
        found = frame.store.deliveries.tallies(most=MOST + 1)
        return frame.page("push.html", hosts=found[:MOST], has_more=len(found) > MOST, most=MOST)

    @frame.get("/feeds/push/<host>", sees="people")
    def push_host(host: str) -> AnyResponse:
        store = frame.store
        found = store.deliveries.receivers(host=host[:300], most=MOST + 1)
        if not found:
            raise NotFound(f"Nobody at {host[:80]} is told of feeds.")
        infos = store.feeds.of_ids([one.feed_id for one in found if one.feed_id])
        return frame.page(
            "push-host.html",
            host=host,
            rows=[(one, infos.get(one.feed_id)) for one in found[:MOST]],
            waiting=store.deliveries.waiting_of([one.id for one in found[:MOST]]),
            has_more=len(found) > MOST,
            most=MOST,
            kinds=KINDS,
            asked_for=ASKED_FOR,
        )

    @frame.post("/feeds/push/receivers/<int(max=9007199254740991):receiver_id>/end", "people")
    def end_receiver(receiver_id: int) -> AnyResponse:
        found = end_subscriber(frame.desk(), receiver_id)
        return frame.go(f"/feeds/push/{found.host}", gettext("It gets nothing more. It may subscribe again."))
