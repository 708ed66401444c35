"""`./run opml …`: lists of sources in and out."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from commands.output import counted, dry_run_option, json_option, write_json
from commands.site import site_settings, site_store
from commands.work import desk
from feeds.actions.lists.list_imports import take_in
from feeds.actions.lists.opml import export_opml, import_opml
from feeds.actions.publishing.site_look import site_look
from feeds.clock import system_clock


@click.group()
def opml() -> None:
    """Read and write lists of sources (OPML)."""


@opml.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--folders-as-topics", is_flag=True, help="Turn each folder into a topic for its sources.")
@dry_run_option
@json_option
def import_(file: Path, folders_as_topics: bool, dry_run: bool, as_json: bool) -> None:
    """Add every feed in FILE that is not there yet."""
    settings = site_settings()
    is_quiet = not sys.stderr.isatty()
    shown = click.progressbar(length=1, label="Reading", file=sys.stderr, hidden=is_quiet)
    with site_store(settings) as store, shown as bar:

        def progress(done: int, total: int) -> None:
            bar.length = total
            bar.update(done - bar.pos)

        if dry_run:
            report = import_opml(
                store,
                file.read_bytes(),
                is_foldered=folders_as_topics,
                is_dry=True,
                settings=settings,
                now=system_clock(),
                progress=progress,
            )
        else:
            at = desk(settings, store)
            report = take_in(at, file.read_bytes(), is_foldered=folders_as_topics, progress=progress)
    if as_json:
        write_json(
            {
                "added": report.added,
                "present": report.present,
                "refused": report.refused,
                "topics": report.topics,
                "dry_run": dry_run,
            }
        )
        return
    would = "would be added" if dry_run else "added"
    click.echo(f"{counted(len(report.added), 'source')} {would}, {len(report.present)} were there already.")
    if report.topics:
        click.echo(f"Topics {'to be made' if dry_run else 'made'}: {', '.join(report.topics)}")
    for sentence in report.refused:
        click.echo(f"Left out: {sentence}")


@opml.command()
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path), help="Default: standard output.")
def export(output: Path | None) -> None:
    """Write all feeds as OPML, except addresses with secrets and sources that are not feeds."""
    settings = site_settings()
    with site_store(settings) as store:
        body, left_out, no_feeds = export_opml(store, f"Sources of {site_look(settings.site, store).name}")
    if output:
        output.write_bytes(body)
    else:
        click.echo(body, nl=False)
    if left_out:
        click.echo(
            f"Left out, because their addresses hold secrets: {counted(left_out, 'source')}.", err=True
        )
    if no_feeds:
        click.echo(
            f"Left out, because they are not feeds: {counted(no_feeds, 'source')}."
            " All of them: ./run config export",
            err=True,
        )
