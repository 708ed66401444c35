"""A source, topic or article as who manages it sees it: what a write may set, and what it is now."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct

from db.store import Store
from feeds.actions.declaring.declare import declaration_of
from feeds.actions.declaring.export import declared_source
from feeds.actions.editing.article_edits import shown_values
from feeds.actions.gathering.sources import found_source, is_declared
from feeds.actions.sorting.topics import found_topic
from feeds.errors import NotFoundError
from feeds.model.articles import Tombstone
from feeds.model.settings import Settings
from feeds.publish.render import etag_of
from feeds.text.urls import shown_url

OwnedByFile = Annotated[bool, Meta(description="config.toml owns it: it is changed there, and nowhere else.")]


class ManagedSource(Struct, frozen=True, kw_only=True):
    """A source with its settings; null stands for the default."""

    slug: str
    name: Annotated[str, Meta(description="What it is called: its title, or what it calls itself.")]
    address: Annotated[str, Meta(description="Where it is polled, without what is secret of it.")]
    kind: str
    state: str
    owned_by_file: OwnedByFile
    is_private: bool
    title: str | None
    topics: tuple[str, ...]
    author: str | None
    language: str | None
    timezone: str | None
    share: str
    ours: bool
    interval: Annotated[float | None, Meta(description="Seconds.")]
    full_text: bool
    pictures: str
    links: str | None
    timeout: Annotated[float | None, Meta(description="Seconds.")]
    max_bytes: int | None


_SETTINGS = tuple(ManagedSource.__struct_fields__)[ManagedSource.__struct_fields__.index("title") :]
"""Its fields from `title` on: keys of `[[source]]`, which writes may set, too (`web.api.write_bodies`)."""


class ManagedTopic(Struct, frozen=True, kw_only=True):
    """A topic with its rule."""

    slug: str
    title: str
    description: str
    state: str
    owned_by_file: OwnedByFile
    categories: tuple[str, ...]
    phrases: tuple[str, ...]
    url_parts: tuple[str, ...]
    sources: tuple[str, ...]
    match: tuple[str, ...]
    exclude: tuple[str, ...]
    parent: str | None
    medtop: tuple[str, ...]


class ManagedArticle(Struct, frozen=True, kw_only=True):
    """An article as it is shown, and which fields people set over its source."""

    id: str
    state: str
    reason: Annotated[str | None, Meta(description="Why it was withdrawn.")]
    title: str
    summary: str
    authors: tuple[str, ...]
    rights: str
    credit: Annotated[str, Meta(description="Of the leading picture.")]
    picture: Annotated[str, Meta(description="Address of the leading picture; empty: none.")]
    pinned: Annotated[bool, Meta(description="It stands first on the pages of its feeds.")]
    changed: Annotated[tuple[str, ...], Meta(description="Fields that people set over the source.")]


Managed = ManagedSource | ManagedTopic | ManagedArticle


def tag_of(state: Managed) -> str:
    """Its ETag, without quotes."""
    return etag_of(msgspec.json.encode(state))


def managed_source(store: Store, slug: str, settings: Settings) -> tuple[int, ManagedSource]:
    """The source's id and state; raises NotFoundError."""
    if "://" in slug:
        raise NotFoundError(f"There is no source {slug[:80]!r}.")
    source = found_source(store, slug).source
    declared = declared_source(source)
    return source.id, ManagedSource(
        slug=source.slug,
        name=source.title,
        address=shown_url(source.fetch_url),
        kind=source.kind,
        state=source.state,
        owned_by_file=is_declared(source, settings),
        is_private=source.is_private,
        **{name: _plain(getattr(declared, name)) for name in _SETTINGS},
    )


def _plain(value: Any) -> Any:
    return value.total_seconds() if isinstance(value, timedelta) else value


def managed_topic(store: Store, slug: str, settings: Settings) -> tuple[int, ManagedTopic]:
    """The topic's id and state; raises NotFoundError."""
    topic = found_topic(store, slug)
    rule = topic.rule
    return topic.id, ManagedTopic(
        slug=topic.slug,
        title=topic.title,
        description=topic.description,
        state=topic.state,
        owned_by_file=declaration_of(settings, "topic", topic.slug) is not None,
        categories=rule.categories,
        phrases=rule.phrases,
        url_parts=rule.url_parts,
        sources=rule.source_slugs,
        match=rule.expressions,
        exclude=rule.exclude,
        parent=rule.parent,
        medtop=rule.medtop,
    )


def managed_article(store: Store, urn: str) -> tuple[int, ManagedArticle]:
    """The article's id and state; raises NotFoundError."""
    ids = store.articles.ids_of([urn])
    found = store.articles.get(ids[0]) if ids else None
    article = store.changes.original_article(ids[0]) if isinstance(found, Tombstone) else found
    if found is None or article is None:
        raise NotFoundError("There is no such article here. Its id is its urn, as feeds tell it.")
    shown = shown_values(article)
    laid = store.changes.overrides_of([ids[0]]).get(ids[0], ())
    return ids[0], ManagedArticle(
        id=urn,
        state="withdrawn" if isinstance(found, Tombstone) else found.status,
        reason=found.reason if isinstance(found, Tombstone) else None,
        title=shown["title"],
        summary=shown["summary"],
        authors=tuple(one for one in shown["authors"].split("\n") if one),
        rights=shown["rights"],
        credit=shown["credit"],
        picture=shown["picture"],
        pinned=bool(store.changes.pinned_of(ids)),
        changed=tuple(sorted(str(one.field) for one in laid)),
    )
