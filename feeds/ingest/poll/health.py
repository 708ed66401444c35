"""The states of a source in words an admin understands, each with its cause and the next step."""

from __future__ import annotations

from dataclasses import dataclass

from feeds.model.fetched import Failed
from feeds.text.urls import shown_url


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """One state: what a list shows, why it is so, what to do."""

    label: str
    cause: str
    next_step: str
    is_trouble: bool = True


OUR_FAULT = "our-fault"

STATES: dict[str, Health] = {
    "new": Health(
        label="not polled yet",
        cause="It was added a moment ago.",
        next_step="Nothing; its turn comes.",
        is_trouble=False,
    ),
    "well": Health(
        label="well", cause="The last poll brought articles.", next_step="Nothing.", is_trouble=False
    ),
    "unchanged": Health(
        label="unchanged", cause="Nothing new since the last poll.", next_step="Nothing.", is_trouble=False
    ),
    "faults": Health(
        label="readable with faults",
        cause="The document, or a page that it names, is not quite in order; what could be read was.",
        next_step="See the detail; you may tell the people who run it.",
        is_trouble=False,
    ),
    "waiting": Health(
        label="asked to wait",
        cause="The host says that it is asked too often.",
        next_step="Nothing; we wait as long as it says.",
    ),
    "blocked": Health(
        label="blocked",
        cause="The host refuses programs, or asks visitors to prove that they are human.",
        next_step="Ask the people who run it to let Feedwright in, or set another address.",
    ),
    "credentials": Health(
        label="needs credentials",
        cause="The host asks for a user name and password, or does not take those that are set.",
        next_step="Set the right ones: on the page of the source, or with `source set`.",
    ),
    "gone": Health(
        label="gone",
        cause="The host says that this address is gone for good (410).",
        next_step="Look for its new address, or remove the source. It is not polled any more.",
    ),
    "missing": Health(
        label="not found",
        cause="There is nothing at this address (404).",
        next_step="Open the site and look for its feed; set the new address.",
    ),
    "not-a-feed": Health(
        label="not a feed",
        cause="The address answers a page, not a feed.",
        next_step="`source add ADDRESS --dry-run` finds the feed behind the page: set that address.",
    ),
    "parked": Health(
        label="parked domain",
        cause="The domain belongs to a dealer now: a page offers it for sale.",
        next_step="Find out where the site has gone; set the new address, or remove the source.",
    ),
    "moved": Health(
        label="moved",
        cause="The host says that the feed has another address now.",
        next_step="Nothing: once that has stood for days it is taken over; if the config file declares it, edit it there.",
        is_trouble=False,
    ),
    "settings": Health(
        label="settings",
        cause="A secret or a proxy that its settings name is missing.",
        next_step="Set what the detail names, or change it with `source set`.",
    ),
    "robots": Health(
        label="not for programs",
        cause="The host's robots.txt asks programs not to read it.",
        next_step="Ask the people who run it, or take the feed alone.",
    ),
    "unreadable": Health(
        label="unreadable",
        cause="The document is so broken that nothing in it can be read.",
        next_step="Tell the people who run it; we keep trying.",
    ),
    OUR_FAULT: Health(
        label="our fault",
        cause="Feedwright itself failed while reading it. The source is not to blame, and is asked at its own pace.",
        next_step="Report it with the trace from the log, and update Feedwright.",
    ),
    "certificate": Health(
        label="certificate",
        cause="The host's certificate is not valid.",
        next_step="Tell the people who run it; we keep trying.",
    ),
    "name": Health(
        label="name not found",
        cause="The host's name leads nowhere.",
        next_step="Check the spelling of the address; see whether the site has moved.",
    ),
    "slow": Health(
        label="too slow", cause="The host did not answer in time.", next_step="Nothing yet; we keep trying."
    ),
    "large": Health(
        label="too large",
        cause="The document is larger than `[fetch] max_bytes`.",
        next_step="Raise the limit if you trust the source.",
    ),
    "refused": Health(
        label="not allowed",
        cause="The address is not a public one.",
        next_step="Let its network through with `[fetch] allow`, if it is yours.",
    ),
    "unreachable": Health(
        label="unreachable", cause="Could not connect.", next_step="Nothing yet; we keep trying."
    ),
    "server": Health(
        label="fault of the host",
        cause="The host answers with an error.",
        next_step="Nothing yet; we keep trying.",
    ),
}


def health_of(status: str) -> Health:
    """The state of that name; a name from another version reads as itself."""
    return STATES.get(status) or Health(label=status, cause="", next_step="")


def our_fault(url: str, what: str, error: BaseException) -> Failed:
    """A failure of our own code, never held against the source; the trace belongs in the log."""
    detail = f"{what} in our own code ({type(error).__name__}); the log has the trace."
    return Failed(url=shown_url(url), state=OUR_FAULT, detail=detail)
