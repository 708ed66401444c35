"""Step 89: tokens of people for their scripts, as hashes, each with a role."""

SCHEMA = """
CREATE TABLE tokens (
  id ID, person_id INTEGER NOT NULL REFERENCES people (id), hash TEXT NOT NULL UNIQUE, begin_text TEXT NOT NULL,
  role TEXT NOT NULL, made_at INTEGER NOT NULL, ends_on TEXT, used_at INTEGER
);
CREATE INDEX tokens_person ON tokens (person_id);
"""
