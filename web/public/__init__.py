"""What readers and machines see: pages, feeds, lists, health, and the addresses that others call.

Pages ask the store or an action; they open no socket and parse no feed.
"""
