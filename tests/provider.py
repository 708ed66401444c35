"""A provider of single sign-on on loopback that signs for real, and can be told to lie in many ways."""

from __future__ import annotations

import hashlib
import json
import threading
from base64 import b64decode, urlsafe_b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from cryptography.hazmat.primitives import hashes, hmac
from cryptography.hazmat.primitives.asymmetric import padding, rsa

CLIENT, SECRET = "feedwright", "a secret & more"
END = {"authorization": "authorize", "token": "token", "userinfo": "userinfo"}


def packed(data: bytes) -> str:
    return urlsafe_b64encode(data).decode().rstrip("=")


def number(value: int) -> str:
    return packed(value.to_bytes((value.bit_length() + 7) // 8, "big"))


KEY, OTHER_KEY = (rsa.generate_private_key(public_exponent=65537, key_size=2048) for _ in range(2))


@dataclass(slots=True)
class FakeProvider:
    """Somebody is signed in there as `claims` say; the rest can be bent."""

    clock: Callable[[], datetime]
    claims: dict[str, Any] = field(default_factory=lambda: {"sub": "u-17"})
    token_claims: dict[str, Any] = field(default_factory=dict)
    """What the ID token says otherwise than it should; None leaves a claim out."""
    userinfo: dict[str, Any] | None = None
    published: dict[str, Any] = field(default_factory=dict)
    alg: str = "RS256"
    key: rsa.RSAPrivateKey = KEY
    keys: list[dict[str, Any]] = field(default_factory=list)
    """More keys than its own."""
    answers: dict[str, tuple[int, bytes]] = field(default_factory=dict)
    """What a path answers instead."""
    issuer: str = ""
    asked: list[tuple[str, dict[str, str], dict[str, str]]] = field(default_factory=list)
    _codes: dict[str, dict[str, str]] = field(default_factory=dict)

    def sign_in(self, target: str) -> dict[str, str]:
        """What a browser that was sent to `target` brings back, once its owner agreed there."""
        assert target.startswith(f"{self.issuer}/authorize?"), target
        given = {name: values[0] for name, values in parse_qs(urlsplit(target).query).items()}
        assert (given["response_type"], given["client_id"]) == ("code", CLIENT)
        assert given["code_challenge_method"] == "S256"
        code = f"code-{len(self._codes)}"
        self._codes[code] = given
        return {"code": code, "state": given["state"]}

    def answer(self, path: str, headers: dict[str, str], form: dict[str, str]) -> tuple[int, bytes]:
        self.asked.append((path, headers, form))
        if path in self.answers:
            return self.answers[path]
        if path == "/.well-known/openid-configuration":
            ends = ("authorization", "token", "userinfo") if self.userinfo else ("authorization", "token")
            names = {f"{one}_endpoint": f"{self.issuer}/{END[one]}" for one in ends}
            return 200, _json(
                {"issuer": self.issuer, "jwks_uri": f"{self.issuer}/keys", **names, **self.published}
            )
        if path.startswith("/authorize?"):
            # As if its owner had agreed already: straight back.
            target = f"{self.issuer}{path}"
            return_to = parse_qs(urlsplit(target).query)["redirect_uri"][0]
            return 302, f"{return_to}?{urlencode(self.sign_in(target))}".encode()
        if path == "/keys":
            numbers = KEY.public_key().public_numbers()
            own = {"kty": "RSA", "kid": "one", "use": "sig", "n": number(numbers.n), "e": number(numbers.e)}
            return 200, _json({"keys": [*self.keys, own]})
        if path == "/token":
            return self._token(headers, form)
        if path == "/userinfo" and headers.get("authorization") == "Bearer access":
            return 200, _json(self.userinfo or {})
        return 404, b"nothing"

    def _token(self, headers: dict[str, str], form: dict[str, str]) -> tuple[int, bytes]:
        given = self._codes.pop(form.get("code", ""), None)
        login = b64decode(headers.get("authorization", "Basic ").removeprefix("Basic ")).decode()
        if login != f"{CLIENT}:{SECRET}":
            return 401, _json({"error": "invalid_client"})
        proof = packed(hashlib.sha256(form.get("code_verifier", "").encode()).digest())
        if (
            given is None
            or proof != given["code_challenge"]
            or form.get("redirect_uri") != given["redirect_uri"]
        ):
            return 400, _json({"error": "invalid_grant", "error_description": "The code is not good."})
        now = int(self.clock().timestamp())
        claims = {
            "iss": self.issuer, "aud": CLIENT, "iat": now, "exp": now + 300, "nonce": given["nonce"],
            **self.claims, **self.token_claims,
        }  # fmt: skip
        token = self._signed({name: value for name, value in claims.items() if value is not None})
        return 200, _json({"access_token": "access", "token_type": "Bearer", "id_token": token})

    def _signed(self, claims: dict[str, Any]) -> str:
        text = f"{packed(_json({'alg': self.alg, 'kid': 'one'}))}.{packed(_json(claims))}"
        if self.alg == "none":
            return f"{text}."
        if self.alg == "HS256":
            # The public key as a shared secret, as in the well-known confusion of the two.
            numbers = KEY.public_key().public_numbers()
            mark = hmac.HMAC(number(numbers.n).encode(), hashes.SHA256())
            mark.update(text.encode())
            return f"{text}.{packed(mark.finalize())}"
        return f"{text}.{packed(self.key.sign(text.encode(), padding.PKCS1v15(), hashes.SHA256()))}"


def _json(value: Any) -> bytes:
    return json.dumps(value).encode()


@contextmanager
def running(provider: FakeProvider) -> Iterator[FakeProvider]:
    """The provider at an address of its own."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer({})

        def do_POST(self) -> None:
            text = self.rfile.read(int(self.headers["Content-Length"])).decode()
            self._answer({name: values[0] for name, values in parse_qs(text).items()})

        def _answer(self, form: dict[str, str]) -> None:
            headers = {name.lower(): value for name, value in self.headers.items()}
            status, body = provider.answer(self.path, headers, form)
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            if status in (301, 302):
                self.send_header("Location", body.decode())
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    provider.issuer = f"http://127.0.0.1:{server.server_port}"
    yield provider
    server.shutdown()
    thread.join()
    server.server_close()
