"""What an admin reads of a source's state: how bad, what, why, what now, and the button that does it. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from feeds.ingest.poll.health import health_of
from feeds.model.kept import SourceRow

SIGNS = {"good": "●", "watch": "▲", "bad": "■", "calm": "○"}


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceWords:
    """One state in words."""

    mark: str
    """good, watch, bad or calm."""
    headline: str
    cause: str
    step: str
    action: str = ""
    """poll, look, settings, resume or pause; empty where there is nothing to press."""
    label: str = ""

    @property
    def sign(self) -> str:
        """Its shape, for whom colours tell nothing."""
        return SIGNS[self.mark]


_STATES: dict[str, tuple[str, str, str, str, str]] = {
    "new": ("calm", "Not polled yet", "Its turn comes.", "poll", "Poll now"),
    "well": ("good", "Well", "None.", "", ""),
    "unchanged": ("good", "Unchanged", "None.", "", ""),
    "faults": ("good", "Readable, with faults", "Tell its owners, if you like.", "", ""),
    "waiting": ("watch", "Waiting", "None; we wait as long as the host says.", "", ""),
    "blocked": (
        "bad",
        "Blocked",
        "Ask its owners to let us in, or give another address.",
        "settings",
        "Change address",
    ),
    "credentials": (
        "bad",
        "Password",
        "Say where its password stands: env:NAME or file:PATH.",
        "settings",
        "Set password",
    ),
    "gone": ("bad", "Gone for good", "Find its new address.", "look", "Look for it"),
    "missing": ("bad", "Nothing there", "Find its new address.", "look", "Look for it"),
    "not-a-feed": ("bad", "A page, not a feed", "Find the feed behind it.", "look", "Look behind it"),
    "parked": ("bad", "Domain for sale", "Find where the site went.", "pause", "Pause"),
    "moved": (
        "calm",
        "Moved",
        "None; the new address is believed after some days.",
        "settings",
        "Take over now",
    ),
    "settings": (
        "bad",
        "A setting is missing",
        "Set it for the server, or name another place.",
        "settings",
        "Open settings",
    ),
    "robots": (
        "bad",
        "Not for programs",
        "Ask its owners, or take the feed alone.",
        "settings",
        "Take the feed alone",
    ),
    "unreadable": ("bad", "Unreadable", "Tell its owners; we go on trying.", "poll", "Try now"),
    "certificate": ("bad", "Certificate not valid", "Tell its owners; we go on trying.", "poll", "Try now"),
    "name": ("bad", "Name not found", "Check the spelling of its address.", "settings", "Change address"),
    "slow": ("watch", "Too slow", "None yet; we go on trying.", "settings", "Allow more time"),
    "large": ("bad", "Too large", "Raise its limit, if you trust it.", "settings", "Allow more"),
    "refused": (
        "bad",
        "Not a public address",
        "If it is yours, name its network in [fetch] allow of config.toml.",
        "",
        "",
    ),
    "unreachable": ("watch", "No connection", "None yet; we go on trying.", "poll", "Try now"),
    "server": ("watch", "Fault of the host", "None yet; we go on trying.", "poll", "Try now"),
}
_ODD = {
    "quiet": ("Gone quiet", "Nothing new for far longer than is usual for it.", "See whether it moved."),
    "flood": ("Many at once", "Far more came at once than is usual for it.", "Look at its articles."),
    "churn": (
        "Other ids",
        "Most of its known articles got other ids; none went out twice.",
        "Tell its owners.",
    ),
}
TROUBLE = tuple(name for name, words in _STATES.items() if words[0] in ("bad", "watch"))
"""States that make a source one that needs somebody."""


def words_of(row: SourceRow) -> SourceWords:
    """The source's state as an admin reads it."""
    source, poll = row.source, row.poll
    if source.state == "paused":
        by_list = (
            f"The list {source.paused_by}, which it came from, names it no more. " if source.paused_by else ""
        )
        return SourceWords(
            mark="calm",
            headline="Paused",
            cause=f"{by_list}It is not polled; its articles stay.",
            step="None.",
            action="resume", label="Resume",
        )  # fmt: skip
    status = "gone" if source.state == "gone" else poll.status
    known = _STATES.get(status)
    if known is None:
        return SourceWords(mark="watch", headline=status, cause=poll.status_detail, step="See its polls.")
    mark, headline, step, action, label = known
    if poll.oddity and mark == "good":
        headline, cause, step = _ODD.get(poll.oddity, ("Something odd", "", "Look at its articles."))
        return SourceWords(
            mark="watch", headline=headline, cause=cause, step=step, action="pause", label="Pause"
        )
    cause = poll.status_detail if status not in ("well", "unchanged", "new") else ""
    return SourceWords(
        mark=mark,
        headline=headline,
        cause=cause or health_of(status).cause,
        step=step,
        action=action,
        label=label,
    )
