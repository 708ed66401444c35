"""Step 60: who is told of our feeds by push, what waits to be delivered to them, and by which scheduler."""

SCHEMA = """
CREATE TABLE receivers (
  id ID, kind TEXT NOT NULL, feed_id INTEGER NOT NULL, format TEXT NOT NULL, url TEXT NOT NULL, host TEXT NOT NULL,
  domain TEXT NOT NULL, state TEXT NOT NULL, named_url TEXT NOT NULL, secret TEXT, client TEXT NOT NULL,
  asked TEXT NOT NULL, asked_no INTEGER NOT NULL, asked_at INTEGER NOT NULL, since_at INTEGER, until_at INTEGER,
  told_seq INTEGER NOT NULL, told_at INTEGER, told_count INTEGER NOT NULL, detail TEXT NOT NULL
);
CREATE UNIQUE INDEX receivers_place ON receivers (kind, url, feed_id, format);
CREATE INDEX receivers_feed ON receivers (feed_id) WHERE state = 'live';
CREATE INDEX receivers_host ON receivers (host);
CREATE INDEX receivers_domain ON receivers (domain);
CREATE INDEX receivers_client ON receivers (client);
CREATE TABLE deliveries (
  id ID, kind TEXT NOT NULL, receiver_id INTEGER NOT NULL REFERENCES receivers (id), subject TEXT NOT NULL,
  host TEXT NOT NULL, seq INTEGER NOT NULL, state TEXT NOT NULL, attempts INTEGER NOT NULL,
  since_at INTEGER NOT NULL, due_at INTEGER NOT NULL, detail TEXT NOT NULL
);
CREATE UNIQUE INDEX deliveries_waiting ON deliveries (receiver_id, kind, subject) WHERE state = 'waiting';
CREATE INDEX deliveries_host ON deliveries (host, id) WHERE state = 'waiting';
CREATE INDEX deliveries_given_up ON deliveries (host) WHERE state = 'given-up';
CREATE TABLE receiving_hosts (
  host TEXT PRIMARY KEY, asked_at INTEGER NOT NULL, claim_no INTEGER NOT NULL, claimed_by TEXT, claimed_until_at INTEGER NOT NULL,
  next_due_at INTEGER, failure_count INTEGER NOT NULL, told_at INTEGER, failed_at INTEGER, detail TEXT NOT NULL
);
CREATE INDEX receiving_hosts_due ON receiving_hosts (next_due_at) WHERE next_due_at IS NOT NULL;
"""
