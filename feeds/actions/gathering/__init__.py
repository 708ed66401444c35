"""Adding, previewing, pausing and polling sources, and storing what they bring; also what their hubs and archives bring.

How one request is made and read is `feeds.ingest`; here it meets the store: what is claimed, written and released.
"""
