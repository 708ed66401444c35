"""Step 33: failed tries to sign in, by address and by name."""

SCHEMA = """
CREATE TABLE sign_in_tries (tried TEXT PRIMARY KEY, since_at INTEGER NOT NULL, fail_count INTEGER NOT NULL);
"""
