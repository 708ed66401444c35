"""Step 1: the tables of the spine.

Written once for both engines: `ID` is a row's own number, `INTEGER` a 64-bit number, `BLOB` bytes;
times are milliseconds since 1970 (UTC), flags 0 or 1, lists and maps JSON text. No ON DELETE
actions (sqlite-utils could not rebuild such tables), and nothing here is ever deleted in bulk.
"""

SCHEMA = """
CREATE TABLE kept (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE beats (name TEXT PRIMARY KEY, beat_at INTEGER NOT NULL, detail TEXT NOT NULL);
CREATE TABLE sequence (id INTEGER PRIMARY KEY, seq INTEGER NOT NULL);
INSERT INTO sequence (id, seq) VALUES (1, 0);

CREATE TABLE domains (
  domain TEXT PRIMARY KEY, next_slot_at INTEGER NOT NULL, cool_until_at INTEGER NOT NULL
);
CREATE TABLE hosts (
  host TEXT PRIMARY KEY, domain TEXT NOT NULL, claim_no INTEGER NOT NULL, claimed_by TEXT,
  claimed_until_at INTEGER NOT NULL, next_due_at INTEGER
);
CREATE INDEX hosts_due ON hosts (next_due_at) WHERE next_due_at IS NOT NULL;
CREATE INDEX hosts_claimed ON hosts (claimed_by) WHERE claimed_by IS NOT NULL;

CREATE TABLE slugs (
  kind TEXT NOT NULL, slug TEXT NOT NULL, target_id INTEGER NOT NULL, is_current INTEGER NOT NULL,
  given_at INTEGER NOT NULL, PRIMARY KEY (kind, slug)
);
CREATE INDEX slugs_target ON slugs (kind, target_id);

CREATE TABLE sources (
  id ID, slug TEXT NOT NULL UNIQUE, title TEXT, feed_title TEXT, fetch_url TEXT NOT NULL UNIQUE,
  first_url TEXT NOT NULL, public_url TEXT, home_url TEXT, host TEXT NOT NULL, domain TEXT NOT NULL,
  author_name TEXT, language TEXT, feed_language TEXT, timezone TEXT NOT NULL, share TEXT NOT NULL,
  is_ours INTEGER NOT NULL, is_sample INTEGER NOT NULL, interval_ms INTEGER, topic_slugs TEXT NOT NULL,
  state TEXT NOT NULL, origin TEXT NOT NULL, rights TEXT, added_at INTEGER NOT NULL
);
CREATE TABLE source_addresses (url TEXT PRIMARY KEY, source_id INTEGER NOT NULL REFERENCES sources (id));
CREATE TABLE poll_states (
  source_id INTEGER PRIMARY KEY REFERENCES sources (id), host TEXT NOT NULL REFERENCES hosts (host),
  etag TEXT, last_modified TEXT, body_hash TEXT, is_imported INTEGER NOT NULL,
  failure_count INTEGER NOT NULL, next_poll_at INTEGER, last_polled_at INTEGER, last_ok_at INTEGER,
  last_new_at INTEGER, status TEXT NOT NULL, status_detail TEXT NOT NULL, interval_ms INTEGER NOT NULL
);
CREATE INDEX poll_states_due ON poll_states (host, next_poll_at);

CREATE TABLE articles (
  id ID, urn TEXT NOT NULL UNIQUE, source_id INTEGER NOT NULL REFERENCES sources (id), url TEXT,
  canonical_url TEXT, title TEXT NOT NULL, language TEXT, rights TEXT, published_at INTEGER,
  effective_at INTEGER NOT NULL, updated_at INTEGER NOT NULL, first_seen_at INTEGER NOT NULL,
  sort_at INTEGER NOT NULL, hash TEXT NOT NULL, status TEXT NOT NULL, is_date_guessed INTEGER NOT NULL
);
CREATE INDEX articles_canonical ON articles (canonical_url) WHERE canonical_url IS NOT NULL;
CREATE TABLE contents (
  article_id INTEGER PRIMARY KEY REFERENCES articles (id), summary TEXT NOT NULL,
  content_html TEXT NOT NULL, images TEXT NOT NULL, enclosures TEXT NOT NULL
);
CREATE TABLE sightings (
  source_id INTEGER NOT NULL REFERENCES sources (id), guid TEXT NOT NULL,
  article_id INTEGER NOT NULL REFERENCES articles (id), is_guid_given INTEGER NOT NULL,
  first_seen_at INTEGER NOT NULL, last_seen_at INTEGER NOT NULL, PRIMARY KEY (source_id, guid, article_id)
);
CREATE INDEX sightings_guid ON sightings (guid);
CREATE INDEX sightings_article ON sightings (article_id);
CREATE TABLE aliases (
  kind TEXT NOT NULL, value TEXT NOT NULL, article_id INTEGER NOT NULL REFERENCES articles (id),
  PRIMARY KEY (kind, value, article_id)
);
CREATE TABLE versions (
  article_id INTEGER NOT NULL REFERENCES articles (id), number INTEGER NOT NULL, hash TEXT NOT NULL,
  is_major INTEGER NOT NULL, seen_at INTEGER NOT NULL, body TEXT NOT NULL, PRIMARY KEY (article_id, number)
);
CREATE TABLE tombstones (
  urn TEXT PRIMARY KEY, article_id INTEGER NOT NULL REFERENCES articles (id), withdrawn_at INTEGER NOT NULL,
  reason TEXT NOT NULL
);
CREATE TABLE article_categories (
  article_id INTEGER NOT NULL REFERENCES articles (id), position INTEGER NOT NULL, label TEXT NOT NULL,
  folded TEXT NOT NULL, PRIMARY KEY (article_id, position)
);
CREATE INDEX article_categories_folded ON article_categories (folded);

CREATE TABLE authors (
  id ID, slug TEXT NOT NULL UNIQUE, name TEXT NOT NULL, domain TEXT NOT NULL, bio TEXT NOT NULL,
  links TEXT NOT NULL, origin TEXT NOT NULL, merged_into INTEGER, added_at INTEGER NOT NULL
);
CREATE TABLE author_names (
  folded TEXT NOT NULL, domain TEXT NOT NULL, author_id INTEGER NOT NULL REFERENCES authors (id),
  name TEXT NOT NULL, PRIMARY KEY (folded, domain)
);
CREATE INDEX author_names_author ON author_names (author_id);
CREATE TABLE author_links (
  link TEXT NOT NULL, folded TEXT NOT NULL, author_id INTEGER NOT NULL REFERENCES authors (id),
  PRIMARY KEY (link, folded)
);
CREATE TABLE article_authors (
  article_id INTEGER NOT NULL REFERENCES articles (id), position INTEGER NOT NULL,
  author_id INTEGER NOT NULL REFERENCES authors (id), name TEXT NOT NULL, PRIMARY KEY (article_id, position)
);
CREATE INDEX article_authors_author ON article_authors (author_id);

CREATE TABLE topics (
  id ID, slug TEXT NOT NULL UNIQUE, title TEXT NOT NULL, description TEXT NOT NULL, rule TEXT NOT NULL,
  origin TEXT NOT NULL, state TEXT NOT NULL, added_at INTEGER NOT NULL
);
CREATE TABLE article_topics (
  article_id INTEGER NOT NULL REFERENCES articles (id), topic_id INTEGER NOT NULL REFERENCES topics (id),
  evidence TEXT NOT NULL, PRIMARY KEY (article_id, topic_id)
);
CREATE INDEX article_topics_topic ON article_topics (topic_id);

CREATE TABLE feeds (
  id ID, kind TEXT NOT NULL, target_id INTEGER NOT NULL, key TEXT NOT NULL UNIQUE,
  changed_seq INTEGER NOT NULL, changed_at INTEGER NOT NULL, read_at INTEGER, state TEXT NOT NULL,
  UNIQUE (kind, target_id)
);
CREATE INDEX feeds_read ON feeds (read_at) WHERE read_at IS NOT NULL;
CREATE INDEX feeds_changed ON feeds (changed_seq);
CREATE TABLE memberships (
  id ID, feed_id INTEGER NOT NULL REFERENCES feeds (id), article_id INTEGER NOT NULL REFERENCES articles (id),
  sort_at INTEGER NOT NULL, joined_seq INTEGER NOT NULL, left_seq INTEGER
);
CREATE UNIQUE INDEX memberships_now ON memberships (article_id, feed_id) WHERE left_seq IS NULL;
CREATE INDEX memberships_page ON memberships (feed_id, sort_at, article_id) WHERE left_seq IS NULL;
CREATE INDEX memberships_joining ON memberships (feed_id, article_id) WHERE joined_seq = 0;
CREATE INDEX memberships_leaving ON memberships (feed_id, article_id) WHERE left_seq = 0;
CREATE TABLE touched (
  id ID, feed_id INTEGER NOT NULL REFERENCES feeds (id), article_id INTEGER NOT NULL, what TEXT NOT NULL,
  touched_at INTEGER NOT NULL, seq INTEGER
);
CREATE INDEX touched_new ON touched (id) WHERE seq IS NULL;
CREATE UNIQUE INDEX touched_seq ON touched (seq) WHERE seq IS NOT NULL;
CREATE TABLE rendered (
  feed_id INTEGER NOT NULL REFERENCES feeds (id), format TEXT NOT NULL, variant TEXT NOT NULL,
  audience TEXT NOT NULL, recipe TEXT NOT NULL, changed_seq INTEGER NOT NULL, body BLOB NOT NULL,
  media_type TEXT NOT NULL, etag TEXT NOT NULL, changed_at INTEGER NOT NULL,
  PRIMARY KEY (feed_id, format, variant, audience)
);
CREATE TABLE jobs (
  id ID, kind TEXT NOT NULL, arguments TEXT NOT NULL, asked_by TEXT NOT NULL, state TEXT NOT NULL,
  done INTEGER NOT NULL, total INTEGER NOT NULL, message TEXT NOT NULL, result TEXT, claimed_by TEXT,
  claimed_until_at INTEGER, asked_at INTEGER NOT NULL, finished_at INTEGER
);
CREATE INDEX jobs_open ON jobs (id) WHERE state IN ('waiting', 'running');
"""
