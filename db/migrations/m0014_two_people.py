"""Step 14: authors of whom an admin said that they are two people."""

SCHEMA = """
CREATE TABLE author_pairs (
  one_id INTEGER NOT NULL REFERENCES authors (id), other_id INTEGER NOT NULL REFERENCES authors (id),
  said_at INTEGER NOT NULL, PRIMARY KEY (one_id, other_id)
);
"""
