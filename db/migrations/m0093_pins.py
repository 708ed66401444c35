"""Step 93: articles that stand first on the pages of their feeds."""

SCHEMA = """
CREATE TABLE pins (
  article_id INTEGER PRIMARY KEY REFERENCES articles (id), who TEXT NOT NULL, pinned_at INTEGER NOT NULL
);
"""
