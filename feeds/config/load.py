"""`config.toml` into typed settings and declarations; every error at once, each with its place.

What a key may be follows from the types of `feeds.model.settings`; what its value may be from the
table of checks here. Environment variables override settings (`FEEDWRIGHT_WEB_PORT` is `[web]
port`), and `…_FILE` names a file that holds the value, for secrets.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, fields, replace
from datetime import timedelta
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from feeds.config import values
from feeds.config.declared import declared_problems
from feeds.config.expressions import checked_expression
from feeds.config.lines import KeyPath, key_lines, line_of
from feeds.config.look import accent, look_problems
from feeds.config.own import own_problem
from feeds.config.secrets import header_line, reference
from feeds.config.syntax import syntax_problem
from feeds.errors import ConfigError
from feeds.model.mixes import parse_mix
from feeds.model.partners import PartnerDeclaration
from feeds.model.settings import (
    AdminSettings,
    AlertSettings,
    AuthorDeclaration,
    BackupSettings,
    DatabaseSettings,
    Declarations,
    FetchSettings,
    KeepSettings,
    LogSettings,
    MailSettings,
    MixDeclaration,
    PollSettings,
    ProxyDeclaration,
    PublishSettings,
    RightsSettings,
    Settings,
    SiteSettings,
    SourceDeclaration,
    TopicDeclaration,
    WebSettings,
)

_INSIDE = Path(__file__).resolve().with_name("shipped.toml")
IS_INSTALLED = _INSIDE.is_file()
"""True for a wheel, which carries the shipped file inside; False for a checkout."""
SHIPPED = _INSIDE if IS_INSTALLED else Path(__file__).resolve().parents[2] / "config.toml"
"""The demonstration's own file; only there do `/sample/…` addresses lead anywhere."""
ENV_PREFIX = "FEEDWRIGHT_"
LAST_GOOD = "FEEDWRIGHT_LAST_GOOD"
"""Names a copy of the file as it last was right: a running family goes on with it while the file is broken."""
SECTIONS: dict[str, type] = {
    "site": SiteSettings,
    "web": WebSettings,
    "admin": AdminSettings,
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
    ("keep", "versions"): values.longer(timedelta(days=1)),
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where in the file we are, and where faults are gathered."""

    name: str
    lines: dict[KeyPath, int]
    problems: list[tuple[int, str]]

    def wrong(self, path: KeyPath, message: str) -> None:
        shown = ".".join(part for part in path if isinstance(part, str))
        self.problems.append((line_of(self.lines, path), f"{shown}: {message}"))

    def told(self) -> tuple[str, ...]:
        return tuple(f"{self.name}:{line}: {text}" for line, text in sorted(self.problems))


def load(path: Path, environ: Mapping[str, str]) -> Settings:
    """The settings of a file under the environment's overrides; raises ConfigError with every fault.

    Within a running family a broken file is answered by what it said when it last was right.
    """
    try:
        return load_strictly(path, environ)
    except ConfigError:
        if LAST_GOOD not in environ:
            raise
        return parse(Path(environ[LAST_GOOD]).read_text(encoding="utf-8"), path, environ)


def load_strictly(path: Path, environ: Mapping[str, str]) -> Settings:
    """The settings of the file as it is now; raises ConfigError with every fault."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise ConfigError((f"{path}: no such file; `./run init DIR` writes a new site",)) from None
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError((f"{path}: cannot be read: {error}",)) from error
    return parse(text, path, environ)


def parse(text: str, path: Path, environ: Mapping[str, str]) -> Settings:
    """The settings that a text states, as if it stood in `path`; raises ConfigError with every fault."""
    text = text.replace("\r\n", "\n")
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError((syntax_problem(path.name, str(error), text),)) from error
    place = Place(name=path.name, lines=key_lines(text), problems=[])
    sections = {name: _section(name, kind, raw, place) for name, kind in SECTIONS.items()}
    declared = {name: _declared(name, kind, raw, place) for name, kind in DECLARED.items()}
    known = [*SECTIONS, *DECLARED]
    for name in raw:
        if name not in known:
            place.wrong((name,), f"no such section{_nearest(name, known)}")
    declarations = Declarations(
        sources=tuple(declared["source"]),
        topics=tuple(declared["topic"]),
        authors=tuple(declared["author"]),
        proxies=tuple(declared["proxy"]),
        mixes=tuple(declared["mix"]),
        partners=tuple(declared["partner"]),
    )
    place.problems.extend(declared_problems(declarations))
    from_environment = _environment(sections, environ, path)
    _check_bounds(sections, place)
    whole = path.resolve()
    for key, text in look_problems(sections["site"], whole.parent):
        place.wrong(("site", key), text)
    if place.problems or from_environment:
        raise ConfigError((*place.told(), *from_environment))
    settings = Settings(path=whole, declarations=declarations, **sections)
    for one in declarations.sources:
        own = own_problem(one.url, own_addresses(settings)) if one.kind != "folder" else None
        if own:
            place.problems.append((one.line, f"source.url: {own}"))
    if place.problems:
        raise ConfigError(place.told())
    settings = replace(settings, database=_resolved(settings.database, whole.parent))
    return replace(settings, sample_base=listening_url(settings)) if whole == SHIPPED else settings


def listening_url(settings: Settings) -> str:
    """The address under which this machine reaches the run itself."""
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(settings.web.host, settings.web.host)  # noqa: S104
    shown = f"[{host}]" if ":" in host else host
    return f"http://{shown}:{settings.web.port}"


def own_addresses(settings: Settings) -> tuple[str, ...]:
    """Where this site itself is reached: its public address, and the one that it listens at."""
    return tuple(dict.fromkeys((base_url(settings), listening_url(settings))))


def base_url(settings: Settings) -> str:
    """The public address that everything published begins with, without a slash at the end."""
    return settings.site.base_url or listening_url(settings)


def _section(name: str, kind: type, raw: dict[str, Any], place: Place) -> Any:
    table = raw.get(name, {})
    if not isinstance(table, dict):
        place.wrong((name,), f"expected a section; write [{name}]")
        return kind()
    return kind(**typed_table(name, kind, table, (name,), place))


def _declared(name: str, kind: type, raw: dict[str, Any], place: Place) -> list[Any]:
    tables = raw.get(name, [])
    if not isinstance(tables, list) or not all(isinstance(one, dict) for one in tables):
        place.wrong((name,), f"expected a list of sections; write [[{name}]] with two brackets")
        return []
    found: list[Any] = []
    for number, table in enumerate(tables):
        path: KeyPath = (name, number)
        before = len(place.problems)
        given = typed_table(name, kind, table, path, place)
        for one in fields(kind):
            if one.default is MISSING and one.name not in table:
                place.wrong(path, f"{one.name} is missing")
        if len(place.problems) == before:
            found.append(kind(**given, line=line_of(place.lines, path)))
    return found


def typed_table(name: str, kind: type, table: dict[str, Any], path: KeyPath, place: Place) -> dict[str, Any]:
    hints = values.hints_of(kind)
    given: dict[str, Any] = {}
    for key, raw in table.items():
        if key not in hints:
            place.wrong((*path, key), f"no such setting{_nearest(key, hints)}")
            continue
        try:
            given[key] = _checked(name, key, values.typed(hints[key], raw))
        except ValueError as error:
            place.wrong((*path, key), str(error))
    return given


def _checked(name: str, key: str, value: Any) -> Any:
    check = CHECKS.get((name, key))
    return check(value) if check else value


def _environment(sections: dict[str, Any], environ: Mapping[str, str], path: Path) -> list[str]:
    problems: list[str] = []
    for variable in sorted(environ):
        section, _, key = variable.removeprefix(ENV_PREFIX).lower().partition("_")
        if not variable.startswith(ENV_PREFIX) or section not in SECTIONS or not key:
            continue
        hints = values.hints_of(SECTIONS[section])
        is_file = key not in hints and key.endswith("_file")
        key = key.removesuffix("_file") if is_file else key
        if key not in hints:
            near = get_close_matches(key, hints, 1)
            hint = f"; did you mean {ENV_PREFIX}{section.upper()}_{near[0].upper()}?" if near else ""
            problems.append(f"environment: {variable}: no such setting{hint}")
            continue
        try:
            text = _secret(environ[variable], path) if is_file else environ[variable]
            value = _checked(section, key, values.from_text(hints[key], text))
        except ValueError as error:
            problems.append(f"environment: {variable}: {error}")
            continue
        sections[section] = replace(sections[section], **{key: value})
    return problems


def _secret(name: str, path: Path) -> str:
    try:
        return (path.parent / name).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise ValueError(f"the file {name} cannot be read: {error}") from error


def _check_bounds(sections: dict[str, Any], place: Place) -> None:
    poll: PollSettings = sections["poll"]
    if poll.min_interval > poll.max_interval:
        place.wrong(("poll", "min_interval"), "expected at most max_interval")
    elif not poll.min_interval <= poll.default_interval <= poll.max_interval:
        place.wrong(
            ("poll", "default_interval"), "expected a span from poll.min_interval to poll.max_interval"
        )


def _resolved(database: DatabaseSettings, folder: Path) -> DatabaseSettings:
    if "://" in database.url:
        return database
    return replace(database, url=str((folder / database.url).resolve()))


def _nearest(name: str, known: Any) -> str:
    near = get_close_matches(name.lower(), list(known), 1, 0.6)
    return f"; did you mean {near[0]}?" if near else f" (there are {', '.join(known)})"
