"""Step 23: archive documents of each feed: ranges of what joined it, cut once and never changed."""

SCHEMA = """
CREATE INDEX memberships_all ON memberships (article_id, feed_id);
CREATE TABLE archives (
  feed_id INTEGER NOT NULL REFERENCES feeds (id), number INTEGER NOT NULL, last_seq INTEGER NOT NULL,
  PRIMARY KEY (feed_id, number)
);
INSERT INTO archives (feed_id, number, last_seq)
 SELECT feed_id, place / 100, joined_seq FROM (SELECT feed_id, joined_seq,
 row_number() OVER (PARTITION BY feed_id ORDER BY joined_seq) AS place FROM memberships WHERE joined_seq > 0) AS joined
 WHERE place % 100 = 0;
"""
