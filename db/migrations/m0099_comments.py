"""Step 99: where readers talk about an article, as its source says."""

SCHEMA = """
ALTER TABLE contents ADD COLUMN comments_url TEXT;
"""
