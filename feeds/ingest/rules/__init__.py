"""Pure rules about entries and articles: normalizing, identity, versions, topics, rights, pictures, deciding.

A rule takes values and `now`, and answers values with their evidence; it touches nothing. It may import `people`.
"""
