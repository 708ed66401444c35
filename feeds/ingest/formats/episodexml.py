"""What itunes and podcast 2.0 elements of an item, and our own JSON Feed, say of it as an episode; as written. Pure."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from lxml import etree

from feeds.ingest.formats import namespaces
from feeds.ingest.formats.mediaxml import text_of
from feeds.model.episodes import NO_EPISODE, Chapters, Episode, EpisodeKind, Participant, Transcript
from feeds.text.markup import whole_number

MOST_PARTS = 300
"""Elements of an item that are looked at; real ones hold a few dozen."""
T = TypeVar("T")
_EXPLICIT = {"true": True, "yes": True, "explicit": True, "false": False, "no": False, "clean": False}
_KINDS: dict[str, EpisodeKind] = {"full": "full", "trailer": "trailer", "bonus": "bonus"}
_ITUNES, _PODCAST = f"{{{namespaces.ITUNES}}}", f"{{{namespaces.PODCAST}}}"


def read_episode(item: etree._Element) -> Episode | None:
    """What the item's own children say; None if they say nothing."""
    found: dict[str, list[etree._Element]] = {}
    for node in list(item.iterchildren(f"{_ITUNES}*", f"{_PODCAST}*"))[:MOST_PARTS]:
        prefix = "itunes:" if node.tag.startswith(_ITUNES) else "podcast:"
        found.setdefault(prefix + etree.QName(node).localname.lower(), []).append(node)
    if not found:
        return None

    def first(name: str) -> etree._Element | None:
        return next(iter(found.get(name, ())), None)

    def word(name: str) -> str:
        return (text_of(first(name)) or "").lower()

    picture, number, season = first("itunes:image"), first("podcast:episode"), first("podcast:season")
    parts = first("podcast:chapters")
    episode = Episode(
        is_explicit=_EXPLICIT.get(word("itunes:explicit")),
        number=whole_number(word("itunes:episode"), digits=6),
        season=whole_number(word("itunes:season"), digits=6),
        kind=_KINDS.get(word("itunes:episodetype"), ""),
        picture_url=None if picture is None else picture.get("href") or text_of(picture),
        shown_number=text_of(number),
        number_name=None if number is None else number.get("display"),
        shown_season=whole_number(text_of(season), digits=6),
        season_name=None if season is None else season.get("name"),
        transcripts=tuple(
            Transcript(
                url=one.get("url") or "",
                media_type=one.get("type") or "",
                language=one.get("language"),
                rel=one.get("rel"),
            )
            for one in found.get("podcast:transcript", ())
        ),
        chapters=None
        if parts is None
        else Chapters(url=parts.get("url") or "", media_type=parts.get("type") or ""),
        participants=tuple(
            Participant(
                name=text_of(one) or "",
                role=one.get("role"),
                group=one.get("group"),
                picture_url=one.get("img"),
                url=one.get("href"),
            )
            for one in found.get("podcast:person", ())
        ),
    )
    return None if episode == NO_EPISODE else episode


def episode_of_json(value: object) -> Episode | None:
    """What `_feedwright.episode` of a JSON Feed says; what has another type than ours is left out."""
    if not isinstance(value, dict):
        return None
    chapters = value.get("chapters")
    explicit = value.get("explicit")
    return Episode(
        is_explicit=explicit if isinstance(explicit, bool) else None,
        number=_count(value.get("number")),
        season=_count(value.get("season")),
        kind=_KINDS.get(_text(value.get("kind")) or "", ""),
        picture_url=_text(value.get("image")),
        shown_number=_text(value.get("shown_number")),
        number_name=_text(value.get("number_name")),
        shown_season=_count(value.get("shown_season")),
        season_name=_text(value.get("season_name")),
        transcripts=_each(
            value.get("transcripts"),
            lambda one: Transcript(
                url=_text(one.get("url")) or "",
                media_type=_text(one.get("mime_type")) or "",
                language=_text(one.get("language")),
                rel=_text(one.get("rel")),
            ),
        ),
        chapters=Chapters(
            url=_text(chapters.get("url")) or "", media_type=_text(chapters.get("mime_type")) or ""
        )
        if isinstance(chapters, dict)
        else None,
        participants=_each(
            value.get("people"),
            lambda one: Participant(
                name=_text(one.get("name")) or "",
                role=_text(one.get("role")),
                group=_text(one.get("group")),
                picture_url=_text(one.get("image")),
                url=_text(one.get("url")),
            ),
        ),
    )


def _each(values: object, made: Callable[[dict[str, Any]], T]) -> tuple[T, ...]:
    several = values[:MOST_PARTS] if isinstance(values, list) else []
    return tuple(made(one) for one in several if isinstance(one, dict))


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _count(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 10**6 else None
