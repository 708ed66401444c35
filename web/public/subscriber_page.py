"""What a subscriber of our hub sees of its own subscription, `/subscription/<token>`. Kept out of caches and lists."""

from __future__ import annotations

from flask import Blueprint, Response, render_template
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response as AnyResponse

from feeds.actions.delivering.hub import format_of
from feeds.actions.delivering.subscriber_links import PATH, opened_by
from feeds.actions.publishing.publish import HUB_PATH, feed_url
from web.context import WebContext

UNKNOWN = (
    "This link is not known here, or its subscription ended some time ago. Each delivery to a callback has the"
    " present one in its Link header (rel=status)."
)


def subscriber_page(context: WebContext) -> Blueprint:
    """The blueprint of `/subscription/<token>`."""
    views = Blueprint("subscriber_page", __name__)

    @views.get(f"{PATH}<token>")
    def page(token: str) -> AnyResponse:
        store = context.stores.get()
        receiver = opened_by(store, token)
        if receiver is None:
            raise NotFound(UNKNOWN)
        info = store.feeds.of_ids([receiver.feed_id]).get(receiver.feed_id)
        body = render_template(
            "subscriber.html",
            one=receiver,
            feed=feed_url(info.key, format_of(receiver), context.site) if info else None,
            is_over=receiver.until_at is not None and receiver.until_at <= context.clock(),
            waiting=store.deliveries.waiting_of([receiver.id]).get(receiver.id),
            given_up=store.deliveries.given_up_of(receiver.id),
            host=store.deliveries.tally(receiver.host),
            hub=context.site.base_url + HUB_PATH,
        )
        return Response(body, mimetype="text/html")

    def keep_private(response: Response) -> Response:
        response.headers["Cache-Control"] = "private, no-store"
        response.headers["Referrer-Policy"] = "no-referrer"
        response.headers["X-Robots-Tag"] = "noindex, nofollow, noarchive"
        return response

    views.after_request(keep_private)
    return views
