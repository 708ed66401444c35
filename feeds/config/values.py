"""One raw value of the config file or the environment turned into what its type says.

Every function answers the typed value or raises `ValueError` with what was expected; `config`
puts file, line and key in front of it.
"""

from __future__ import annotations

import re
import types
from collections.abc import Callable
from dataclasses import fields
from datetime import date, timedelta
from difflib import get_close_matches
from functools import lru_cache
from ipaddress import ip_address, ip_network
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from cssselect import GenericTranslator, SelectorError

from feeds.config.secrets import is_reference
from feeds.model.partners import EVENTS, MOST_URL, feed_of_path
from feeds.text.urls import absolute_url, without_feed_scheme

SAMPLE_PREFIX = "/sample/"
_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}
_SPAN = re.compile(r"(\d+(?:\.\d+)?)\s*([smhdw]?)")
_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*")
_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_MAIL = re.compile(r"(mailto:)?[^@\s<>]+@[^@\s<>]+\.[^@\s<>]+")
_HOST = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?")
_TRUE, _FALSE = ("true", "yes", "on", "1"), ("false", "no", "off", "0")

Check = Callable[[Any], Any]


@lru_cache(maxsize=32)
def hints_of(section: type) -> dict[str, Any]:
    """The type of each key of a section; `line` and other marks of our own are left out."""
    hints = get_type_hints(section)
    return {one.name: hints[one.name] for one in fields(section) if one.name != "line"}


def typed(hint: Any, raw: object) -> Any:
    """The raw TOML value as the hint wants it; raises ValueError with what was expected."""
    if get_origin(hint) in (types.UnionType, Union):
        return typed(next(one for one in get_args(hint) if one is not type(None)), raw)
    if get_origin(hint) is Literal:
        return _choice(get_args(hint), raw)
    if hint is bool:
        return _expect(raw, bool, "true or false")
    if hint is int:
        if isinstance(raw, bool):
            raise ValueError("expected a whole number, not true or false")
        return _expect(raw, int, "a whole number")
    if hint is timedelta:
        return span(raw)
    if get_origin(hint) is tuple:
        return _texts(raw)
    return _expect(raw, str, "a text in quotes")


def from_text(hint: Any, text: str) -> Any:
    """An environment variable's text as the hint wants it; lists are separated by commas."""
    if get_origin(hint) in (types.UnionType, Union):
        return from_text(next(one for one in get_args(hint) if one is not type(None)), text)
    if hint is bool:
        if text.lower() not in _TRUE + _FALSE:
            raise ValueError(f"expected true or false, not {text!r}")
        return text.lower() in _TRUE
    if hint is int:
        if not re.fullmatch(r"-?\d+", text.strip()):
            raise ValueError(f"expected a whole number, not {text!r}")
        return int(text)
    if get_origin(hint) is tuple:
        return tuple(part.strip() for part in text.split(",") if part.strip())
    return typed(hint, text)


def span(raw: object) -> timedelta:
    """A span of time from seconds or `"90s"`, `"15m"`, `"2h"`, `"1d"`, `"2w"`."""
    wrong = ValueError(f'expected a span: seconds, or "15m", "2h", "1d", not {_shown(raw)}')
    if isinstance(raw, bool) or not isinstance(raw, int | float | str):
        raise wrong
    found = _SPAN.fullmatch(str(raw).strip())
    if found is None:
        raise wrong
    try:
        return timedelta(seconds=float(found[1]) * _UNITS[found[2] or "s"])
    except OverflowError:
        raise wrong from None


def number(least: int, most: int) -> Check:
    """A check for whole numbers from `least` to `most`."""

    def check(value: int) -> int:
        if not least <= value <= most:
            raise ValueError(f"expected a number from {least} to {most}, not {value}")
        return value

    return check


def longer(least: timedelta) -> Check:
    """A check for spans of at least `least`."""

    def check(value: timedelta) -> timedelta:
        if value < least:
            raise ValueError(f"expected at least {least.total_seconds():g} seconds")
        return value

    return check


def none_or_longer(least: timedelta) -> Check:
    """A check for spans that are zero, or at least `least`."""
    check = longer(least)
    return lambda value: check(value) if value else value


def filled(value: str) -> str:
    """The text, which must hold something."""
    if not value.strip():
        raise ValueError("expected a text that is not empty")
    return value.strip()


def base_address(value: str) -> str:
    """Scheme, host and port of a public address, without a slash at the end."""
    whole = web_address(value)
    parts = urlsplit(whole)
    if parts.path not in ("", "/") or parts.query or parts.fragment:
        raise ValueError(f"expected scheme and host alone, such as https://news.example, not {value!r}")
    return whole.rstrip("/")


def issuer(value: str) -> str:
    """The address of a provider of single sign-on: https, but on this machine."""
    whole = web_address(value)
    parts = urlsplit(whole)
    is_here = parts.hostname in ("localhost", "127.0.0.1", "::1")
    if parts.query or parts.fragment or "@" in parts.netloc or not (parts.scheme == "https" or is_here):
        raise ValueError(f"expected an address such as https://id.example, without a query, not {value!r}")
    return whole


def role_of_value(value: str) -> str:
    """`VALUE=ROLE`."""
    name, _, role = value.rpartition("=")
    if not name.strip() or role.strip() not in ("admin", "editor", "viewer"):
        raise ValueError(f"expected VALUE=admin, VALUE=editor or VALUE=viewer, not {value!r}")
    return f"{name.strip()}={role.strip()}"


def web_address(value: str) -> str:
    """An absolute http(s) address."""
    if not value.strip().lower().startswith(("http://", "https://")) or absolute_url(value) is None:
        raise ValueError(f"expected an address that begins with http:// or https://, not {value!r}")
    return value.strip()


def source_address(value: str) -> str:
    """An absolute http(s) address, `/sample/…` of the demonstration, or the path of a folder."""
    if value.startswith(SAMPLE_PREFIX) and ".." not in value:
        return value
    value = without_feed_scheme(value)
    # Whether a path may stand here depends on `kind`: `feeds.config.declared` looks at both.
    return value if value.strip() and ":" not in value else web_address(value)


def list_address(value: str) -> str:
    """An absolute http(s) address without credentials in it, or the path of a file."""
    if value.strip() and ":" not in value:
        return value.strip()
    whole = web_address(value)
    if "@" in urlsplit(whole).netloc:
        raise ValueError("expected an address without a name or password in it")
    return whole


def is_web_address(value: str) -> bool:
    """True for http(s) addresses and the demonstration's own."""
    return value.lower().startswith(("http://", "https://")) or value.startswith(SAMPLE_PREFIX)


def former_address(value: str) -> str:
    """An absolute http(s) address, or `/sample/…`."""
    return value if value.startswith(SAMPLE_PREFIX) and ".." not in value else web_address(value)


def selector(value: str) -> str:
    """A CSS selector that can be read."""
    if not value.strip() or len(value) > 500:
        raise ValueError(f"expected a CSS selector such as `main h2 a`, not {_shown(value)}")
    try:
        GenericTranslator().css_to_xpath(value.strip())
    except (SelectorError, RecursionError) as error:
        raise ValueError(
            f"expected a CSS selector such as `main h2 a`, not {_shown(value)} ({error})"
        ) from error
    return value.strip()


def media_topic(value: str) -> str:
    """An IPTC Media Topic as `medtop:20000735`; its whole address and bare digits mean the same."""
    digits = value.strip().rstrip("/").replace("/", ":").rpartition(":")[2]
    if not re.fullmatch(r"[0-9]{8}", digits):
        raise ValueError(f"expected an IPTC Media Topic such as medtop:20000735, not {value!r}")
    return f"medtop:{digits}"


def proxy_address(value: str) -> str:
    """http://host:port of a proxy, or a reference to it."""
    if is_reference(value):
        return value
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.path not in ("", "/"):
        # The value is not repeated: it may hold a password.
        raise ValueError("expected http://host:port, or env:NAME or file:PATH that holds it")
    if parts.password:
        raise ValueError("it holds a password: write env:NAME or file:PATH, which hold the whole address")
    return value


def contact(value: str) -> str:
    """An e-mail address or a page."""
    if _MAIL.fullmatch(value.strip()):
        return value.strip()
    try:
        return web_address(value)
    except ValueError:
        raise ValueError(f"expected an e-mail address or the address of a page, not {value!r}") from None


def mail_address(value: str) -> str:
    """An e-mail address."""
    if not _MAIL.fullmatch(value.strip()) or value.strip().startswith("mailto:"):
        raise ValueError(f"expected an e-mail address, not {value!r}")
    return value.strip()


def host_and_port(value: str) -> str:
    """A mail server as `host:port`."""
    host, _, port = value.strip().rpartition(":")
    if not host or not port.isdecimal() or not 1 <= int(port) <= 65535:
        raise ValueError(f"expected host:port, such as mail.news.example:587, not {value!r}")
    listen_host(host.strip("[]"))
    return value.strip()


def named_address(value: str) -> str:
    """An absolute http(s) address, or a reference to one that holds a secret."""
    return value.strip() if is_reference(value.strip()) else web_address(value)


def language(value: str) -> str:
    """A language tag (BCP 47)."""
    if not _LANGUAGE.fullmatch(value):
        raise ValueError(f"expected a language tag such as en, de or pt-BR, not {value!r}")
    return value


def time_zone(value: str) -> str:
    """The name of a time zone that this machine or the tzdata package knows."""
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        near = get_close_matches(value, available_timezones(), 1, 0.6)
        hint = f"; did you mean {near[0]}?" if near else ", such as Europe/Berlin"
        raise ValueError(f"no time zone is called {value!r}{hint}") from None
    return value


def feed_path(value: str) -> str:
    """The path of a feed or mix, in its one spelling."""
    try:
        return feed_of_path(value).path()[1:]
    except ValueError as error:
        raise ValueError(f"{error}, not {value!r}") from None


def hook_event(value: str) -> str:
    """One of the changes that webhooks tell of."""
    return str(_choice(EVENTS, value))


def hook_address(value: str) -> str:
    """An absolute http(s) address without credentials in it."""
    whole = web_address(value)
    if "@" in urlsplit(whole).netloc or len(whole) > MOST_URL or not whole.isprintable():
        raise ValueError(
            f"expected an address of at most {MOST_URL} characters, without a name or password in it"
        )
    return whole.partition("#")[0]


def day(value: str) -> str:
    """A day as `2027-12-31`."""
    try:
        return date.fromisoformat(value.strip()).isoformat()
    except ValueError:
        raise ValueError(f"expected a day such as 2027-12-31, not {value!r}") from None


def slug(value: str) -> str:
    """A word of `[a-z0-9-]`."""
    if not _SLUG.fullmatch(value):
        raise ValueError(f"expected a word of a-z, 0-9 and single hyphens, not {value!r}")
    return value


def listen_host(value: str) -> str:
    """An IP address or a host name to listen on."""
    try:
        ip_address(value)
    except ValueError:
        if not _HOST.fullmatch(value):
            raise ValueError(f"expected an IP address or a host name, not {value!r}") from None
    return value


def database_address(value: str) -> str:
    """A path, or a postgresql:// address."""
    if value.startswith(("postgresql://", "postgres://")):
        return value
    if not value.strip() or "://" in value or value.startswith(":"):
        # The value is not repeated: it may hold a password.
        raise ValueError("expected a path to a file, or postgresql://user:password@host/name")
    return value


def each(check: Check) -> Check:
    """A check of every member of a list."""
    return lambda values: tuple(check(one) for one in values)


def network(value: str) -> str:
    """A network in CIDR notation, or one IP address."""
    try:
        ip_network(value, strict=False)
    except ValueError:
        raise ValueError(f"expected a network such as 10.0.0.0/8, or an IP address, not {value!r}") from None
    return value


def former_name(value: str) -> str:
    """A former slug or address."""
    return former_address(value) if "/" in value or ":" in value else slug(value)


def _choice(choices: tuple[Any, ...], raw: object) -> Any:
    if raw in choices:
        return raw
    near = get_close_matches(str(raw), [str(one) for one in choices], 1)
    hint = f"; did you mean {near[0]}?" if near else ""
    raise ValueError(f"expected one of {', '.join(map(str, choices))}, not {_shown(raw)}{hint}")


def _texts(raw: object) -> tuple[str, ...]:
    if isinstance(raw, list) and all(isinstance(one, str) for one in raw):
        return tuple(raw)
    raise ValueError(f'expected a list of texts such as ["one", "two"], not {_shown(raw)}')


def _expect(raw: object, kind: type, expected: str) -> Any:
    if not isinstance(raw, kind):
        raise ValueError(f"expected {expected}, not {_shown(raw)}")
    return raw


def _shown(raw: object) -> str:
    text = str(raw).lower() if isinstance(raw, bool) else repr(raw)
    return text if len(text) <= 60 else text[:59] + "…"


def fediverse_handle(text: str) -> str:
    """`@name@host` as Mastodon writes it."""
    found = re.fullmatch(r"@?([A-Za-z0-9_.-]+)@([A-Za-z0-9.-]+\.[A-Za-z]{2,})", text.strip())
    if found is None:
        raise ValueError("expected a handle such as @ines@example.social")
    return f"@{found[1]}@{found[2].lower()}"
