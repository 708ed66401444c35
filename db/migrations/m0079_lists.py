"""Step 79: lists of sources that others keep, and what came of each of their entries."""

SCHEMA = """
CREATE TABLE lists (
  id ID, slug TEXT NOT NULL UNIQUE, stated TEXT NOT NULL, origin TEXT NOT NULL, state TEXT NOT NULL, added_at INTEGER NOT NULL,
  next_at INTEGER, read_at INTEGER, reading TEXT NOT NULL, claimed_until_at INTEGER
);
CREATE INDEX lists_due ON lists (next_at) WHERE next_at IS NOT NULL;
CREATE TABLE list_entries (
  id ID, list_id INTEGER NOT NULL REFERENCES lists (id), url TEXT NOT NULL, stated TEXT NOT NULL, state TEXT NOT NULL,
  source_id INTEGER REFERENCES sources (id), detail TEXT NOT NULL,
  UNIQUE (list_id, url)
);
CREATE INDEX list_entries_source ON list_entries (source_id) WHERE source_id IS NOT NULL;
"""
