"""Step 101: the log of changes by person, without reading all of it."""

SCHEMA = """
CREATE INDEX changes_who ON changes (who, id);
"""
