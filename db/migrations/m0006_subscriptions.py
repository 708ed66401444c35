"""Step 6: our subscriptions to sources' hubs, what hubs bring, and until when a source is told by its hub."""

SCHEMA = """
ALTER TABLE poll_states ADD COLUMN told_until_at INTEGER;
CREATE TABLE subscriptions (
  id ID, source_id INTEGER NOT NULL REFERENCES sources (id), hub_url TEXT NOT NULL, hub_urls TEXT NOT NULL,
  feed_url TEXT NOT NULL, document_url TEXT NOT NULL, document_format TEXT, token TEXT UNIQUE, secret TEXT,
  state TEXT NOT NULL, pending TEXT, pending_until_at INTEGER, since_at INTEGER, lease_until_at INTEGER,
  next_try_at INTEGER, failure_count INTEGER NOT NULL, silences INTEGER NOT NULL, told_at INTEGER,
  ignored_at INTEGER, reason TEXT NOT NULL
);
CREATE INDEX subscriptions_source ON subscriptions (source_id);
CREATE INDEX subscriptions_due ON subscriptions (next_try_at) WHERE next_try_at IS NOT NULL;
CREATE TABLE pushes (
  id ID, subscription_id INTEGER NOT NULL REFERENCES subscriptions (id), body BLOB NOT NULL,
  content_type TEXT NOT NULL, received_at INTEGER NOT NULL
);
CREATE INDEX pushes_subscription ON pushes (subscription_id);
"""
