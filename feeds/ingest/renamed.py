"""Files of a folder that were renamed: an article goes with its text, not with the name of its file. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from feeds.ingest.versions import major_part
from feeds.model.articles import DraftFeed, Known, KnownArticle
from feeds.model.incoming import Source


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
    held = {name for several in names.values() for name in several}
    texts = {draft.guid: major_part(draft.hash) for draft in feed.drafts}
    places: dict[str, list[int]] = defaultdict(list)
    for place, draft in enumerate(feed.drafts):
        if draft.guid not in held:
            places[major_part(draft.hash)].append(place)
    leaving: dict[str, list[KnownArticle]] = defaultdict(list)
    for article in known.articles:
        text = major_part(article.hash)
        stays = any(name in feed.names and texts.get(name, text) == text for name in names[article.id])
        if names[article.id] and article.source_id == source.id and not stays:
            leaving[text].append(article)
    return {
        places[text][0]: Renamed(article=several[0], left=tuple(names[several[0].id]))
        for text, several in leaving.items()
        if len(several) == 1 and len(places[text]) == 1
    }
