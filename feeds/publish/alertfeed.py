"""Alerts as a feed, for admins who would rather read them beside their news; at private addresses alone. Pure."""

from __future__ import annotations

import html
import uuid
from collections.abc import Sequence
from datetime import datetime

from feeds.model.alerts import KINDS, UNKNOWN, over
from feeds.model.kept import Alert
from feeds.model.outgoing import DocumentAuthor, DocumentEntry, DocumentSource, FeedDocument, SiteInfo
from feeds.text.markup import one_line

NAME = "alerts"
"""What a private address names to open it."""


def alert_document(
    alerts: Sequence[Alert], site: SiteInfo, *, site_id: uuid.UUID, base_url: str, now: datetime
) -> FeedDocument:
    """The document: one entry for each alert, which says so when it has ended."""
    title = one_line(site.title) or "Feedwright"
    moments = [one.closed_at or one.opened_at for one in alerts]
    urn = uuid.uuid5(site_id, NAME).urn
    return FeedDocument(
        feed_urn=urn,
        title=f"Alerts of {title}",
        description=f"What needs somebody at {title}, and what is well again.",
        page_url=f"{site.base_url}/admin/",
        base_feed_url=f"{base_url}/{NAME}",
        updated_at=max(moments, default=now).replace(microsecond=0),
        language="en",
        site=site,
        author=DocumentAuthor(name=title, url=site.base_url + "/"),
        entries=tuple(_entry(one, site, urn=urn, site_id=site_id, title=title) for one in alerts),
    )


def _entry(one: Alert, site: SiteInfo, *, urn: str, site_id: uuid.UUID, title: str) -> DocumentEntry:
    kind = KINDS.get(one.kind, UNKNOWN)
    begin = "Well again" if one.closed_at else "Grave" if kind.is_grave else "Look at this"
    what = kind.ended if one.closed_at else kind.label
    text = one.message
    if one.closed_at:
        ended = over(one.kind, one.subject, one.message)
        text = ended[0].upper() + ended[1:]
    at = (one.closed_at or one.opened_at).replace(microsecond=0)
    return DocumentEntry(
        urn=uuid.uuid5(site_id, f"{NAME}/{one.id}").urn,
        url=f"{site.base_url}/admin/",
        title=f"{begin}: {what}{f' ({one.subject})' if one.subject else ''}",
        summary=one_line(text),
        content_html=f"<p>{html.escape(text, quote=False)}</p>",
        published_at=one.opened_at.replace(microsecond=0),
        updated_at=at,
        source=DocumentSource(
            title=title, feed_id=urn, feed_url=None, home_url=site.base_url + "/", updated_at=at
        ),
    )
