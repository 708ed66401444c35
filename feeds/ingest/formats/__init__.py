"""Bytes become entries, a format a file; and how formats and feeds are found.

Here belongs what a format says. What an entry means for us belongs in `feeds.ingest.rules`, articles read from
their own pages in `feeds.ingest.pages`. It may import `rules` and `people`.
"""
