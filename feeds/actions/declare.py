"""Declarations into the store: added, changed, renamed; what vanished from the file is paused.

The file owns what it declares. Applying is one transaction, run only when the file's declarations
(or the address of the samples) changed; what one declaration asks wrongly is told and left out,
the rest is applied.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from feeds.actions.specs import declared_spec
from feeds.config import load_strictly
from feeds.config_text import declarations_toml
from feeds.errors import ConfigError, OwnedByFileError, RequestError
from feeds.ingest.topics import asking_for, moved_by
from feeds.model.articles import Author, AuthorLooks, Topic
from feeds.model.kept import SourceRow, SourceSpec
from feeds.model.people import Actor
from feeds.model.settings import (
    AuthorDeclaration,
    Settings,
    SourceDeclaration,
    TopicDeclaration,
)
from feeds.protocols import Store
from feeds.urls import slugify

APPLIED = "declared"
PROBLEMS = "config_problems"
SHOWN_NAMES = 8
"""Of what the file changed at once, that the log names."""
REMATCH = "rematch"
"""The kind of job that holds stored articles against changed rules."""


@dataclass(slots=True, kw_only=True)
class DeclareReport:
    """What applying the declarations did: names of what was added, changed, paused, and what went wrong."""

    added: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    renamed: list[str] = field(default_factory=list)
    paused: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    to_rematch: set[str] = field(default_factory=set)
    """Slugs of topics whose rules, or whose sources, changed."""

    def is_empty(self) -> bool:
        """True where nothing was done and nothing was wrong."""
        return not (self.added or self.changed or self.renamed or self.paused or self.problems)


def _note(store: Store, settings: Settings, report: DeclareReport, now: datetime) -> None:
    """One line in the log for each kind of thing that the file changed."""
    done = (
        ("added", report.added),
        ("changed", report.changed),
        ("renamed", report.renamed),
        ("paused", report.paused),
    )
    for kind in ("source", "topic", "author"):
        parts = [
            f"{verb} {_some([name.removeprefix(f'{kind} ') for name in names if name.startswith(f'{kind} ')], kind)}"
            for verb, names in done
            if any(name.startswith(f"{kind} ") for name in names)
        ]
        if parts:
            actor = Actor(name=settings.path.name, via="file")
            store.add_change(actor, kind=kind, what="; ".join(parts), steps=(), now=now)


def _some(names: Sequence[str], kind: str) -> str:
    if len(names) > SHOWN_NAMES:
        return f"{len(names)} {kind}s"
    return f"the {kind}{'' if len(names) == 1 else 's'} {', '.join(names)}"


def refresh(store: Store, path: Path, environ: Mapping[str, str], now: datetime) -> DeclareReport:
    """Applies the file as it is now; a broken one changes nothing, and its problems are kept and told."""
    try:
        settings = load_strictly(path, environ)
    except ConfigError as error:
        _keep_problems(store, error.problems)
        return DeclareReport(problems=list(error.problems))
    return declare(store, settings, now)


def declare(store: Store, settings: Settings, now: datetime) -> DeclareReport:
    """Applies the declarations where they changed since they were last applied."""
    mark = _mark(settings)
    report = DeclareReport()
    if store.kept(APPLIED) == mark:
        _keep_problems(store, _applied_problems(store))
        return report
    with store.write():
        has_articles = store.counts().get("articles", 0) > 0
        _topics(store, settings.declarations.topics, report, now)
        _sources(store, settings, report, now)
        _authors(store, settings.declarations.authors, report, now)
        if any(one.startswith("author ") for one in (*report.added, *report.changed)):
            report.to_rematch |= set(asking_for(store.topics(), "author"))
        if report.to_rematch and has_articles:
            store.add_job(REMATCH, {"topics": sorted(report.to_rematch)}, asked_by="file", now=now)
        _note(store, settings, report, now)
        store.keep(APPLIED, mark)
        store.keep(f"{APPLIED}_problems", json.dumps(report.problems))
        _keep_problems(store, report.problems)
    return report


def problems(store: Store) -> tuple[str, ...]:
    """What was wrong with the file when it was last looked at; empty where it stands applied."""
    return tuple(json.loads(store.kept(PROBLEMS) or "[]"))


def require_not_declared(settings: Settings, kind: str, *names: str) -> None:
    """Raises OwnedByFileError, with the line to edit, where the file declares one of these names."""
    found = declaration_of(settings, kind, *names)
    if found is not None:
        raise OwnedByFileError(
            f"{settings.path}:{found.line} declares this {kind}, so it is changed there:"
            f" edit that [[{kind}]], or take it out to pause it."
        )


def declaration_of(
    settings: Settings, kind: str, *names: str
) -> SourceDeclaration | TopicDeclaration | AuthorDeclaration | None:
    """What the config file declares under one of these names; None where it does not."""
    several: dict[str, Sequence[SourceDeclaration | TopicDeclaration | AuthorDeclaration]] = {
        "source": settings.declarations.sources,
        "topic": settings.declarations.topics,
        "author": settings.declarations.authors,
    }
    return next((one for one in several[kind] if _names(one, settings.sample_base) & set(names)), None)


def _topics(store: Store, declared: Sequence[TopicDeclaration], report: DeclareReport, now: datetime) -> None:
    present = {one.slug: one for one in store.topics()}
    for one in declared:
        try:
            _topic(store, one, present, report, now)
        except RequestError as error:
            report.problems.append(f"line {one.line}: {error}")
    kept = {one.slug for one in declared}
    for slug, topic in present.items():
        if topic.origin == "file" and topic.state == "active" and slug not in kept:
            store.set_topic_state(slug, "paused", now)
            report.paused.append(f"topic {slug}")


def _topic(
    store: Store, one: TopicDeclaration, present: dict[str, Topic], report: DeclareReport, now: datetime
) -> None:
    former = next((slug for slug in one.was if slug in present), None)
    if one.slug not in present and former is not None:
        store.rename_topic(former, one.slug, now)
        report.renamed.append(f"topic {former} → {one.slug}")
        present[one.slug] = present.pop(former)
    before = present.get(one.slug)
    wanted = (one.title or _title_of(one.slug), one.description, one.rule(), "file", "active")
    if before and (before.title, before.description, before.rule, before.origin, before.state) == wanted:
        return
    store.put_topic(
        slug=one.slug,
        title=wanted[0],
        description=one.description,
        rule=one.rule(),
        origin="file",
        now=now,
    )
    (report.changed if before else report.added).append(f"topic {one.slug}")
    is_same_rule = before is not None and before.state == "active" and before.rule == one.rule()
    if not is_same_rule:
        # Those that were above it may lose what it brought them.
        report.to_rematch |= {one.slug, *([before.rule.parent] if before and before.rule.parent else [])}


def _sources(store: Store, settings: Settings, report: DeclareReport, now: datetime) -> None:
    kept: set[int] = set()
    addresses = _addresses(settings)
    for one in settings.declarations.sources:
        try:
            spec = _spec(one, settings)
            row = _row_of(store, one, spec, kept, addresses)
            kept |= {row.source.id} if row else set()
            with store.write():
                kept.add(_source(store, one, spec, row, report, now))
        except RequestError as error:
            report.problems.append(f"line {one.line}: {error}")
    for row in store.sources():
        source = row.source
        if source.origin == "file" and source.state == "active" and source.id not in kept:
            store.set_source_state(source.id, "paused", now)
            report.paused.append(f"source {source.slug}")


def _source(
    store: Store,
    one: SourceDeclaration,
    spec: SourceSpec,
    row: SourceRow | None,
    report: DeclareReport,
    now: datetime,
) -> int:
    if row is None or (row.source.state == "removed" and row.source.fetch_url == spec.fetch_url):
        source = store.add_source(spec, now)
        report.added.append(f"source {source.slug}")
        report.to_rematch |= moved_by(store.topics(), row.source, source) if row else set()
        if one.slug and source.slug != one.slug:
            report.problems.append(
                f"line {one.line}: the slug {one.slug!r} was used before; the source got {source.slug!r}."
            )
        return source.id
    before = row.source
    after = store.change_source(before.id, spec, now)
    if one.slug and one.slug != before.slug:
        store.rename_source(before.id, one.slug, now)
        report.renamed.append(f"source {before.slug} → {one.slug}")
        after = replace(after, slug=one.slug)
    is_moved = after.fetch_url != before.fetch_url
    if before.state != "active" and (before.state != "gone" or is_moved):
        store.set_source_state(before.id, "active", now)
    elif is_moved:
        store.poll_soon([before.id], now)
    if after != before or before.state != "active":
        report.changed.append(f"source {after.slug}")
        report.to_rematch |= moved_by(store.topics(), before, after)
    return before.id


def _spec(one: SourceDeclaration, settings: Settings) -> SourceSpec:
    return declared_spec(one, sample_base=settings.sample_base, base=settings.path.parent)


def _addresses(settings: Settings) -> set[str]:
    found: set[str] = set()
    for one in settings.declarations.sources:
        with suppress(RequestError):
            found.add(_spec(one, settings).fetch_url)
    return found


def _row_of(
    store: Store, one: SourceDeclaration, spec: SourceSpec, kept: set[int], addresses: set[str]
) -> SourceRow | None:
    found = there = store.source_at(spec.fetch_url)
    if there is not None and there.source.fetch_url != spec.fetch_url:
        # It was polled there once: that is no claim to a source which is declared elsewhere now.
        found = None if there.source.fetch_url in addresses else there
    if found is None and one.slug:
        named = store.source(one.slug)
        # A former slug of another source is no claim to that source.
        found = named if named and named.source.slug == one.slug else None
    for name in one.was:
        found = found or (store.source_at(name) if "/" in name else store.source(name))
    return None if found and found.source.id in kept else found


def _authors(
    store: Store, declared: Sequence[AuthorDeclaration], report: DeclareReport, now: datetime
) -> None:
    present = {one.slug: one for one, _ in store.authors()}
    for one in declared:
        try:
            _author(store, one, present, report, now)
        except RequestError as error:
            report.problems.append(f"line {one.line}: {error}")
    kept = {one.slug or slugify(one.name, "author") for one in declared}
    for slug, author in present.items():
        if author.origin == "file" and slug not in kept:
            # An author cannot be paused: what the file lets go of becomes the store's own.
            store.put_author(
                slug=slug,
                name=author.name,
                known_as=author.known_as,
                bio=author.bio,
                links=author.links,
                looks=AuthorLooks(role=author.role, picture_url=author.picture_url),
                origin="admin",
                now=now,
            )
            report.changed.append(f"author {slug}")


def _author(
    store: Store, one: AuthorDeclaration, present: dict[str, Author], report: DeclareReport, now: datetime
) -> None:
    slug = one.slug or slugify(one.name, "author")
    former = next((name for name in one.was if name in present), None)
    if slug not in present and former is not None:
        store.rename_author(former, slug, now)
        report.renamed.append(f"author {former} → {slug}")
        present[slug] = present.pop(former)
    before = present.get(slug)
    after = store.put_author(
        slug=slug,
        name=one.name,
        known_as=one.known_as,
        bio=one.bio,
        links=one.links,
        looks=AuthorLooks(role=one.role, picture_url=one.picture),
        origin="file",
        now=now,
    )
    if after != before:
        (report.changed if before else report.added).append(f"author {slug}")


def _mark(settings: Settings) -> str:
    text = f"{settings.sample_base}\n{declarations_toml(settings.declarations)}"
    return hashlib.sha256(text.encode()).hexdigest()


def _applied_problems(store: Store) -> tuple[str, ...]:
    return tuple(json.loads(store.kept(f"{APPLIED}_problems") or "[]"))


def _keep_problems(store: Store, found: Sequence[str]) -> None:
    text = json.dumps(list(found))
    if store.kept(PROBLEMS) != text:
        store.keep(PROBLEMS, text)


def _names(
    one: SourceDeclaration | TopicDeclaration | AuthorDeclaration, sample_base: str | None
) -> set[str]:
    if isinstance(one, SourceDeclaration):
        address = f"{sample_base or ''}{one.url}" if one.url.startswith("/") else one.url
        return {name for name in (one.slug, one.url, address) if name}
    if isinstance(one, AuthorDeclaration):
        return {one.slug or slugify(one.name, "author")}
    return {one.slug}


def _title_of(slug: str) -> str:
    return slug.replace("-", " ").capitalize()
