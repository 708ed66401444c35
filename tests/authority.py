"""A made-up certificate authority for tests over TLS on loopback, trusted by whoever reads SSL_CERT_FILE."""

from __future__ import annotations

import ssl
from datetime import datetime
from pathlib import Path

import pytest
import trustme


class Authority:
    """Issues certificates for servers."""

    def __init__(self, folder: Path) -> None:
        self._ca = trustme.CA()
        self.file = folder / "authority.pem"
        self._ca.cert_pem.write_to_path(str(self.file))

    def context(
        self, *names: str, until: datetime | None = None, since: datetime | None = None
    ) -> ssl.SSLContext:
        """A server's side of TLS with a certificate for these names."""
        made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._ca.issue_cert(*names, not_before=since, not_after=until).configure_cert(made)
        return made

    def trust(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """This process trusts it from now on, until the test ends."""
        monkeypatch.setenv("SSL_CERT_FILE", str(self.file))
