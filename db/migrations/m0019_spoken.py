"""Step 19: whose language was looked at; what was found stays known while an edited article waits to be looked at again."""

SCHEMA = """
ALTER TABLE articles ADD COLUMN is_spoken INTEGER NOT NULL DEFAULT 0;
UPDATE articles SET is_spoken = 1 WHERE language_found IS NOT NULL;
DROP INDEX articles_unspoken;
CREATE INDEX articles_unspoken ON articles (id) WHERE is_spoken = 0 AND status = 'published';
"""
