"""Turns a `FeedDocument` into bytes, one output format a file, without decisions.

What a feed shows is decided in `feeds.publish.compose`; `feeds.publish.render` lists the formats.
"""
