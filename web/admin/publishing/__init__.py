"""Who gets what: feeds, mixes, partners, private addresses, push."""
