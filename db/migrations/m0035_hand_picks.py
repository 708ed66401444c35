"""Step 35: articles that people put into a topic, or kept out of it, by hand."""

SCHEMA = """
CREATE TABLE hand_picks (
  article_id INTEGER NOT NULL REFERENCES articles (id), topic_id INTEGER NOT NULL REFERENCES topics (id),
  is_in INTEGER NOT NULL, who TEXT NOT NULL, picked_at INTEGER NOT NULL, PRIMARY KEY (article_id, topic_id)
);
CREATE INDEX hand_picks_topic ON hand_picks (topic_id);
"""
