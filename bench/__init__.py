"""Measurements: each command prints its figure beside its floor and its peer."""
