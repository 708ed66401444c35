"""Step 84: what sources say of articles as episodes of podcasts, and by which means an article was made."""

SCHEMA = """
ALTER TABLE contents ADD COLUMN episode TEXT;
ALTER TABLE contents ADD COLUMN source_type TEXT;
"""
