"""Step 92: what `[keep]` lets go of is found by its age, and what was withdrawn without walking over what it let go of."""

SCHEMA = """
DELETE FROM contents WHERE article_id IN (SELECT id FROM articles WHERE status = 'purged');
CREATE INDEX versions_seen ON versions (seen_at);
CREATE INDEX articles_withdrawn ON articles (sort_at) WHERE status = 'withdrawn';
CREATE INDEX tombstones_article ON tombstones (article_id);
DROP INDEX tombstones_time;
CREATE INDEX tombstones_told ON tombstones (withdrawn_at, article_id) WHERE reason <> 'kept no longer';
CREATE INDEX rendered_unread ON rendered (rendered_at) WHERE read_at IS NULL;
"""
