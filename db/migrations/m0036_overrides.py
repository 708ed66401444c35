"""Step 36: values that people set over what a source says, kept apart from it and laid over it when read."""

SCHEMA = """
CREATE TABLE overrides (
  article_id INTEGER NOT NULL REFERENCES articles (id), field TEXT NOT NULL, value TEXT NOT NULL, who TEXT NOT NULL,
  set_at INTEGER NOT NULL, PRIMARY KEY (article_id, field)
);
"""
