"""Step 15: the licence that a source names, and the one that its answers name in their headers."""

SCHEMA = """
ALTER TABLE sources ADD COLUMN license_url TEXT;
ALTER TABLE poll_states ADD COLUMN license_url TEXT;
"""
