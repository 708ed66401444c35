"""What each key of the config file may hold, as a table; and one table of raw values checked against it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from difflib import get_close_matches
from typing import Any

from feeds.config import values
from feeds.config.expressions import checked_expression
from feeds.config.lines import KeyPath, line_of
from feeds.config.look import accent
from feeds.config.secrets import header_line, reference
from feeds.model.declarations import (
    AuthorDeclaration,
    MixDeclaration,
    ProxyDeclaration,
    SourceDeclaration,
    TopicDeclaration,
)
from feeds.model.lists import HOUR, ListDeclaration
from feeds.model.mixes import parse_mix
from feeds.model.partners import PartnerDeclaration
from feeds.model.settings import (
    AdminSettings,
    AlertSettings,
    BackupSettings,
    DatabaseSettings,
    FetchSettings,
    KeepSettings,
    LogSettings,
    MailSettings,
    OidcSettings,
    PollSettings,
    PublishSettings,
    RightsSettings,
    SiteSettings,
    WebSettings,
)

SECTIONS: dict[str, type] = {
    "site": SiteSettings,
    "web": WebSettings,
    "admin": AdminSettings,
    "admin.oidc": OidcSettings,
    "database": DatabaseSettings,
    "fetch": FetchSettings,
    "poll": PollSettings,
    "publish": PublishSettings,
    "rights": RightsSettings,
    "keep": KeepSettings,
    "alerts": AlertSettings,
    "mail": MailSettings,
    "backup": BackupSettings,
    "log": LogSettings,
}
DECLARED: dict[str, type] = {
    "source": SourceDeclaration,
    "topic": TopicDeclaration,
    "author": AuthorDeclaration,
    "mix": MixDeclaration,
    "list": ListDeclaration,
    "proxy": ProxyDeclaration,
    "partner": PartnerDeclaration,
}
_SECOND = timedelta(seconds=1)
_SOME = values.longer(_SECOND / 10)
CHECKS: dict[tuple[str, str], values.Check] = {
    ("site", "title"): values.filled,
    ("site", "base_url"): values.base_address,
    ("site", "contact"): values.contact,
    ("site", "language"): values.language,
    ("site", "languages"): values.each(values.language),
    ("site", "timezone"): values.time_zone,
    ("site", "welcome"): values.filled,
    ("site", "accent"): accent,
    **{("site", name): values.filled for name in ("logo", "stylesheet", "templates", "imprint", "privacy")},
    ("web", "host"): values.listen_host,
    ("web", "port"): values.number(1, 65535),
    ("web", "workers"): values.number(1, 256),
    ("web", "trusted_proxies"): values.each(values.network),
    ("web", "metrics_token"): values.filled,
    ("admin", "networks"): values.each(values.network),
    ("admin.oidc", "issuer"): values.issuer,
    ("admin.oidc", "client_id"): values.filled,
    ("admin.oidc", "client_secret"): reference,
    ("admin.oidc", "button"): values.filled,
    ("admin.oidc", "role_claim"): values.filled,
    ("admin.oidc", "roles"): values.each(values.role_of_value),
    ("database", "url"): values.database_address,
    ("fetch", "timeout"): _SOME,
    ("fetch", "stall_timeout"): _SOME,
    ("fetch", "max_bytes"): values.number(1_000, 1_000_000_000),
    ("fetch", "max_redirects"): values.number(0, 50),
    ("fetch", "max_entries"): values.number(1, 1_000_000),
    ("fetch", "max_ahead"): values.longer(timedelta(0)),
    ("fetch", "max_pages"): values.number(0, 1_000),
    ("fetch", "parse_timeout"): _SOME,
    ("fetch", "parse_memory"): values.number(100_000_000, 1_000_000_000_000),
    ("fetch", "parse_workers"): values.number(1, 256),
    ("fetch", "concurrency"): values.number(1, 10_000),
    ("fetch", "allow"): values.each(values.network),
    ("poll", "min_interval"): values.longer(_SECOND),
    ("poll", "max_interval"): values.longer(_SECOND),
    ("poll", "default_interval"): values.longer(_SECOND),
    ("poll", "claim"): values.longer(_SECOND * 3),
    ("publish", "entries"): values.number(1, 10_000),
    ("publish", "excerpt_chars"): values.number(20, 10_000),
    ("rights", "license"): values.web_address,
    ("publish", "hubs"): values.each(values.web_address),
    ("publish", "indexnow"): values.web_address,
    ("keep", "articles"): values.longer(timedelta(days=1)),
    ("keep", "versions"): values.none_or_longer(timedelta(days=1)),
    ("keep", "polls"): values.number(1, 10_000),
    ("keep", "rendered"): values.longer(timedelta(days=1)),
    ("alerts", "to"): values.each(values.mail_address),
    ("alerts", "sender"): values.mail_address,
    ("alerts", "smtp"): values.host_and_port,
    ("alerts", "smtp_user"): values.filled,
    ("alerts", "smtp_password"): reference,
    ("alerts", "webhook"): values.named_address,
    ("alerts", "command"): values.each(values.filled),
    ("alerts", "heartbeat"): values.named_address,
    ("alerts", "heartbeat_every"): values.longer(_SECOND * 10),
    ("alerts", "nothing_fetched"): values.longer(_SECOND * 60),
    ("mail", "sender"): values.mail_address,
    ("mail", "smtp"): values.host_and_port,
    ("mail", "smtp_user"): values.filled,
    ("mail", "smtp_password"): reference,
    ("mail", "digest_hour"): values.number(0, 23),
    ("backup", "every"): values.longer(_SECOND * 60),
    ("backup", "keep"): values.number(1, 10_000),
    ("backup", "to"): values.filled,
    ("source", "url"): values.source_address,
    ("source", "slug"): values.slug,
    ("source", "title"): values.filled,
    ("source", "topics"): values.each(values.slug),
    ("source", "author"): values.filled,
    ("source", "language"): values.language,
    ("source", "timezone"): values.time_zone,
    ("source", "interval"): values.longer(_SECOND),
    ("source", "links"): values.selector,
    ("source", "only"): values.each(values.filled),
    ("source", "headers"): values.each(header_line),
    ("source", "user"): values.filled,
    ("source", "password"): reference,
    ("source", "user_agent"): values.filled,
    ("source", "timeout"): _SOME,
    ("source", "max_bytes"): values.number(1_000, 1_000_000_000),
    ("source", "proxy"): values.slug,
    ("source", "was"): values.each(values.former_name),
    ("topic", "slug"): values.slug,
    ("topic", "title"): values.filled,
    ("topic", "categories"): values.each(values.filled),
    ("topic", "phrases"): values.each(values.filled),
    ("topic", "url_parts"): values.each(values.filled),
    ("topic", "sources"): values.each(values.slug),
    ("topic", "match"): values.each(checked_expression),
    ("topic", "exclude"): values.each(checked_expression),
    ("topic", "parent"): values.slug,
    ("topic", "medtop"): values.each(values.media_topic),
    ("topic", "was"): values.each(values.slug),
    ("author", "name"): values.filled,
    ("author", "slug"): values.slug,
    ("author", "known_as"): values.each(values.filled),
    ("author", "role"): values.filled,
    ("author", "picture"): values.web_address,
    ("author", "fediverse"): values.fediverse_handle,
    ("author", "links"): values.each(values.web_address),
    ("author", "was"): values.each(values.slug),
    ("mix", "slug"): values.slug,
    ("mix", "path"): lambda path: parse_mix(path.removeprefix("/mix/")).path(),
    ("mix", "title"): values.filled,
    ("mix", "was"): values.each(values.slug),
    ("list", "slug"): values.slug,
    ("list", "url"): values.list_address,
    ("list", "title"): values.filled,
    ("list", "topics"): values.each(values.slug),
    ("list", "every"): values.longer(HOUR),
    ("list", "new_hosts"): values.number(0, 10_000),
    ("proxy", "name"): values.slug,
    ("proxy", "url"): values.proxy_address,
    ("partner", "slug"): values.slug,
    ("partner", "name"): values.filled,
    ("partner", "contact"): values.contact,
    ("partner", "feeds"): values.each(values.feed_path),
    ("partner", "quota"): values.number(1, 1_000_000_000),
    ("partner", "ends"): values.day,
    ("partner", "webhooks"): values.each(values.hook_address),
    ("partner", "webhook_events"): values.each(values.hook_event),
    ("partner", "webhook_feeds"): values.each(values.feed_path),
}


def attribute_of(section: str) -> str:
    """What a section is called in `Settings`."""
    return section.rpartition(".")[2]


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where in the file we are, and where faults are gathered."""

    name: str
    lines: dict[KeyPath, int]
    problems: list[tuple[int, str]]

    def wrong(self, path: KeyPath, message: str) -> None:
        shown = ".".join(part for part in path if isinstance(part, str))
        self.problems.append((line_of(self.lines, path), f"{shown}: {message}"))

    def messages(self) -> tuple[str, ...]:
        return tuple(f"{self.name}:{line}: {text}" for line, text in sorted(self.problems))


def typed_table(name: str, kind: type, table: dict[str, Any], path: KeyPath, place: Place) -> dict[str, Any]:
    hints = values.hints_of(kind)
    given: dict[str, Any] = {}
    for key, raw in table.items():
        if key not in hints:
            place.wrong((*path, key), f"no such setting{nearest(key, hints)}")
            continue
        try:
            given[key] = checked(name, key, values.typed(hints[key], raw))
        except ValueError as error:
            place.wrong((*path, key), str(error))
    return given


def checked(name: str, key: str, value: Any) -> Any:
    check = CHECKS.get((name, key))
    return check(value) if check else value


def nearest(name: str, known: Iterable[str]) -> str:
    """Which of the known names was meant, as the end of a sentence; else all of them."""
    near = get_close_matches(name.lower(), list(known), 1, 0.6)
    return f"; did you mean {near[0]}?" if near else f" (there are {', '.join(known)})"
