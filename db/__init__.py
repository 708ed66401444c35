"""All that is kept. Every SQL statement of Feedwright stands in this folder, one table a file.

What several tables do together is a method in `subjects`, reached as `store.<subject>.<method>(…)`. `engines` has the two
databases, `migrations` the numbered steps of the schema. A module may also read over several tables: it says so.
"""
