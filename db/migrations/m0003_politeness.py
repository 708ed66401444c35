"""Step 3: what a source's rhythm is and what it asks for; who may ask a domain; what an admin should look at."""

SCHEMA = """
ALTER TABLE poll_states ADD COLUMN gap_ms INTEGER;
ALTER TABLE poll_states ADD COLUMN asked_ms INTEGER;
ALTER TABLE poll_states ADD COLUMN skips TEXT;
ALTER TABLE poll_states ADD COLUMN reason TEXT;
ALTER TABLE domains ADD COLUMN held_by TEXT;
ALTER TABLE domains ADD COLUMN held_until_at INTEGER;
CREATE INDEX domains_held ON domains (held_by) WHERE held_by IS NOT NULL;
CREATE TABLE alerts (
  id ID, kind TEXT NOT NULL, subject TEXT NOT NULL, message TEXT NOT NULL, opened_at INTEGER NOT NULL,
  closed_at INTEGER
);
CREATE UNIQUE INDEX alerts_open ON alerts (kind, subject) WHERE closed_at IS NULL;
"""
