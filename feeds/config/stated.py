"""One source, topic or partner from keys and raw values, as a form or a command states them: checked as the file is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from feeds.config.checks import Place, typed_table
from feeds.config.declared import kind_problems
from feeds.errors import ConfigError
from feeds.model.declarations import SourceDeclaration, TopicDeclaration
from feeds.model.partners import PartnerDeclaration, PartnerSpec
from feeds.model.settings import Settings


def stated_source(values: Mapping[str, Any], settings: Settings) -> SourceDeclaration:
    """A source from keys and raw values of a `[[source]]`; raises ConfigError with every fault."""
    declared = SourceDeclaration(**_typed("source", SourceDeclaration, values))
    proxies = [one.name for one in settings.declarations.proxies]
    faults = tuple(kind_problems(declared, proxies))
    if faults:
        raise ConfigError(faults)
    return declared


def stated_topic(values: Mapping[str, Any]) -> TopicDeclaration:
    """A topic from keys and raw values of a `[[topic]]`; raises ConfigError with every fault."""
    return TopicDeclaration(**_typed("topic", TopicDeclaration, values))


def stated_partner(values: Mapping[str, Any]) -> PartnerSpec:
    """A partner from keys and raw values of a `[[partner]]`; raises ConfigError with every fault."""
    return PartnerDeclaration(**_typed("partner", PartnerDeclaration, values)).spec()


def _typed(name: str, kind: type, values: Mapping[str, Any]) -> dict[str, Any]:
    place = Place(name="", lines={}, problems=[])
    given = typed_table(name, kind, dict(values), (name,), place)
    if place.problems:
        raise ConfigError(tuple(text.removeprefix(f"{name}.") for _, text in place.problems))
    return given
