"""E-mail out: one message by SMTP through the standard library, at an address that the guard lets through."""

from __future__ import annotations

import errno
import smtplib
import socket
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid
from ipaddress import ip_address
from typing import Literal

from feeds.http.guard import Guard

Security = Literal["starttls", "tls", "none"]
TIMEOUT_S = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class MailServer:
    """A mail server, and who we are to it."""

    host: str
    port: int
    security: Security = "starttls"
    user: str | None = None
    password: str | None = None


def letter(*, sender: str, to: tuple[str, ...], title: str, text: str, now: datetime) -> EmailMessage:
    """A plain-text e-mail that says it is made by a machine, so that no holiday note answers it."""
    message = EmailMessage()
    message["From"] = sender
    message["To"] = ", ".join(to)
    message["Subject"] = " ".join(title.split())[:200]
    message["Date"] = format_datetime(now)
    message["Message-ID"] = make_msgid(domain=sender.rpartition("@")[2])
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(text + "\n")
    return message


def digest_letter(
    *,
    sender: str,
    to: str,
    title: str,
    text: str,
    html: str,
    message_id: str,
    list_id: str,
    end_url: str | None,
    now: datetime,
) -> EmailMessage:
    """A mail in text and HTML of a list (RFC 2919), ended by one click (RFC 8058) where `end_url` is given."""
    message = letter(sender=sender, to=(to,), title=title, text=text, now=now)
    message.add_alternative(html, subtype="html")
    del message["Message-ID"]
    message["Message-ID"] = message_id
    message["List-Id"] = list_id
    if end_url is not None:
        message["List-Unsubscribe"] = f"<{end_url}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    return message


@dataclass(frozen=True, slots=True, kw_only=True)
class Posted:
    """What came of handing a message over."""

    fault: str | None = None
    """What went wrong, without the password; None where the server took it."""
    status: int | None = None
    """What the server answered; None where it did not."""
    is_final: bool = False
    """The address takes no mail: trying again would not help."""


def post(server: MailServer, message: EmailMessage, guard: Guard) -> Posted:
    """Hands the message to the server, in the calling thread."""
    context = ssl.create_default_context()
    try:
        with _opened(server, guard, context) as connection:
            if server.security == "starttls":
                connection.starttls(context=context)
            if server.user and server.password is not None:
                connection.login(server.user, server.password)
            refused = connection.send_message(message)
    except smtplib.SMTPAuthenticationError as error:
        return Posted(fault="The mail server does not take user and password.", status=error.smtp_code)
    except smtplib.SMTPRecipientsRefused as error:
        return _refused(error.recipients)
    except smtplib.SMTPResponseException as error:
        said = f"The mail server refused it: {error.smtp_code} {_said(error.smtp_error)}."
        return Posted(fault=said, status=error.smtp_code)
    except smtplib.SMTPException as error:
        return Posted(fault=f"The mail server cannot be used: {error}.")
    except ssl.SSLError as error:
        return Posted(fault=f"No trusted encrypted connection to the mail server: {error.reason or error}.")
    except (OSError, ValueError) as error:
        return Posted(fault=f"The mail server cannot be reached: {error}.")
    return _refused(refused) if refused else Posted(status=250)


def _refused(recipients: Mapping[str, tuple[int, bytes]]) -> Posted:
    codes = [code for code, _ in recipients.values()]
    return Posted(
        fault=f"The mail server takes nothing for {', '.join(recipients)}.",
        status=codes[0] if codes else None,
        is_final=bool(codes) and all(500 <= code < 600 for code in codes),
    )


def _opened(server: MailServer, guard: Guard, context: ssl.SSLContext) -> smtplib.SMTP:
    if server.security == "tls":
        return _GuardedSSL(server.host, server.port, timeout=TIMEOUT_S, context=context, guard=guard)
    return _Guarded(server.host, server.port, timeout=TIMEOUT_S, guard=guard)


def _connected(host: str, port: int, guard: Guard) -> socket.socket:
    """A connection to the first address that is open; a literal and `localhost` were meant by who wrote them."""
    infos = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    last: OSError = OSError(errno.EHOSTUNREACH, f"{host} has no address")
    for *_, address in infos:
        if not _is_meant(host) and not guard.is_open(str(address[0]), port, is_sample=False):
            last = OSError(
                errno.EACCES,
                f"{host} is at {address[0]}, which is not public: [fetch] allow may let it through",
            )
            continue
        try:
            return socket.create_connection((str(address[0]), port), TIMEOUT_S)
        except OSError as error:
            last = error
    raise last


def _is_meant(host: str) -> bool:
    if host.lower() == "localhost":
        return True
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


class _Guarded(smtplib.SMTP):
    """SMTP that connects to what the guard lets through."""

    def __init__(self, host: str, port: int, *, timeout: float, guard: Guard) -> None:
        self._guard = guard
        super().__init__(host, port, timeout=timeout)

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        del timeout
        return _connected(host, port, self._guard)


class _GuardedSSL(smtplib.SMTP_SSL):
    """The same with encryption from the first byte."""

    def __init__(
        self, host: str, port: int, *, timeout: float, context: ssl.SSLContext, guard: Guard
    ) -> None:
        self._guard = guard
        super().__init__(host, port, timeout=timeout, context=context)

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        del timeout
        return self.context.wrap_socket(_connected(host, port, self._guard), server_hostname=host)


def _said(text: bytes | str) -> str:
    whole = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    return " ".join(whole.split())[:200].rstrip(".")
