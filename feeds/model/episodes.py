"""What a source says of an article as an episode of a podcast: elements of itunes and of podcast 2.0, passed on as given."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

EpisodeKind = Literal["", "full", "trailer", "bonus"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Transcript:
    """The words of a file, elsewhere. podcast:transcript."""

    url: str
    media_type: str
    language: str | None = None
    rel: str | None = None
    """`captions`, where they have times to show them by."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chapters:
    """The parts of a file, told elsewhere. podcast:chapters."""

    url: str
    media_type: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Participant:
    """Who is heard in an episode or worked on it. podcast:person."""

    name: str
    role: str | None = None
    group: str | None = None
    picture_url: str | None = None
    """podcast:person img."""
    url: str | None = None
    """podcast:person href."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Episode:
    """All of it together; what is not stated is None or empty. We state nothing that the source did not."""

    is_explicit: bool | None = None
    """itunes:explicit."""
    number: int | None = None
    """itunes:episode."""
    season: int | None = None
    """itunes:season."""
    kind: EpisodeKind = ""
    """itunes:episodeType."""
    picture_url: str | None = None
    """itunes:image of the item."""
    shown_number: str | None = None
    """podcast:episode, which may be a decimal number."""
    number_name: str | None = None
    """podcast:episode display."""
    shown_season: int | None = None
    """podcast:season."""
    season_name: str | None = None
    """podcast:season name."""
    transcripts: tuple[Transcript, ...] = ()
    chapters: Chapters | None = None
    participants: tuple[Participant, ...] = ()


NO_EPISODE = Episode()
