"""What lemon24/reader keeps of each address, in the database that its first argument names: a line of JSON for each."""

from __future__ import annotations

import json
import sys
from typing import Any

from reader import make_reader  # type: ignore[import-not-found,unused-ignore]


def shown(entry: Any) -> dict[str, object]:
    """The fields of an entry."""
    return {
        "id": entry.id,
        "title": entry.title,
        "link": entry.link,
        "authors": [one.name for one in entry.authors],
        "summary": entry.summary,
        "content": entry.content[0].value if entry.content else None,
        "pictures": [],
        "credits": [],
        "files": [[one.href, one.type, one.length] for one in entry.enclosures],
        "labels": [],
        "language": entry.content[0].language if entry.content else None,
        "rights": None,
        "published": entry.published and entry.published.isoformat(),
        "updated": entry.updated and entry.updated.isoformat(),
        "is_new": not entry.read,
    }


store = make_reader(sys.argv[1])
for url in sys.argv[2:]:
    store.add_feed(url, exist_ok=True)
store.update_feeds(scheduled=False)
for url in sys.argv[2:]:
    kept = list(store.get_entries(feed=url))
    print(json.dumps({"url": url, "entries": [shown(one) for one in kept]}))
    for one in kept:
        store.mark_entry_as_read(one)
