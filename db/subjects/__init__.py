"""What the store offers, a subject a file: `store.topics.put(…)` is `Topics.put` in `topics.py`.

A method here is one transaction, mostly over several tables. What concerns one table alone stands in the module of
that table. Subjects call no methods of one another.
"""
