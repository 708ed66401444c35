"""Step 9: until when a host asked to be left alone, whatever makes one of its sources due."""

SCHEMA = """
ALTER TABLE hosts ADD COLUMN rest_until_at INTEGER;
"""
