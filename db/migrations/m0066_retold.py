"""Step 66: feeds whose articles are told again, since they bear another name: how far that has come, newest first."""

SCHEMA = """
CREATE TABLE retold (
  feed_id INTEGER PRIMARY KEY REFERENCES feeds (id), fields TEXT NOT NULL, sort_at INTEGER, article_id INTEGER
);
"""
