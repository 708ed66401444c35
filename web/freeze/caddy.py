"""A frozen site as Caddy serves it. Pure."""

from __future__ import annotations

from web.freeze.catalog import Catalog


def configuration(catalog: Catalog, root: str) -> str:
    """The Caddyfile of the state at `root`."""
    return f"# {catalog.base_url} {root}\n"
