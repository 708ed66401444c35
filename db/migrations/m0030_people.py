"""Step 30: people who may sign in to the admin pages."""

SCHEMA = """
CREATE TABLE people (
  id ID, name TEXT NOT NULL UNIQUE, role TEXT NOT NULL, password TEXT, made_at INTEGER NOT NULL, seen_at INTEGER,
  is_removed INTEGER NOT NULL DEFAULT 0
);
"""
