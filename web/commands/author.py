"""`./run author …`: who writes."""

from __future__ import annotations

import click

from feeds.actions.authors import list_authors
from web.commands.output import json_option, write_json, write_table
from web.commands.site import site_settings, site_store


@click.group()
def author() -> None:
    """List authors."""


@author.command("list")
@json_option
def list_(as_json: bool) -> None:
    """List authors, most articles first, and who shares a name with whom."""
    with site_store(site_settings()) as store:
        rows = list_authors(store)
    if as_json:
        write_json(
            [
                {
                    "slug": row.author.slug,
                    "name": row.author.name,
                    "publisher": row.author.domain or None,
                    "articles": row.article_count,
                    "known_as": row.author.known_as,
                    "same_name": row.same_name,
                    "declared_in": "config file" if row.author.origin == "file" else None,
                }
                for row in rows
            ]
        )
        return
    write_table(
        ("SLUG", "ARTICLES", "NAME", "PUBLISHER", "KNOWN AS", "SAME NAME"),
        (
            (
                row.author.slug,
                row.article_count,
                row.author.name,
                row.author.domain or "any",
                ", ".join(row.author.known_as) or "–",
                ", ".join(row.same_name) or "–",
            )
            for row in rows
        ),
        empty="No author is known yet.",
    )
