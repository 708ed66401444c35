"""Step 18: by which words a source took an article back; restored by an admin, it is not taken back by them again."""

SCHEMA = """
ALTER TABLE articles ADD COLUMN taken_back TEXT;
"""
