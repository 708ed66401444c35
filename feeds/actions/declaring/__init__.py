"""What the config file declares is put into the store, and what is stored is written as declarations again.

Partners are found here and their keys are recognized here, because every other room needs both. What an admin decides of them
belongs in `editing`.
"""
