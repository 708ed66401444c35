"""Step 102: which date of change a page was read in, and what it said; how far a source's dates are believed.

Listings are read once more, so that the dates of pages that were read before are known before one of them moves.
"""

SCHEMA = """
ALTER TABLE pages ADD COLUMN dated_at INTEGER;
ALTER TABLE pages ADD COLUMN made TEXT;
ALTER TABLE poll_states ADD COLUMN page_dates TEXT;
UPDATE poll_states SET etag = NULL, last_modified = NULL, body_hash = NULL
 WHERE source_id IN (SELECT id FROM sources WHERE kind = 'sitemap');
UPDATE poll_states SET etag = NULL, last_modified = NULL
 WHERE source_id IN (SELECT id FROM sources WHERE options LIKE '%"full_text":true%');
"""
