"""Waits for a domain's slot for one request of a job: jobs are as gentle as polls are."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

from feeds.actions.operating.jobs import JobTools
from feeds.model.fetched import Failed
from feeds.text.urls import host_of, polite_domain, shown_url

LONGEST_WAIT = timedelta(seconds=30)
"""A job waits so long for a domain; one that asks to be left alone for longer is named, and the job goes on."""


async def wait_for_slot(url: str, tools: JobTools) -> Failed | None:
    """Returns when a request to the address is welcome; a failure where its domain is to be left alone for longer."""
    domain, now = polite_domain(host_of(url)), tools.clock()
    slot: datetime = await tools.in_store(
        lambda store: store.polls.take_slot(domain, now=now, pause=tools.settings.poll.pause)
    )
    if slot - now > LONGEST_WAIT:
        return Failed(
            url=shown_url(url),
            state="waiting",
            detail=f"{domain} asks to be left alone until {slot:%Y-%m-%d %H:%M} UTC.",
        )
    await asyncio.sleep(max(0.0, (slot - tools.clock()).total_seconds()))
    await tools.poll.pause(url)
    return None
