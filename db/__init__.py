"""All that is kept: every SQL statement of Feedwright stands in this folder, one table a file."""
