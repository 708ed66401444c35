"""E-mail out: one message by SMTP through the standard library, at an address that the guard lets through."""

from __future__ import annotations

import contextlib
import errno
import smtplib
import socket
import ssl
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid
from ipaddress import ip_address
from typing import Literal

from feeds.http.address_guard import Guard
from feeds.http.certificates import Flaw, flaw_of

Security = Literal["starttls", "tls", "none"]
TIMEOUT_S = 30.0
WHOLE = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class MailServer:
    """A mail server, and who we are to it."""

    host: str
    port: int
    security: Security = "starttls"
    user: str | None = None
    password: str | None = None
    within_s: float = TIMEOUT_S
    """The longest wait for each answer; for all of them together five times as long."""


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
    """What went wrong, without the password; None if the server took it."""
    status: int | None = None
    """What the server answered; None if it did not."""
    is_final: bool = False
    """The address takes no mail: trying again would not help."""


def post(server: MailServer, message: EmailMessage, guard: Guard) -> Posted:
    """Hands the message to the server, in the calling thread. Nothing is said before the encryption that is asked for."""
    kind = _GuardedTls if server.security == "tls" else _Guarded
    connection = kind(server, guard)
    watch = threading.Timer(server.within_s * WHOLE, connection.give_up)
    watch.daemon = True
    watch.start()
    try:
        connection.connect(server.host, server.port)
        if server.security == "starttls":
            connection.starttls(context=connection.context)
        if server.user and server.password is not None:
            connection.login(server.user, server.password)
        refused = connection.send_message(message)
        # It has the message: how it takes our leave changes nothing.
        with contextlib.suppress(OSError):
            connection.quit()
    except smtplib.SMTPRecipientsRefused as error:
        return _refused(error.recipients)
    except (OSError, ValueError) as error:
        status = error.smtp_code if isinstance(error, smtplib.SMTPResponseException) else None
        return Posted(fault=_fault(error, server, is_late=connection.is_late), status=status)
    finally:
        watch.cancel()
        connection.close()
    return _refused(refused) if refused else Posted(status=250)


def _fault(error: Exception, server: MailServer, *, is_late: bool) -> str:
    """What went wrong, in words, and what to do; the error itself may hold the password."""
    # smtplib hides what broke a connection in words of its own.
    cause = error.__context__ if isinstance(error, smtplib.SMTPServerDisconnected) else error
    match error:
        case smtplib.SMTPAuthenticationError():
            return "The mail server does not take user and password: check smtp_user and smtp_password."
        case smtplib.SMTPResponseException():
            return f"The mail server refused it: {error.smtp_code} {_reply_text(error.smtp_error)}."
        case smtplib.SMTPNotSupportedError() if "STARTTLS" in str(error):
            return (
                "The mail server offers no encryption (STARTTLS), so nothing was said to it. If it speaks TLS from the"
                ' first byte (port 465): smtp_security = "tls"; if it needs none, as on this machine: "none".'
            )
        case smtplib.SMTPNotSupportedError() if "AUTH" in str(error):
            return (
                "The mail server offers no login here: unset smtp_user, or use the port for senders who"
                " log in (587 with starttls, 465 with tls)."
            )
        case ssl.SSLCertVerificationError():
            return _certificate_fault(error, server)
        case ssl.SSLError() if error.reason in (
            "WRONG_VERSION_NUMBER",
            "UNKNOWN_PROTOCOL",
            "RECORD_LAYER_FAILURE",
        ):
            return (
                f"The mail server does not speak TLS from the first byte on port {server.port}:"
                ' set smtp_security = "starttls" (port 587), or another port.'
            )
        case ssl.SSLError():
            return f"No encrypted connection to the mail server: {error.reason or _reply_text(str(error))}."
    if is_late or isinstance(cause, TimeoutError):
        text = f"The mail server did not answer within {server.within_s * (WHOLE if is_late else 1):g} s."
        is_odd = server.port == 465 and server.security != "tls"
        return text + (' On port 465 it waits for smtp_security = "tls".' if is_odd else "")
    if isinstance(error, smtplib.SMTPException):
        return f"The mail server cannot be used: {_reply_text(str(error))}."
    reason = (error.strerror if isinstance(error, OSError) else None) or str(error)
    return f"The mail server cannot be reached: {_reply_text(reason)}."


def _certificate_fault(error: ssl.SSLCertVerificationError, server: MailServer) -> str:
    words: dict[Flaw, str] = {
        "early": "is not valid yet: set the clock right, here or there",
        "expired": "has expired: whoever runs the mail server has to renew it",
        "name": f"is not for {server.host}: set smtp to a name that stands in it",
        "untrusted": f"is not trusted ({_reply_text(error.verify_message)}): if it comes from an authority of your own, add"
        " that to what this machine trusts, or name its file in the environment variable SSL_CERT_FILE",
    }
    return f"The mail server's certificate {words[flaw_of(error)]}. Nothing was said to it."


def _refused(recipients: Mapping[str, tuple[int, bytes]]) -> Posted:
    codes = [code for code, _ in recipients.values()]
    return Posted(
        fault=f"The mail server takes nothing for {', '.join(recipients)}.",
        status=codes[0] if codes else None,
        is_final=bool(codes) and all(500 <= code < 600 for code in codes),
    )


def _connected(host: str, port: int, guard: Guard, within_s: float) -> socket.socket:
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
            return socket.create_connection((str(address[0]), port), within_s)
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
    """SMTP that connects to what the guard lets through, and can be given up from another thread."""

    def __init__(self, server: MailServer, guard: Guard) -> None:
        super().__init__(timeout=server.within_s)
        # The name that a certificate is held against; smtplib takes it only where it connects at once.
        self._host = server.host
        self._guard, self._within_s = guard, server.within_s
        self.context = ssl.create_default_context()
        self.is_late = False

    def give_up(self) -> None:
        """Ends it: a server that sends a byte now and then would hold its thread for ever."""
        self.is_late = True
        if self.sock is not None:
            with contextlib.suppress(OSError):
                # Not by the method of an encrypted socket, which is not made for two threads.
                socket.socket.shutdown(self.sock, socket.SHUT_RDWR)

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        del timeout
        return _connected(host, port, self._guard, self._within_s)


class _GuardedTls(_Guarded):
    """The same with encryption from the first byte."""

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        return self.context.wrap_socket(super()._get_socket(host, port, timeout), server_hostname=host)


def _reply_text(text: bytes | str) -> str:
    whole = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    return " ".join(whole.split())[:200].rstrip(".")
