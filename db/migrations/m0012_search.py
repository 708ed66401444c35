"""Step 12: words of articles, folded, and an index of them in each engine's own kind.

The index's tables begin with `_`: they are made of `texts`, and may be made anew.
"""

SCHEMA = """
CREATE TABLE texts (article_id INTEGER PRIMARY KEY REFERENCES articles (id), words TEXT NOT NULL);
/*sqlite*/ CREATE VIRTUAL TABLE _words USING fts5
 (words, content='texts', content_rowid='article_id', tokenize='unicode61 remove_diacritics 0');
/*postgres*/ CREATE TABLE _words (article_id INTEGER PRIMARY KEY, vector tsvector NOT NULL);
/*postgres*/ CREATE INDEX words_vector ON _words USING gin (vector);
"""
