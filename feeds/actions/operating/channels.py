"""The ways by which alerts reach people: e-mail, a webhook (a chat's, say), a command; and the heartbeat to a monitor outside."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from feeds.actions.operating.alert_payloads import payload, plain
from feeds.http.address_guard import Guard
from feeds.http.mail import MailServer, letter, post
from feeds.http.requests import Request, Response, Transport
from feeds.model.alerts import Notice

TIMEOUT = timedelta(seconds=20)
COMMAND_S = 60.0
MOST_ANSWER = 100_000


@dataclass(frozen=True, slots=True, kw_only=True)
class MailChannel:
    """E-mail, one message to all addresses."""

    sender: str
    to: tuple[str, ...]
    server: Callable[[], MailServer]
    """Asked anew each time: the password may have been changed. Raises ValueError that says what is missing."""
    guard: Guard
    name: str = "mail"

    async def send(self, notice: Notice, now: datetime) -> str | None:
        """Hands the message to the mail server, in a thread of its own."""
        try:
            server = self.server()
        except ValueError as error:
            return f"[alerts] smtp_password: {error}."
        where = f"\n\n{notice.base_url}" if notice.base_url else ""
        message = letter(
            sender=self.sender, to=self.to, title=notice.title, text=notice.text + where, now=now
        )
        return (await asyncio.to_thread(post, server, message, self.guard)).fault


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookChannel:
    """A POST of JSON, behind the address guard."""

    url: Callable[[], str]
    form: str
    transport: Transport
    name: str = "webhook"

    async def send(self, notice: Notice, now: datetime) -> str | None:
        """Posts the message; any 2xx is a yes."""
        del now
        try:
            url = self.url()
        except ValueError as error:
            return f"[alerts] webhook: {error}."
        answer = await self.transport.get(
            Request(
                url=url,
                method="POST",
                body=json.dumps(payload(notice, self.form), ensure_ascii=False).encode(),
                headers=(("Content-Type", "application/json"),),
                timeout=TIMEOUT,
                max_bytes=MOST_ANSWER,
            )
        )
        return _fault_of(answer, "The webhook")


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandChannel:
    """A program of the admin's, run without a shell; the message is JSON on its standard input."""

    words: tuple[str, ...]
    folder: str
    name: str = "command"

    async def send(self, notice: Notice, now: datetime) -> str | None:
        """Runs the program; exit code 0 is a yes."""
        del now
        try:
            process = await asyncio.create_subprocess_exec(
                *self.words,
                cwd=self.folder,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.DEVNULL,
                stderr=asyncio.subprocess.PIPE,
            )
        except OSError as error:
            return f"{self.words[0]} cannot be run: {error.strerror}."
        given = json.dumps(plain(notice), ensure_ascii=False).encode() + b"\n"
        try:
            async with asyncio.timeout(COMMAND_S):
                _, output = await process.communicate(given)
        except TimeoutError:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()
            return f"{self.words[0]} did not end within {COMMAND_S:g} s."
        if process.returncode == 0:
            return None
        last = output.decode("utf-8", "replace").strip().rpartition("\n")[2][:200]
        return f"{self.words[0]} ended with exit code {process.returncode}{': ' + last if last else ''}."


@dataclass(frozen=True, slots=True, kw_only=True)
class Heartbeat:
    """An address that is asked while all is well: whoever watches it tells when that stops."""

    url: Callable[[], str]
    transport: Transport
    name: str = "heartbeat"

    async def beat(self) -> str | None:
        """Asks the address; returns what went wrong."""
        try:
            url = self.url()
        except ValueError as error:
            return f"[alerts] heartbeat: {error}."
        answer = await self.transport.get(Request(url=url, timeout=TIMEOUT, max_bytes=MOST_ANSWER))
        return _fault_of(answer, "The heartbeat's address")


def _fault_of(answer: object, who: str) -> str | None:
    if isinstance(answer, Response):
        return None if 200 <= answer.status < 300 else f"{who} answered {answer.status}."
    return f"{who} cannot be reached: {getattr(answer, 'detail', '')}"
