"""Step 90: what writes of the API were answered, kept for a while under the key that a script gave each."""

SCHEMA = """
CREATE TABLE kept_answers (
  token_id INTEGER NOT NULL REFERENCES tokens (id), given_key TEXT NOT NULL, print TEXT NOT NULL, begun_at INTEGER NOT NULL,
  status INTEGER, body TEXT, location TEXT, etag TEXT,
  PRIMARY KEY (token_id, given_key)
);
CREATE INDEX kept_answers_begun ON kept_answers (begun_at);
"""
