"""The kinds of alerts, how bad each is, and what is told of them to whom it may concern."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from feeds.model.kept import Alert

How = Literal["opened", "changed", "closed"]
WORDS: dict[How, str] = {"opened": "New", "changed": "Changed", "closed": "Well again"}


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertKind:
    """What an alert is about, in words, and whether the site as a whole suffers."""

    label: str
    is_grave: bool = False
    """The site as a whole suffers: the outgoing heartbeat stops while one of these is open."""
    is_of_sources: bool = False
    """Not told while our own network is down."""


KINDS: dict[str, AlertKind] = {
    "source": AlertKind(label="a source cannot be read", is_of_sources=True),
    "our-fault": AlertKind(label="an error of Feedwright itself", is_of_sources=True),
    "odd": AlertKind(label="a source behaves unlike before", is_of_sources=True),
    "complete": AlertKind(label="a source took back very much", is_of_sources=True),
    "moved": AlertKind(label="a source seems to have moved", is_of_sources=True),
    "list": AlertKind(label="a list of sources needs a look"),
    "network": AlertKind(label="our own network", is_grave=True),
    "fetching": AlertKind(label="nothing is fetched", is_grave=True),
    "publishing": AlertKind(label="publishing is behind", is_grave=True),
    "scheduler": AlertKind(label="the scheduler falls", is_grave=True),
    "work": AlertKind(label="the scheduler's work fails"),
    "database": AlertKind(label="the database cannot be written", is_grave=True),
    "disk": AlertKind(label="the disk is nearly full", is_grave=True),
    "backup": AlertKind(label="there is no new backup"),
    "certificate": AlertKind(label="the certificate needs somebody"),
    "clock": AlertKind(label="a clock was wrong"),
    "declarations": AlertKind(label="the config file is not applied"),
    "keep": AlertKind(label="[keep] waits for your word"),
    "deliveries": AlertKind(label="a receiver cannot be reached"),
    "channel": AlertKind(label="alerts do not get through"),
    "test": AlertKind(label="a test"),
}
UNKNOWN = AlertKind(label="something else")


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of a message: alerts that are told together."""

    how: How
    kind: str
    text: str
    alerts: tuple[Alert, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """One message to people: what opened, changed and ended since the last one."""

    site: str
    lines: tuple[Line, ...]
    base_url: str | None = None

    @property
    def title(self) -> str:
        """One line that says how much it is about."""
        new = sum(len(one.alerts) for one in self.lines if one.how != "closed")
        ended = sum(len(one.alerts) for one in self.lines if one.how == "closed")
        if len(self.lines) == 1:
            only = self.lines[0]
            about = KINDS.get(only.kind, UNKNOWN).label
            return f"{self.site}: {WORDS[only.how].lower()}: {about}"
        parts = [f"{new} to look at" if new else "", f"{ended} well again" if ended else ""]
        return f"{self.site}: {', '.join(part for part in parts if part)}"

    @property
    def text(self) -> str:
        """The whole message as plain text, a paragraph a line."""
        return "\n\n".join(f"{WORDS[one.how]}: {one.text}" for one in self.lines)
