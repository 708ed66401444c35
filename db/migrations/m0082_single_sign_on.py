"""Step 82: who a person is at a provider of single sign-on, and the address by which they are known there at first."""

SCHEMA = """
ALTER TABLE people ADD COLUMN email TEXT;
ALTER TABLE people ADD COLUMN issuer TEXT;
ALTER TABLE people ADD COLUMN subject TEXT;
CREATE UNIQUE INDEX people_email ON people (email);
CREATE UNIQUE INDEX people_subject ON people (issuer, subject);
"""
