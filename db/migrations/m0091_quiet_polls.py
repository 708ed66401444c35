"""Step 91: how many polls of each source found nothing new on each day; the days lie together, so that old ones go quickly."""

SCHEMA = """
CREATE TABLE quiet_polls (
  day INTEGER NOT NULL, source_id INTEGER NOT NULL REFERENCES sources (id), poll_count INTEGER NOT NULL,
  PRIMARY KEY (day, source_id)
);
"""
