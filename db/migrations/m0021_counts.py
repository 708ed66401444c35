"""Step 21: how many articles a feed holds is kept with it; lists and search find the newest without counting or sorting."""

SCHEMA = """
ALTER TABLE feeds ADD COLUMN article_count INTEGER NOT NULL DEFAULT 0;
UPDATE feeds SET article_count = (SELECT count(*) FROM memberships m WHERE m.feed_id = feeds.id
 AND m.joined_seq > 0 AND (m.left_seq IS NULL OR m.left_seq = 0));
CREATE INDEX feeds_by_size ON feeds (kind, article_count) WHERE state = 'open';
CREATE INDEX articles_newest ON articles (sort_at, id) WHERE status = 'published';
CREATE INDEX authors_by_name ON authors (lower(name), id);
CREATE INDEX sources_by_title ON sources (lower(COALESCE(title, feed_title, slug)), id);
CREATE INDEX topics_by_title ON topics (lower(title), id);
CREATE INDEX memberships_joined ON memberships (feed_id, joined_seq) WHERE joined_seq > 0;
CREATE INDEX memberships_left ON memberships (feed_id, left_seq) WHERE left_seq > 0;
CREATE INDEX touched_headers ON touched (seq) WHERE what = 'header' AND seq IS NOT NULL;
ALTER TABLE rendered ADD COLUMN read_at INTEGER;
ALTER TABLE rendered ADD COLUMN rendered_at INTEGER NOT NULL DEFAULT 0;
UPDATE rendered SET read_at = (SELECT f.read_at FROM feeds f WHERE f.id = rendered.feed_id);
CREATE INDEX rendered_read ON rendered (read_at) WHERE read_at IS NOT NULL;
"""
