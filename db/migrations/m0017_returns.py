"""Step 17: articles whose source went back to a former text, which is not believed yet."""

SCHEMA = """
ALTER TABLE poll_states ADD COLUMN returned TEXT;
"""
