"""A followed list as keys and raw values of a `[[list]]`, both ways: as commands state it, and as the log keeps it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from datetime import timedelta
from typing import Any

from feeds.config.checks import checked
from feeds.config.values import hints_of, typed
from feeds.errors import RequestError
from feeds.model.lists import ListDeclaration


def stated_list(given: Mapping[str, Any]) -> ListDeclaration:
    """A list from keys and raw values of a `[[list]]`; raises RequestError with the first fault."""
    hints = hints_of(ListDeclaration)
    found: dict[str, Any] = {}
    for key, raw in given.items():
        try:
            found[key] = checked("list", key, typed(hints[key], raw))
        except ValueError as error:
            raise RequestError(f"{key}: {error}") from error
    return ListDeclaration(**found)


def list_values(stated: ListDeclaration) -> dict[str, Any]:
    """What the log keeps of a list: keys and raw values of a `[[list]]`."""
    return {
        one.name: list(value)
        if isinstance(value := getattr(stated, one.name), tuple)
        else value.total_seconds()
        if isinstance(value, timedelta)
        else value
        for one in fields(stated)
        if one.name != "line"
    }
