"""Step 31: who is signed in: one row for each browser, its token as a hash."""

SCHEMA = """
CREATE TABLE sign_ins (
  id ID, token_hash TEXT NOT NULL UNIQUE, person_id INTEGER NOT NULL REFERENCES people (id),
  made_at INTEGER NOT NULL, used_at INTEGER NOT NULL, address TEXT NOT NULL, browser TEXT NOT NULL
);
CREATE INDEX sign_ins_person ON sign_ins (person_id);
"""
