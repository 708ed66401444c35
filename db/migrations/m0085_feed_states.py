"""Step 85: under which tags readers were given a feed, and since which state of it each entry stands there unchanged."""

SCHEMA = """
CREATE TABLE feed_states (
  feed_id INTEGER NOT NULL REFERENCES feeds (id), format TEXT NOT NULL, etag TEXT NOT NULL, number INTEGER NOT NULL,
  ended_at INTEGER, PRIMARY KEY (feed_id, format, etag)
);
CREATE INDEX feed_states_ended ON feed_states (ended_at) WHERE ended_at IS NOT NULL;
ALTER TABLE rendered ADD COLUMN entries BLOB;
ALTER TABLE rendered ADD COLUMN state_no INTEGER;
"""
