"""Step 65: up to which seq a membership was told, and which fields changed when: what delta sync walks along.

A membership that never changed is told by its joining; its row is not written for that, and the index knows both.
"""

SCHEMA = """
ALTER TABLE touched ADD COLUMN fields TEXT;
ALTER TABLE memberships ADD COLUMN changed_seq INTEGER;
ALTER TABLE memberships ADD COLUMN changed_fields TEXT;
CREATE INDEX memberships_told ON memberships (feed_id, COALESCE(changed_seq, joined_seq)) WHERE left_seq IS NULL;
"""
