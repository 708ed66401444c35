"""Articles that are written here: read as a Markdown file would be, and stored as a source's articles are."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import datetime

from db.store import Store
from feeds.actions.declaring.specs import DESK, spec_of_folder
from feeds.actions.gathering.article_imports import save_draft
from feeds.actions.publishing.site_look import site_look
from feeds.actions.sorting.matching import rematch_articles
from feeds.config.values import web_address
from feeds.errors import RequestError
from feeds.ingest.poll.tasks import PageTask
from feeds.ingest.poll.workers import InlineWorkers
from feeds.ingest.rules.versions import version_hash
from feeds.model.articles import Draft, DraftAuthor
from feeds.model.fetched import Failed
from feeds.model.incoming import Image, Source
from feeds.model.own_texts import OwnText
from feeds.model.settings import Settings
from feeds.text.markup import one_line

MOST_TEXT = 500_000


def draft_of(text: OwnText, guid: str, source: Source, settings: Settings, now: datetime) -> Draft:
    """The article as it would be stored; raises RequestError for what is none."""
    title = one_line(text.title)
    if not title:
        raise RequestError("A title is needed.")
    if not text.text.strip():
        raise RequestError("A text is needed.")
    if len(text.text) > MOST_TEXT:
        raise RequestError(f"The text is longer than {MOST_TEXT:,} characters.")
    task = PageTask(
        body=text.text.encode(),
        url=source.fetch_url,
        content_type="",
        form="markdown",
        name=guid,
        source=source,
        listed=_listed(guid),
        now=now,
        max_ahead=settings.fetch.max_ahead,
        title=title,
    )
    found = asyncio.run(InlineWorkers().page(task))
    if isinstance(found, Failed):
        raise RequestError(found.detail)
    authors = tuple(
        DraftAuthor(name=name) for name in dict.fromkeys(one_line(one) for one in text.authors) if name
    )
    made = replace(
        found,
        title=title,
        is_title_guessed=False,
        summary=one_line(text.summary) or found.summary,
        authors=authors or found.authors,
        images=(*_pictures(text), *found.images),
        language=text.language or found.language,
    )
    return replace(made, hash=version_hash(made))


def write(
    store: Store,
    text: OwnText,
    *,
    guid: str,
    published_at: datetime | None,
    settings: Settings,
    who: str,
    now: datetime,
) -> int:
    """Stores the article, new or changed, and puts it into its topics; returns its id. The caller holds the transaction."""
    source = _desk(store, settings, now)
    draft = replace(draft_of(text, guid, source, settings, now), published_at=published_at)
    save_draft(store, source, replace(draft, hash=version_hash(draft)), now, is_meant=True)
    article_id = store.articles.id_by_guid(source.id, guid)
    if article_id is None:
        raise RequestError("This text is already here, in another article.")
    before = store.own.get(article_id)
    store.own.put(article_id, guid, text, who=who, now=now)
    was = set(before[1].topics) if before else set()
    for slug in sorted(was | set(text.topics)):
        is_in = True if slug in text.topics else None
        store.changes.set_pick(article_id, slug, is_in, who=who, now=now)
    rematch_articles(store, [article_id], store.topics.every(), now)
    return article_id


def preview(store: Store, text: OwnText, *, settings: Settings, now: datetime) -> Draft:
    """The article as it would be stored; nothing is."""
    row = store.sources.get(DESK)
    source = row.source if row is not None else _imagined(store, settings)
    return draft_of(text, "preview.md", source, settings, now)


def _desk(store: Store, settings: Settings, now: datetime) -> Source:
    """The source of what is written here, which begins with the first article; raises RequestError if its slug is taken."""
    spec = replace(
        spec_of_folder(settings.path.parent / "data" / DESK),
        slug=DESK,
        title=site_look(settings.site, store).name,
        is_ours=True,
        language=settings.site.language,
    )
    there = store.sources.at(spec.fetch_url)
    if there is not None and there.source.state != "removed":
        return there.source
    source = store.sources.add(spec, now)
    store.sources.set_state(source.id, "paused", now)
    return source


def _imagined(store: Store, settings: Settings) -> Source:
    spec = spec_of_folder(settings.path.parent / "data" / DESK)
    return Source(
        id=0,
        slug=DESK,
        title=site_look(settings.site, store).name,
        fetch_url=spec.fetch_url,
        first_url=spec.fetch_url,
        public_url=None,
        domain=spec.domain,
        kind="folder",
        is_ours=True,
    )


def _listed(guid: str) -> Draft:
    return Draft(
        guid=guid,
        is_guid_given=True,
        url=None,
        canonical_url=None,
        title="",
        summary="",
        content_html="",
        published_at=None,
        modified_at=None,
    )


def _pictures(text: OwnText) -> tuple[Image, ...]:
    if not text.picture_url.strip():
        return ()
    try:
        url = web_address(text.picture_url.strip())
    except ValueError as error:
        raise RequestError(f"The picture's address: {error}.") from error
    return (
        Image(
            url=url,
            credit=one_line(text.picture_credit) or None,
            caption=one_line(text.picture_caption) or None,
            alt=one_line(text.picture_alt) or None,
            role="main",
        ),
    )
