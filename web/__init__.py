"""The Flask app: feeds, pages and health for the public. Opens no outside socket, parses no feed."""
