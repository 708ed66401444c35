"""What goes out, and to whom: feeds, mixes, partners, private addresses, push."""
