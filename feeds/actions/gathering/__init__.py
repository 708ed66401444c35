"""Sources are added, looked at, asked, and what they bring is stored; also what hubs and archives bring.

How one request is made and read is `feeds.ingest`; here it meets the store: what is claimed, written and released.
"""
