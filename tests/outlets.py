"""Where alerts go in tests: a small SMTP server and a webhook on loopback, both remembering what they were given."""

from __future__ import annotations

import asyncio
import contextlib
import json
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any


@dataclass(slots=True)
class MailBox:
    """What the server took, and how it answers."""

    port: int = 0
    letters: list[EmailMessage] = field(default_factory=list)
    refusal: str | None = None
    """What RCPT is answered instead of a yes."""
    password: str | None = None
    logins: list[str] = field(default_factory=list)
    heard: list[str] = field(default_factory=list)
    """Every command, with whether it came encrypted."""
    offers_starttls: bool = True
    """Where it has a certificate."""
    is_silent: bool = False
    """It takes connections and says nothing."""
    drips: bool = False
    """It greets for ever, a line now and then."""


@contextmanager
def mail_server(tls: ssl.SSLContext | None = None, *, is_tls_first: bool = False) -> Iterator[MailBox]:
    """A mail server (RFC 5321, with AUTH PLAIN, and STARTTLS or TLS where it has a certificate), as long as the context."""
    box, loop, ready = MailBox(), asyncio.new_event_loop(), threading.Event()
    writers: set[asyncio.StreamWriter] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            with contextlib.suppress(OSError, asyncio.IncompleteReadError):
                await talk(reader, writer)
        finally:
            writer.close()
            writers.add(writer)

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        async def say(text: str) -> None:
            writer.write(text.encode() + b"\r\n")
            await writer.drain()

        if box.is_silent:
            await reader.read()
            return
        while box.drips:
            await say("220-mail.test")
            await asyncio.sleep(0.05)
        await say("220 mail.test")
        while line := (await reader.readline()).decode().strip():
            verb = line.split()[0].upper()
            is_veiled = writer.get_extra_info("ssl_object") is not None
            box.heard.append(f"{verb} {'veiled' if is_veiled else 'plain'}")
            if verb == "EHLO":
                offer = "250-STARTTLS\r\n" if tls and box.offers_starttls and not is_veiled else ""
                await say(f"250-mail.test\r\n{offer}250 AUTH PLAIN")
            elif verb == "STARTTLS" and tls:
                await say("220 go on")
                await writer.start_tls(tls)
            elif verb == "AUTH":
                box.logins.append(line.split()[2])
                await say("235 welcome" if box.password is None else "535 who are you")
            elif verb == "RCPT" and box.refusal:
                await say(box.refusal)
            elif verb == "DATA":
                await say("354 go on")
                body = await reader.readuntil(b"\r\n.\r\n")
                letter = message_from_bytes(body[:-3], policy=policy.default)
                box.letters.append(letter)
                await say("250 taken")
            elif verb == "QUIT":
                await say("221 bye")
                break
            else:
                await say("250 ok")

    async def start() -> asyncio.Server:
        server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=tls if is_tls_first else None)
        box.port = server.sockets[0].getsockname()[1]
        return server

    async def end() -> None:
        """What clients left open is closed at once."""
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)
        for writer in writers:
            writer.transport.abort()
        await asyncio.sleep(0.01)

    def run() -> None:
        asyncio.set_event_loop(loop)
        server = loop.run_until_complete(start())
        # From within the loop that runs for ever: before it, a stop would end the start alone.
        loop.call_soon(ready.set)
        loop.run_forever()
        server.close()
        loop.run_until_complete(end())
        loop.close()

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    ready.wait(10)
    try:
        yield box
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)


@dataclass(slots=True)
class Hook:
    """What was posted, what was asked, and how it answers."""

    port: int = 0
    posted: list[Any] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    status: int = 204

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook"


@contextmanager
def web_hook() -> Iterator[Hook]:
    """An HTTP server that takes JSON for as long as the context lives."""
    hook = Hook()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            assert self.headers["Content-Type"] == "application/json"
            if hook.status < 300:
                hook.posted.append(json.loads(body))
            self._done()

        def do_GET(self) -> None:
            hook.asked.append(self.path)
            self._done()

        def _done(self) -> None:
            self.send_response(hook.status)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            """Says nothing."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    hook.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield hook
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
