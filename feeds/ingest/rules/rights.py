"""What a source says of the use of its articles: licence addresses, and RSL terms with what they leave us. Pure.

RSL 1.0 (rslstandard.org): terms stand in a feed as `rsl:` elements. They are the source's, and are not ours to
state anew (section 4.7): they are stored as declared, obeyed, and their addresses are passed on.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import replace
from urllib.parse import urlsplit

from lxml import etree

from feeds.model.rights import Terms
from feeds.text.linkheaders import header_links
from feeds.text.urls import absolute_url, is_secret, unsecret_url, url_domain

RSL = "https://rslstandard.org/rsl"
RSL_TYPE = "application/rsl+xml"
MOST_TERMS = 5
"""Of one element: those of a channel stand with each of its articles, so that very many would be very much."""
MOST_TOKENS = 30
MOST_ADDRESSES = 5
TOKEN_CHARS = 20
WORDS_CHARS = 200
SCRIPT_CHARS = 100_000
EVERY_USE = "usage:all"
FREE = frozenset({"free", "attribution", "training", "inference", "use"})
"""Payments that a publisher of articles owes nothing by: none, a name that we give, and those for uses by machines."""
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
    """The address of the licence that the Link headers of an answer from `url` name: a plain one before RSL terms."""
    values = [value for name, value in headers if name.lower() == "link"]
    if not values:
        return None
    base = unsecret_url(url)
    named = [
        (one.media_type.strip().lower() == RSL_TYPE, address)
        for one in header_links(values)
        if "license" in one.relations.lower().split() and (address := absolute_url(one.target, base))
    ]
    return min(named, key=lambda one: one[0])[1] if named else None


def read_terms(node: etree._Element) -> tuple[Terms, ...]:
    """The RSL terms directly below an entry or a feed's head, a value for each licence; addresses as written.

    Below a feed's head only terms of the whole site count; below an entry all of them.
    """
    is_entry = _name(node) in ("item", "entry")
    return _terms(
        one for one in node.iterfind(f"{{{RSL}}}content") if is_entry or _is_whole_site(one.get("url") or "")
    )


def read_page_terms(root: etree._Element, url: str) -> tuple[Terms, ...]:
    """The RSL terms in a page's scripts (RSL 1.0 section 4.6) that hold for the page itself."""
    found: list[etree._Element] = []
    for script in root.iter("script"):
        text = script.text or ""
        if (script.get("type") or "").strip().lower() != RSL_TYPE or len(text) > SCRIPT_CHARS:
            continue
        parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
        with suppress(etree.XMLSyntaxError, ValueError):
            document = etree.fromstring(text.strip().encode(), parser)
            found += [
                one for one in document.iter(f"{{{RSL}}}content") if _is_about(one.get("url") or "", url)
            ]
        if len(found) > MOST_TERMS:
            break
    return _terms(found)


def joined_terms(terms: Iterable[Terms], url: str) -> tuple[Terms, ...]:
    """The terms of an entry and those of its feed together, with their addresses absolute and without secrets."""
    made = [
        replace(
            one,
            terms_url=next(_addresses([one.terms_url], url), None),
            standard_urls=tuple(_addresses(one.standard_urls, url)),
            custom_urls=tuple(_addresses(one.custom_urls, url)),
        )
        for one in terms
    ]
    return tuple(dict.fromkeys(made))[: 2 * MOST_TERMS]


def what_terms_forbid(terms: Iterable[Terms]) -> str:
    """Why terms leave us nothing to pass on but the headline, in words; empty if they leave us the article.

    We pass articles on to everybody, everywhere, for nothing, with the author's name. So prohibiting every use
    forbids it, whatever else is permitted; and so does a licence that holds for some readers or countries only, or
    asks for payment, unless it is about uses by machines alone (`search`, `ai-…`), which are none of ours. Of several
    licences the most restrictive counts.
    """
    every = tuple(terms)
    if any(EVERY_USE in one.prohibits for one in every):
        return "they prohibit every use"
    for one in every:
        uses = [use for use in one.permits if use.startswith("usage:")]
        if uses and EVERY_USE not in uses:
            continue
        bounds = [who for who in (*one.permits, *one.prohibits) if who.startswith(("user:", "geo:"))]
        if bounds:
            return f"they hold for some only ({', '.join(bounds[:5])})"
        owed = [payment for payment in one.payments if payment.split(" ", 1)[0] not in FREE]
        if owed:
            return f"they ask for payment ({owed[0]})"
    return ""


def terms_in_words(one: Terms) -> str:
    """One licence as an admin reads it: `permits usage:search; prohibits usage:ai-train; payment crawl; …`."""
    parts = [
        *([f"permits {', '.join(one.permits)}"] if one.permits else []),
        *([f"prohibits {', '.join(one.prohibits)}"] if one.prohibits else []),
        *([f"payment {', '.join(one.payments)}"] if one.payments else []),
        *one.addresses(),
        *([f"© {one.copyright}"] if one.copyright else []),
    ]
    return "; ".join(parts)


def _terms(contents: Iterable[etree._Element]) -> tuple[Terms, ...]:
    found: list[Terms] = []
    for content in contents:
        about = Terms(
            terms_url=_text(content, "terms") or None,
            copyright=_text(content, "copyright")[:WORDS_CHARS] or None,
        )
        licenses = [_license(about, one) for one in content.iterfind(f"{{{RSL}}}license")]
        found += [one for one in licenses or [about] if one != Terms()]
    # What forbids something must not be lost among very many.
    ordered = sorted(dict.fromkeys(found), key=lambda one: not what_terms_forbid([one]))
    return tuple(ordered[:MOST_TERMS])


def _is_about(stated: str, url: str) -> bool:
    """True if an address of RSL terms, with wildcards as in robots.txt, may mean the page."""
    if _is_whole_site(stated):
        return True
    whole = absolute_url(stated, url)
    if whole is None or url_domain(whole) != url_domain(url):
        return False
    begins = urlsplit(whole).path.split("*", 1)[0].rstrip("$")
    return urlsplit(url).path.startswith(begins)


def _is_whole_site(url: str) -> bool:
    try:
        return urlsplit(url).path in ("", "/", "*", "/*")
    except ValueError:
        # Whatever was meant: it may be everything.
        return True


def _license(about: Terms, node: etree._Element) -> Terms:
    payments, standards, customs = [], [], []
    for payment in list(node.iterfind(f"{{{RSL}}}payment"))[:MOST_ADDRESSES]:
        amount = payment.find(f"{{{RSL}}}amount")
        kind = (payment.get("type") or "purchase").strip().lower()
        named = [] if amount is None else [amount.text or "", amount.get("currency") or ""]
        payments.append(" ".join(" ".join((kind, *named)).split())[: 2 * TOKEN_CHARS])
        standards += [_words(one) for one in payment.iterfind(f"{{{RSL}}}standard")]
        customs += [_words(one) for one in payment.iterfind(f"{{{RSL}}}custom")]
    return replace(
        about,
        permits=_tokens(node, "permits"),
        prohibits=_tokens(node, "prohibits"),
        payments=tuple(dict.fromkeys(payments)),
        standard_urls=tuple(one for one in standards if one)[:MOST_ADDRESSES],
        custom_urls=tuple(one for one in customs if one)[:MOST_ADDRESSES],
    )


def _tokens(node: etree._Element, name: str) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for one in node.iterfind(f"{{{RSL}}}{name}"):
        kind = (one.get("type") or "usage").strip().lower()[:TOKEN_CHARS]
        for word in (one.text or "").replace(",", " ").split():
            bare = word[:TOKEN_CHARS]
            found[f"{kind}:{bare.upper() if kind == 'geo' else bare.lower()}"] = None
    return tuple(sorted(found, key=lambda one: one != EVERY_USE))[:MOST_TOKENS]


def _addresses(given: Iterable[str | None], url: str) -> Iterator[str]:
    for one in given:
        whole = absolute_url(one, url) if one and not is_secret(one) else None
        if whole is not None:
            yield whole


def _text(node: etree._Element, name: str) -> str:
    child = node.find(f"{{{RSL}}}{name}")
    return "" if child is None else _words(child)


def _words(node: etree._Element) -> str:
    return " ".join((node.text or "").split())


def _name(node: etree._Element) -> str:
    return node.tag.rpartition("}")[2] if isinstance(node.tag, str) else ""
