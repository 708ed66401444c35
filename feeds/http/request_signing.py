"""Signs requests to sources, as HTTP Message Signatures (RFC 9421) and the drafts of Web Bot Auth say. Pure.

A request carries three headers: where our public keys are (`Signature-Agent`), what is signed, and the signature by
Ed25519. The list of keys, served at a well-known address, is signed with each of them.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

BYTES = 32
"""Of a private key, and of a nonce."""
TAG, DIRECTORY_TAG = "web-bot-auth", "http-message-signatures-directory"
DIRECTORY = "/.well-known/http-message-signatures-directory"
MEDIA_TYPE = "application/http-message-signatures-directory+json"
VALID_FOR = timedelta(minutes=5)
"""Whoever sees a request could send it again for so long; a clock that is wrong by less does no harm."""
PROVEN_FOR = timedelta(days=7)
"""How long others may pass on the list of keys with our proof."""
OURS = frozenset({"signature", "signature-input", "signature-agent"})


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A private key and the name that follows from its public half (RFC 7638, RFC 8037)."""

    key_id: str
    x: str
    """The public half, as a JSON Web Key has it."""
    private: Ed25519PrivateKey

    @classmethod
    def of(cls, secret: bytes) -> SigningKey:
        """The key of these 32 bytes."""
        private = Ed25519PrivateKey.from_private_bytes(secret)
        x = _packed(private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw))
        # Members in this order and no spaces, by RFC 7638.
        print_of = hashlib.sha256(f'{{"crv":"Ed25519","kty":"OKP","x":"{x}"}}'.encode()).digest()
        return cls(_packed(print_of), x, private)

    def signature(self, base: str) -> str:
        """The signature of a base, as a byte sequence of structured fields."""
        return f":{base64.b64encode(self.private.sign(base.encode())).decode()}:"


@dataclass(frozen=True, slots=True, kw_only=True)
class Signer:
    """Signs requests as one site."""

    key: SigningKey
    origin: str
    """Where the list of keys is: scheme, host and port, as `[site] base_url` has it."""
    entropy: Callable[[int], bytes]

    def headers(self, authority: str, now: datetime) -> dict[str, str]:
        """What a request to that authority (host, and port where it is not the usual one) carries."""
        agent = f'"{self.origin}"'
        stated = (
            f'("@authority" "signature-agent";key="sig1")'
            f'{_times(now, VALID_FOR)};keyid="{self.key.key_id}";nonce="{_packed(self.entropy(BYTES))}";tag="{TAG}"'
        )
        base = (
            f'"@authority": {authority.lower()}\n"signature-agent";key="sig1": {agent}\n'
            f'"@signature-params": {stated}'
        )
        return {
            "Signature-Agent": f"sig1={agent}",
            "Signature-Input": f"sig1={stated}",
            "Signature": f"sig1={self.key.signature(base)}",
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A key as the list shows it."""

    key: SigningKey
    used_from: datetime
    ends_at: datetime | None = None


def directory(keys: Sequence[Listed]) -> bytes:
    """The list of public keys (a JSON Web Key Set)."""
    return json.dumps({"keys": [_shown(one) for one in keys]}, indent=1).encode()


def directory_headers(
    body: bytes, keys: Sequence[Listed], authority: str, now: datetime
) -> Mapping[str, str]:
    """What proves that whoever lists these keys at that authority holds them, a signature for each."""
    digest = f"sha-256=:{base64.b64encode(hashlib.sha256(body).digest()).decode()}:"
    inputs, signatures = [], []
    for number, one in enumerate(keys, 1):
        stated = f'("@authority";req "content-digest"){_times(now, PROVEN_FOR)};keyid="{one.key.key_id}";tag="{DIRECTORY_TAG}"'
        base = f'"@authority";req: {authority}\n"content-digest": {digest}\n"@signature-params": {stated}'
        inputs.append(f"sig{number}={stated}")
        signatures.append(f"sig{number}={one.key.signature(base)}")
    return {
        "Content-Digest": digest,
        "Signature-Input": ", ".join(inputs),
        "Signature": ", ".join(signatures),
    }


def _shown(one: Listed) -> dict[str, object]:
    shown: dict[str, object] = {
        "kty": "OKP",
        "crv": "Ed25519",
        "kid": one.key.key_id,
        "x": one.key.x,
        "use": "sig",
        "nbf": int(one.used_from.timestamp()),
    }
    return shown if one.ends_at is None else {**shown, "exp": int(one.ends_at.timestamp())}


def _times(now: datetime, span: timedelta) -> str:
    return f";created={int(now.timestamp())};expires={int((now + span).timestamp())}"


def _packed(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")
