"""Step 81: passkeys (WebAuthn) of people who sign in, and what a browser was asked to sign, as hashes."""

SCHEMA = """
CREATE TABLE passkeys (
  id ID, person_id INTEGER NOT NULL REFERENCES people (id), credential TEXT NOT NULL UNIQUE, public_key TEXT NOT NULL,
  sign_count INTEGER NOT NULL, name TEXT NOT NULL, made_at INTEGER NOT NULL, used_at INTEGER
);
CREATE INDEX passkeys_person ON passkeys (person_id);
CREATE TABLE challenges (
  challenge_hash TEXT PRIMARY KEY, purpose TEXT NOT NULL, person_id INTEGER NOT NULL, ends_at INTEGER NOT NULL
);
CREATE INDEX challenges_end ON challenges (ends_at);
"""
