"""Files of a folder that were renamed: an article goes with its text, not with the name of its file. Pure."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from feeds.ingest.rules.versions import major_part, version_hash
from feeds.model.articles import Draft, DraftFeed, Known, KnownArticle
from feeds.model.incoming import Source

MOST_COMPARED = 5_000
"""Pairs of files whose titles were made of their names; a folder of untitled files that moved as a whole is too many."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Renamed:
    """An article whose file has another name now, and the names that it has no more."""

    article: KnownArticle
    left: tuple[str, ...]


def renamed(source: Source, feed: DraftFeed, known: Known) -> Mapping[int, Renamed]:
    """By the places of drafts: what they are under their new names.

    Only where the listing leaves no doubt: of one text, one article left its name (its file is gone, or holds another
    text now), and one name is new.
    """
    if not feed.names:
        return {}
    names: dict[int, list[str]] = defaultdict(list)
    for sighting in known.sightings:
        if sighting.source_id == source.id:
            names[sighting.article_id].append(sighting.guid)
    names_now = {name for several in names.values() for name in several}
    texts = {draft.guid: major_part(draft.hash) for draft in feed.drafts}
    fresh = [place for place, draft in enumerate(feed.drafts) if draft.guid not in names_now]
    leaving: dict[str, list[KnownArticle]] = defaultdict(list)
    for article in known.articles:
        text = major_part(article.hash)
        stays = any(name in feed.names and texts.get(name, text) == text for name in names[article.id])
        if names[article.id] and article.source_id == source.id and not stays:
            leaving[text].append(article)
    places = _places(feed.drafts, fresh, leaving)
    matches = Counter(place for text in leaving for place in places[text])
    return {
        places[text][0]: Renamed(article=several[0], left=tuple(names[several[0].id]))
        for text, several in leaving.items()
        if len(several) == 1 and len(places[text]) == 1 and matches[places[text][0]] == 1
    }


def _places(
    drafts: Sequence[Draft], fresh: Sequence[int], leaving: Mapping[str, Sequence[KnownArticle]]
) -> dict[str, list[int]]:
    """Under each text that left its name, the drafts with new names that tell it."""
    found: dict[str, list[int]] = defaultdict(list)
    for place in fresh:
        found[major_part(drafts[place].hash)].append(place)
    guessed = [place for place in fresh if drafts[place].is_title_guessed]
    if len(guessed) * len(leaving) > MOST_COMPARED:
        return found
    for text, articles in leaving.items():
        # A title that was made of the file's name goes with the name: under the former one it is the same text.
        for place in guessed:
            if place not in found[text] and _under_title(drafts[place], articles[0].title) == text:
                found[text].append(place)
    return found


def _under_title(draft: Draft, title: str) -> str:
    return major_part(version_hash(replace(draft, title=title)))
