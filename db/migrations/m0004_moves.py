"""Step 4: permanent redirects that are not believed yet."""

SCHEMA = """
ALTER TABLE poll_states ADD COLUMN move TEXT;
"""
