"""Whether the certificate of the public address is well: looked at once a day, each hour while it is not."""

from __future__ import annotations

from datetime import datetime, timedelta

from db.store import Store
from feeds.clock import to_ms
from feeds.http.certificates import Certificate, Flaw
from feeds.model.settings import Settings

CERTIFICATE = "certificate"
"""The kind of alert."""
TURN = "certificate_turn"
EVERY, AGAIN = timedelta(days=1), timedelta(hours=1)
SOON, VERY_SOON = timedelta(days=14), timedelta(days=3)
"""A certificate that renews itself does so a month before its end, or at a third of its life."""
_FLAWS: dict[Flaw, str] = {
    "early": "is not valid yet: set the clock of this machine, or of the one that made it",
    "expired": "has expired: renew it now; browsers and feed readers turn away",
    "name": "is for another name: get one for this name, or correct [site] base_url",
    "untrusted": "is not trusted here: serve the whole chain; if it comes from an authority of your own, add that to what"
    " this machine trusts, or name its file in the environment variable SSL_CERT_FILE",
}


def address(settings: Settings) -> str | None:
    """The public address, where it is one that shows a certificate."""
    base = settings.site.base_url
    return base if base is not None and base.lower().startswith("https://") else None


def fault_of(seen: Certificate, now: datetime) -> str | None:
    """What to say where the certificate needs somebody."""
    about = f"The certificate of {seen.host}"
    if seen.flaw is not None:
        words = f" ({seen.said})" if seen.flaw == "untrusted" and seen.said else ""
        return f"{about} {_FLAWS[seen.flaw]}{words}."
    if seen.ends_at is None or seen.ends_at - now > SOON:
        return None
    if seen.ends_at <= now:
        return f"{about} {_FLAWS['expired']}."
    days = (seen.ends_at - now).days
    left = "within a day" if days == 0 else f"in {days} {'day' if days == 1 else 'days'}"
    when = f"on {seen.ends_at:%Y-%m-%d %H:%M} UTC, {left}"
    if seen.ends_at - now > VERY_SOON:
        return f"{about} ends {when}. Renew it: what renews it by itself (certbot, Caddy) seems not to."
    return f"{about} ends very soon: {when}. Renew it now; browsers and feed readers turn away after that."


def is_due(store: Store, now: datetime) -> bool:
    """True for one of all processes, once a day."""
    return store.kept.take_turn(TURN, now, EVERY)


def note(store: Store, seen: Certificate | None, now: datetime) -> None:
    """Opens or closes the alert; what was not seen (None) says nothing, and is looked at again in an hour."""
    fault = fault_of(seen, now) if seen is not None else None
    if fault is not None:
        store.alerts.open(CERTIFICATE, "", fault, now)
    elif seen is not None:
        store.alerts.close(CERTIFICATE, "", now)
    if fault is not None or seen is None:
        store.kept.put(TURN, str(to_ms(now + AGAIN)))
