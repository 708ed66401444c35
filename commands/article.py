"""`./run article …`: one article, as it is stored."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from commands import article_change
from commands.explanations import show_topic_explanation
from commands.output import ask_leave, dry_run_option, json_option, write_json, write_table, yes_option
from commands.site import site_settings, site_store
from commands.work import desk
from feeds.actions.declaring.specs import IMPORTED
from feeds.actions.editing import article_edits
from feeds.actions.gathering import article_imports
from feeds.actions.publishing.search import search
from feeds.actions.sorting.explain import explain_article, explain_topic
from feeds.clock import system_clock
from feeds.errors import NotFoundError
from feeds.ingest.rules.rights import terms_in_words
from feeds.model.articles import Article, Tombstone
from feeds.model.incoming import Image
from feeds.model.outgoing import FeedKey
from feeds.model.passed_on import COLUMNS, texts_of
from feeds.text.markup import excerpt, text_of_html


@click.group()
def article() -> None:
    """Show, explain, change, pin, hold back, withdraw or restore articles, and see former versions."""


for command in (article_change.change, article_change.hold, article_change.pin, article_change.release):
    article.add_command(command)


@article.command()
@click.argument("article_id", metavar="ID", type=int)
@json_option
def show(article_id: int, as_json: bool) -> None:
    """Show an article: where it came from, its dates, authors, topics and pictures."""
    with site_store(site_settings()) as store:
        found = store.articles.get(article_id)
    if found is None:
        raise NotFoundError(f"There is no article {article_id}; ./run topic try shows ids.")
    if not isinstance(found, Article):
        if as_json:
            write_json({"id": article_id, "withdrawn": found.withdrawn_at, "reason": found.reason})
            return
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
        "rights": found.rights,
        **{COLUMNS[name].key: text for name, text in texts_of(found).items()},
        "terms": [terms_in_words(one) for one in found.terms],
        "pictures": [_picture(image) for image in found.images],
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
            click.echo(f"{key + ':':<12} {'; '.join(value) if isinstance(value, list) else value}")


def _path(key: FeedKey) -> str:
    return "/" if key.kind == "all" else key.path()


def _picture(image: Image) -> str:
    words = f"{image.url or 'not in the text'} ({image.credit or 'no credit'})"
    if image.width and image.height:
        words += f", {image.width} × {image.height}"
    if image.role:
        words += f", {image.role}"
    return f"{words}: {image.caption}" if image.caption else words


@article.command("import")
@click.argument(
    "files", metavar="FILE...", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False)
)
@click.option("--title", help="Title, for a text without one.")
@click.option("--url", help="The article's own address, if it has one.")
@click.option("--source", "slug", default=IMPORTED, show_default=True, help="The source it belongs to.")
@yes_option
@dry_run_option
@json_option
def import_(
    files: tuple[str, ...],
    title: str | None,
    url: str | None,
    slug: str,
    yes: bool,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Import text, Markdown or HTML files as articles. Importing the same file again edits the article."""
    settings = site_settings()
    report: list[dict[str, Any]] = []
    with site_store(settings) as store:
        for name in files:
            wanted = article_imports.Wanted(
                path=Path(name), title=title, url=url, slug=slug, is_dry=dry_run, may_guess=as_json or yes
            )
            try:
                found = article_imports.import_file(store, wanted, settings=settings, now=system_clock())
            except article_imports.TitleMissingError:
                answer = click.prompt(
                    f"{name} tells no title. Title (empty: made of its name)", default="", show_default=False
                )
                asked = replace(wanted, title=answer.strip() or None, may_guess=True)
                found = article_imports.import_file(store, asked, settings=settings, now=system_clock())
            report.append({"file": name, **found})
    if as_json:
        write_json(report)
        return
    for one in report:
        by = f", by {', '.join(one['authors'])}" if one["authors"] else ""
        guess = " (guessed from the file's name)" if one["title_guessed"] else ""
        click.echo(
            f"{one['file']}: {one['what']}: “{one['title']}”{guess}{by}, {one['published'] or 'without a date'}"
        )
    if dry_run:
        click.echo("Nothing was stored (--dry-run).")


@article.command()
@click.argument("article_id", metavar="ID", type=int)
@click.option("--topic", "slug", help="Explain this topic, part by part.")
@json_option
def explain(article_id: int, slug: str | None, as_json: bool) -> None:
    """Explain which feeds an article is in and why, and which topics it is not in."""
    settings = site_settings()
    with site_store(settings) as store:
        if slug is not None:
            show_topic_explanation(explain_topic(store, article_id, slug), article_id, as_json=as_json)
            return
        found = explain_article(store, article_id, settings.publish)
    if isinstance(found.article, Tombstone):
        text = f"It was withdrawn at {found.article.withdrawn_at:%Y-%m-%d %H:%M} UTC: {found.article.reason}"
        if as_json:
            write_json(
                {"id": article_id, "withdrawn": found.article.withdrawn_at, "because": found.article.reason}
            )
        else:
            click.echo(text)
        return
    if as_json:
        write_json(
            {
                "id": article_id,
                "feeds": [
                    {"feed": _path(one.key), "because": one.evidence, "shown": one.is_shown}
                    for one in found.feeds
                ],
                "not_in": list(found.others),
                "share": found.share,
                "restored_over": list(found.article.overruled),
                "license": found.article.license_url,
                "terms": [terms_in_words(one) for one in found.article.terms],
            }
        )
        return
    write_table(
        ("FEED", "SHOWN", "BECAUSE"),
        (
            (_path(one.key), "yes" if one.is_shown else "newer ones stand there", one.evidence)
            for one in found.feeds
        ),
        empty="It is in no feed.",
    )
    click.echo(f"Passed on: {found.share}.")
    if found.article.overruled:
        statements = ", ".join(found.article.overruled)
        click.echo(
            f"Restored by an admin against what its source says ({statements}); it stays until that changes."
        )
    for one in found.article.terms:
        click.echo(f"Terms of use: {terms_in_words(one)}")
    if found.others:
        click.echo(
            f"Not in: {', '.join(found.others)}. Why not: ./run article explain {article_id} --topic SLUG"
        )


@article.command()
@click.argument("words", nargs=-1, required=True)
@click.option("--most", type=click.IntRange(1, 1000), default=20, show_default=True)
@json_option
def find(words: tuple[str, ...], most: int, as_json: bool) -> None:
    """List articles that contain all the WORDS ("in a row", begin*), newest first."""
    query = " ".join(f'"{word}"' if " " in word else word for word in words)
    with site_store(site_settings()) as store:
        found = search(store, query, most=most)
    if as_json:
        write_json(
            [
                {
                    "id": one.id,
                    "title": one.title,
                    "address": one.url,
                    "source": one.source.slug,
                    "date": one.effective_at,
                }
                for one in found
            ]
        )
        return
    write_table(
        ("ID", "DATE", "SOURCE", "TITLE"),
        ((one.id, f"{one.effective_at:%Y-%m-%d}", one.source.slug, one.title[:80]) for one in found),
        empty="No article holds all of these words.",
    )


@article.command()
@click.argument("article_id", metavar="ID", type=int)
@json_option
def versions(article_id: int, as_json: bool) -> None:
    """List an article's former versions, newest first."""
    with site_store(site_settings()) as store:
        found = store.articles.versions(article_id)
    if as_json:
        write_json(
            [
                {
                    "number": one.number,
                    "major": one.is_major,
                    "replaced": one.replaced_at,
                    "title": one.title,
                    "text": text_of_html(one.content_html) or one.summary,
                }
                for one in found
            ]
        )
        return
    write_table(
        ("NUMBER", "REPLACED", "CHANGE", "TITLE"),
        (
            (
                one.number,
                f"{one.replaced_at:%Y-%m-%d %H:%M}",
                "major" if one.is_major else "minor",
                one.title[:70],
            )
            for one in found
        ),
        empty="It never changed, or its former versions are no longer kept.",
    )


@article.command()
@click.argument("article_id", metavar="ID", type=int)
@click.option("--reason", required=True, help="The reason. Readers see it in place of the text.")
@click.option("--silent", is_flag=True, help="Do not announce it in feeds; the reason stays in the log.")
@yes_option
def withdraw(article_id: int, reason: str, silent: bool, yes: bool) -> None:
    """Withdraw an article from every feed. No source can bring it back."""
    settings = site_settings()
    with site_store(settings) as store:
        there = store.articles.get(article_id)
        title = there.title if isinstance(there, Article) else f"article {article_id}"
        if not yes:
            ask_leave(f"Withdraw “{title}”?")
        article_edits.withdraw(desk(settings, store), [article_id], reason, is_silent=silent)
    click.echo(f"“{title}” is withdrawn. It comes back with: ./run article restore {article_id}")


@article.command()
@click.argument("article_id", metavar="ID", type=int)
def restore(article_id: int) -> None:
    """Put a withdrawn article back into its feeds."""
    settings = site_settings()
    with site_store(settings) as store:
        article_edits.restore(desk(settings, store), article_id)
        done = store.articles.get(article_id)
        assert isinstance(done, Article)
    click.echo(f"“{done.title}” is in its feeds again.")
