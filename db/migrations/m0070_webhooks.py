"""Step 70: what partners are told by webhook, what that is signed with, and how far each receiver has come.

`webhooks` is JSON: addresses, events, feeds, form. The former secret signs beside the new one for a while.
"""

SCHEMA = """
ALTER TABLE partners ADD COLUMN webhooks TEXT NOT NULL DEFAULT '{}';
ALTER TABLE partners ADD COLUMN hook_secret TEXT;
ALTER TABLE partners ADD COLUMN hook_secret_before TEXT;
ALTER TABLE partners ADD COLUMN hook_before_until INTEGER;
ALTER TABLE receivers ADD COLUMN place TEXT NOT NULL DEFAULT '';
"""
