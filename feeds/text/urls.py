"""Addresses: absolute and canonical forms, registrable domains, slugs, what is secret in one. Pure.

Canonical means: the same address for everybody (RFC 3986 section 6: case, default port, dot
segments), without a fragment and without parameters that only tell who clicked. Parameters that
are not known to track stay, because `?id=5` is often the article.
"""

from __future__ import annotations

import ipaddress
import re
from functools import lru_cache
from urllib.parse import SplitResult, parse_qsl, urljoin, urlsplit, urlunsplit

import idna
from anyascii import anyascii
from publicsuffixlist import PublicSuffixList

TRACKING_PREFIXES = (
    "utm_",
    "pk_",
    "mtm_",
    "matomo_",
    "hsa_",
    "oly_",
    "vero_",
    "__hs",
    "at_custom",
    "aspsessionid",
)
TRACKING_NAMES = frozenset(
    {
        "fbclid", "gclid", "gclsrc", "dclid", "gbraid", "wbraid", "msclkid", "yclid", "twclid",
        "ttclid", "igshid", "igsh", "mc_cid", "mc_eid", "mkt_tok", "_hsenc", "_hsmi", "wt_mc",
        "cmpid", "ncid", "ns_mchannel", "ns_source", "ns_campaign", "ns_linkname", "ns_fee",
        "xtor", "sc_cid", "smid", "rss_id", "feedtype", "_openstat", "wickedid", "s_cid",
        "at_medium", "at_campaign", "at_bbc_team", "ocid", "traffic_source",
        # Sessions: of whoever fetched, and ended when anybody else follows the link.
        "phpsessid", "jsessionid", "sessionid", "session_id", "cfid", "cftoken", "zenid", "oscsid",
    }
)  # fmt: skip
SECRET_NAMES = re.compile(
    r"(?i)^(.*[_-])?(token|key|apikey|auth|secret|password|passwd|pwd|pass|sig|signature|hash|session"
    r"|sid|access|jwt|bearer|private)([_-].*)?$"
)
DEFAULT_PORTS = {"http": 80, "https": 443}
MAX_URL = 4000
OF_ONE_DOCUMENT = 500
"""Addresses whose parts are remembered: deciding about a document and storing it ask up to eight times for each."""
_SCHEME = re.compile(r"^[a-zA-Z][a-zA-Z0-9+.-]*:")
_UNSAFE = re.compile(r"[\x00-\x20\x7f<>\"\\^`{|}]|[^\x21-\x7e]")
# What is absolute and normalized as it stands, or a plain path: most addresses are, and a match costs a
# fiftieth of taking them apart (measured: a seventh of reading a document went there).
_PLAIN_PART = r"(?:(?!/\.)[A-Za-z0-9/_.~!$&'()*+,;=:@%-])*"
_PLAIN = re.compile(
    r"https?://(?=[a-z])[a-z0-9-]+(?:\.[a-z0-9-]+)+/"
    + _PLAIN_PART
    + r"(?:\?[A-Za-z0-9/_.~!$&'()*+,;=:@%?-]+)?"
)
_PLAIN_PATH = re.compile(r"/(?!/)" + _PLAIN_PART)
_MAY_HIDE = re.compile(r"[@?\[\]]")
"""Without one of them an address holds neither, and can be taken apart: a tenth of the cost, several times a poll."""
_MAY_SHRINK = re.compile(r"[?#;]|/\.")
_SESSION_PART = re.compile(r";(?:jsessionid|phpsessid|sid)=[^/?#;]*", re.IGNORECASE)
"""A session in the path, as Java servers write it (`;jsessionid=…`)."""
_SESSION_NAME = re.compile(
    r"(?:phpsessid|jsessionid|sessionid|session_id|aspsessionid\w*|cfid|cftoken|zenid|oscsid)=", re.IGNORECASE
)
_ESCAPE = re.compile(r"%([0-9A-Fa-f]{2})")
_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_CONTROLS = re.compile(r"[\x00-\x1f\x7f]+")
_UNSEEN = "\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\ufeff"
"""What copied addresses begin or end with, and nobody sees."""


def absolute_url(url: str | None, base: str | None = None) -> str | None:
    """The http(s) address that `url` means, seen from `base`; None if it means none.

    White space and control characters are dropped, unsafe characters percent-encoded, names put
    into their ASCII form. User info is dropped: an address with credentials is never passed on.
    """
    if not url:
        return None
    if _PLAIN.fullmatch(url) and len(url) <= MAX_URL:
        return url
    text = _CONTROLS.sub("", url).strip().strip(_UNSEEN).strip()
    if not text or len(text) > MAX_URL:
        return None
    if base and _PLAIN_PATH.fullmatch(text):
        origin = _origin(base)
        if origin:
            return origin + text
    return taken_apart(text, base)


def taken_apart(text: str, base: str | None) -> str | None:
    """The same as `absolute_url` by taking the address apart: for those that are not plain."""
    try:
        joined = (
            urljoin(base, text) if base and not text.lower().startswith(("http://", "https://")) else text
        )
        parts = urlsplit(joined)
        # A host of dots alone is none: without it, `//` of the path would begin another address.
        if parts.scheme.lower() not in DEFAULT_PORTS or not (parts.hostname or "").strip("."):
            return None
        made = urlunsplit(
            (
                parts.scheme.lower(),
                _netloc(parts),
                _quoted(parts.path) or "/",
                _quoted(parts.query),
                _quoted(parts.fragment),
            )
        )
        if "[" in made or "]" in made:
            # Without its user info, what is left need not be an address.
            urlsplit(made)
        return made
    except ValueError:
        return None


def without_feed_scheme(text: str) -> str:
    """The address behind `feed:` or `feed://`, which browsers and readers put in front of http addresses.

    A host that answers https alone leads there: its redirect is followed, and taken over.
    """
    text = text.strip()
    if not text.lower().startswith("feed:"):
        return text
    rest = text[5:].removeprefix("//")
    return rest if rest.lower().startswith(("http://", "https://")) else f"http://{rest}"


def canonical_url(url: str | None, base: str | None = None) -> str | None:
    """The address as everybody should know it: absolute, normalized, without tracking or fragment."""
    whole = absolute_url(url, base)
    if whole is None or not _MAY_SHRINK.search(whole):
        return whole
    whole = _SESSION_PART.sub("", whole) if ";" in whole else whole
    if "/." not in whole and _PLAIN.fullmatch(whole):
        page, _, query = whole.partition("?")
        query = _untracked(query)
        return f"{page}?{query}" if query else page
    parts = urlsplit(whole)
    fragment = parts.fragment if parts.fragment.startswith(("!", "/")) else ""
    return urlunsplit(
        (parts.scheme, parts.netloc, _without_dots(parts.path), _untracked(parts.query), fragment)
    )


def without_session(url: str) -> str:
    """The address without the session of whoever fetched it."""
    page, hash_sign, fragment = _SESSION_PART.sub("", url).partition("#")
    path, mark, query = page.partition("?")
    if mark and _SESSION_NAME.search(query):
        query = "&".join(pair for pair in query.split("&") if not _SESSION_NAME.match(pair))
        page = f"{path}?{query}" if query else path
    return page + hash_sign + fragment


def published_url(url: str | None, canonical: str | None) -> str | None:
    """Where a reader is led: the canonical address, at the place of the page that the source's own link names."""
    if url and canonical and "#" in url and canonical_url(url) == canonical:
        return place_url(url)
    return canonical or url


def place_url(url: str) -> str | None:
    """The canonical address with its fragment: a list of changes tells all its entries on one page.

    A fragment that only tells who clicked (`#xtor=RSS-1`) is left out.
    """
    whole, page = absolute_url(url), canonical_url(url)
    if whole is None or page is None or "#" in page:
        return page
    fragment = _untracked(whole.partition("#")[2])
    return f"{page}#{fragment}" if fragment else page


@lru_cache(maxsize=OF_ONE_DOCUMENT)
def same_url_key(url: str) -> str:
    """What is equal for addresses that differ in scheme, `www.`, a slash at the end or how letters are escaped only."""
    key = _key_as_written(url)
    return _ESCAPE.sub(_as_everybody, key) if "%" in key else key


def stored_url_keys(url: str) -> tuple[str, ...]:
    """The key, and what it was for articles that were stored when escapes were kept as they are written."""
    key = same_url_key(url)
    if "%" not in url:
        return (key,)
    written = _key_as_written(url)
    return tuple(dict.fromkeys((key, written, _ESCAPE.sub(lambda found: found[0].lower(), written))))


def _as_everybody(escape: re.Match[str]) -> str:
    """RFC 3986 sections 6.2.2.1 and 6.2.2.2: capital digits, and no escape for what needs none."""
    letter = chr(int(escape[1], 16))
    return letter if letter in _UNRESERVED else escape[0].upper()


def _key_as_written(url: str) -> str:
    if _PLAIN.fullmatch(url):
        page, _, query = url[url.index(":") + 3 :].partition("?")
        return f"{page.removeprefix('www.').rstrip('/')}?{query}"
    parts = urlsplit(url)
    host = parts.netloc.removeprefix("www.")
    return f"{host}{parts.path.rstrip('/')}?{parts.query}"


def host_of(url: str) -> str:
    """Host, and port where it is not the scheme's own: `news.example`, `127.0.0.1:8080`."""
    parts = urlsplit(url)
    return _netloc(parts)


def name_of(host: str) -> str:
    """The host without its port."""
    if host.startswith("["):
        return host[1 : host.index("]")] if "]" in host else host
    return host.rsplit(":", 1)[0] if ":" in host else host


def polite_domain(host: str) -> str:
    """The registrable domain by the list's ICANN part; an IP or single-label name is its own."""
    return _registrable(name_of(host), is_icann_only=True)


def publisher_domain(host: str) -> str:
    """The registrable domain by the whole list: two blogs of one platform are two publishers."""
    return _registrable(name_of(host), is_icann_only=False)


@lru_cache(maxsize=OF_ONE_DOCUMENT)
def url_domain(url: str | None) -> str | None:
    """The publisher's domain of an address; None if there is no address."""
    if not url:
        return None
    try:
        host = url.split("/", 3)[2] if _PLAIN.fullmatch(url) else urlsplit(url).hostname
    except ValueError:
        return None
    return _registrable(host, is_icann_only=False) if host else None


@lru_cache(maxsize=OF_ONE_DOCUMENT)
def guid_domain(guid: str) -> str | None:
    """The publisher's domain that a guid names: host of a URL, authority of a `tag:`; else None."""
    if guid.lower().startswith("tag:"):
        authority = guid[4:500].split(",", 1)[0].rsplit("@", maxsplit=1)[-1].strip().lower()
        return _registrable(authority, is_icann_only=False) if "." in authority else None
    return url_domain(guid) if guid.lower().startswith(("http://", "https://")) else None


def is_iri(text: str) -> bool:
    """True for an absolute IRI (RFC 3987) that XML can carry as an id."""
    return bool(_SCHEME.match(text)) and not re.search(r"[\s<>\"{}|\\^`]", text) and len(text) <= MAX_URL


def is_secret(url: str) -> bool:
    """True if the address holds user info or a parameter that looks like a token."""
    if url.isascii() and not _MAY_HIDE.search(url):
        return False
    try:
        parts = urlsplit(url)
    except ValueError:
        return True
    if parts.username is not None or parts.password is not None:
        return True
    return any(SECRET_NAMES.match(name) and value for name, value in parse_qsl(parts.query))


def unsecret_url(url: str) -> str:
    """The address without user info and query where it is secret, else as it is: what relative ones hang on."""
    if not is_secret(url):
        return url
    try:
        parts = urlsplit(url)
        return urlunsplit((parts.scheme, _netloc(parts), parts.path, "", ""))
    except ValueError:
        return url


def shown_url(url: str) -> str:
    """The address as logs and pages may show it: without user info, query values hidden if secret."""
    if not is_secret(url):
        return url
    try:
        parts = urlsplit(url)
        return urlunsplit((parts.scheme, _netloc(parts), parts.path, "…" if parts.query else "", ""))
    except ValueError:
        return "(not an address)"


def slugify(text: str, fallback: str = "untitled") -> str:
    """A word of `[a-z0-9-]` for addresses, transliterated, at most 60 characters, never empty."""
    ascii_text = anyascii(text).lower()
    slug = re.sub(r"[^a-z0-9]+", "-", ascii_text.replace("'", "")).strip("-")
    if len(slug) > 60:
        slug = slug[:60].rsplit("-", 1)[0] if "-" in slug[40:60] else slug[:60]
    return slug.strip("-") or fallback


@lru_cache(maxsize=1000)
def _origin(base: str) -> str | None:
    """Scheme and host of an address, normalized; None if it has none that is fetched."""
    try:
        parts = urlsplit(base)
        # A host of dots alone is none: without it, `//` of the path would begin another address.
        if parts.scheme.lower() not in DEFAULT_PORTS or not (parts.hostname or "").strip("."):
            return None
        return f"{parts.scheme.lower()}://{_netloc(parts)}"
    except ValueError:
        return None


def _netloc(parts: SplitResult) -> str:
    host = (parts.hostname or "").rstrip(".")
    if ":" in host:
        host = f"[{host}]"
    elif not host.isascii():
        host = _ascii_host(host)
    port = parts.port
    return host if port is None or port == DEFAULT_PORTS.get(parts.scheme.lower()) else f"{host}:{port}"


@lru_cache(maxsize=OF_ONE_DOCUMENT)
def _ascii_host(host: str) -> str:
    """The name as DNS knows it: IDNA 2008 (UTS 46, not transitional), in which `faß.de` is another name than `fass.de`.

    Names that these rules forbid and that exist nevertheless, such as emoji, by the former rules.
    """
    try:
        made = idna.encode(host, uts46=True, transitional=False).decode("ascii")
    except idna.IDNAError:
        made = host.encode("idna").decode("ascii")
    # Other scripts have full stops of their own.
    return made.rstrip(".")


def _quoted(text: str) -> str:
    return _UNSAFE.sub(lambda found: "".join(f"%{byte:02X}" for byte in found[0].encode("utf-8")), text)


def _without_dots(path: str) -> str:
    if "/." not in path:
        return path
    kept: list[str] = []
    segments = path.split("/")[1:]
    for segment in segments:
        if segment == "..":
            if kept:
                kept.pop()
        elif segment != ".":
            kept.append(segment)
    if segments and segments[-1] in (".", ".."):
        kept.append("")
    return "/" + "/".join(kept)


def _untracked(query: str) -> str:
    if not query:
        return ""
    return "&".join(
        pair for pair in query.split("&") if pair and not _is_tracking(pair.split("=", 1)[0].lower())
    )


def _is_tracking(name: str) -> bool:
    return name in TRACKING_NAMES or name.startswith(TRACKING_PREFIXES)


@lru_cache(maxsize=1)
def _whole_list() -> PublicSuffixList:
    return PublicSuffixList()


@lru_cache(maxsize=1)
def _icann_list() -> PublicSuffixList:
    return PublicSuffixList(only_icann=True)


@lru_cache(maxsize=20_000)
def _registrable(name: str, *, is_icann_only: bool) -> str:
    host = name.lower().rstrip(".")
    if "." not in host or _is_ip(host):
        return host
    suffixes = _icann_list() if is_icann_only else _whole_list()
    found: str | None = suffixes.privatesuffix(host)
    return found or host


def _is_ip(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
