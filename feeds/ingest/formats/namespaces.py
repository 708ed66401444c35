"""Namespaces as publishers spell them, brought to the spelling of their specification. Pure.

Case, a slash at the end, `https`, or an address that means nothing under the usual prefix: feedparser sees through
all of it, and what is read beside it has to know the same elements. (Of the six
real feeds of our corpus that name the podcast namespace, one spells it otherwise.)
"""

from __future__ import annotations

import re

MEDIA = "http://search.yahoo.com/mrss/"
ATOM = "http://www.w3.org/2005/Atom"
DC = "http://purl.org/dc/elements/1.1/"
DCTERMS = "http://purl.org/dc/terms/"
ITUNES = "http://www.itunes.com/dtds/podcast-1.0.dtd"
PODCAST = "https://podcastindex.org/namespace/1.0"
_USUAL = {
    b"media": MEDIA,
    b"dc": DC,
    b"dcterms": DCTERMS,
    b"itunes": ITUNES,
    b"podcast": PODCAST,
    b"atom": ATOM,
}
_KNOWN = {name.lower().rstrip("/").partition("://")[2].encode(): name.encode() for name in _USUAL.values()}
_OTHERS = (b"purl.org/atom/ns#", b"purl.org/dc/elements/1.0")
"""Known under these prefixes, and other vocabularies than the usual ones."""
_CONTENT = "http://purl.org/rss/1.0/modules/content/"
_ROOT = re.compile(rb"<(?:rss|feed|\w{1,20}:rdf)\b", re.IGNORECASE)
_USED = re.compile(rb"<([A-Za-z]\w{0,19}):[A-Za-z]|\s([A-Za-z]\w{0,19}):[A-Za-z][\w.-]{0,30}=[\"']")
_PREFIX = re.compile(rb"xmlns:(\w{1,20})\s*=")
MOST_UNDECLARED = 20
_ENTRY = re.compile(rb"<(?:\w{1,20}:)?(?:item|entry)[\s>/]", re.IGNORECASE)
_DECLARED = re.compile(rb"xmlns(?::(\w{2,8}))?\s*=\s*(?:\"([^\"<&]{1,120})\"|'([^'<&]{1,120})')")


def well_spelled(body: bytes) -> bytes:
    """The document with the namespaces that we read declared as their specifications spell them.

    Declarations before the first entry only: behind it, text that writes about namespaces may stand.
    """
    first = _ENTRY.search(body)
    end = first.start() if first else len(body)
    head = body[:end]
    spelled = _DECLARED.sub(_spelled, head)
    return body if spelled == head else spelled + body[end:]


def _spelled(found: re.Match[bytes]) -> bytes:
    given = found[2] if found[2] is not None else found[3]
    folded = given.strip().lower().rstrip(b"/").removeprefix(b"https://").removeprefix(b"http://")
    usual = _USUAL.get(found[1] or b"")
    named = _KNOWN.get(folded)
    if named is None and usual is not None and folded not in _OTHERS:
        named = usual.encode()
    return found[0] if named is None or named == given else found[0].replace(given, named)


def with_declared(body: bytes) -> bytes:
    """The document with those prefixes declared that it uses without; the same where it has no root or too many."""
    root = _ROOT.search(body)
    declared = {*_PREFIX.findall(body), b"xml", b"xmlns"}
    missing = sorted({element or attribute for element, attribute in _USED.findall(body)} - declared)
    if root is None or not missing or len(missing) > MOST_UNDECLARED:
        return body
    meant = {**_USUAL, b"content": _CONTENT}
    added = "".join(
        f' xmlns:{prefix.decode()}="{meant.get(prefix, f"urn:undeclared:{prefix.decode()}")}"'
        for prefix in missing
    )
    return body[: root.end()] + added.encode() + body[root.end() :]
