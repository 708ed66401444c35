"""The command line: one group of commands a file, over the same actions as the pages."""
