"""The points API under `/api/v1`: declared once in `endpoints`, and from there answered, described and shown."""
