"""Step 16: terms of use (RSL) as sources declare them, of a source and of an article."""

SCHEMA = """
ALTER TABLE sources ADD COLUMN terms TEXT;
ALTER TABLE articles ADD COLUMN terms TEXT;
"""
