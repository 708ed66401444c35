"""Imports and exports lists of sources as OPML: each source is added as it stands, folders become topics when asked."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from db.store import Store
from feeds.actions.declaring.specs import spec_of
from feeds.actions.gathering.sources import add
from feeds.errors import ParseError, RequestError
from feeds.ingest.formats.opml import read_opml, write_sources
from feeds.model.articles import TopicRule
from feeds.model.declarations import SourceDeclaration
from feeds.model.lists import ListedSource
from feeds.model.settings import Settings
from feeds.text.urls import shown_url, slugify


@dataclass(slots=True, kw_only=True)
class ImportReport:
    """What a list brought, or would bring."""

    added: list[str] = field(default_factory=list)
    """Addresses as they may be shown."""
    present: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    """Sentences."""
    topics: list[str] = field(default_factory=list)
    """Slugs of topics that were made from folders."""
    slugs: dict[str, str] = field(default_factory=dict)
    """The topic of each folder, by its name."""
    made: list[str] = field(default_factory=list, compare=False)
    """What was made, as the log names it: `source/3`, `topic/2`."""
    source_slugs: list[str] = field(default_factory=list, compare=False)
    """Of the sources that were added."""


def import_opml(
    store: Store,
    body: bytes,
    *,
    is_foldered: bool,
    is_dry: bool,
    settings: Settings,
    now: datetime,
    progress: Callable[[int, int], None],
) -> ImportReport:
    """What the list brought: new sources, due at once. One bad address never stops the others."""
    try:
        listed = read_opml(body)
    except ParseError as error:
        raise RequestError(str(error)) from error
    report = ImportReport(refused=list(listed.left_out))
    for number, one in enumerate(listed.sources, 1):
        try:
            _take(store, one, report, is_foldered=is_foldered, is_dry=is_dry, settings=settings, now=now)
        except RequestError as error:
            report.refused.append(str(error))
        progress(number, len(listed.sources))
    return report


def export_opml(store: Store, title: str) -> tuple[bytes, int, int]:
    """All feeds as OPML; how many were left out because their address is secret, and how many are no feeds."""
    sources = [row.source for row in store.sources.every() if row.source.state != "gone"]
    listed = [source for source in sources if source.kind == "feed"]
    secret = sum(source.public_url is None for source in listed)
    return write_sources(listed, title), secret, len(sources) - len(listed)


def _take(
    store: Store,
    one: ListedSource,
    report: ImportReport,
    *,
    is_foldered: bool,
    is_dry: bool,
    settings: Settings,
    now: datetime,
) -> None:
    spec = spec_of(SourceDeclaration(url=one.url), settings)
    shown = shown_url(spec.fetch_url)
    row = store.sources.at(spec.fetch_url)
    if row is not None and row.source.state != "removed":
        report.present.append(shown)
        return
    names = one.folders if is_foldered else ()
    with store.write():
        known = {topic.slug: topic.title for topic in store.topics.every()}
        for name in names:
            if name in report.slugs:
                continue
            slug = report.slugs[name] = _slug(name, known, report)
            if slug in known or slug in report.topics:
                continue
            report.topics.append(slug)
            if not is_dry:
                topic = store.topics.put(
                    slug=slug, title=name, description="", rule=TopicRule(), origin="opml", now=now
                )
                report.made.append(f"topic/{topic.id}")
        folders = tuple(dict.fromkeys(report.slugs[name] for name in names))
        if not is_dry:
            wanted = SourceDeclaration(
                url=one.url,
                title=one.title or None,
                topics=folders,
                kind=one.kind,
                links=one.links,
            )
            source = add(store, wanted, settings=settings, now=now, origin="opml")
            report.made.append(f"source/{source.id}")
            report.source_slugs.append(source.slug)
    report.added.append(shown)


def _slug(name: str, known: Mapping[str, str], report: ImportReport) -> str:
    """The slug of a folder's topic: another one than that of a folder or topic which only sounds the same (`C`, `C++`)."""
    slug = base = slugify(name, "topic")
    taken = {of: folder for folder, of in report.slugs.items()}
    number = 1
    while True:
        title = taken.get(slug, known.get(slug))
        # A topic whose title makes another slug was given this one by hand: a folder called like the slug is meant.
        is_other = (
            title is not None and title.casefold() != name.casefold() and slugify(title, "topic") == base
        )
        if not is_other:
            return slug
        number += 1
        slug = f"{base}-{number}"
