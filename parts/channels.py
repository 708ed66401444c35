"""From settings to the ways by which alerts reach people, and to the heartbeat."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable
from email.message import EmailMessage

from feeds.actions.operating.alert_sending import Channel
from feeds.actions.operating.channels import CommandChannel, Heartbeat, MailChannel, WebhookChannel
from feeds.config.load import base_url
from feeds.config.secrets import secret_of
from feeds.config.values import web_address
from feeds.http.address_guard import guard_of
from feeds.http.mail import MailServer, post
from feeds.http.requests import Transport
from feeds.model.deliveries import Sent
from feeds.model.settings import AlertSettings, MailSettings, Settings


def open_channels(settings: Settings, send: Transport) -> tuple[Channel, ...]:
    """The channels that `[alerts]` names; none where nobody is to be told."""
    found: list[Channel] = []
    alerts = settings.alerts
    if alerts.to:
        found.append(
            MailChannel(
                sender=alerts.sender or alerts.to[0],
                to=alerts.to,
                server=lambda: _mail_server(settings, settings.alerts),
                guard=guard_of(settings.fetch.allow),
            )
        )
    if alerts.webhook:
        found.append(
            WebhookChannel(url=_address(settings, alerts.webhook), form=alerts.webhook_form, transport=send)
        )
    if alerts.command:
        found.append(CommandChannel(words=alerts.command, folder=str(settings.path.parent)))
    return tuple(found)


def open_heartbeat(settings: Settings, send: Transport) -> Heartbeat | None:
    """The heartbeat that `[alerts] heartbeat` names."""
    if settings.alerts.heartbeat is None:
        return None
    return Heartbeat(url=_address(settings, settings.alerts.heartbeat), transport=send)


def site_address(settings: Settings) -> str:
    """The public address, to be named in messages."""
    return base_url(settings)


def open_mail(settings: Settings) -> Callable[[EmailMessage], Awaitable[Sent]] | None:
    """The way by which digests leave; None if `[mail]` names nobody as their sender."""
    if settings.mail.sender is None:
        return None
    guard = guard_of(settings.fetch.allow)

    async def send(message: EmailMessage) -> Sent:
        try:
            server = _mail_server(settings, settings.mail)
        except ValueError as error:
            return Sent(is_taken=False, detail=f"[mail] smtp_password: {error}.", status=0)
        posted = await asyncio.to_thread(post, server, message, guard)
        return Sent(
            is_taken=posted.fault is None,
            detail=posted.fault or "",
            status=posted.status,
            is_final=posted.is_final,
        )

    return send


def _mail_server(settings: Settings, named: AlertSettings | MailSettings) -> MailServer:
    host, _, port = named.smtp.rpartition(":")
    password = named.smtp_password
    return MailServer(
        host=host.strip("[]"),
        port=int(port),
        security=named.smtp_security,
        user=named.smtp_user,
        password=None if password is None else secret_of(password, os.environ, settings.path.parent),
    )


def _address(settings: Settings, stated: str) -> Callable[[], str]:
    """Looked up anew each time; what a reference holds must be an address, too."""

    def found() -> str:
        text = secret_of(stated, os.environ, settings.path.parent)
        try:
            return web_address(text)
        except ValueError:
            # The value is not repeated: it may hold a token.
            raise ValueError("what is named there is no http(s) address") from None

    return found
