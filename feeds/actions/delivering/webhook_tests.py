"""Test messages to the webhooks of partners: at once by command, or through the outbox from a partner's own page."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from db.store import Store
from feeds.actions.declaring.partners import found_partner
from feeds.actions.delivering.deliveries import Letter, Sender, SendTools, judged
from feeds.actions.delivering.webhooks import hook_request, receivers_of
from feeds.errors import RequestError
from feeds.model.deliveries import Delivery, Sent
from feeds.model.partners import Partner
from feeds.publish.webhook_messages import test_message

WEBHOOK_TEST = "webhook-test"
PATIENCE = timedelta(minutes=10)


async def send_test(
    store: Store, slug: str, tools: SendTools, new_id: Callable[[], str]
) -> list[tuple[str, Sent]]:
    """Sends each address of the partner a signed test message now; what each answered."""
    partner, now = found_partner(store, slug), tools.clock()
    secrets = store.partners.hook_secrets(partner.id, now)
    if not partner.spec.webhooks:
        raise RequestError(f"{partner.spec.name} has no webhook: ./run partner set {slug} --webhook URL")
    if not secrets:
        raise RequestError(f"Make their signing secret first: ./run partner webhook secret {slug}")
    body = test_message(partner.spec.webhook_form, now)
    found: list[tuple[str, Sent]] = []
    for url in partner.spec.webhooks:
        request = hook_request(url, f"test_{new_id()}", body, secrets, now)
        found.append((url, judged(await tools.transport.get(request), now)))
    return found


def ask_for_tests(store: Store, partner: Partner, now: datetime) -> int:
    """Has the scheduler send a test message to each address that is told of changes; returns how many."""
    by_url = {one.url: one for one in receivers_of(store, partner) if one.state == "live"}
    for one in by_url.values():
        store.deliveries.add(one, kind=WEBHOOK_TEST, subject="test", seq=1, now=now)
    return len(by_url)


def _letters(store: Store, several: Sequence[Delivery], tools: SendTools, now: datetime) -> Sequence[Letter]:
    receivers = store.deliveries.receivers_of([one.receiver_id for one in several])
    letters: list[Letter] = []
    for one in several:
        receiver = receivers[one.receiver_id]
        partner = store.partners.of_id(int(receiver.format))
        if receiver.state != "live" or partner is None or partner.state != "active":
            continue
        secrets = store.partners.hook_secrets(partner.id, now)
        if secrets:
            body = test_message(partner.spec.webhook_form, now)
            request = hook_request(receiver.url, f"test_{one.key}", body, secrets, now)
            letters.append(Letter(deliveries=(one,), request=request))
    return letters


SENDER = Sender(letters=_letters, patience=PATIENCE, is_alerted=False)
