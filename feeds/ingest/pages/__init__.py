"""Turns an article's own page, or a file, into an article: its text, title, date, authors, pictures.

Here belongs everything that reads HTML pages, plain text and Markdown. It may import `formats`, `rules` and
`people`; all of it is pure.
"""
