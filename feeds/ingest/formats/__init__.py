"""Turns bytes into entries, one format a file; also finds the format of a document and the feeds of a page.

Here belongs what a format says. What an entry means for us belongs in `feeds.ingest.rules`, articles read from
their own pages in `feeds.ingest.pages`. It may import `rules` and `people`.
"""
