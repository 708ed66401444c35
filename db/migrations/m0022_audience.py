"""Step 22: which sources are not for everybody. Those that are there stay public until their settings change."""

SCHEMA = """
ALTER TABLE sources ADD COLUMN is_private INTEGER NOT NULL DEFAULT 0;
"""
