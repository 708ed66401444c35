"""Step 97: the largest feeds are found without sorting all that hold the same number of articles."""

SCHEMA = """
DROP INDEX feeds_by_size;
CREATE INDEX feeds_largest ON feeds (kind, article_count DESC, id) WHERE state = 'open';
"""
