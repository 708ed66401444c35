"""Step 77: digests by e-mail: who gets which feed how often, and how far they have read."""

SCHEMA = """
CREATE TABLE digests (
  id ID, email TEXT NOT NULL, feed_kind TEXT NOT NULL, feed_slug TEXT NOT NULL, rhythm TEXT NOT NULL,
  state TEXT NOT NULL, client TEXT NOT NULL, asked_at INTEGER NOT NULL, since_at INTEGER, first_seq INTEGER NOT NULL,
  told_seq INTEGER NOT NULL, told_at INTEGER, next_at INTEGER, detail TEXT NOT NULL,
  UNIQUE (email, feed_kind, feed_slug)
);
CREATE INDEX digests_due ON digests (next_at) WHERE next_at IS NOT NULL;
CREATE INDEX digests_asked ON digests (asked_at);
"""
