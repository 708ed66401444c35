"""What readers and machines see: pages, feeds, lists, and the addresses where others call us.

Pages ask the store or an action; they open no socket and parse no feed.
"""
