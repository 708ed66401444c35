"""Step 97: the largest feeds, and sources with options of their own, are found without reading all."""

SCHEMA = """
DROP INDEX feeds_by_size;
CREATE INDEX feeds_largest ON feeds (kind, article_count DESC, id) WHERE state = 'open';
CREATE INDEX sources_with_options ON sources (id) WHERE options IS NOT NULL;
"""
