"""An episode as elements of itunes and podcast 2.0, and as our JSON Feed has it. No decisions."""

from __future__ import annotations

from typing import Any

from lxml import etree

from feeds.model.episodes import Episode

ITUNES = "http://www.itunes.com/dtds/podcast-1.0.dtd"
PODCAST = "https://podcastindex.org/namespace/1.0"


def is_of_podcast(episode: Episode | None) -> bool:
    """True if it needs the namespace of podcast 2.0."""
    if episode is None:
        return False
    several = (episode.shown_number, episode.transcripts, episode.chapters, episode.participants)
    return any(several) or episode.shown_season is not None


def add_episode(item: Any, episode: Episode) -> None:
    """The elements that the source gave, at the item's end."""
    explicit = None if episode.is_explicit is None else str(episode.is_explicit).lower()
    for name, value in (
        ("explicit", explicit),
        ("episode", episode.number),
        ("season", episode.season),
        ("episodeType", episode.kind),
    ):
        if value:
            etree.SubElement(item, f"{{{ITUNES}}}{name}").text = str(value)
    if episode.picture_url:
        etree.SubElement(item, f"{{{ITUNES}}}image", href=episode.picture_url)
    if episode.shown_season is not None:
        _podcast(item, "season", str(episode.shown_season), name=episode.season_name)
    if episode.shown_number:
        _podcast(item, "episode", episode.shown_number, display=episode.number_name)
    for one in episode.transcripts:
        _podcast(item, "transcript", url=one.url, type=one.media_type, language=one.language, rel=one.rel)
    if episode.chapters:
        _podcast(item, "chapters", url=episode.chapters.url, type=episode.chapters.media_type)
    for who in episode.participants:
        _podcast(item, "person", who.name, role=who.role, group=who.group, img=who.picture_url, href=who.url)


def episode_fields(episode: Episode) -> dict[str, Any]:
    """The episode as JSON Feed has it under `_feedwright`, without what is empty."""
    chapters = episode.chapters
    return _without_empty(
        {
            "explicit": episode.is_explicit,
            "number": episode.number,
            "season": episode.season,
            "kind": episode.kind,
            "image": episode.picture_url,
            "shown_number": episode.shown_number,
            "number_name": episode.number_name,
            "shown_season": episode.shown_season,
            "season_name": episode.season_name,
            "transcripts": [
                _without_empty(
                    {"url": one.url, "mime_type": one.media_type, "language": one.language, "rel": one.rel}
                )
                for one in episode.transcripts
            ],
            "chapters": {"url": chapters.url, "mime_type": chapters.media_type} if chapters else None,
            "people": [
                _without_empty(
                    {
                        "name": who.name,
                        "role": who.role,
                        "group": who.group,
                        "image": who.picture_url,
                        "url": who.url,
                    }
                )
                for who in episode.participants
            ],
        }
    )


def _podcast(item: Any, name: str, text: str | None = None, /, **attributes: str | None) -> None:
    given = {key: value for key, value in attributes.items() if value}
    etree.SubElement(item, f"{{{PODCAST}}}{name}", given).text = text


def _without_empty(fields: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value not in (None, "", [])}
