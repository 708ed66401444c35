"""Step 88: what an admin set of the site's look in the browser, where the config file says nothing of it."""

SCHEMA = """
CREATE TABLE looks (name TEXT PRIMARY KEY, value TEXT NOT NULL, set_at INTEGER NOT NULL);
"""
