"""Step 38: a second factor of people who sign in (TOTP, RFC 6238): its secret, and the last code that was used."""

SCHEMA = """
ALTER TABLE people ADD COLUMN totp TEXT;
ALTER TABLE people ADD COLUMN totp_step INTEGER NOT NULL DEFAULT 0;
"""
