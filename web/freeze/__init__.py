"""The whole public site as files: every address is asked of the app itself, and web servers answer as it did.

It stands above `web.app`: it asks the app over WSGI and knows of feeds and articles only where they are.
"""
