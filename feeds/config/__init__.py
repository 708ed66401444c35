"""`config.toml` becomes typed settings: every error at once, each with its line and the nearest name.

Here belongs how the file is read and checked. What settings there are, with their defaults, stands in
`feeds.model.settings`. Everybody above may import it.
"""
