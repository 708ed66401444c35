"""Step 34: the log of what people changed: who, when, what, before, after, and what takes it back."""

SCHEMA = """
CREATE TABLE changes (
  id ID, made_at INTEGER NOT NULL, who TEXT NOT NULL, via TEXT NOT NULL, kind TEXT NOT NULL, what TEXT NOT NULL,
  steps TEXT NOT NULL, effects TEXT NOT NULL, undoes_id INTEGER, undone_by_id INTEGER
);
CREATE TABLE change_subjects (
  change_id INTEGER NOT NULL REFERENCES changes (id), subject TEXT NOT NULL, PRIMARY KEY (change_id, subject)
);
CREATE INDEX change_subjects_subject ON change_subjects (subject, change_id);
"""
