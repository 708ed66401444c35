"""Whether a web page is that of a parked domain: one that somebody wants to sell. Pure."""

from __future__ import annotations

import re

from feeds.text.urls import url_domain

LOOKED_AT = 200_000
# Hosts of parking services, met as redirect targets or in scripts and frames of the page.
_SERVICES = (
    "sedoparking.com", "sedo.com", "parkingcrew.net", "bodis.com", "dan.com", "afternic.com", "hugedomains.com",
    "above.com", "parklogic.com", "namebright.com", "uniregistry.com", "voodoo.com", "skenzo.com", "domainmarket.com",
    "buydomains.com", "undeveloped.com", "brandbucket.com", "squadhelp.com", "atom.com", "efty.com", "domainname.de",
    "parkingpage.namecheap.com", "park.io", "fabulous.com", "domainsponsor.com", "smartname.com", "rookdns.com",
    "park.101datacenter.net", "domainlore.com", "searchhounds.com", "nicsell.com", "dnsparking.com",
)  # fmt: skip
_IN_PAGE = re.compile(
    rb"""(?i)(?:src|href|action)\s{0,5}=\s{0,5}["']?(?:https?:)?//(?:[a-z0-9-]{1,60}\.){0,4}("""
    + b"|".join(re.escape(name.encode()) for name in _SERVICES)
    + rb")[/\"'?:]"
)
_SAYS = re.compile(
    rb"(?i)(?:this|the|das|diese|die) (?:web ?)?(?:domain|domain name|site)(?: name)?[^<.]{0,60}"
    rb"(?:is|may be|steht|ist|wird) (?:now |currently |possibly |jetzt |zum |zu )?(?:for sale|available for purchase|verkauf|verkaufen)"
    rb"|buy this domain|make an offer on this domain|inquire about this domain|domain (?:is )?parked|parked (?:free|domain)"
    rb"|domain(?: name)? has expired|domain registration has expired|ce nom de domaine est \S{1,5} vendre"
    rb"|este dominio (?:est\S{1,3} )?(?:en venta|\S{1,3} venda)|questo dominio \S{1,8} in vendita|deze domeinnaam is te koop"
)


def is_parked(page: bytes, page_url: str) -> bool:
    """True if the page belongs to a parking service, or says itself that the domain is for sale or expired."""
    domain = url_domain(page_url) or ""
    if domain in _SERVICES:
        return True
    start = page[:LOOKED_AT]
    if _SAYS.search(start):
        # A long article about domains may say so too: a parking page has few paragraphs.
        return start.lower().count(b"<p") < 12 and b"<article" not in start.lower()
    return _IN_PAGE.search(start) is not None and start.lower().count(b"<p") < 4
