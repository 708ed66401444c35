"""What feedparser shows of each address: a line of JSON for each, as bench/clients/entries.py reads it."""

from __future__ import annotations

import json
import sys
from typing import Any

import feedparser


def shown(entry: Any) -> dict[str, object]:
    """The fields of an entry, by the names that feedparser gives them."""
    media = [one for one in entry.get("media_content", []) if one.get("medium") == "image"]
    content = entry.get("content", [{}])[0]
    return {
        "id": entry.get("id"),
        "title": entry.get("title"),
        "link": entry.get("link"),
        "authors": [one.get("name") for one in entry.get("authors", [])],
        "summary": entry.get("summary"),
        "content": content.get("value"),
        "pictures": [one.get("url") for one in media],
        "credits": [one.get("content") for one in entry.get("media_credit", [])],
        "files": [
            [one.get("href"), one.get("type"), one.get("length")] for one in entry.get("enclosures", [])
        ],
        "labels": [one.get("label") or one.get("term") for one in entry.get("tags", [])],
        "language": content.get("language") or entry.get("language"),
        "rights": entry.get("rights"),
        "published": entry.get("published"),
        "updated": entry.get("updated"),
    }


for url in sys.argv[1:]:
    feed = feedparser.parse(url)
    if feed.get("status", 200) >= 400 or (feed.bozo and not feed.entries):
        print(json.dumps({"url": url, "error": str(feed.get("status") or feed.bozo_exception)}))
    else:
        print(json.dumps({"url": url, "entries": [shown(one) for one in feed.entries]}))
