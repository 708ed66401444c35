"""A provider of single sign-on asked and believed by the libraries Authlib and joserfc. Loaded at the first use only."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from authlib.common.errors import AuthlibBaseError
from authlib.oauth2 import ClientAuth
from authlib.oauth2.rfc6749.parameters import prepare_grant_uri, prepare_token_request
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from authlib.oidc.core import CodeIDToken
from authlib.oidc.discovery import get_well_known_url
from joserfc import jwt
from joserfc.errors import (
    BadSignatureError,
    ExpiredTokenError,
    InvalidClaimError,
    JoseError,
    MissingClaimError,
)
from joserfc.jwk import KeySet

from feeds.actions.accounts.oidc import MOST_SUBJECT, Trip
from feeds.errors import RequestError
from feeds.http.asking import Answer, AskedInVainError, Asker
from feeds.model.people import Identity

SIGNED_BY = [
    "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA",
]  # fmt: skip
"""Only what a published key proves: with `none` or a shared secret anybody could sign who knows that key."""
KEY_KINDS = frozenset({"RSA", "EC", "OKP"})
LEEWAY_S = 60
"""By how much clocks may differ."""
SCOPE = "openid email profile"
_PLAIN = re.compile(r"[!#-:=?-~]{1,2000}")
"""An address that can stand in a header: without white space, quotes, `;` and `<`."""
MOST_TOKEN = 100_000
log = logging.getLogger("feedwright.admin")


@dataclass(frozen=True, slots=True, kw_only=True)
class OidcProvider:
    """Fulfils `feeds.actions.accounts.oidc.Provider`. What the provider publishes is read anew each time: its keys may change."""

    issuer: str
    client_id: str
    client_secret: str | None
    role_claim: str | None
    asker: Asker

    def address(self, trip: Trip, return_to: str) -> str:
        """Where the browser is sent: for a code (never a token), with PKCE, state and nonce."""
        with _in_words():
            target: str = prepare_grant_uri(
                self._endpoint(self._published(), "authorization_endpoint"),
                self.client_id,
                "code",
                return_to,
                SCOPE,
                trip.state,
                nonce=trip.nonce,
                code_challenge=create_s256_code_challenge(trip.verifier),
                code_challenge_method="S256",
            )
            return target

    def identity(self, trip: Trip, code: str, return_to: str, now: datetime) -> Identity:
        """Who the token names, after its signature, issuer, audience, end and nonce were checked."""
        with _in_words():
            published = self._published()
            tokens = self._tokens(published, trip, code, return_to)
            claims = self._claims(published, tokens, trip, now)
            return self._identity(claims, self._more(published, tokens, claims))

    def _published(self) -> dict[str, Any]:
        found = _json(self.asker.ask(get_well_known_url(self.issuer, external=True)))
        if found.get("issuer") != self.issuer:
            raise RequestError(
                f"The provider calls itself {str(found.get('issuer'))[:200]!r}; [admin.oidc] issuer has to say the same."
            )
        return found

    def _endpoint(self, published: Mapping[str, Any], name: str) -> str:
        url = published.get(name)
        parts = urlsplit(url) if isinstance(url, str) else None
        is_plain = isinstance(url, str) and _PLAIN.fullmatch(url) is not None
        if (
            parts is None
            or not is_plain
            or parts.scheme not in ("https", urlsplit(self.issuer).scheme)
            or not parts.hostname
        ):
            raise RequestError(f"The provider names no {name} that can be used.")
        return str(url)

    def _tokens(self, published: Mapping[str, Any], trip: Trip, code: str, return_to: str) -> dict[str, Any]:
        supported = published.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
        way = "client_secret_basic" if "client_secret_basic" in supported else "client_secret_post"
        auth = ClientAuth(self.client_id, self.client_secret, way if self.client_secret else "none")
        body = prepare_token_request(
            "authorization_code", "", return_to, code=code, code_verifier=trip.verifier
        )
        url, headers, body = auth.prepare(
            "POST", self._endpoint(published, "token_endpoint"), {"Accept": "application/json"}, body
        )
        answer = self.asker.ask(url, form=body, headers=headers)
        tokens = _json(answer, may_fail=True)
        if answer.status != 200:
            reason = f"{tokens.get('error', answer.status)} {tokens.get('error_description', '')}".strip()
            raise RequestError(f"The provider did not take the code. It says: “{reason[:200]}”")
        return tokens

    def _claims(
        self, published: Mapping[str, Any], tokens: Mapping[str, Any], trip: Trip, now: datetime
    ) -> CodeIDToken:
        raw = tokens.get("id_token")
        if not isinstance(raw, str) or len(raw) > MOST_TOKEN:
            raise RequestError(
                "The provider sent no ID token: is the scope openid allowed to this site there?"
            )
        keys = _json(self.asker.ask(self._endpoint(published, "jwks_uri"))).get("keys")
        usable = [
            one for one in keys if isinstance(one, dict) and one.get("kty") in KEY_KINDS
        ] if isinstance(keys, list) else []  # fmt: skip
        token = jwt.decode(raw, KeySet.import_key_set({"keys": usable}), algorithms=SIGNED_BY)
        claims = CodeIDToken(
            token.claims,
            token.header,
            options={
                "iss": {"essential": True, "value": self.issuer},
                "aud": {"essential": True, "value": self.client_id},
                "sub": {"essential": True},
                "nonce": {"essential": True, "value": trip.nonce},
            },
            params={
                "nonce": trip.nonce,
                "client_id": self.client_id,
                "access_token": tokens.get("access_token"),
            },
        )
        claims.validate(now=int(now.timestamp()), leeway=LEEWAY_S)
        return claims

    def _more(
        self, published: Mapping[str, Any], tokens: Mapping[str, Any], claims: Mapping[str, Any]
    ) -> dict[str, Any]:
        """What the token leaves out, of the same person; nothing where the provider tells no more."""
        key = tokens.get("access_token")
        if "email" in claims or "userinfo_endpoint" not in published or not isinstance(key, str):
            return {}
        url = self._endpoint(published, "userinfo_endpoint")
        answer = self.asker.ask(url, headers={"Authorization": f"Bearer {key}", "Accept": "application/json"})
        userinfo = _json(answer)
        if userinfo.get("sub") != claims["sub"]:
            raise RequestError("The provider answered about somebody else than the person who signed in.")
        return userinfo

    def _identity(self, claims: Mapping[str, Any], more: Mapping[str, Any]) -> Identity:
        every = {**more, **claims}
        subject = every["sub"]
        if not isinstance(subject, str) or not 0 < len(subject) <= MOST_SUBJECT or "\0" in subject:
            raise RequestError("The provider named no user.")
        email = every.get("email")
        is_verified = every.get("email_verified") is True and isinstance(email, str)
        names = (every.get("preferred_username"), every.get("name"), email, subject)
        return Identity(
            issuer=self.issuer,
            subject=subject,
            name=next(one for one in names if isinstance(one, str) and one.strip()),
            email=str(email).strip().lower() if is_verified else None,
            values=_values(every, self.role_claim),
        )


@contextmanager
def _in_words() -> Iterator[None]:
    """What a provider or a token does wrong, as a sentence."""
    try:
        yield
    except AskedInVainError as problem:
        raise RequestError(
            f"The provider does not answer: {problem}. Try once more, or use another way."
        ) from problem
    except ExpiredTokenError as problem:
        raise _unbelievable("it is too old; do the clocks differ?", problem) from problem
    except BadSignatureError as problem:
        raise _unbelievable("its signature does not fit the provider's keys", problem) from problem
    except (InvalidClaimError, MissingClaimError) as problem:
        raise _unbelievable(
            f"its `{problem.claim}` is missing, or is not what was asked for", problem
        ) from problem
    except (JoseError, AuthlibBaseError, ValueError, TypeError, LookupError, AttributeError) as problem:
        raise _unbelievable("it is not made as it should be", problem) from problem


def _unbelievable(reason: str, problem: Exception) -> RequestError:
    log.warning("an ID token was refused: %s (%s)", reason, " ".join(str(problem).split())[:200])
    return RequestError(f"What the provider says is not to be believed: {reason}.")


def _json(answer: Answer, *, may_fail: bool = False) -> dict[str, Any]:
    if answer.status != 200 and not may_fail:
        raise RequestError(f"The provider answers {answer.status} where its words should stand.")
    try:
        read = json.loads(answer.body)
    except (ValueError, RecursionError):
        read = None
    if isinstance(read, dict):
        return read
    if answer.status != 200:
        return {}
    raise RequestError("The provider did not answer with JSON.")


def _values(claims: Mapping[str, Any], claim: str | None) -> tuple[str, ...]:
    """What the claim holds; `realm_access.roles` is looked for inside, too."""
    if claim is None:
        return ()
    found: Any = claims.get(claim)
    if found is None:
        found = claims
        for part in claim.split("."):
            found = found.get(part) if isinstance(found, dict) else None
    several = found if isinstance(found, list) else [found]
    return tuple(one for one in several if isinstance(one, str))[:1000]
