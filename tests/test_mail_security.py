"""E-mail over TLS to a real server: encrypted as asked for or not at all, and every refusal in words that help."""

from __future__ import annotations

import socket
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from commands.root import cli
from feeds.http.address_guard import guard_of
from feeds.http.mail import MailServer, Security, letter, post
from tests.authority import Authority
from tests.fakes import NOON
from tests.outlets import MailBox, mail_server

LETTER = letter(sender="a@b.example", to=("c@b.example",), title="T", text="x", now=NOON)
NOW = datetime.now(UTC)
PLAIN = {"EHLO plain", "STARTTLS plain"}
"""All that may be said before a connection is encrypted."""


@pytest.fixture
def authority(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Authority:
    made = Authority(tmp_path)
    made.trust(monkeypatch)
    return made


def sent(box: MailBox, security: Security, **changes: object) -> str | None:
    server = MailServer(host="localhost", port=box.port, security=security, user="ines", password="s3cret")
    fault = post(replace(server, **changes), LETTER, guard_of(())).fault  # type: ignore[arg-type]
    assert "s3cret" not in (fault or "")
    return fault


@pytest.mark.parametrize(("security", "is_tls_first"), [("starttls", False), ("tls", True)])
def test_mail_is_encrypted_before_anything_is_said(
    authority: Authority, security: Security, *, is_tls_first: bool
) -> None:
    with mail_server(authority.context("localhost"), is_tls_first=is_tls_first) as box:
        assert sent(box, security) is None
    assert len(box.letters) == len(box.logins) == 1
    assert {one for one in box.heard if one.endswith("plain")} <= PLAIN
    assert "AUTH veiled" in box.heard


def test_a_server_without_starttls_gets_neither_password_nor_mail(authority: Authority) -> None:
    with mail_server(authority.context("localhost")) as box:
        box.offers_starttls = False
        fault = sent(box, "starttls")
    assert fault is not None
    assert "offers no encryption (STARTTLS)" in fault
    assert 'smtp_security = "tls"' in fault
    assert not box.logins
    assert not box.letters
    assert set(box.heard) == {"EHLO plain"}


@pytest.mark.parametrize("security", ["starttls", "tls"])
@pytest.mark.parametrize(
    ("names", "host", "days", "words"),
    [
        ("mail.example", "localhost", 9, "is not for localhost: set smtp to a name that stands in it"),
        ("mail.example", "127.0.0.1", 9, "is not for 127.0.0.1: set smtp to a name that stands in it"),
        ("localhost", "localhost", -1, "has expired: whoever runs the mail server has to renew it"),
    ],
)
def test_a_wrong_certificate_is_refused_in_words(
    authority: Authority, security: Security, names: str, host: str, days: int, words: str
) -> None:
    until = NOW + timedelta(days=days)
    context = authority.context(names, since=NOW - timedelta(days=99), until=until)
    with mail_server(context, is_tls_first=security == "tls") as box:
        fault = sent(box, security, host=host)
    assert fault is not None
    assert words in fault
    assert set(box.heard) <= PLAIN


def test_an_authority_that_nobody_trusts_is_refused_in_words(tmp_path: Path) -> None:
    with mail_server(Authority(tmp_path).context("localhost"), is_tls_first=True) as box:
        fault = sent(box, "tls")
    assert fault is not None
    assert "is not trusted" in fault
    assert "SSL_CERT_FILE" in fault


def test_the_wrong_kind_of_encryption_is_told(authority: Authority) -> None:
    with mail_server(authority.context("localhost")) as box:
        fault = sent(box, "tls")
    assert fault is not None
    assert f"does not speak TLS from the first byte on port {box.port}" in fault
    assert 'smtp_security = "starttls"' in fault


def test_a_wrong_password_is_told(authority: Authority) -> None:
    with mail_server(authority.context("localhost"), is_tls_first=True) as box:
        box.password = "another"
        assert sent(box, "tls") == (
            "The mail server does not take user and password: check smtp_user and smtp_password."
        )


@pytest.mark.parametrize("security", ["starttls", "tls", "none"])
def test_a_server_that_says_nothing_is_given_up(authority: Authority, security: Security) -> None:
    with mail_server(authority.context("localhost")) as box:
        box.is_silent = True
        fault = sent(box, security, within_s=0.2)
    assert fault == "The mail server did not answer within 0.2 s."


def test_a_server_that_never_ends_its_greeting_is_given_up() -> None:
    with mail_server() as box:
        box.drips = True
        fault = sent(box, "none", within_s=0.2)
        box.drips = False
    assert fault == "The mail server did not answer within 1 s."


def test_a_server_that_is_not_there_is_told() -> None:
    # Held, so that nobody else listens there meanwhile.
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        server = MailServer(
            host="127.0.0.1", port=held.getsockname()[1], security="tls", user="ines", password="s"
        )
        fault = post(server, LETTER, guard_of(())).fault
    assert fault == "The mail server cannot be reached: Connection refused."


def test_the_test_of_alerts_shows_these_words(
    authority: Authority, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = tmp_path / "config.toml"
    monkeypatch.setenv("FEEDWRIGHT_CONFIG", str(config))
    with mail_server(authority.context("mail.example")) as box:
        config.write_text(f'[alerts]\nto = ["a@b.example"]\nsmtp = "localhost:{box.port}"\n')
        done = CliRunner().invoke(cli, ["--config", str(config), "alert", "test"])
    assert done.exit_code == 1
    assert "The mail server's certificate is not for localhost: set smtp to a name" in done.output
