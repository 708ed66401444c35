"""Step 54: where an author is found in the fediverse, as an admin states it."""

SCHEMA = """
ALTER TABLE authors ADD COLUMN fediverse TEXT NOT NULL DEFAULT '';
"""
