"""Step 98: pictures of the look that were handed in by the browser, under a name that is made of their bytes."""

SCHEMA = """
CREATE TABLE look_files (
  name TEXT PRIMARY KEY, body BLOB NOT NULL, set_at INTEGER NOT NULL
);
"""
