"""`./run article change …`, `hold`, `release`: what people set over a source's words, and articles that wait."""

from __future__ import annotations

from typing import Any, get_args

import click

from commands.output import json_option, write_json, write_table
from commands.site import site_settings, site_store
from commands.work import desk
from feeds.actions.editing import article_edits
from feeds.errors import NotFoundError
from feeds.model.articles import Article
from feeds.model.people import OverrideField

FIELDS: tuple[str, ...] = get_args(OverrideField)


@click.command()
@click.argument("article_id", metavar="ID", type=int)
@click.option("--title", help="The title to show.")
@click.option("--summary", help="The summary to show.")
@click.option("--author", "authors", multiple=True, help="Who wrote it; repeatable.")
@click.option("--picture", help="Address of the leading picture.")
@click.option("--no-picture", is_flag=True, help="Remove the leading picture, also from the text.")
@click.option("--credit", help="Who made the leading picture.")
@click.option("--rights", help="The rights notice that feeds pass on.")
@click.option("--correction", help="What was wrong: readers see it, and feeds show the article as updated.")
@click.option(
    "--take-back",
    "fields",
    multiple=True,
    type=click.Choice(FIELDS),
    help="Remove this override; repeatable.",
)
@json_option
def change(
    article_id: int,
    authors: tuple[str, ...],
    no_picture: bool,
    fields: tuple[str, ...],
    as_json: bool,
    **stated: Any,
) -> None:
    """Override what the source says about article ID. Without options, show the overrides."""
    wanted: dict[str, str | None] = {key: text for key, text in stated.items() if text is not None}
    if authors:
        wanted["authors"] = "\n".join(authors)
    if no_picture:
        if "picture" in wanted:
            raise click.UsageError("Say --picture or --no-picture.")
        wanted["picture"] = ""
    both = sorted(set(fields) & set(wanted))
    if both:
        raise click.UsageError(f"{both[0]} is set and taken back: say one of them.")
    wanted |= dict.fromkeys(fields)
    settings = site_settings()
    with site_store(settings) as store:
        done = article_edits.override(desk(settings, store), article_id, wanted) if wanted else None
        original = store.changes.original_article(article_id)
        if original is None:
            raise NotFoundError(f"There is no article {article_id}; ./run article find WORDS shows ids.")
        laid = store.changes.overrides_of([article_id]).get(article_id, ())
    source = article_edits.shown_values(original)
    rows = [(one.field, one.value, source.get(one.field, ""), one.who, one.set_at) for one in laid]
    if as_json:
        write_json(
            [dict(zip(("field", "shown", "source", "who", "since"), row, strict=True)) for row in rows]
        )
        return
    if wanted:
        undo = f" To undo: ./run log undo {done.id}" if done else ""
        click.echo(f"Saved; polls do not touch it.{undo}" if done else "Nothing was changed.")
    write_table(
        ("FIELD", "SHOWN", "THE SOURCE SAYS", "BY"),
        (
            (field, value.replace("\n", ", "), says.replace("\n", ", "), who)
            for field, value, says, who, _ in rows
        ),
        empty="Nothing is set over its source.",
    )


@click.command()
@click.argument("article_ids", metavar="ID …", type=int, nargs=-1, required=True)
def hold(article_ids: tuple[int, ...]) -> None:
    """Hold articles back: they are in no feed and on no page until you release them. Nobody is told."""
    settings = site_settings()
    with site_store(settings) as store:
        article_edits.hold(desk(settings, store), article_ids)
    click.echo("Held back. What readers have fetched, they keep. To publish: ./run article release ID")


@click.command()
@click.argument("article_ids", metavar="ID …", type=int, nargs=-1, required=True)
@click.option("--off", is_flag=True, help="Unpin them.")
def pin(article_ids: tuple[int, ...], off: bool) -> None:
    """Pin articles to the top of their feeds' pages. The feeds themselves keep their order."""
    settings = site_settings()
    with site_store(settings) as store:
        change = article_edits.pin(desk(settings, store), article_ids, not off)
    done = "No longer pinned." if off else "Pinned."
    click.echo(f"{done} To undo: ./run log undo {change.id}" if change else "It was so already.")


@click.command()
@click.argument("article_id", metavar="ID", type=int)
def release(article_id: int) -> None:
    """Publish an article that was held back."""
    settings = site_settings()
    with site_store(settings) as store:
        article_edits.release(desk(settings, store), article_id)
        found = store.articles.get(article_id)
        assert isinstance(found, Article)
    click.echo(f"“{found.title}” is in its feeds.")
