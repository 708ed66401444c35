"""A feed held against what a partner demands, and the feed as that partner gets it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from db.store import Store
from feeds.actions.publishing.publish import Renderer, site_info
from feeds.actions.publishing.site_look import settled
from feeds.errors import NotFoundError, RequestError
from feeds.model.outgoing import FeedKey
from feeds.model.settings import Settings
from feeds.publish.profiles import PROFILES, Breach, Profile, check


@dataclass(frozen=True, slots=True, kw_only=True)
class LintReport:
    """What breaks a profile's rules in a feed."""

    profile: Profile
    articles: int
    breaches: tuple[Breach, ...]

    @property
    def fitting(self) -> int:
        """Articles that break none."""
        return self.articles - len({one.urn for one in self.breaches if one.urn})


def found_profile(name: str) -> Profile:
    """The profile of that name; raises RequestError that lists all."""
    if name not in PROFILES:
        raise RequestError(f"There is no profile {name!r}: choose one of {', '.join(PROFILES)}.")
    return PROFILES[name]


def lint(store: Store, settings: Settings, key: FeedKey, profile: Profile, now: datetime) -> LintReport:
    """The feed as it is served without a profile, rule by rule; raises NotFoundError if there is none."""
    renderer = Renderer(store, site=site_info(settled(settings, store)), publish=settings.publish, now=now)
    document = renderer.document(key)
    if document is None:
        raise NotFoundError(
            f"There is no feed {key.path()[1:]}: `./run topic list` and /feeds show what there is."
        )
    articles = sum(1 for one in document.entries if one.ended_at is None)
    return LintReport(profile=profile, articles=articles, breaches=check(document, profile, now))
