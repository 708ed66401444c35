"""What a source says of the use of its articles: licence addresses, and RSL terms that forbid everything. Pure.

RSL 1.0 (rslstandard.org): terms stand in a feed as `rsl:` elements. They are the source's, and are not ours to
state anew (section 4.7); what they prohibit altogether we do not pass on, and the licence address is.
"""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urlsplit

from lxml import etree

from feeds.linkheaders import header_links
from feeds.urls import absolute_url

RSL = "https://rslstandard.org/rsl"
RSL_TYPE = "application/rsl+xml"
_LICENSES = (
    "{http://web.resource.org/cc/}license",
    "{http://creativecommons.org/ns#}license",
    "{http://backend.userland.com/creativeCommonsRssModule}license",
    "{http://purl.org/dc/terms/}license",
)
_RESOURCE = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}resource"
_ATOM_LINKS = ("link", "{http://www.w3.org/2005/Atom}link")


def license_of(node: etree._Element) -> str | None:
    """The address of the licence that an entry, or a feed, names as its own child."""
    for child in node:
        if child.tag in _ATOM_LINKS and child.get("rel") == "license" and child.get("href"):
            return (child.get("href") or "").strip() or None
        if child.tag in _LICENSES:
            named = (child.get(_RESOURCE) or child.text or "").strip()
            if named.startswith(("http://", "https://")):
                return named
    return None


def license_of_headers(headers: Iterable[tuple[str, str]], url: str) -> str | None:
    """The address of the licence that an answer's Link headers name: a plain one before RSL terms."""
    named = [
        (one.media_type.strip().lower() == RSL_TYPE, address)
        for one in header_links(value for name, value in headers if name.lower() == "link")
        if "license" in one.relations.lower().split() and (address := absolute_url(one.target, url))
    ]
    return min(named, key=lambda one: one[0])[1] if named else None


def prohibits_all(node: etree._Element) -> bool:
    """True where RSL terms directly below the node prohibit every usage; prohibiting wins over permitting.

    Below a feed's head only terms of the whole site count; below an entry all of them.
    """
    is_entry = _name(node) in ("item", "entry")
    for content in node.iterfind(f"{{{RSL}}}content"):
        if not is_entry and urlsplit(content.get("url") or "").path not in ("", "/", "*", "/*"):
            continue
        for one in content.iter(f"{{{RSL}}}prohibits"):
            if (one.get("type") or "usage") == "usage" and "all" in (one.text or "").replace(
                ",", " "
            ).split():
                return True
    return False


def _name(node: etree._Element) -> str:
    return etree.QName(node).localname if isinstance(node.tag, str) else ""
