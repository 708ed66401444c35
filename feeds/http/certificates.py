"""The certificate that an https address shows, looked at in the calling thread, behind the address guard."""

from __future__ import annotations

import ssl
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal
from urllib.parse import urlsplit

from feeds.http.address_guard import Guard
from feeds.http.asking import connected

Flaw = Literal["early", "expired", "name", "untrusted"]
WITHIN_S = 10.0
_FLAWS: dict[int, Flaw] = {9: "early", 10: "expired", 62: "name", 64: "name"}
"""By OpenSSL's numbers; all others come from a chain that leads to nobody who is trusted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """What a server showed."""

    host: str
    ends_at: datetime | None = None
    """None if it was not believed."""
    flaw: Flaw | None = None
    said: str = ""
    """OpenSSL's own words of the flaw."""


class NotSeenError(Exception):
    """The address showed no certificate: it cannot be reached, or speaks no TLS. The text says why."""


def flaw_of(error: ssl.SSLCertVerificationError) -> Flaw:
    """Why a certificate was not believed."""
    return _FLAWS.get(error.verify_code, "untrusted")


def look(url: str, guard: Guard, *, within_s: float = WITHIN_S) -> Certificate:
    """The certificate at the address, as this machine's trust judges it; raises NotSeenError."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    try:
        plain = connected(host, parts.port or 443, time.monotonic() + within_s, guard)
        with plain:
            plain.settimeout(within_s)
            with ssl.create_default_context().wrap_socket(plain, server_hostname=host) as encrypted:
                shown = encrypted.getpeercert() or {}
    except ssl.SSLCertVerificationError as error:
        return Certificate(host=host, flaw=flaw_of(error), said=error.verify_message)
    except (OSError, ValueError) as error:
        reason = (
            (error.strerror if isinstance(error, OSError) else None) or str(error) or type(error).__name__
        )
        raise NotSeenError(" ".join(reason.split())[:160].rstrip(".")) from error
    ends = ssl.cert_time_to_seconds(str(shown["notAfter"]))
    return Certificate(host=host, ends_at=datetime.fromtimestamp(ends, UTC))
