"""Stored articles become feeds: numbered, composed, rendered (ahead or when asked), searched, and checked for a partner.

What the bytes look like is `feeds.publish`. The look of the whole site is put together here, too.
"""
