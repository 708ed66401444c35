"""Step 78: articles that are written here, as they were typed."""

SCHEMA = """
CREATE TABLE own_texts (
  article_id INTEGER PRIMARY KEY REFERENCES articles (id), guid TEXT NOT NULL, form TEXT NOT NULL, who TEXT NOT NULL,
  written_at INTEGER NOT NULL
);
"""
