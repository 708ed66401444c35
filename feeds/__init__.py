"""Feedwright's own trade: from sources to articles to feeds, without store and without web."""

VERSION = "0.2.0"
