"""Step 80: which list has paused a source; nothing where a person did."""

SCHEMA = """
ALTER TABLE sources ADD COLUMN paused_by TEXT;
"""
