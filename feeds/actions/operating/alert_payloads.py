"""What an alert looks like when it is sent: our own JSON, or the form that Slack, Discord, Matrix or Teams takes. Pure."""

from __future__ import annotations

from typing import Any

from feeds.model.alerts import Notice
from feeds.text.dates import rfc3339

MOST_DISCORD = 2_000
MOST_CHARS = 10_000
"""More than that no service shows; Slack cuts at 40,000, Teams refuses above 28 KB."""


def payload(notice: Notice, form: str) -> dict[str, Any]:
    """The body of a webhook in a form: json, slack, discord, matrix or teams."""
    return _FORMS[form](notice)


def plain(notice: Notice) -> dict[str, Any]:
    """Our own form, with every alert as it is stored: what a command or a script is given."""
    return {
        "site": notice.site,
        "base_url": notice.base_url,
        "title": notice.title,
        "text": notice.text,
        "alerts": [
            {
                "what": line.how,
                "kind": one.kind,
                "subject": one.subject,
                "message": one.message,
                "opened_at": rfc3339(one.opened_at),
                "closed_at": rfc3339(one.closed_at) if one.closed_at else None,
            }
            for line in notice.lines
            for one in line.alerts
        ],
    }


def _slack(notice: Notice) -> dict[str, Any]:
    return {"text": _cut(_without_marks(f"*{notice.title}*\n{notice.text}"), MOST_CHARS)}


def _discord(notice: Notice) -> dict[str, Any]:
    # Nobody is to be called by what stands in a source's title.
    text = _cut(_without_links(f"**{notice.title}**\n{notice.text}"), MOST_DISCORD)
    return {"content": text, "allowed_mentions": {"parse": []}}


def _matrix(notice: Notice) -> dict[str, Any]:
    return {"msgtype": "m.text", "body": _cut(f"{notice.title}\n{notice.text}", MOST_CHARS)}


def _teams(notice: Notice) -> dict[str, Any]:
    texts = [
        {
            "type": "TextBlock",
            "text": _cut(_without_links(one.sentence), MOST_DISCORD),
            "wrap": True,
        }
        for one in notice.lines
    ]
    title = {"type": "TextBlock", "text": notice.title, "weight": "Bolder", "wrap": True}
    card = {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.4",
        "body": [title, *texts],
    }
    attachment = {"contentType": "application/vnd.microsoft.card.adaptive", "content": card}
    return {"type": "message", "attachments": [attachment]}


def _without_marks(text: str) -> str:
    """Slack reads `<…>` as links and mentions, so these three are escaped."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _without_links(text: str) -> str:
    """What a source calls itself must not become a link under other words (Markdown)."""
    return text.replace("](", "] (")


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"


_FORMS = {"json": plain, "slack": _slack, "discord": _discord, "matrix": _matrix, "teams": _teams}
