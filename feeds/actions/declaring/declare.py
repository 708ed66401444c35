"""Puts what the config file declares (`[[source]]`, `[[topic]]`, …) into the store; what vanished from the file is paused.

The file owns what it declares. Applying is one transaction, run only when the file's declarations
(or the address of the samples) changed; what one declaration asks wrongly is told and left out,
the rest is applied.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from difflib import get_close_matches
from pathlib import Path

from db.store import Store
from feeds.actions.declaring.declare_authors import declare_authors
from feeds.actions.declaring.declare_lists import declare_lists
from feeds.actions.declaring.declare_mixes import declare_mixes
from feeds.actions.declaring.partners import declare_partners
from feeds.actions.declaring.specs import spec_of
from feeds.config.load import load_strictly
from feeds.config.toml_writer import declarations_toml
from feeds.errors import ConfigError, OwnedByFileError, RequestError
from feeds.ingest.rules.topics import asking_for, moved_by
from feeds.model.articles import Topic, TopicRule
from feeds.model.declarations import (
    AnyDeclaration,
    AuthorDeclaration,
    SourceDeclaration,
    TopicDeclaration,
)
from feeds.model.incoming import Source
from feeds.model.kept import SourceRow, SourceSpec
from feeds.model.people import Actor
from feeds.model.settings import Settings
from feeds.text.urls import slugify

APPLIED = "declared"
PROBLEMS = "config_problems"
SHOWN_NAMES = 8
"""Of what the file changed at once, that the log names."""
REMATCH, FILL_MIXES = "rematch", "fill_mixes"
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
        """True if nothing was done and nothing was wrong."""
        return not (self.added or self.changed or self.renamed or self.paused or self.problems)


def _note(store: Store, settings: Settings, report: DeclareReport, now: datetime) -> None:
    """One line in the log for each kind of thing that the file changed."""
    done = (
        ("added", report.added),
        ("changed", report.changed),
        ("renamed", report.renamed),
        ("paused", report.paused),
    )
    for kind in ("source", "topic", "author", "mix", "list", "partner"):
        parts = [
            f"{verb} {_some([name.removeprefix(f'{kind} ') for name in names if name.startswith(f'{kind} ')], kind)}"
            for verb, names in done
            if any(name.startswith(f"{kind} ") for name in names)
        ]
        if parts:
            actor = Actor(name=settings.path.name, via="file")
            store.changes.add_change(actor, kind=kind, what="; ".join(parts), steps=(), now=now)


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
    if store.kept.get(APPLIED) == mark:
        _keep_problems(store, _applied_problems(store))
        return report
    with store.write():
        has_articles = store.articles.is_any()
        _topics(store, settings.declarations.topics, report, now)
        _sources(store, settings, report, now)
        declare_authors(store, settings.declarations.authors, report, now)
        to_fill = declare_mixes(store, settings.declarations.mixes, report, now)
        for outcome in (
            declare_lists(store, settings.declarations.lists, now),
            declare_partners(store, settings.declarations.partners, now),
        ):
            for names, found in zip((report.added, report.changed, report.paused), outcome, strict=True):
                names.extend(found)
        if any(one.startswith("author ") for one in (*report.added, *report.changed)):
            report.to_rematch |= set(asking_for(store.topics.every(), "author"))
        if report.to_rematch and has_articles:
            store.jobs.add(REMATCH, {"topics": sorted(report.to_rematch)}, asked_by="file", now=now)
        if to_fill and has_articles:
            store.jobs.add(FILL_MIXES, {"mixes": to_fill}, asked_by="file", now=now)
        _note(store, settings, report, now)
        store.kept.put(APPLIED, mark)
        store.kept.put(f"{APPLIED}_problems", json.dumps(report.problems))
        _keep_problems(store, report.problems)
    return report


def problems(store: Store) -> tuple[str, ...]:
    """What was wrong with the file when it was last looked at; empty if it stands applied."""
    return tuple(json.loads(store.kept.get(PROBLEMS) or "[]"))


def require_not_declared(settings: Settings, kind: str, *names: str) -> None:
    """Raises OwnedByFileError, with the line to edit, where the file declares one of these names."""
    found = declaration_of(settings, kind, *names)
    if found is not None:
        raise OwnedByFileError(
            f"{settings.path}:{found.line} declares this {kind}, so it is changed there:"
            f" edit that [[{kind}]], or take it out to pause it."
        )


def where_declared(settings: Settings, kind: str, *names: str) -> str:
    """Where the file declares it, as advice: empty if it does not."""
    found = declaration_of(settings, kind, *names)
    return f"{settings.path.name}, line {found.line}, declares it: change it there." if found else ""


def declaration_of(settings: Settings, kind: str, *names: str) -> AnyDeclaration | None:
    """What the config file declares under one of these names; None if it does not."""
    several: dict[str, Sequence[AnyDeclaration]] = {
        "source": settings.declarations.sources,
        "topic": settings.declarations.topics,
        "author": settings.declarations.authors,
        "mix": settings.declarations.mixes,
        "list": settings.declarations.lists,
        "partner": settings.declarations.partners,
    }
    return next((one for one in several[kind] if _names(one, settings.sample_base) & set(names)), None)


def _topics(store: Store, declared: Sequence[TopicDeclaration], report: DeclareReport, now: datetime) -> None:
    present = {one.slug: one for one in store.topics.every()}
    slugs = {one.slug for one in declared}
    for one in declared:
        try:
            _topic(store, one, present, slugs, report, now)
        except RequestError as error:
            report.problems.append(f"line {one.line}: {error}")
    kept = {one.slug for one in declared}
    for slug, topic in present.items():
        if topic.origin == "file" and topic.state == "active" and slug not in kept:
            store.topics.set_state(slug, "paused", now)
            report.paused.append(f"topic {slug}")
            heir = _likely_heir(topic, declared, report)
            if heir is not None:
                report.problems.append(
                    f"line {heir.line}: the topic {slug!r} is gone from the file and {heir.slug!r} is new. If it was"
                    f' renamed, add was = ["{slug}"] to it: its readers are led on, and its articles come along.'
                    f" Until then the feed of {slug!r} stands still."
                )


def _likely_heir(
    topic: Topic, declared: Sequence[TopicDeclaration], report: DeclareReport
) -> TopicDeclaration | None:
    """The new topic of the file that a vanished one may have been renamed to: by its rule, or by its name."""
    new = [one for one in declared if f"topic {one.slug}" in report.added]
    by_rule = next((one for one in new if one.rule() == topic.rule and topic.rule != TopicRule()), None)
    alike = get_close_matches(topic.slug, [one.slug for one in new], n=1, cutoff=0.7)
    return by_rule or next((one for one in new if one.slug in alike), None)


def _topic(
    store: Store,
    one: TopicDeclaration,
    present: dict[str, Topic],
    declared: Collection[str],
    report: DeclareReport,
    now: datetime,
) -> None:
    former = next((slug for slug in one.was if slug in present and slug not in declared), None)
    if one.slug not in present and former is not None:
        store.topics.rename(former, one.slug, now)
        report.renamed.append(f"topic {former} → {one.slug}")
        present[one.slug] = present.pop(former)
    elif former is not None:
        # The `was` came later than the new name: both were there for a while, and become one.
        store.topics.merge(former, one.slug, now)
        report.renamed.append(f"topic {former} → {one.slug}")
        del present[former]
    before = present.get(one.slug)
    state = "paused" if one.paused else "active"
    wanted = (one.title or _title_of(one.slug), one.description, one.rule(), "file", state)
    if before and (before.title, before.description, before.rule, before.origin, before.state) == wanted:
        return
    store.topics.put(
        slug=one.slug,
        title=wanted[0],
        description=one.description,
        rule=one.rule(),
        origin="file",
        now=now,
    )
    if one.paused:
        store.topics.set_state(one.slug, "paused", now)
    for name in one.was:
        store.topics.lead(name, one.slug, now)
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
            spec = spec_of(one, settings)
            row = _row_of(store, one, spec, kept, addresses)
            kept |= {row.source.id} if row else set()
            with store.write():
                kept.add(_source(store, one, spec, row, report, now))
        except RequestError as error:
            report.problems.append(f"line {one.line}: {error}")
    for row in store.sources.every():
        source = row.source
        if source.origin == "file" and source.state == "active" and source.id not in kept:
            store.sources.set_state(source.id, "paused", now)
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
        source = store.sources.add(spec, now)
        report.added.append(f"source {source.slug}")
        _lead(store, one, source, now)
        if one.paused:
            store.sources.set_state(source.id, "paused", now)
        report.to_rematch |= moved_by(store.topics.every(), row.source, source) if row else set()
        if one.slug and source.slug != one.slug:
            report.problems.append(
                f"line {one.line}: the slug {one.slug!r} was used before; the source got {source.slug!r}."
            )
        return source.id
    before = row.source
    after = store.sources.change(before.id, spec, now)
    if one.slug and one.slug != before.slug:
        store.sources.rename(before.id, one.slug, now)
        report.renamed.append(f"source {before.slug} → {one.slug}")
        after = replace(after, slug=one.slug)
    _lead(store, one, after, now)
    is_moved = after.fetch_url != before.fetch_url
    if one.paused:
        if before.state == "active":
            store.sources.set_state(before.id, "paused", now)
            report.paused.append(f"source {after.slug}")
    elif before.state != "active" and (before.state != "gone" or is_moved):
        store.sources.set_state(before.id, "active", now)
    elif is_moved:
        store.sources.poll_soon([before.id], now)
    if after != before or before.state != "active":
        report.changed.append(f"source {after.slug}")
        report.to_rematch |= moved_by(store.topics.every(), before, after)
    return before.id


def _lead(store: Store, one: SourceDeclaration, source: Source, now: datetime) -> None:
    """Former slugs that nobody had lead to the source: where a file of another installation is taken over."""
    for name in one.was:
        if "/" not in name:
            store.sources.lead(name, source.id, now)


def _addresses(settings: Settings) -> set[str]:
    found: set[str] = set()
    for one in settings.declarations.sources:
        with suppress(RequestError):
            found.add(spec_of(one, settings).fetch_url)
    return found


def _row_of(
    store: Store, one: SourceDeclaration, spec: SourceSpec, kept: set[int], addresses: set[str]
) -> SourceRow | None:
    found = there = store.sources.at(spec.fetch_url)
    if there is not None and there.source.fetch_url != spec.fetch_url:
        # It was polled there once: that is no claim to a source which is declared elsewhere now.
        found = None if there.source.fetch_url in addresses else there
    if found is None and one.slug:
        named = store.sources.get(one.slug)
        # A former slug of another source is no claim to that source.
        found = named if named and named.source.slug == one.slug else None
    for name in one.was:
        found = found or (store.sources.at(name) if "/" in name else store.sources.get(name))
    return None if found and found.source.id in kept else found


def _mark(settings: Settings) -> str:
    text = f"{settings.sample_base}\n{declarations_toml(settings.declarations)}"
    return hashlib.sha256(text.encode()).hexdigest()


def _applied_problems(store: Store) -> tuple[str, ...]:
    return tuple(json.loads(store.kept.get(f"{APPLIED}_problems") or "[]"))


def _keep_problems(store: Store, found: Sequence[str]) -> None:
    text = json.dumps(list(found))
    if store.kept.get(PROBLEMS) != text:
        store.kept.put(PROBLEMS, text)


def _names(one: AnyDeclaration, sample_base: str | None) -> set[str]:
    if isinstance(one, SourceDeclaration):
        address = f"{sample_base or ''}{one.url}" if one.url.startswith("/") else one.url
        return {name for name in (one.slug, one.url, address) if name}
    if isinstance(one, AuthorDeclaration):
        return {one.slug or slugify(one.name, "author")}
    return {one.slug}


def _title_of(slug: str) -> str:
    return slug.replace("-", " ").capitalize()
