"""Step 67: partners, the hashes of their keys, and how many requests each made on which day."""

SCHEMA = """
CREATE TABLE partners (
  id ID, slug TEXT NOT NULL UNIQUE, name TEXT NOT NULL, contact TEXT NOT NULL, feeds TEXT NOT NULL, share TEXT NOT NULL,
  quota INTEGER, ends_on TEXT, origin TEXT NOT NULL, state TEXT NOT NULL, added_at INTEGER NOT NULL
);
CREATE TABLE partner_keys (
  id ID, partner_id INTEGER NOT NULL REFERENCES partners (id), hash TEXT NOT NULL UNIQUE, begin_text TEXT NOT NULL,
  made_at INTEGER NOT NULL
);
CREATE INDEX partner_keys_partner ON partner_keys (partner_id);
CREATE TABLE partner_uses (
  partner_id INTEGER NOT NULL REFERENCES partners (id), day TEXT NOT NULL, requests INTEGER NOT NULL,
  PRIMARY KEY (partner_id, day)
);
"""
