"""Step 13: when an article's page was last looked at, for sources that are set to be checked."""

SCHEMA = """
ALTER TABLE articles ADD COLUMN checked_at INTEGER;
"""
