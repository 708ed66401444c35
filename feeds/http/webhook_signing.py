"""Signs webhooks by the Standard Webhooks scheme (standardwebhooks.com): secrets and headers. Pure."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Callable, Sequence
from datetime import datetime

SECRET_BEGIN = "whsec_"  # noqa: S105 - how secrets begin, not one
BYTES = 32


def new_secret(entropy: Callable[[int], bytes]) -> str:
    """A new secret, as both sides keep it: `whsec_` and 32 random bytes in base64."""
    return SECRET_BEGIN + base64.b64encode(entropy(BYTES)).decode()


def signed_headers(
    message_id: str, body: bytes, *, secrets: Sequence[str], now: datetime
) -> tuple[tuple[str, str], ...]:
    """The three headers of a message that is sent now, with a signature by each secret."""
    second = str(int(now.timestamp()))
    text = b".".join((message_id.encode(), second.encode(), body))
    signatures = " ".join(f"v1,{_signature(one, text)}" for one in secrets)
    return (("webhook-id", message_id), ("webhook-timestamp", second), ("webhook-signature", signatures))


def _signature(secret: str, text: bytes) -> str:
    key = base64.b64decode(secret.removeprefix(SECRET_BEGIN))
    return base64.b64encode(hmac.new(key, text, hashlib.sha256).digest()).decode()
