"""`./run mix …`: mixes that are feeds of their own, with a slug, a page and archives."""

from __future__ import annotations

import click

from commands.output import ask_leave, counted, json_option, write_json, write_table, yes_option
from commands.site import is_scheduler_alive, site_settings, site_store
from commands.work import desk, do_work, wait_for_job
from db.store import Store
from feeds.actions.declaring.declare import FILL_MIXES
from feeds.actions.editing import saved_mixes
from feeds.model.outgoing import FeedKey


@click.group()
def mix() -> None:
    """Save, list, rename and retire mixes. Mixes work without being saved, too: see /mix."""


@mix.command()
@click.argument("slug")
@click.argument("path", required=False)
@click.option("--title", help="Default: unchanged; for a new mix, made from its parts.")
@click.option("--description", help="A sentence for its page and feed. Default: unchanged.")
def save(slug: str, path: str | None, title: str | None, description: str | None) -> None:
    """Save or change the mix /mixes/SLUG. PATH is its parts, such as topics/harbour,sea/not-sources/notices."""
    settings = site_settings()
    with site_store(settings) as store:
        _, job = saved_mixes.put_mix(
            desk(settings, store), slug=slug, path=path, title=title, description=description
        )
        if is_scheduler_alive(store):
            wait_for_job(store, job)
        else:
            do_work(settings, store, FILL_MIXES, {"mixes": [slug]})
        count = _article_count(store, slug)
    click.echo(f"{slug} holds {counted(count, 'article')}: /mixes/{slug}")


@mix.command("list")
@json_option
def list_(as_json: bool) -> None:
    """List the saved mixes and their parts."""
    with site_store(site_settings()) as store:
        rows = [
            (one, _article_count(store, one.slug)) for one in store.mixes.every() if one.state != "retired"
        ]
    if as_json:
        write_json(
            [
                {
                    "slug": one.slug,
                    "title": one.title,
                    "description": one.description,
                    "path": one.path,
                    "state": one.state,
                    "articles": count,
                    "declared_in": "config file" if one.origin == "file" else None,
                }
                for one, count in rows
            ]
        )
        return
    write_table(
        ("SLUG", "STATE", "ARTICLES", "TITLE", "MADE OF"),
        ((one.slug, one.state, count, one.title, one.path) for one, count in rows),
        empty="No mix is saved yet: ./run mix save SLUG topics/harbour,sea",
    )


@mix.command()
@click.argument("slug")
@click.argument("new", metavar="NEW-SLUG")
def rename(slug: str, new: str) -> None:
    """Give a saved mix another slug. The old address redirects."""
    settings = site_settings()
    with site_store(settings) as store:
        saved_mixes.rename_mix(desk(settings, store), slug, new)
    click.echo(f"{slug} is {new} now: /mixes/{new}. The old address leads there.")


@mix.command()
@click.argument("slug")
@yes_option
def retire(slug: str, yes: bool) -> None:
    """Retire a saved mix and its feed. The address answers 410 Gone; articles stay in their other feeds."""
    settings = site_settings()
    with site_store(settings) as store:
        one = saved_mixes.found_mix(store, slug)
        if not yes:
            ask_leave(f"Retire “{one.title}”? Whoever reads /mixes/{one.slug} loses it.")
        change = saved_mixes.retire_mix(desk(settings, store), one.slug)
    hint = f" To take that back: ./run log undo {change.id}" if change else ""
    click.echo(f"{one.slug} is retired.{hint}")


def _article_count(store: Store, slug: str) -> int:
    info = store.feeds.info(FeedKey(kind="mix", slug=slug))
    return info.article_count if info else 0
