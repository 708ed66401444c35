"""The API under `/api/v1`: each address is declared once (`endpoints`, `write_endpoints`), and from there answered, described and shown."""
