"""A device that keeps passkeys, in software: what a browser and its authenticator would answer, or a forger."""

from __future__ import annotations

import hashlib
import json
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass, field
from typing import Any

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

PRESENT, VERIFIED, HAS_KEY = 1, 4, 64


def packed(data: bytes) -> str:
    return urlsafe_b64encode(data).decode().rstrip("=")


def unpacked(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


@dataclass(slots=True)
class Device:
    """One passkey of one site; what it says can be bent."""

    origin: str = "http://localhost"
    domain: str = "localhost"
    flags: int = PRESENT | VERIFIED
    count: int = 0
    handle: str = ""
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    credential: bytes = field(default_factory=lambda: secrets.token_bytes(16))
    client: dict[str, Any] = field(default_factory=dict)
    """What the browser says otherwise than it should."""

    def make(self, options: dict[str, Any]) -> str:
        """The answer to `navigator.credentials.create`."""
        self.handle = options["user"]["id"]
        numbers = self.key.public_key().public_numbers()
        public = cbor2.dumps(
            {1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32, "big"), -3: numbers.y.to_bytes(32, "big")}
        )
        data = (
            self._data(HAS_KEY)
            + bytes(16)
            + len(self.credential).to_bytes(2, "big")
            + self.credential
            + public
        )
        return self._answer(
            {
                "clientDataJSON": packed(self._client("webauthn.create", options)),
                "attestationObject": packed(cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})),
            }
        )

    def prove(self, options: dict[str, Any]) -> str:
        """The answer to `navigator.credentials.get`."""
        data, client = self._data(0), self._client("webauthn.get", options)
        signature = self.key.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(hashes.SHA256()))
        return self._answer(
            {
                "clientDataJSON": packed(client),
                "authenticatorData": packed(data),
                "signature": packed(signature),
                "userHandle": self.handle,
            }
        )

    def _data(self, more: int) -> bytes:
        domain = hashlib.sha256(self.domain.encode()).digest()
        return domain + bytes([self.flags | more]) + self.count.to_bytes(4, "big")

    def _client(self, kind: str, options: dict[str, Any]) -> bytes:
        said = {"type": kind, "challenge": options["challenge"], "origin": self.origin, "crossOrigin": False}
        return json.dumps({**said, **self.client}).encode()

    def _answer(self, response: dict[str, str]) -> str:
        name = packed(self.credential)
        return json.dumps({"id": name, "rawId": name, "type": "public-key", "response": response})
