"""Step 51: mixes that an admin saved: each a feed of its own, with memberships and archives like any other."""

SCHEMA = """
CREATE TABLE saved_mixes (
  id ID, slug TEXT NOT NULL UNIQUE, title TEXT NOT NULL, description TEXT NOT NULL, path TEXT NOT NULL,
  origin TEXT NOT NULL, state TEXT NOT NULL, added_at INTEGER NOT NULL
);
"""
