"""One output format a file, without decisions: `FeedDocument` becomes bytes.

What a feed shows is decided in `feeds.publish.compose`; `feeds.publish.render` lists the formats.
"""
