"""What stands in the store, written as declarations: `config export`."""

from __future__ import annotations

from dataclasses import fields, replace

from db.store import Store
from feeds.actions.declaring.specs import DESK, IMPORTED, folder_path
from feeds.model.articles import Topic
from feeds.model.authors import Author
from feeds.model.declarations import (
    AuthorDeclaration,
    Declarations,
    MixDeclaration,
    SourceDeclaration,
    TopicDeclaration,
)
from feeds.model.incoming import Source, SourceOptions
from feeds.model.partners import PartnerDeclaration, PartnerSpec


def stored_declarations(store: Store) -> Declarations:
    """Everything that stands in the store, written as declarations: former names and pauses, too."""
    sources_were, topics_were = store.sources.former_slugs(), store.topics.former_slugs()
    authors_were, mixes_were = store.authors.former_slugs(), store.mixes.former_slugs()
    by_lists = _brought_by_lists(store)
    return Declarations(
        sources=tuple(
            replace(
                declared_source(row.source),
                was=sources_were.get(row.source.slug, ()),
                paused=row.source.state == "paused",
            )
            for row in store.sources.every()
            if row.source.state in ("active", "paused") and row.source.slug not in {IMPORTED, DESK, *by_lists}
        ),
        topics=tuple(
            replace(_topic_declared(one), was=topics_were.get(one.slug, ()), paused=one.state == "paused")
            for one in store.topics.every()
            if one.state != "retired"
        ),
        authors=tuple(
            replace(_author_declared(one), was=authors_were.get(one.slug, ()))
            for one, _ in store.authors.every()
            if one.origin != "found"
        ),
        mixes=tuple(
            MixDeclaration(
                slug=one.slug,
                path=one.path,
                title=one.title,
                description=one.description,
                was=mixes_were.get(one.slug, ()),
            )
            for one in store.mixes.every()
            if one.state == "active"
        ),
        lists=tuple(replace(one.stated, paused=one.state == "paused") for one in store.lists.every()),
        partners=tuple(declared_partner(one.spec) for one in store.partners.every()),
    )


def _brought_by_lists(store: Store) -> set[str]:
    """Slugs of sources that a followed list will bring again; what a topic names is declared all the same."""
    named = {slug for topic in store.topics.every() for slug in topic.rule.source_slugs}
    rows = {row.source.id: row.source for row in store.sources.every() if row.source.origin == "list"}
    naming = store.lists.naming(list(rows))
    return {
        source.slug
        for number, source in rows.items()
        if source.slug not in named
        and any(
            followed.state == "active" and one.state == "followed" for followed, one in naming.get(number, ())
        )
    }


def declared_partner(spec: PartnerSpec) -> PartnerDeclaration:
    """The partner as a `[[partner]]` would state it."""
    return PartnerDeclaration(
        slug=spec.slug,
        name=spec.name,
        contact=spec.contact or None,
        feeds=spec.feeds,
        share=spec.share,
        quota=spec.quota,
        ends=spec.ends_on.isoformat() if spec.ends_on else None,
        webhooks=spec.webhooks,
        webhook_events=spec.webhook_events,
        webhook_feeds=spec.webhook_feeds,
        webhook_form=spec.webhook_form,
    )


def declared_source(source: Source) -> SourceDeclaration:
    """The source as a `[[source]]` would state it."""
    return SourceDeclaration(
        url=folder_path(source) if source.kind == "folder" else source.fetch_url,
        slug=source.slug,
        title=source.own_title,
        topics=source.topic_slugs,
        author=source.author_name,
        language=source.language,
        timezone=None if source.timezone == "UTC" else source.timezone,
        share=source.share,
        ours=source.is_ours,
        interval=source.interval,
        kind=source.kind,
        **{one.name: getattr(source.options, one.name) for one in fields(SourceOptions)},
    )


def _topic_declared(one: Topic) -> TopicDeclaration:
    rule = one.rule
    return TopicDeclaration(
        slug=one.slug,
        title=one.title,
        description=one.description,
        categories=rule.categories,
        phrases=rule.phrases,
        url_parts=rule.url_parts,
        sources=rule.source_slugs,
        match=rule.expressions,
        exclude=rule.exclude,
        parent=rule.parent,
        medtop=rule.medtop,
    )


def _author_declared(one: Author) -> AuthorDeclaration:
    return AuthorDeclaration(
        name=one.name,
        slug=one.slug,
        known_as=tuple(name for name in one.known_as if name != one.name),
        role=one.role,
        bio=one.bio,
        links=one.links,
        picture=one.picture_url,
        fediverse=one.fediverse,
    )
