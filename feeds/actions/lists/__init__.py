"""Lists of sources: OPML imported and exported, and lists that are followed: read again, compared, and applied.

What a `[[list]]` of the config file says is put into the store by `declaring`.
"""
