"""Step 55: withdrawals that are told of nowhere, where an admin wants it so."""

SCHEMA = """
ALTER TABLE tombstones ADD COLUMN is_silent INTEGER NOT NULL DEFAULT 0;
"""
