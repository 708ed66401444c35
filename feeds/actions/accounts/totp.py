"""Codes of an app as a second factor (TOTP, RFC 6238: SHA-1, six digits, thirty seconds). Pure."""

from __future__ import annotations

import base64
import binascii
import hmac
import struct
from datetime import datetime
from urllib.parse import quote

STEP_S = 30
DIGITS = 6
LEAST_BYTES = 16


def step_of(now: datetime) -> int:
    """Which span of thirty seconds that is."""
    return int(now.timestamp()) // STEP_S


def code_of(secret: str, step: int) -> str:
    """The code of that span; raises ValueError for what is no secret."""
    digest = hmac.new(_key(secret), struct.pack(">Q", step), "sha1").digest()
    start = digest[-1] & 15
    number = int.from_bytes(digest[start : start + 4], "big") & 0x7FFFFFFF
    return str(number % 10**DIGITS).zfill(DIGITS)


def fitting_step(secret: str, code: str, now: datetime, *, after: int = 0) -> int | None:
    """The span whose code that is: the present one or a neighbour, and later than the last that was used."""
    given = "".join(code.split())
    here = step_of(now)
    for step in (here, here - 1, here + 1):
        if step > after and hmac.compare_digest(code_of(secret, step).encode(), given.encode()):
            return step
    return None


def secret_from(random: bytes) -> str:
    """The bytes as apps take them."""
    return base64.b32encode(random).decode().rstrip("=")


def is_secret(text: str) -> bool:
    """True for a secret that is long enough."""
    try:
        return len(_key(text)) >= LEAST_BYTES
    except ValueError:
        return False


def address_of(secret: str, name: str, site: str) -> str:
    """The address that an app reads it from."""
    return f"otpauth://totp/{quote(site, safe='')}:{quote(name, safe='')}?secret={secret}&issuer={quote(site, safe='')}"


def _key(secret: str) -> bytes:
    plain = "".join(secret.split()).upper()
    try:
        return base64.b32decode(plain + "=" * (-len(plain) % 8))
    except binascii.Error as error:
        raise ValueError("that is no secret") from error
