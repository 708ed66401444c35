"""Step 95: in which language a person reads the admin pages; NULL where they follow the site's."""

SCHEMA = """
ALTER TABLE people ADD COLUMN language TEXT;
"""
