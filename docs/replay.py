"""Keeps copies of feeds in a SQLite file: `python replay.py https://SITE topics/harbour copy.db [KEY]`, as often as you like.

After each run its rows hold exactly what the feed holds. Nothing but Python is needed."""

import json
import sqlite3
import sys
import time
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import Request, urlopen

SCHEMA = """CREATE TABLE IF NOT EXISTS articles (feed TEXT, id TEXT, article TEXT, PRIMARY KEY (feed, id));
CREATE TABLE IF NOT EXISTS cursors (feed TEXT PRIMARY KEY, cursor TEXT);"""


def ask(site: str, feed: str, cursor: str, key: str) -> Any:
    """One page of changes; waits where it is told to. None if the site does not know the cursor."""
    query = {"feed": feed, "limit": 200} | ({"since": cursor} if cursor else {})
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    request = Request(f"{site.rstrip('/')}/api/v1/changes?{urlencode(query)}", headers=headers)
    while True:
        try:
            with urlopen(request, timeout=30) as answer:
                return json.load(answer)
        except HTTPError as refused:
            problem = json.load(refused)
            if cursor and problem["type"].endswith("#unknown-cursor"):
                return None
            if refused.code not in (429, 503):
                raise SystemExit(f"{problem['title']}: {problem['detail']}") from refused
            time.sleep(int(refused.headers.get("Retry-After", 10)))


def replay(site: str, feed: str, path: str, key: str = "") -> int:
    """Brings the copy up to date; returns how many changes that took."""
    copy, count, more = sqlite3.connect(path), 0, True
    copy.executescript(SCHEMA)
    while more:
        row = copy.execute("SELECT cursor FROM cursors WHERE feed = ?", (feed,)).fetchone()
        page = ask(site, feed, row[0] if row else "", key)
        with copy:  # a page and its cursor are kept together, or neither is
            if page is None:  # after a restore from a backup, say: begin anew
                copy.execute("DELETE FROM articles WHERE feed = ?", (feed,))
                copy.execute("DELETE FROM cursors WHERE feed = ?", (feed,))
                continue
            rows = [(feed, one["id"], json.dumps(one["article"])) for one in page["changes"]]
            copy.executemany("INSERT OR REPLACE INTO articles VALUES (?, ?, ?)", rows)
            copy.execute("DELETE FROM articles WHERE article = 'null'")  # what left, or was withdrawn
            copy.execute("INSERT OR REPLACE INTO cursors VALUES (?, ?)", (feed, page["cursor"]))
        count, more = count + len(page["changes"]), page["more"]
    copy.close()
    return count


if __name__ == "__main__":
    if len(sys.argv) not in (4, 5):
        raise SystemExit(__doc__)
    print(replay(*sys.argv[1:]), "changes")
