"""Step 5: addresses by what is equal for http and https, with and without `www.` or a slash at the end."""

SCHEMA = """
ALTER TABLE articles ADD COLUMN url_key TEXT;
CREATE INDEX articles_url_key ON articles (url_key) WHERE url_key IS NOT NULL;
CREATE INDEX aliases_article ON aliases (article_id);
"""
