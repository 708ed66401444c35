"""What authenticators say, read and proved by the library webauthn. Loaded at the first use of a passkey only."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import (
    base64url_to_bytes,
    bytes_to_base64url,
    encode_cbor,
    parse_cbor,
    parse_client_data_json,
)
from webauthn.helpers.cose import COSEAlgorithmIdentifier
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from feeds.actions.accounts.passkeys import Claim, Place
from feeds.errors import RequestError
from feeds.model.people import NewPasskey, Passkey

WAITS_MS = 120_000
KINDS = [
    COSEAlgorithmIdentifier.ECDSA_SHA_256,
    COSEAlgorithmIdentifier.EDDSA,
    COSEAlgorithmIdentifier.RSASSA_PKCS1_v1_5_SHA_256,
]
MOST_CREDENTIAL = 1023
"""Bytes of a credential's id, as WebAuthn limits it."""


class Webauthn:
    """Fulfils `feeds.actions.accounts.passkeys.Authenticators`."""

    def options_to_add(
        self, place: Place, challenge: str, *, handle: str, name: str, known: list[str]
    ) -> str:
        """A key that is found without a name (discoverable), for who is verified on the device."""
        return options_to_json(
            generate_registration_options(
                rp_id=place.domain,
                rp_name=place.title or place.domain,
                user_name=name,
                user_id=handle.encode(),
                challenge=challenge.encode(),
                timeout=WAITS_MS,
                authenticator_selection=AuthenticatorSelectionCriteria(
                    resident_key=ResidentKeyRequirement.REQUIRED,
                    user_verification=UserVerificationRequirement.REQUIRED,
                ),
                exclude_credentials=[
                    PublicKeyCredentialDescriptor(id=base64url_to_bytes(one)) for one in known
                ],
                supported_pub_key_algs=KINDS,
            )
        )

    def options_to_sign_in(self, place: Place, challenge: str) -> str:
        """Any passkey of this place, from who is verified on the device."""
        return options_to_json(
            generate_authentication_options(
                rp_id=place.domain,
                challenge=challenge.encode(),
                timeout=WAITS_MS,
                user_verification=UserVerificationRequirement.REQUIRED,
            )
        )

    def claim(self, answer: str) -> Claim:
        """What the answer says, nothing of it proved."""
        with _in_words():
            read = json.loads(answer)
            response = read["response"]
            client = parse_client_data_json(base64url_to_bytes(response["clientDataJSON"]))
            if client.cross_origin:
                raise ValueError("asked for inside a page of another site")
            handle = response.get("userHandle")
            return Claim(
                credential=bytes_to_base64url(base64url_to_bytes(read["rawId"])),
                challenge=client.challenge.decode("ascii"),
                handle=base64url_to_bytes(handle).decode("ascii") if handle else "",
            )

    def made(self, answer: str, challenge: str, place: Place) -> NewPasskey:
        """The passkey. Who built the device is not asked for, so nothing that is said of it is even read."""
        with _in_words():
            found = verify_registration_response(
                credential=_without_attestation(json.loads(answer)),
                expected_challenge=challenge.encode(),
                expected_rp_id=place.domain,
                expected_origin=place.origin,
                require_user_verification=True,
                supported_pub_key_algs=KINDS,
            )
            if len(found.credential_id) > MOST_CREDENTIAL:
                raise ValueError("the id is too long")
            return NewPasskey(
                credential=bytes_to_base64url(found.credential_id),
                public_key=bytes_to_base64url(found.credential_public_key),
                sign_count=found.sign_count,
            )

    def proved(self, answer: str, challenge: str, place: Place, passkey: Passkey) -> int:
        """The counter; the store judges it, so that two processes cannot both take the same one."""
        with _in_words():
            found = verify_authentication_response(
                credential=answer,
                expected_challenge=challenge.encode(),
                expected_rp_id=place.domain,
                expected_origin=place.origin,
                credential_public_key=base64url_to_bytes(passkey.public_key),
                credential_current_sign_count=0,
                require_user_verification=True,
            )
            if bytes_to_base64url(found.credential_id) != passkey.credential:
                raise ValueError("it names another credential")
            return found.new_sign_count


@contextmanager
def _in_words() -> Iterator[None]:
    """What the library finds wrong, as one sentence: whoever guesses learns nothing from the difference."""
    try:
        yield
    except (
        WebAuthnException,
        InvalidSignature,
        UnsupportedAlgorithm,
        ValueError,
        TypeError,
        LookupError,
        AttributeError,
        ArithmeticError,
        RecursionError,
    ) as problem:
        raise RequestError(
            "That passkey does not prove who you are: it is of another site, or not verified on the device."
            " Try once more, or use another way."
        ) from problem


def _without_attestation(answer: Any) -> dict[str, Any]:
    """The answer without what the device's maker says of it: certificates of any kind stay unread."""
    read = parse_cbor(base64url_to_bytes(answer["response"]["attestationObject"]))
    plain = encode_cbor({"fmt": "none", "attStmt": {}, "authData": read["authData"]})
    response = {
        "clientDataJSON": answer["response"]["clientDataJSON"],
        "attestationObject": bytes_to_base64url(plain),
    }
    return {"id": answer["id"], "rawId": answer["rawId"], "type": answer["type"], "response": response}
