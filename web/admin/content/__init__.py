"""What is shown: articles, authors and topics; writing, changing and withdrawing."""
