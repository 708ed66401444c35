"""Imports files as articles, one by one: `article import`."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from db.store import Store
from feeds.actions.declaring.specs import FOLDER_HOST, IMPORTED, spec_of_folder
from feeds.actions.publishing.publish import publish_touched
from feeds.actions.sorting.matching import rematch_saved
from feeds.errors import RequestError
from feeds.ingest.formats.folder import kind_of
from feeds.ingest.poll.tasks import PageTask
from feeds.ingest.poll.workers import InlineWorkers
from feeds.ingest.rules.article_identity import candidate_urns
from feeds.ingest.rules.decide import decide
from feeds.ingest.rules.versions import version_hash
from feeds.model.articles import Changes, Draft, DraftFeed
from feeds.model.fetched import Failed
from feeds.model.incoming import Source
from feeds.model.kept import SourceSpec
from feeds.model.settings import Settings
from feeds.text.urls import absolute_url, canonical_url


class TitleMissingError(RequestError):
    """The text does not tell its title, and nobody stated one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """One file, and what a person says of it."""

    path: Path
    title: str | None = None
    url: str | None = None
    slug: str = IMPORTED
    is_dry: bool = False
    may_guess: bool = False
    """The title may be made of the file's name."""


def import_file(store: Store, wanted: Wanted, *, settings: Settings, now: datetime) -> dict[str, Any]:
    """What came of the file: `what` (new, changed, unchanged), `title`, `authors`, `published` and more.

    Raises TitleMissingError, and RequestError for what is no article.
    """
    row = store.sources.get(wanted.slug)
    if row is not None and row.source.state == "removed":
        # What is added to a removed source would be shown nowhere; our own one comes back.
        row = None
    if row is None and wanted.slug != IMPORTED:
        raise RequestError(f"There is no source {wanted.slug!r}.")
    source = row.source if row is not None else _imagined()
    draft = _read(wanted, source, settings, now)
    outcome = {
        "what": "new",
        "title": draft.title,
        "title_guessed": draft.is_title_guessed,
        "authors": [author.name for author in draft.authors],
        "published": draft.published_at.strftime("%Y-%m-%dT%H:%M:%SZ") if draft.published_at else None,
        "date_guessed": draft.is_date_guessed,
        "categories": list(draft.categories),
        "language": draft.language,
        "pictures": [
            {"url": image.url or None, "credit": image.credit, "caption": image.caption}
            for image in draft.images
        ],
        "content_html": draft.content_html,
    }
    if wanted.is_dry:
        return outcome
    with store.write():
        if row is None:
            source = store.sources.add(_imported_spec(settings), now)
            store.sources.set_state(source.id, "paused", now)
        changes, title = save_draft(store, source, draft, now)
    publish_touched(store, now)
    outcome |= {"title": title, "title_guessed": draft.is_title_guessed and title == draft.title}
    what = "new" if changes.new else "changed" if changes.changed else "unchanged"
    return {**outcome, "what": what}


def _read(wanted: Wanted, source: Source, settings: Settings, now: datetime) -> Draft:
    form = kind_of(wanted.path.name)
    if form is None:
        raise RequestError(f"{wanted.path.name}: only .txt, .md and .html files are articles.")
    try:
        body = wanted.path.read_bytes()
    except OSError as error:
        raise RequestError(f"{wanted.path} cannot be read: {error.strerror}.") from error
    if len(body) > settings.fetch.max_bytes:
        raise RequestError(f"{wanted.path.name} is larger than [fetch] max_bytes.")
    task = PageTask(
        body=body,
        url=source.fetch_url,
        content_type="",
        form=form,
        # Without a name nobody guesses: a person can be asked.
        name=wanted.path.name if wanted.may_guess else "",
        source=source,
        listed=_listed(wanted),
        now=now,
        max_ahead=settings.fetch.max_ahead,
        title=wanted.title,
    )
    found = asyncio.run(InlineWorkers().page(task))
    if isinstance(found, Failed):
        if found.state == "no-title":
            raise TitleMissingError(f"{wanted.path.name}: {found.detail}")
        raise RequestError(f"{wanted.path.name}: {found.detail}")
    return replace(found, title=wanted.title or found.title)


def save_draft(
    store: Store, source: Source, draft: Draft, now: datetime, *, is_meant: bool = False
) -> tuple[Changes, str]:
    """What storing the draft as an article of the source changed, and its title; the caller holds the transaction.

    With `is_meant`, going back to a former text is no accident of a source: somebody did it.
    """
    feed = DraftFeed(format="file", drafts=(draft,), entry_count=1)
    known = store.polls.known(source, feed, candidate_urns(source, feed.drafts))
    if draft.is_title_guessed and known.sightings:
        # A title that a person stated once is worth more than a guess.
        ids = {one.article_id for one in known.sightings if one.guid == draft.guid}
        title = next((one.title for one in known.articles if one.id in ids), draft.title)
        draft = replace(draft, title=title)
        draft = replace(draft, hash=version_hash(draft))
        feed = replace(feed, drafts=(draft,))
    if is_meant:
        known = replace(known, articles=tuple(replace(one, former_hashes=()) for one in known.articles))
    topics = store.topics.every()
    changes = decide(source, feed, known, topics=topics, is_import=False, now=now)
    store.polls.save_changes(source, feed, changes, now)
    rematch_saved(store, changes, topics, now)
    return changes, draft.title


def _listed(wanted: Wanted) -> Draft:
    url = absolute_url(wanted.url) if wanted.url else None
    if wanted.url and url is None:
        raise RequestError(
            f"--url: expected an address that begins with http:// or https://, not {wanted.url!r}."
        )
    return Draft(
        guid=wanted.path.name,
        is_guid_given=True,
        url=url,
        canonical_url=canonical_url(url),
        title="",
        summary="",
        content_html="",
        published_at=None,
        modified_at=None,
    )


def _imported_spec(settings: Settings) -> SourceSpec:
    folder = settings.path.parent / "data" / IMPORTED
    return replace(spec_of_folder(folder), slug=IMPORTED, title="Imported articles")


def _imagined() -> Source:
    return Source(
        id=0,
        slug=IMPORTED,
        title="Imported articles",
        fetch_url="file:///imported/",
        first_url="file:///imported/",
        public_url=None,
        domain=FOLDER_HOST,
        kind="folder",
    )
