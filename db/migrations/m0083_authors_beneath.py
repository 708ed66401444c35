"""Step 83: whom a source names as authors, where people set others over them."""

SCHEMA = """
ALTER TABLE overrides ADD COLUMN beneath TEXT;
"""
