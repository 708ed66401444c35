"""Pure text: HTML, addresses, dates, names of months, folding for search.

Here belongs what turns text into text or values and knows nothing of articles. Nothing here reads a clock, a
network or a store. Everybody may import it; it imports `feeds.errors` alone.
"""
