"""SQLite and PostgreSQL behind one protocol, `db.engines.engine.Engine`.

Here belongs all that differs between them. SQL about a table belongs in the module of that table.
"""
