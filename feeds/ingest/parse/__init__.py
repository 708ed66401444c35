"""From bytes to parsed entries, one format a file."""
