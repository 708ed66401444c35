"""The kinds of deliveries, a dumb table: kind → how it is made and sent. See `feeds.actions.deliveries` for the parts."""

from __future__ import annotations

from collections.abc import Mapping

from feeds.actions.deliveries import Sender

SENDERS: Mapping[str, Sender] = {}
