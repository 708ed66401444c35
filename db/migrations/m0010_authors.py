"""Step 10: what authors are: kind, role, picture; what was found of them apart from what was declared."""

SCHEMA = """
ALTER TABLE authors ADD COLUMN kind TEXT NOT NULL DEFAULT 'person';
ALTER TABLE authors ADD COLUMN role TEXT NOT NULL DEFAULT '';
ALTER TABLE authors ADD COLUMN picture_url TEXT NOT NULL DEFAULT '';
ALTER TABLE authors ADD COLUMN found_bio TEXT NOT NULL DEFAULT '';
ALTER TABLE authors ADD COLUMN found_role TEXT NOT NULL DEFAULT '';
ALTER TABLE authors ADD COLUMN found_picture_url TEXT NOT NULL DEFAULT '';
CREATE INDEX author_links_author ON author_links (author_id);
"""
