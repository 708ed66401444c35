"""The kinds of deliveries, a plain table: kind → how it is made and sent. See `feeds.actions.delivering.deliveries` for the parts."""

from __future__ import annotations

from collections.abc import Mapping

from feeds.actions.delivering import cloud, digests, hub, indexnow, public_hubs, webhook_tests, webhooks
from feeds.actions.delivering.deliveries import Sender

SENDERS: Mapping[str, Sender] = {
    hub.WEBSUB: hub.SENDER,
    hub.VERIFY: hub.QUESTIONS,
    cloud.CLOUD: cloud.SENDER,
    cloud.VERIFY: cloud.QUESTIONS,
    public_hubs.PUBLIC_HUB: public_hubs.SENDER,
    indexnow.INDEXNOW: indexnow.SENDER,
    digests.DIGEST: digests.SENDER,
    digests.QUESTION: digests.QUESTIONS,
    webhooks.WEBHOOK: webhooks.SENDER,
    webhook_tests.WEBHOOK_TEST: webhook_tests.SENDER,
}
