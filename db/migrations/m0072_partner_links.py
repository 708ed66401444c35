"""Step 72: what links to a partner's own page are signed with; another one ends all links that were given."""

SCHEMA = """
ALTER TABLE partners ADD COLUMN link_secret TEXT;
"""
