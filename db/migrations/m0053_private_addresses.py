"""Step 53: private addresses: tokens as hashes, what each opens, and how much of an article it shows."""

SCHEMA = """
CREATE TABLE private_addresses (
  id ID, token_hash TEXT NOT NULL UNIQUE, name TEXT NOT NULL, feeds TEXT NOT NULL, share TEXT NOT NULL,
  made_at INTEGER NOT NULL, ends_at INTEGER, used_at INTEGER, revoked_at INTEGER
);
"""
