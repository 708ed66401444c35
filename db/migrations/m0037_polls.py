"""Step 37: the last polls of each source that brought a document or failed."""

SCHEMA = """
CREATE TABLE polls (
  id ID, source_id INTEGER NOT NULL REFERENCES sources (id), polled_at INTEGER NOT NULL, status TEXT NOT NULL,
  detail TEXT NOT NULL, entry_count INTEGER NOT NULL, new_count INTEGER NOT NULL, changed_count INTEGER NOT NULL
);
CREATE INDEX polls_source ON polls (source_id, id);
"""
