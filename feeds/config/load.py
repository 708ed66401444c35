"""`config.toml` into typed settings and declarations; every error at once, each with its place.

What a key may be follows from the types of `feeds.model.settings`; what its value may be from the
table of `feeds.config.checks`. Environment variables override settings (`FEEDWRIGHT_WEB_PORT` is `[web]
port`), and `…_FILE` names a file that holds the value, for secrets.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import MISSING, fields, replace
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from feeds.config import values
from feeds.config.checks import DECLARED, SECTIONS, Place, attribute_of, checked, nearest, typed_table
from feeds.config.declared import declared_problems
from feeds.config.lines import KeyPath, key_lines, line_of
from feeds.config.look import look_problems
from feeds.config.own_addresses import own_problem
from feeds.config.syntax import syntax_problem
from feeds.errors import ConfigError
from feeds.model.declarations import Declarations
from feeds.model.settings import DatabaseSettings, OidcSettings, PollSettings, Settings

_INSIDE = Path(__file__).resolve().with_name("shipped.toml")
IS_INSTALLED = _INSIDE.is_file()
"""True for a wheel, which carries the shipped file inside; False for a checkout."""
SHIPPED = _INSIDE if IS_INSTALLED else Path(__file__).resolve().parents[2] / "config.toml"
"""The demonstration's own file; only there do `/sample/…` addresses lead anywhere."""
ENV_PREFIX = "FEEDWRIGHT_"
PARENT = "FEEDWRIGHT_PARENT"
"""The id of the process that started a scheduler, which ends with it."""
LAST_GOOD = "FEEDWRIGHT_LAST_GOOD"
"""Names a copy of the file as it last was right: a running family goes on with it while the file is broken."""


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
            place.wrong((name,), f"no such section{nearest(name, known)}")
    declarations = Declarations(
        sources=tuple(declared["source"]),
        topics=tuple(declared["topic"]),
        authors=tuple(declared["author"]),
        proxies=tuple(declared["proxy"]),
        mixes=tuple(declared["mix"]),
        partners=tuple(declared["partner"]),
        lists=tuple(declared["list"]),
    )
    place.problems.extend(declared_problems(declarations))
    from_environment = _environment(sections, environ, path)
    _check_bounds(sections, place)
    whole = path.resolve()
    for key, text in look_problems(sections["site"], whole.parent):
        place.wrong(("site", key), text)
    if place.problems or from_environment:
        raise ConfigError((*place.messages(), *from_environment))
    named = {attribute_of(name): one for name, one in sections.items()}
    settings = Settings(path=whole, declarations=declarations, **named)
    for one in declarations.sources:
        own = own_problem(one.url, own_addresses(settings)) if one.kind != "folder" else None
        if own:
            place.problems.append((one.line, f"source.url: {own}"))
    for listed in declarations.lists:
        own = own_problem(listed.url, own_addresses(settings))
        if own:
            place.problems.append((listed.line, f"list.url: {own}"))
    if place.problems:
        raise ConfigError(place.messages())
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
    path, table = tuple(name.split(".")), raw
    for number, part in enumerate(path, 1):
        table = table.get(part, {})
        if not isinstance(table, dict):
            # Of what a section is in, that was told already.
            if number == len(path):
                place.wrong(path, f"expected a section; write [{name}]")
            return kind()
    own = {key: value for key, value in table.items() if f"{name}.{key}" not in SECTIONS}
    return kind(**typed_table(name, kind, own, path, place))


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


def _environment(sections: dict[str, Any], environ: Mapping[str, str], path: Path) -> list[str]:
    problems: list[str] = []
    for variable in sorted(environ):
        stated = variable.removeprefix(ENV_PREFIX).lower()
        fitting = [one for one in SECTIONS if stated.startswith(f"{one.replace('.', '_')}_")]
        section = max(fitting, key=len, default="")
        key = stated[len(section) + 1 :]
        if not variable.startswith(ENV_PREFIX) or not section or not key:
            continue
        hints = values.hints_of(SECTIONS[section])
        is_file = key not in hints and key.endswith("_file")
        key = key.removesuffix("_file") if is_file else key
        if key not in hints:
            near = get_close_matches(key, hints, 1)
            hint = (
                f"; did you mean {ENV_PREFIX}{section.upper().replace('.', '_')}_{near[0].upper()}?"
                if near
                else ""
            )
            problems.append(f"environment: {variable}: no such setting{hint}")
            continue
        try:
            text = _secret(environ[variable], path) if is_file else environ[variable]
            value = checked(section, key, values.from_text(hints[key], text))
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
    oidc: OidcSettings = sections["admin.oidc"]
    if oidc.issuer is not None and oidc.client_id is None:
        place.wrong(("admin", "oidc", "issuer"), "client_id is missing")
    if oidc.roles and oidc.role_claim is None:
        place.wrong(("admin", "oidc", "roles"), "role_claim is missing: it names the claim that holds them")
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
