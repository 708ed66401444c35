"""`./run author …`: who writes, which authors may be one person, and what an admin decides of them."""

from __future__ import annotations

from typing import Any

import click

from commands.output import ask_leave, counted, json_option, write_json, write_table, yes_option
from commands.site import site_settings, site_store
from commands.work import desk
from feeds.actions.editing import author_edits
from feeds.actions.sorting import authors
from feeds.actions.sorting.authors import Candidate, list_authors
from feeds.config.values import web_address
from feeds.errors import RequestError
from feeds.model.authors import AuthorFacts


@click.group()
def author() -> None:
    """List, describe, merge and split authors."""


@author.command("list")
@json_option
def list_(as_json: bool) -> None:
    """List authors, most articles first, with those who share a name."""
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
                    "kind": row.author.kind,
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


@author.command()
@click.argument("slug")
@json_option
def show(slug: str, as_json: bool) -> None:
    """Show an author: names, sources, addresses. A former slug works too."""
    with site_store(site_settings()) as store:
        found = authors.show_author(store, slug)
    if as_json:
        write_json(_candidate_json(found))
        return
    one = found.author
    facts = (
        ("name", one.name),
        ("slug", one.slug),
        ("kind", one.kind),
        ("role", one.role),
        ("known as", ", ".join(one.known_as)),
        ("publisher", one.domain or "any"),
        ("articles", str(found.article_count)),
        ("sources", _sources(found)),
        ("biography", one.bio),
        ("links", ", ".join(one.links)),
        ("picture", one.picture_url or ""),
        ("addresses", ", ".join(link.removeprefix("mailto:") for link in found.traces.links)),
        ("not the same as", ", ".join(found.apart_from)),
        ("declared in", "config file" if one.origin == "file" else ""),
    )
    for name, value in facts:
        if value:
            click.echo(f"{name + ':':<17}{value}")


@author.command()
@json_option
def suggest(as_json: bool) -> None:
    """List authors who may be the same person, with the evidence. Nothing is merged."""
    with site_store(site_settings()) as store:
        found = authors.propose_merges(store)
    if as_json:
        write_json(
            [
                {
                    "evidence": one.evidence,
                    "shared_links": one.shared_links,
                    "authors": [_candidate_json(candidate) for candidate in one.candidates],
                }
                for one in found
            ]
        )
        return
    write_table(
        ("AUTHORS", "NAMES", "EVIDENCE", "MET IN"),
        (
            (
                " + ".join(candidate.author.slug for candidate in one.candidates),
                " / ".join(dict.fromkeys(candidate.author.name for candidate in one.candidates)),
                "; ".join(one.evidence),
                " | ".join(_sources(candidate) for candidate in one.candidates),
            )
            for one in found
        ),
        empty="Nobody shares a name or an address with somebody else.",
    )
    if found:
        click.echo("\nTo make two of them one: ./run author merge SLUG INTO-SLUG")
        click.echo("To say that they are two people: ./run author apart SLUG SLUG")


@author.command()
@click.argument("slugs", metavar="SLUG SLUG...", nargs=-1, required=True)
@click.option("--undo", is_flag=True, help="Allow the proposal again.")
@json_option
def apart(slugs: tuple[str, ...], undo: bool, as_json: bool) -> None:
    """Mark these authors as different people, so that merging them is not proposed again."""
    settings = site_settings()
    with site_store(settings) as store:
        count = author_edits.tell_apart(desk(settings, store), slugs, is_apart=not undo)
    if as_json:
        write_json({"authors": slugs, "apart": not undo, "changed_pairs": count})
        return
    names = " and ".join(dict.fromkeys(slugs))
    if not count:
        click.echo(f"{names}: that was so already.")
    elif undo:
        click.echo(f"{names} may be proposed as one again.")
    else:
        click.echo(f"{names} are different people. To undo: ./run author apart --undo {' '.join(slugs)}")


@author.command()
@click.argument("slug")
@click.argument("into")
@yes_option
def merge(slug: str, into: str, yes: bool) -> None:
    """Merge the author SLUG into INTO. The address of SLUG redirects from then on."""
    settings = site_settings()
    with site_store(settings) as store:
        old, new = authors.show_author(store, slug), authors.show_author(store, into)
        if not yes:
            shown = f"{old.author.name} ({old.author.slug}, {counted(old.article_count, 'article')})"
            ask_leave(f"Merge {shown} into {new.author.name} ({new.author.slug})?")
        after, _ = author_edits.merge_authors(desk(settings, store), slug, into)
    click.echo(f"{old.author.slug} is {after.slug} now. To undo: ./run author split {_undo(old, after.slug)}")


@author.command()
@click.argument("slug")
@click.argument("name")
@click.option("--domain", help="Only articles of this publisher, such as harbour.example.")
def split(slug: str, name: str, domain: str | None) -> None:
    """Split off articles signed NAME from the author SLUG, as an author of their own."""
    settings = site_settings()
    with site_store(settings) as store:
        after = author_edits.split_author(desk(settings, store), slug, name, domain)
        count = authors.show_author(store, after.slug).article_count
    click.echo(f"{after.name} is {after.slug} now, with {counted(count, 'article')}.")


@author.command()
@click.argument("slug")
@click.argument("new", metavar="NEW-SLUG")
def rename(slug: str, new: str) -> None:
    """Give an author another slug. The old address redirects."""
    settings = site_settings()
    with site_store(settings) as store:
        one = author_edits.rename_author(desk(settings, store), slug, new)
    click.echo(f"{slug} is {one.slug} now: /authors/{one.slug}. The old address leads there.")


@author.command("set")
@click.argument("slug")
@click.option("--bio", help="A few sentences; empty: use what articles say.")
@click.option("--role", help="Their role, such as “Harbour correspondent”.")
@click.option(
    "--link", "links", multiple=True, help="Another page of theirs; replaces the known links. Repeatable."
)
@click.option("--picture", help="Address of a portrait.")
@click.option(
    "--known-as", "known_as", multiple=True, help="Another name they sign with at the same publisher."
)
def set_(slug: str, bio: str | None, role: str | None, picture: str | None, **several: Any) -> None:
    """Describe an author who is not declared in the config file."""
    try:
        links = tuple(web_address(one) for one in several["links"])
        picture = web_address(picture) if picture else picture
    except ValueError as error:
        raise RequestError(f"{error}.") from error
    facts = AuthorFacts(
        bio=bio, role=role, picture_url=picture, links=links or None, known_as=several["known_as"]
    )
    if facts == AuthorFacts():
        raise RequestError("Say what to set: --bio, --role, --link, --picture, --known-as.")
    settings = site_settings()
    with site_store(settings) as store:
        after, _ = author_edits.set_author(desk(settings, store), slug, facts)
    click.echo(f"{after.slug} is set.")


def _undo(old: Candidate, into: str) -> str:
    where = f" --domain {old.author.domain}" if old.author.domain else ""
    return f'{into} "{old.author.name}"{where}'


def _sources(one: Candidate) -> str:
    return ", ".join(f"{slug} ({count})" for slug, count in one.traces.sources)


def _candidate_json(one: Candidate) -> dict[str, object]:
    who = one.author
    return {
        "slug": who.slug,
        "name": who.name,
        "kind": who.kind,
        "role": who.role or None,
        "known_as": who.known_as,
        "publisher": who.domain or None,
        "articles": one.article_count,
        "sources": dict(one.traces.sources),
        "biography": who.bio or None,
        "links": who.links,
        "picture": who.picture_url,
        "addresses": [link.removeprefix("mailto:") for link in one.traces.links],
        "not_the_same_as": one.apart_from,
        "declared_in": "config file" if who.origin == "file" else None,
    }
