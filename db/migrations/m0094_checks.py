"""Step 94: articles whose pages are due to be looked at are found without walking over all that a source ever had."""

SCHEMA = """
CREATE INDEX articles_pages ON articles (source_id, first_seen_at, checked_at)
 WHERE status = 'published' AND canonical_url IS NOT NULL;
"""
