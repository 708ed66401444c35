"""Times on pages: in the site's time zone, in words, with the exact moment for machines."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from markupsafe import Markup

from feeds.clock import Clock
from feeds.text.dates import zone_named
from web.language import spoken

NEAR = timedelta(days=200)
"""Further away, the year tells more than the minute."""


def short_filter(zone_name: str, clock: Clock) -> Callable[[datetime], Markup]:
    """A template filter: the moment in few words, `2 Nov 14:02`, `2 Nov 2024`, with the exact one on hover."""
    zone = zone_named(zone_name)

    def show(moment: datetime) -> Markup:
        local = moment.astimezone(zone).replace(microsecond=0)
        is_near = abs(clock() - moment) < NEAR
        day = spoken().day(local, is_short=True, has_year=not is_near)
        words = f"{day} {local:%H:%M}" if is_near else day
        exact = f"{spoken().day(local)}, {local:%H:%M:%S} {zone_name}"
        return Markup('<time datetime="{}" title="{}">{}</time>').format(local.isoformat(), exact, words)

    return show


def span_words(span: timedelta) -> str:
    """A span in one unit: `30 min`, `2 h`."""
    seconds = int(span.total_seconds())
    for size, unit in ((86_400, "d"), (3_600, "h"), (60, "min")):
        if seconds >= size:
            return f"{round(seconds / size)} {unit}"
    return f"{seconds} s"


def time_filter(zone_name: str) -> Callable[[datetime], Markup]:
    """A template filter: the moment as a `<time>` element in that zone."""
    zone = zone_named(zone_name)

    def show(moment: datetime) -> Markup:
        local = moment.astimezone(zone).replace(microsecond=0)
        words = f"{spoken().day(local)}, {local:%H:%M}"
        return Markup('<time datetime="{}">{}</time>').format(local.isoformat(), words)

    return show
