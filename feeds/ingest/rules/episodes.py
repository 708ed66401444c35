"""What a source says of an episode, checked: addresses of the web, words on one line, all of it bounded. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from feeds.model.episodes import NO_EPISODE, Chapters, Episode, Participant, Transcript
from feeds.text.markup import one_line
from feeds.text.urls import absolute_url

MOST_TRANSCRIPTS = 10
MOST_PARTICIPANTS = 30
NAME_CHARS = 128
WORD_CHARS = 60
_DECIMAL = re.compile(r"\d{1,6}(?:\.\d{1,3})?", re.ASCII)
_MEDIA_TYPE = re.compile(r"[\w!#$&^.+-]{1,60}/[\w!#$&^.+-]{1,60}", re.ASCII)
_LANGUAGE = re.compile(r"[a-zA-Z]{2,3}(?:-[a-zA-Z0-9]{1,8}){0,4}")


def clean_episode(episode: Episode | None, base: str) -> Episode | None:
    """The episode as it may be passed on; None if nothing of it is left."""
    if episode is None:
        return None
    number = (
        episode.shown_number if episode.shown_number and _DECIMAL.fullmatch(episode.shown_number) else None
    )
    clean = Episode(
        is_explicit=episode.is_explicit,
        number=episode.number or None,
        season=episode.season or None,
        kind=episode.kind,
        picture_url=absolute_url(episode.picture_url, base),
        shown_number=number,
        number_name=_words(episode.number_name, WORD_CHARS) if number else None,
        shown_season=episode.shown_season,
        season_name=_words(episode.season_name, NAME_CHARS) if episode.shown_season is not None else None,
        transcripts=tuple(dict.fromkeys(_transcripts(episode.transcripts, base)))[:MOST_TRANSCRIPTS],
        chapters=_chapters(episode.chapters, base),
        participants=tuple(dict.fromkeys(_participants(episode.participants, base)))[:MOST_PARTICIPANTS],
    )
    return None if clean == NO_EPISODE else clean


def _transcripts(transcripts: Sequence[Transcript], base: str) -> Iterator[Transcript]:
    for one in transcripts[: 10 * MOST_TRANSCRIPTS]:
        url, kind = absolute_url(one.url, base), _media_type(one.media_type)
        if url and kind:
            language = (one.language or "").strip()
            yield Transcript(
                url=url,
                media_type=kind,
                language=language if _LANGUAGE.fullmatch(language) else None,
                rel=_words(one.rel, WORD_CHARS),
            )


def _chapters(chapters: Chapters | None, base: str) -> Chapters | None:
    url = absolute_url(chapters.url, base) if chapters else None
    kind = _media_type(chapters.media_type) if chapters else None
    return Chapters(url=url, media_type=kind) if url and kind else None


def _participants(participants: Sequence[Participant], base: str) -> Iterator[Participant]:
    for one in participants[: 10 * MOST_PARTICIPANTS]:
        name = _words(one.name, NAME_CHARS)
        if name:
            yield Participant(
                name=name,
                role=_words(one.role, WORD_CHARS),
                group=_words(one.group, WORD_CHARS),
                picture_url=absolute_url(one.picture_url, base),
                url=absolute_url(one.url, base),
            )


def _media_type(given: str) -> str | None:
    """The bare type; without one an element says nothing that an app could use."""
    bare = given.partition(";")[0].strip().lower()
    return bare if _MEDIA_TYPE.fullmatch(bare) else None


def _words(text: str | None, most: int) -> str | None:
    return one_line(text[: 10 * most])[:most].strip() or None if text else None
