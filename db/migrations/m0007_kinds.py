"""Step 7: kinds of sources and their options, pages that were read or are to be, answers kept for a first poll."""

SCHEMA = """
ALTER TABLE sources ADD COLUMN kind TEXT;
ALTER TABLE sources ADD COLUMN options TEXT;
CREATE TABLE pages (
  source_id INTEGER NOT NULL REFERENCES sources (id), guid TEXT NOT NULL, hash TEXT NOT NULL,
  state TEXT NOT NULL, tries INTEGER NOT NULL, next_try_at INTEGER, asked_at INTEGER NOT NULL,
  PRIMARY KEY (source_id, guid)
);
CREATE TABLE answers (
  url TEXT PRIMARY KEY, answer TEXT NOT NULL, body BLOB NOT NULL, kept_at INTEGER NOT NULL
);
ALTER TABLE poll_states ADD COLUMN oddity TEXT;
ALTER TABLE articles ADD COLUMN is_title_guessed INTEGER;
"""
