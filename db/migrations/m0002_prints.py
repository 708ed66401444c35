"""Step 2: what the scan remembers of each source's last document (24 bytes an entry)."""

SCHEMA = """
ALTER TABLE poll_states ADD COLUMN prints BLOB;
"""
