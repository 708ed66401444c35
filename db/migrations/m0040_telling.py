"""Step 40: what was told of an alert, by which channel (JSON: channel → the message that it took)."""

SCHEMA = """
ALTER TABLE alerts ADD COLUMN told TEXT NOT NULL DEFAULT '{}';
CREATE INDEX alerts_told ON alerts (closed_at) WHERE told <> '{}';
"""
