"""Overview: what needs somebody, in order of harm, each with its next step; what was changed lately; how to begin."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice

from werkzeug.wrappers import Response as AnyResponse

from db.store import Store
from feeds.actions.declaring import declare
from feeds.actions.operating.alerts import NETWORK, ODD
from feeds.actions.operating.watch import DECLARATIONS
from feeds.model.alerts import KINDS, UNKNOWN
from feeds.model.kept import Alert, SourceFilter
from web.admin.frame import Frame
from web.admin.source_states import SIGNS, TROUBLE, words_of
from web.language import gettext

SHOWN = 7
DAYS = 14
MANY, REMEMBERED = 50_000, timedelta(seconds=60)
ALIVE = timedelta(seconds=60)
SHOWN_ABOVE = frozenset({NETWORK, DECLARATIONS})
"""Alerts whose cause the overview looks at by itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """Something that needs somebody."""

    mark: str
    title: str
    headline: str = ""
    """The state of a source."""
    text: str
    step: str
    path: str = ""
    """Where the source is, or whatever it is about."""
    action: str = ""
    label: str = ""
    since: datetime | None = None

    @property
    def sign(self) -> str:
        """Its shape."""
        return SIGNS[self.mark]


def add(frame: Frame) -> None:
    """Hangs the screen into the frame."""
    remembered: list[tuple[datetime, dict[str, int]]] = []

    @frame.get("/")
    def overview() -> AnyResponse:
        store, now = frame.store, frame.context.clock()
        tally, counts = store.changes.source_tally(TROUBLE), _counts(store, now, remembered)
        needs = sorted([*_ours(store, now), *_of_sources(store)], key=lambda one: one.mark != "bad")
        more = max(0, tally.trouble - SHOWN)
        return frame.page(
            "overview.html",
            needs=needs,
            more=more,
            tally=tally,
            counts=counts,
            changes=store.changes.changes(most=8),
            topics=len(store.topics.every()),
            days=_days(store.changes.daily_articles(now, DAYS), now),
        )


def _counts(store: Store, now: datetime, remembered: list[tuple[datetime, dict[str, int]]]) -> dict[str, int]:
    """How much there is; very much is not counted anew each time."""
    if remembered and now - remembered[0][0] < REMEMBERED and remembered[0][1]["articles"] > MANY:
        return remembered[0][1]
    counts = store.upkeep.counts()
    remembered[:] = [(now, counts)]
    return counts


def _days(counts: tuple[int, ...], now: datetime) -> list[tuple[str, int]]:
    """Each day with its number, today last."""
    days = [now - timedelta(days=len(counts) - 1 - place) for place in range(len(counts))]
    return [(f"{day.day}.", count) for day, count in zip(days, counts, strict=True)]


def _ours(store: Store, now: datetime) -> list[Need]:
    """What is wrong with us, which keeps everything from going out."""
    found: list[Need] = []
    alerts = store.alerts.open_ones()
    beat = store.kept.beats().get("scheduler")
    if beat is None or now - beat[0] > ALIVE:
        found.append(
            Need(
                mark="bad",
                title=gettext("Nothing is polled"),
                text="The scheduler has given no sign of life."
                if beat is None
                else "The scheduler gives no sign of life.",
                step=gettext("Start ./run, and look into its log if it runs already."),
                since=beat[0] if beat else None,
            )
        )
    found += [
        Need(
            mark="bad",
            title=gettext("config.toml has a mistake"),
            text=problem,
            step=gettext("Mend the line; until then the file is not applied."),
            path="/settings",
        )
        for problem in declare.problems(store)
    ]
    found += [
        Need(
            mark="bad",
            title=gettext("We can reach nothing"),
            text=one.message,
            step=gettext("Check our network and name server."),
            since=one.opened_at,
        )
        for one in alerts
        if one.kind == NETWORK
    ]
    found += [_of_alert(one) for one in alerts if not one.subject and one.kind not in SHOWN_ABOVE]
    return found


def _of_alert(one: Alert, path: str = "") -> Need:
    """An alert by what it is about."""
    known = KINDS.get(one.kind, UNKNOWN)
    label = gettext(known.label)
    about = f" ({one.subject})" if one.subject else ""
    return Need(
        mark="bad" if known.is_grave else "watch",
        title=f"{label[:1].upper()}{label[1:]}{about}",
        text=one.message,
        step=gettext("Open it and decide.")
        if path
        else gettext("What helps stands in docs/operate.md under “%(kind)s”.", kind=one.kind),
        path=path,
        since=one.opened_at,
    )


def _of_sources(store: Store) -> list[Need]:
    found: list[Need] = []
    shown: set[str] = set()
    alerts = store.alerts.open_ones()
    since = {one.subject: one.opened_at for one in alerts}
    for group in ("trouble", "odd"):
        wanted = SourceFilter(group="trouble" if group == "trouble" else "odd")
        for row in store.changes.source_page(wanted, TROUBLE, most=SHOWN, offset=0):
            words, slug = words_of(row), row.source.slug
            shown.add(slug)
            found.append(
                Need(
                    mark=words.mark,
                    title=row.source.title,
                    headline=gettext(words.headline),
                    text=words.cause,
                    step=gettext(words.step),
                    path=f"/sources/{slug}",
                    action=words.action,
                    label=gettext(words.label),
                    since=since.get(slug),
                )
            )
    others = (
        one for one in alerts if one.subject and one.subject not in shown and one.kind not in (NETWORK, ODD)
    )
    found += [
        _of_alert(one, f"/sources/{one.subject}" if store.sources.get(one.subject) else "")
        for one in islice(others, SHOWN)
    ]
    return found
