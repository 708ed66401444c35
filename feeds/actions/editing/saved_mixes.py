"""Saved mixes: saves, changes, renames and deletes them, and fills them with stored articles."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from db.store import Store
from feeds.actions.declaring.declare import FILL_MIXES, require_not_declared
from feeds.actions.editing.changes import Desk, recorded
from feeds.actions.operating.jobs import JobTools, Progress
from feeds.actions.publishing.publish import publish_touched
from feeds.actions.sorting.topics import require_slug
from feeds.errors import NotFoundError, RequestError
from feeds.model.mixes import FEED_KINDS, MixError, SavedMix, mix_title, parse_mix
from feeds.model.outgoing import FeedKey
from feeds.model.people import Change
from feeds.text.feedwords import words_in

BATCH = 500


def found_mix(store: Store, slug: str) -> SavedMix:
    """The saved mix of that slug, or former slug; raises NotFoundError."""
    present = store.feeds.slug_now("mix", slug)
    found = next((one for one in store.mixes.every() if one.slug == present), None)
    if found is None or found.state == "retired":
        known = ", ".join(one.slug for one in store.mixes.every() if one.state != "retired")
        raise NotFoundError(f"There is no saved mix {slug!r}; there are: {known or 'none yet'}.")
    return found


def put_mix(
    desk: Desk, *, slug: str, path: str | None, title: str | None, description: str | None
) -> tuple[SavedMix, int]:
    """The mix saved under that slug, and the job that fills it. What is not given stays as it is.

    Raises RequestError for a path that is no mix, or that names what nobody knows.
    """
    require_slug(slug)
    require_not_declared(desk.settings, "mix", slug)
    store = desk.store
    present = next((one for one in store.mixes.every() if one.slug == slug), None)
    if path is None:
        if present is None:
            raise RequestError("A new mix needs what it is made of, such as topics/harbour,sea/languages/en.")
        path = present.path
    path = settled_path(store, path)
    title = title or (present.title if present else None) or _title_of(desk, path)
    described = description if description is not None else (present.description if present else "")
    is_there = present is not None and present.state != "retired"
    (mix, job), _ = recorded(
        desk,
        kind="mix",
        what=f"{'changed' if is_there else 'saved'} the mix {title}",
        work=lambda: _put(desk, slug=slug, title=title, description=described, path=path),
        subjects=(f"mix/{present.id}",) if present else (),
        made=None if present else (lambda made: (f"mix/{made[0].id}",)),
    )
    return mix, job


def rename_mix(desk: Desk, slug: str, new: str) -> Change | None:
    """The mix at another address; the old one leads there."""
    require_slug(new)
    mix = _own(desk, slug)
    _, change = recorded(
        desk,
        kind="mix",
        what=f"moved the mix {mix.title} from /mixes/{mix.slug} to /mixes/{new}",
        work=lambda: desk.store.mixes.rename(mix.id, new, desk.now),
        subjects=(f"mix/{mix.id}",),
    )
    return change


def retire_mix(desk: Desk, slug: str) -> Change | None:
    """The mix is given up: its feed answers that it is gone; its articles stay elsewhere."""
    mix = _own(desk, slug)
    _, change = recorded(
        desk,
        kind="mix",
        what=f"retired the mix {mix.title}",
        work=lambda: desk.store.mixes.set_state(mix.id, "retired", desk.now),
        subjects=(f"mix/{mix.id}",),
    )
    return change


def ask_to_fill(store: Store, mix: SavedMix, *, asked_by: str, now: datetime) -> int:
    """The job that lets stored articles join the mix, and leave it."""
    return store.jobs.add(FILL_MIXES, {"mixes": [mix.slug]}, asked_by=asked_by, now=now)


async def fill_mixes(arguments: dict[str, Any], tools: JobTools, progress: Progress) -> dict[str, Any]:
    """How many articles were looked at, and how many joined or left, of the mixes that are named."""
    looked = moved = 0
    for slug in arguments["mixes"]:
        ids: list[int] = await tools.in_store(
            lambda store: _concerned(store, slug)  # noqa: B023
        )
        for begin in range(0, len(ids), BATCH):
            part = ids[begin : begin + BATCH]
            moved += await tools.in_store(
                lambda store: store.mixes.settle(part, tools.clock())  # noqa: B023
            )
            looked += len(part)
            await progress(
                begin + len(part), len(ids), f"{begin + len(part)} of {len(ids)} articles for {slug}"
            )
    await tools.in_store(lambda store: publish_touched(store, tools.clock()))
    return {"articles": looked, "changed": moved}


def settled_path(store: Store, path: str) -> str:
    """The one spelling of the mix that a path names; raises RequestError if a word is unknown."""
    try:
        mix = parse_mix(path.strip().removeprefix("/mix/"))
    except MixError as error:
        raise RequestError(str(error)) from error
    unknown = [
        f"{term.kind}/{word}"
        for term in mix.terms
        if term.kind in FEED_KINDS
        for word in term.words
        if store.feeds.slug_now(FEED_KINDS[term.kind], word) is None
    ]
    if unknown:
        raise RequestError(
            f"There is no {', '.join(unknown)} here; /topics, /authors and /sources list what there is."
        )
    return mix.path()


def _put(desk: Desk, *, slug: str, title: str, description: str, path: str) -> tuple[SavedMix, int]:
    mix = desk.store.mixes.put(
        slug=slug, title=title, description=description, path=path, origin="admin", now=desk.now
    )
    return mix, ask_to_fill(desk.store, mix, asked_by=desk.actor.name, now=desk.now)


def _concerned(store: Store, slug: str) -> list[int]:
    mix = next((one for one in store.mixes.every() if one.slug == slug), None)
    return store.mixes.concerned(mix) if mix is not None and mix.state == "active" else []


def _own(desk: Desk, slug: str) -> SavedMix:
    mix = found_mix(desk.store, slug)
    require_not_declared(desk.settings, "mix", mix.slug)
    return mix


def _title_of(desk: Desk, path: str) -> str:
    """What the mix is called as long as nobody saves it, in the site's language."""
    info = desk.store.feeds.info(FeedKey(kind="query", slug=path))
    return path if info is None else mix_title(info.terms, words_in(desk.settings.site.language))
