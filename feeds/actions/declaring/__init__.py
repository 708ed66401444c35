"""What the config file declares is put into the store, and what is stored is written as declarations again.

Partners and their keys stand here, since a declaration makes them, too.
"""
