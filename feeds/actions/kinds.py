"""The kinds of work that people can ask for, a dumb table: name → what does it."""

from __future__ import annotations

from collections.abc import Mapping

from feeds.actions.jobs import JobWork

KINDS: Mapping[str, JobWork] = {}
