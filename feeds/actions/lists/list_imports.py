"""Imports a whole list of sources as a job: one change in the log, which one undo takes back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from feeds.actions.editing.changes import Desk, recorded
from feeds.actions.lists.opml import ImportReport, import_opml
from feeds.actions.operating.jobs import JobTools, Progress
from feeds.errors import ParseError, RequestError
from feeds.ingest.formats.charset import as_utf8
from feeds.ingest.formats.gzipped import unpacked
from feeds.model.people import Actor

IMPORT = "import"
"""`text`: an OPML file; `folders`: whether folders become topics; `who` asks."""


def text_of_list(body: bytes, most: int) -> str:
    """The characters of a list in any charset, packed by gzip or not; raises RequestError if it cannot be unpacked.

    More than `most` bytes are not unpacked: this runs in the process that serves the site.
    """
    try:
        return as_utf8(unpacked(body, most), "").decode().split("?>", 1)[1]
    except ParseError as error:
        raise RequestError(str(error)) from error


async def import_list(arguments: dict[str, Any], tools: JobTools, progress: Progress) -> dict[str, Any]:
    """What each line of the list became; what was added is polled like any new source."""
    await progress(0, 1, "reading the list")
    report: ImportReport = await tools.in_store(
        lambda store: take_in(
            Desk(
                store=store,
                actor=Actor(name=arguments["who"]),
                settings=tools.settings,
                now=tools.clock(),
            ),
            arguments["text"].encode(),
            is_foldered=bool(arguments.get("folders")),
        )
    )
    return {
        "added": report.source_slugs,
        "present": report.present,
        "refused": report.refused,
        "topics": report.topics,
    }


def take_in(
    desk: Desk,
    body: bytes,
    *,
    is_foldered: bool,
    progress: Callable[[int, int], None] = lambda _done, _total: None,
) -> ImportReport:
    """What the list brought, as one change."""
    report, _ = recorded(
        desk,
        kind="source",
        what=lambda found: f"imported a list of {len(found.source_slugs)} sources",
        work=lambda: import_opml(
            desk.store,
            body,
            is_foldered=is_foldered,
            is_dry=False,
            settings=desk.settings,
            now=desk.now,
            progress=progress,
        ),
        made=lambda found: found.made,
    )
    return report
