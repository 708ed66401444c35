"""A whole list of sources taken in as work on request: one change in the log, which one undo takes back."""

from __future__ import annotations

from typing import Any

from feeds.actions.changes import recorded
from feeds.actions.jobs import JobTools, Tell
from feeds.actions.opml import ImportReport, import_opml
from feeds.model.people import Actor
from feeds.protocols import Store

IMPORT = "import"
"""`text`: an OPML file; `folders`: whether folders become topics; `who` asks."""


async def import_list(arguments: dict[str, Any], tools: JobTools, tell: Tell) -> dict[str, Any]:
    """What each line of the list became; what was added is polled like any new source."""
    await tell(0, 1, "reading the list")
    report: ImportReport = await tools.in_store(lambda store: _import(store, arguments, tools))
    return {
        "added": report.slugs,
        "present": report.present,
        "refused": report.refused,
        "topics": report.topics,
    }


def _import(store: Store, arguments: dict[str, Any], tools: JobTools) -> ImportReport:
    now = tools.clock()
    report, _ = recorded(
        store,
        Actor(name=arguments["who"]),
        now,
        kind="source",
        what=lambda found: f"imported a list of {len(found.slugs)} sources",
        work=lambda: import_opml(
            store,
            arguments["text"].encode(),
            is_foldered=bool(arguments.get("folders")),
            is_dry=False,
            settings=tools.settings,
            now=now,
            tell=lambda _done, _total: None,
        ),
        made=lambda found: found.made,
    )
    return report
