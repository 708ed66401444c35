"""Writes a change of a feed as one webhook message, in the form that the partner chose. Pure."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec

from feeds.model.deltas import Delta
from feeds.model.outgoing import FeedInfo, SiteInfo
from feeds.model.partners import HookForm
from feeds.model.rights import Share
from feeds.publish.api_answers import change_answer
from feeds.publish.compose import compose_entry
from feeds.publish.formats.jsonfeed import jsonfeed_item
from feeds.publish.formats.ninjs import ninjs_item
from feeds.publish.withdrawals import ended_entry
from feeds.text.dates import rfc3339

MEDIA_TYPE = "application/json"


def message(
    delta: Delta, info: FeedInfo, site: SiteInfo, *, form: HookForm, excerpt_chars: int, most: Share
) -> bytes:
    """The body: `type`, `timestamp`, `feed`, `seq`, and the article under `data`, with no more of it than `most`."""
    data: Any
    if form == "json":
        data = change_answer(delta, site, excerpt_chars=excerpt_chars, most=most)
    else:
        data = _item(delta, info, site, form=form, excerpt_chars=excerpt_chars, most=most)
    return msgspec.json.encode(
        {
            "type": f"article.{delta.kind}",
            "timestamp": rfc3339(_moment(delta, info)),
            "feed": info.key.path()[1:],
            "seq": delta.seq,
            "data": data,
        }
    )


def test_message(form: HookForm, now: datetime) -> bytes:
    """What `webhook test` sends: of no article."""
    return msgspec.json.encode(
        {
            "type": "test",
            "timestamp": rfc3339(now),
            "data": {"form": form, "text": "This is a test. Whoever reads it is told of changes this way."},
        }
    )


def _moment(delta: Delta, info: FeedInfo) -> datetime:
    """When it happened, as far as it is known."""
    if delta.ended is not None:
        return delta.ended.ended_at
    if delta.article is None:
        return info.changed_at
    return max(delta.article.first_seen_at, delta.article.updated_at)


def _item(
    delta: Delta, info: FeedInfo, site: SiteInfo, *, form: HookForm, excerpt_chars: int, most: Share
) -> dict[str, Any]:
    if delta.article is not None:
        entry = compose_entry(delta.article, site, excerpt_chars=excerpt_chars, most=most)
    elif delta.ended is not None:
        entry = ended_entry(delta.ended, info, site)
    else:
        # It left this feed alone: nothing is told of it but which one it is.
        return {"id": delta.urn} if form == "jsonfeed" else {"uri": delta.urn}
    return jsonfeed_item(entry) if form == "jsonfeed" else ninjs_item(entry)
