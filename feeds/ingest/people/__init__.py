"""Who wrote an article and who made its pictures: bylines, names, job titles, agencies, credits, biographies.

All of it is pure and knows no format. It imports no other room of `feeds.ingest`.
"""
