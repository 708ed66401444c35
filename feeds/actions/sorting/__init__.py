"""Which topics and authors an article belongs to, in which language it is, and why; also authors who are one person.

The rules are pure and stand in `feeds.ingest.rules` and `feeds.ingest.people`; here they meet what is stored.
"""
