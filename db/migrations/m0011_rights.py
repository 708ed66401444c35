"""Step 11: licences, what a source forbids, and languages that were detected."""

SCHEMA = """
ALTER TABLE articles ADD COLUMN license_url TEXT;
ALTER TABLE articles ADD COLUMN is_restricted INTEGER;
ALTER TABLE articles ADD COLUMN language_found TEXT;
CREATE INDEX articles_unspoken ON articles (id) WHERE language_found IS NULL AND status = 'published';
"""
