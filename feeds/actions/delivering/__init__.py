"""What we push: to hub subscribers, rssCloud, webhooks, mail digests, search engines and public hubs.

Everything goes through one outbox: `deliveries` says what a kind has to bring, `senders` lists the kinds, and
`dispatch` sends what is due. Alerts to admins are sent by `operating`.
"""
