"""HTTP as the program speaks it: the one opener of outside sockets, requests and answers, WebSub's wire rules.

Only `transport` opens sockets, behind the address guard. What an answer means for a source belongs in
`feeds.ingest.poll`; headers of our own answers belong in `web.server`. Everybody above may import it.
"""
