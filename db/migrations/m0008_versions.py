"""Step 8: when an article ends, and how much a source's guids are believed."""

SCHEMA = """
ALTER TABLE articles ADD COLUMN expires_at INTEGER;
CREATE INDEX articles_expiring ON articles (expires_at) WHERE expires_at IS NOT NULL AND status = 'published';
CREATE INDEX articles_recent ON articles (source_id, sort_at);
ALTER TABLE poll_states ADD COLUMN identity TEXT;
"""
