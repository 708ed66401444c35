"""Feed clients that others wrote, over our feeds: `.venv/bin/python -m bench.clients [--only NAME ...]`.

What belongs here: how each client is built and asked, the article that all of them show, and the states that they walk through.
`programs/` holds the small programs of our own that use their libraries; they are built in a temporary folder.
"""
