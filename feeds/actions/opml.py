"""Lists of sources in and out: each is added as it stands; folders become topics when asked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from feeds.actions.sources import add
from feeds.actions.specs import spec_at
from feeds.errors import ParseError, RequestError
from feeds.ingest.opml import ListedSource, read_opml, write_sources
from feeds.model.articles import TopicRule
from feeds.model.settings import Settings, SourceDeclaration
from feeds.protocols import Store
from feeds.urls import shown_url, slugify


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
    made: list[str] = field(default_factory=list, compare=False)
    """What was made, as the log names it: `source/3`, `topic/2`."""
    slugs: list[str] = field(default_factory=list, compare=False)
    """Of the sources that were added."""


def import_opml(
    store: Store,
    body: bytes,
    *,
    is_foldered: bool,
    is_dry: bool,
    settings: Settings,
    now: datetime,
    tell: Callable[[int, int], None],
) -> ImportReport:
    """What the list brought: new sources, due at once. One bad address never stops the others."""
    try:
        listed = read_opml(body)
    except ParseError as error:
        raise RequestError(str(error)) from error
    report = ImportReport()
    for number, one in enumerate(listed, 1):
        try:
            _take(store, one, report, is_foldered=is_foldered, is_dry=is_dry, settings=settings, now=now)
        except RequestError as error:
            report.refused.append(str(error))
        tell(number, len(listed))
    return report


def export_opml(store: Store, title: str) -> tuple[bytes, int, int]:
    """All feeds as OPML; how many were left out because their address is secret, and how many are no feeds."""
    sources = [row.source for row in store.sources() if row.source.state != "gone"]
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
    spec = spec_at(one.url, sample_base=settings.sample_base)
    shown = shown_url(spec.fetch_url)
    row = store.source_at(spec.fetch_url)
    if row is not None and row.source.state != "removed":
        report.present.append(shown)
        return
    folders = tuple(dict.fromkeys(slugify(name, "topic") for name in one.folders)) if is_foldered else ()
    titles = {slugify(name, "topic"): name for name in one.folders}
    with store.write():
        known = {topic.slug for topic in store.topics()} | set(report.topics)
        for slug in folders:
            if slug in known:
                continue
            report.topics.append(slug)
            if not is_dry:
                topic = store.put_topic(
                    slug=slug, title=titles[slug], description="", rule=TopicRule(), origin="opml", now=now
                )
                report.made.append(f"topic/{topic.id}")
        if not is_dry:
            wanted = SourceDeclaration(url=one.url, title=one.title or None, topics=folders)
            source = add(store, wanted, settings=settings, now=now, origin="opml")
            report.made.append(f"source/{source.id}")
            report.slugs.append(source.slug)
    report.added.append(shown)
