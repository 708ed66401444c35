"""Step 50: what is counted for every look at the numbers has an index of its own, which is counted without reading rows."""

SCHEMA = """
CREATE INDEX sources_kept ON sources (id) WHERE state <> 'removed';
CREATE INDEX poll_states_troubled ON poll_states (source_id) WHERE status NOT IN ('well', 'unchanged', 'new');
"""
