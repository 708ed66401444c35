"""`./run article …`: one article, as it is stored."""

from __future__ import annotations

import click

from feeds.errors import NotFoundError
from feeds.markup import excerpt, text_of_html
from feeds.model.articles import Article
from web.commands.output import json_option, write_json
from web.commands.site import site_settings, site_store


@click.group()
def article() -> None:
    """Show one article."""


@article.command()
@click.argument("article_id", metavar="ID", type=int)
@json_option
def show(article_id: int, as_json: bool) -> None:
    """Show an article: where it came from, its dates, authors, topics and pictures."""
    with site_store(site_settings()) as store:
        found = store.article(article_id)
    if found is None:
        raise NotFoundError(f"There is no article {article_id}; ./run topic try shows ids.")
    if not isinstance(found, Article):
        click.echo(f"It was withdrawn at {found.withdrawn_at:%Y-%m-%d %H:%M} UTC: {found.reason}")
        return
    plain = {
        "id": found.id,
        "title": found.title,
        "address": found.url,
        "source": found.source.slug,
        "authors": [author.name for author in found.authors],
        "topics": [topic.slug for topic in found.topics],
        "categories": list(found.categories),
        "language": found.language,
        "published": found.published_at,
        "first_seen": found.first_seen_at,
        "updated": found.updated_at,
        "share": found.source.share,
        "pictures": [f"{image.url} ({image.credit or 'no credit'})" for image in found.images],
        "enclosures": [enclosure.url for enclosure in found.enclosures],
        "summary": found.summary,
        "text": text_of_html(found.content_html),
    }
    if as_json:
        write_json({**plain, "published_id": found.urn, "content_html": found.content_html})
        return
    plain["text"] = excerpt(str(plain["text"]), 400)
    for key, value in plain.items():
        if value not in (None, "", []):
            click.echo(f"{key + ':':<13}{'; '.join(value) if isinstance(value, list) else value}")
