"""A source's state as admin pages show it: how bad, what, why, what to do now, and the button that does it. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

from feeds.ingest.poll.health import health_of
from feeds.model.kept import SourceRow
from web.language import later

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
    """poll, look, settings, resume or pause; empty if there is nothing to press."""
    label: str = ""

    @property
    def has_step(self) -> bool:
        """False if there is nothing to do."""
        return self.step != "None."

    @property
    def sign(self) -> str:
        """Its shape, for whom colours tell nothing."""
        return SIGNS[self.mark]


_STATES: dict[str, tuple[str, str, str, str, str]] = {
    "new": ("calm", later("Not polled yet"), later("Its turn comes."), "poll", later("Poll now")),
    "well": ("good", later("Well"), later("None."), "", ""),
    "unchanged": ("good", later("Unchanged"), later("None."), "", ""),
    "faults": ("good", later("Readable, with faults"), later("Tell its owners, if you like."), "", ""),
    "waiting": ("watch", later("Waiting"), later("None; we wait as long as the host says."), "", ""),
    "blocked": (
        "bad",
        later("Blocked"),
        later("Ask its owners to let us in, or give another address."),
        "settings",
        later("Change address"),
    ),
    "credentials": (
        "bad",
        later("Password"),
        later("Say where its password stands: env:NAME or file:PATH."),
        "settings",
        later("Set password"),
    ),
    "gone": ("bad", later("Gone for good"), later("Find its new address."), "look", later("Look for it")),
    "missing": ("bad", later("Nothing there"), later("Find its new address."), "look", later("Look for it")),
    "not-a-feed": (
        "bad",
        later("A page, not a feed"),
        later("Find the feed behind it."),
        "look",
        later("Look behind it"),
    ),
    "parked": ("bad", later("Domain for sale"), later("Find where the site went."), "pause", later("Pause")),
    "moved": (
        "calm",
        later("Moved"),
        later("None; the new address is believed after some days."),
        "settings",
        later("Take over now"),
    ),
    "settings": (
        "bad",
        later("A setting is missing"),
        later("Set it for the server, or name another place."),
        "settings",
        later("Open settings"),
    ),
    "robots": (
        "bad",
        later("Not for programs"),
        later("Ask its owners, or take the feed alone."),
        "settings",
        later("Take the feed alone"),
    ),
    "unreadable": (
        "bad",
        later("Unreadable"),
        later("Tell its owners; we go on trying."),
        "poll",
        later("Try now"),
    ),
    "certificate": (
        "bad",
        later("Certificate not valid"),
        later("Tell its owners; we go on trying."),
        "poll",
        later("Try now"),
    ),
    "name": (
        "bad",
        later("Name not found"),
        later("Check the spelling of its address."),
        "settings",
        later("Change address"),
    ),
    "slow": (
        "watch",
        later("Too slow"),
        later("None yet; we go on trying."),
        "settings",
        later("Allow more time"),
    ),
    "large": (
        "bad",
        later("Too large"),
        later("Raise its limit, if you trust it."),
        "settings",
        later("Allow more"),
    ),
    "refused": (
        "bad",
        later("Not a public address"),
        later("If it is yours, name its network in [fetch] allow of config.toml."),
        "",
        "",
    ),
    "unreachable": (
        "watch",
        later("No connection"),
        later("None yet; we go on trying."),
        "poll",
        later("Try now"),
    ),
    "server": (
        "watch",
        later("Fault of the host"),
        later("None yet; we go on trying."),
        "poll",
        later("Try now"),
    ),
}
_ODD = {
    "quiet": (
        later("Gone quiet"),
        later("Nothing new for far longer than is usual for it."),
        later("See whether it moved."),
    ),
    "flood": (
        later("Many at once"),
        later("Far more came at once than is usual for it."),
        later("Look at its articles."),
    ),
    "churn": (
        later("Other ids"),
        later("Most of its known articles got other ids; none went out twice."),
        later("Tell its owners."),
    ),
}
TROUBLE = tuple(name for name, words in _STATES.items() if words[0] in ("bad", "watch"))
"""States that make a source one that needs somebody."""


def words_of(row: SourceRow) -> SourceWords:
    """The source's state as an admin reads it."""
    source, poll = row.source, row.poll
    if source.state == "paused":
        stays = later("It is not polled; its articles stay.")
        by_list = (
            f"The list {source.paused_by}, which it came from, names it no more." if source.paused_by else ""
        )
        return SourceWords(
            mark="calm",
            headline=later("Paused"),
            cause=f"{by_list} {stays}".lstrip(),
            step=later("None."),
            action="resume", label=later("Resume"),
        )  # fmt: skip
    status = "gone" if source.state == "gone" else poll.status
    known = _STATES.get(status)
    if known is None:
        return SourceWords(
            mark="watch", headline=status, cause=poll.status_detail, step=later("See its polls.")
        )
    mark, headline, step, action, label = known
    if poll.oddity and mark == "good":
        headline, cause, step = _ODD.get(
            poll.oddity, (later("Something odd"), "", later("Look at its articles."))
        )
        return SourceWords(
            mark="watch", headline=headline, cause=cause, step=step, action="pause", label=later("Pause")
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


def format_name(word: str) -> str:
    """A format as people write it: `RSS 2.0` of `rss20`, `JSON Feed 1.1` of `jsonfeed 1.1`."""
    found = re.fullmatch(r"(rss|atom)(\d)(\d*)[a-z]?", word)
    if found is not None:
        kind, whole, part = found.groups()
        return f"{'RSS' if kind == 'rss' else 'Atom'} {whole}.{part or '0'}"
    return word.replace("jsonfeed", "JSON Feed")
