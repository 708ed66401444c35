"""One poll, step by step, and what it needs: requests, politeness, intervals, health, worker processes.

Here belongs when and how a source is asked and what its answer means for the source. What a document says belongs
in `formats` and `pages`, what it means for articles in `rules`. It may import all other rooms of `feeds.ingest`.
"""
