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
    ended: str
    """What holds once it is over: behind *well again*, the label would read as if it still were wrong."""
    is_grave: bool = False
    """The site as a whole suffers: the outgoing heartbeat stops while one of these is open."""
    is_of_sources: bool = False
    """Not told while our own network is down."""


KINDS: dict[str, AlertKind] = {
    "source": AlertKind(label="a source cannot be read", ended="a source can be read", is_of_sources=True),
    "our-fault": AlertKind(
        label="an error of Feedwright itself", ended="no error of Feedwright itself", is_of_sources=True
    ),
    "odd": AlertKind(
        label="a source behaves unlike before", ended="a source behaves as usual", is_of_sources=True
    ),
    "complete": AlertKind(
        label="a source took back very much", ended="what a source took back is settled", is_of_sources=True
    ),
    "moved": AlertKind(
        label="a source seems to have moved", ended="where a source moved is settled", is_of_sources=True
    ),
    "list": AlertKind(label="a list of sources needs a look", ended="a list of sources is in order"),
    "network": AlertKind(label="our own network", ended="our own network works", is_grave=True),
    "fetching": AlertKind(label="nothing is fetched", ended="sources are fetched", is_grave=True),
    "publishing": AlertKind(label="publishing is behind", ended="publishing keeps up", is_grave=True),
    "scheduler": AlertKind(label="the scheduler falls", ended="the scheduler runs on", is_grave=True),
    "work": AlertKind(label="the scheduler's work fails", ended="the scheduler's work succeeds"),
    "database": AlertKind(
        label="the database cannot be written", ended="the database can be written", is_grave=True
    ),
    "disk": AlertKind(label="the disk is nearly full", ended="the disk has room", is_grave=True),
    "backup": AlertKind(label="there is no new backup", ended="there is a new backup"),
    "certificate": AlertKind(label="the certificate needs somebody", ended="the certificate is in order"),
    "clock": AlertKind(label="a clock was wrong", ended="the clocks agree"),
    "declarations": AlertKind(label="the config file is not applied", ended="the config file is applied"),
    "keep": AlertKind(label="[keep] waits for your word", ended="[keep] waits for nobody"),
    "deliveries": AlertKind(label="a receiver cannot be reached", ended="a receiver can be reached"),
    "channel": AlertKind(label="alerts do not get through", ended="alerts get through"),
    "test": AlertKind(label="a test", ended="a test is over"),
}
UNKNOWN = AlertKind(label="something else", ended="something else is settled")


def over(kind: str, about: str, message: str) -> str:
    """An alert that has ended: what holds now, and what was told when it did not."""
    named = f" ({about})" if about else ""
    return f"{KINDS.get(kind, UNKNOWN).ended}{named}. Told before: “{message}”"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of a message: alerts that are told together."""

    how: How
    kind: str
    text: str
    alerts: tuple[Alert, ...]

    @property
    def sentence(self) -> str:
        """The line as people read it, with what is new about it."""
        return f"{WORDS[self.how]}: {self.text}"


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
            kind = KINDS.get(only.kind, UNKNOWN)
            about = kind.ended if only.how == "closed" else kind.label
            return f"{self.site}: {WORDS[only.how].lower()}: {about}"
        parts = [f"{new} to look at" if new else "", f"{ended} well again" if ended else ""]
        return f"{self.site}: {', '.join(part for part in parts if part)}"

    @property
    def text(self) -> str:
        """The whole message as plain text, a paragraph a line."""
        return "\n\n".join(one.sentence for one in self.lines)
