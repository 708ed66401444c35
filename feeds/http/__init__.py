"""HTTP and mail as the program speaks them: every socket to the outside, requests and answers, signatures, WebSub's wire rules.

All sockets open behind `address_guard`; those of polls and deliveries in `transport`. What an answer means for a source belongs in
`feeds.ingest.poll`; headers of our own answers belong in `web.server`. Everybody above may import it.
"""
