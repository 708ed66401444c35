"""Step 32: one-time links by which a person chooses a password, as hashes; without a person: the first admin's."""

SCHEMA = """
CREATE TABLE start_links (
  token_hash TEXT PRIMARY KEY, person_id INTEGER REFERENCES people (id), ends_at INTEGER NOT NULL
);
"""
