"""Times on pages: in the site's time zone, in words, with the exact moment for machines."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from markupsafe import Markup

from feeds.text.dates import zone_named

# Own names: strftime's follow the locale of the process.
MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
    "November", "December",
)  # fmt: skip


def time_filter(zone_name: str) -> Callable[[datetime], Markup]:
    """A template filter: the moment as a `<time>` element in that zone."""
    zone = zone_named(zone_name)

    def show(moment: datetime) -> Markup:
        local = moment.astimezone(zone).replace(microsecond=0)
        words = f"{local.day} {MONTHS[local.month - 1]} {local.year}, {local:%H:%M}"
        return Markup('<time datetime="{}">{}</time>').format(local.isoformat(), words)

    return show
