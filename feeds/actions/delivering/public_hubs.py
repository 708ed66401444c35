"""Public hubs that are told of every change (`[publish] hubs`): `hub.mode=publish` with the addresses that changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from urllib.parse import urlencode

from db.store import Store
from feeds.actions.delivering.deliveries import MOST_ANSWER, TIMEOUT, Letter, Sender, SendTools
from feeds.actions.publishing.publish import feed_url, site_info
from feeds.http.requests import Request
from feeds.model.deliveries import Delivery, Receiver
from feeds.model.settings import Settings
from feeds.publish.render import FORMATS
from feeds.text.urls import host_of, polite_domain

PUBLIC_HUB = "public-hub"
MOST_IN_ONE = 10
"""Feeds, each in every format, that one request names."""


def declare_hubs(store: Store, settings: Settings, now: datetime) -> None:
    """Has the store tell the hubs that `[publish] hubs` names, and no others; nobody without a public address."""
    wanted = set(settings.publish.hubs) if settings.site.base_url is not None else set[str]()
    present = {one.url: one for one in store.deliveries.receivers(PUBLIC_HUB)}
    for url in sorted(wanted - {url for url, one in present.items() if one.state == "live"}):
        host = host_of(url)
        one = present.get(url) or Receiver(
            kind=PUBLIC_HUB, url=url, host=host, domain=polite_domain(host), asked_at=now
        )
        store.deliveries.put_receiver(
            replace(one, state="live", since_at=now, until_at=None, asked_at=now, detail="")
        )
    for url, one in present.items():
        if url not in wanted and one.state == "live":
            with store.write():
                store.deliveries.put_receiver(
                    replace(one, state="ended", until_at=now, detail="[publish] hubs does not name it")
                )
                store.deliveries.drop_of(one.id)


def _pings(store: Store, several: Sequence[Delivery], tools: SendTools, now: datetime) -> Sequence[Letter]:
    site = site_info(tools.settings)
    receivers = store.deliveries.receivers_of([one.receiver_id for one in several])
    infos = store.feeds.of_ids([int(one.subject) for one in several])
    letters: list[Letter] = []
    for receiver in receivers.values():
        of_it = [one for one in several if one.receiver_id == receiver.id and int(one.subject) in infos]
        for start in range(0, len(of_it) if receiver.state == "live" else 0, MOST_IN_ONE):
            part = of_it[start : start + MOST_IN_ONE]
            urls = [feed_url(infos[int(one.subject)].key, format, site) for one in part for format in FORMATS]
            body = urlencode([("hub.mode", "publish"), *(("hub.url", url) for url in urls)]).encode()
            letters.append(
                Letter(
                    deliveries=tuple(part),
                    request=Request(
                        url=receiver.url,
                        method="POST",
                        body=body,
                        headers=(
                            ("Content-Type", "application/x-www-form-urlencoded"),
                            ("Idempotency-Key", part[0].key),
                        ),
                        timeout=TIMEOUT,
                        max_bytes=MOST_ANSWER,
                        max_redirects=2,
                    ),
                )
            )
    return letters


SENDER = Sender(letters=_pings)
