"""Step 71: what each partner took, and when: rows are added and never changed. What statements are made from."""

SCHEMA = """
CREATE TABLE partner_ledger (
  id ID, partner_id INTEGER NOT NULL REFERENCES partners (id), day TEXT NOT NULL, at INTEGER NOT NULL,
  event TEXT NOT NULL, way TEXT NOT NULL, feed TEXT NOT NULL, urn TEXT NOT NULL, seq INTEGER NOT NULL
);
CREATE UNIQUE INDEX partner_ledger_once ON partner_ledger (partner_id, day, urn, event, way, feed, seq);
CREATE INDEX partner_ledger_article ON partner_ledger (partner_id, urn);
CREATE INDEX partner_ledger_day ON partner_ledger (day);
"""
