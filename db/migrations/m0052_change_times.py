"""Step 52: corrections and withdrawals by their time, so that the newest are found however many there are."""

SCHEMA = """
CREATE INDEX versions_told ON versions (seen_at, article_id) WHERE is_major = 1;
CREATE INDEX tombstones_time ON tombstones (withdrawn_at, article_id);
CREATE INDEX overrides_corrections ON overrides (set_at, article_id) WHERE field = 'correction';
"""
