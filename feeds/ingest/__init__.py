"""The flow from a source to drafts and decisions: fetch, parse, normalize, decide."""
