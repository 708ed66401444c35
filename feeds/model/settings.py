"""What `config.toml` states of the site itself; what it declares stands in `feeds.model.declarations`.

Each class is a section, each field a key; `feeds.config.load` fills them and says what is wrong. The
first line of a field's docstring stands beside it in the shipped file. Spans are `timedelta` here
and seconds (or `"15m"`, `"2h"`, `"1d"`) in the file; paths are absolute once loaded.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Literal

from feeds.model.declarations import Declarations
from feeds.model.outgoing import AiUse


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteSettings:
    """`[site]`: what every feed and page says of the site."""

    title: str | None = None
    """What feeds and pages call the site; unset: as an admin set it in the browser, else Feedwright."""
    base_url: str | None = None
    """The public address, such as https://news.example; unset: the listening address."""
    contact: str | None = None
    """An e-mail address or page where people who run a source can reach you."""
    language: str = "en"
    languages: tuple[str, ...] = ()
    """Those that may be found in articles whose source names none; empty: all that news is written in."""
    timezone: str = "UTC"
    welcome: str | None = None
    """A sentence or two at the top of the home page, in Markdown."""
    accent: str | None = None
    """The colour of links and buttons, as #rrggbb; the dark scheme gets one that can be read there."""
    logo: str | None = None
    """Path of a picture that stands before the title on each page, and in feeds."""
    stylesheet: str | None = None
    """Path of a style sheet that pages load after ours."""
    templates: str | None = None
    """Path of a folder whose templates take the place of ours of the same name."""
    imprint: str | None = None
    """Path of a Markdown file that is shown at /imprint."""
    privacy: str | None = None
    """Path of a Markdown file that is shown at /privacy."""

    @property
    def name(self) -> str:
        """What feeds and pages call the site."""
        return self.title or "Feedwright"


@dataclass(frozen=True, slots=True, kw_only=True)
class WebSettings:
    """`[web]`: where we listen."""

    host: str = "127.0.0.1"
    port: int = 8080
    workers: int = 1
    trusted_proxies: tuple[str, ...] = ()
    """Networks whose X-Forwarded-For is believed."""
    metrics_token: str | None = None
    """Whoever sends it as a bearer token may read /metrics from anywhere."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AdminSettings:
    """`[admin]`: the pages under /admin."""

    is_on: bool = True
    networks: tuple[str, ...] = ()
    """Only who comes from one of these may open them; unset: everybody may sign in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OidcSettings:
    """`[admin.oidc]`: single sign-on for the admin pages, by OpenID Connect."""

    issuer: str | None = None
    """Where the provider says what it can, without `/.well-known/…`; unset: there is no single sign-on."""
    client_id: str | None = None
    client_secret: str | None = None
    """`env:NAME` or `file:PATH`; unset for a client without one."""
    button: str = "Single sign-on"
    role_claim: str | None = None
    """Which claim tells the role of a person that nobody added."""
    roles: tuple[str, ...] = ()
    """`VALUE=ROLE`: what a value of that claim may do; the first that fits counts."""
    default_role: Literal["admin", "editor", "viewer"] | None = None
    """Of persons that nobody added and no claim names; unset: they are refused."""

    @property
    def is_on(self) -> bool:
        """True if there is a provider to ask."""
        return self.issuer is not None and self.client_id is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class DatabaseSettings:
    """`[database]`: one SQLite file, or PostgreSQL."""

    url: str = "data/feedwright.db"
    """A path relative to the config file, or postgresql://user:password@host/name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchSettings:
    """`[fetch]`: limits on what the outside may cost us."""

    timeout: timedelta = timedelta(seconds=30)
    """For one poll, redirects and body included."""
    stall_timeout: timedelta = timedelta(seconds=10)
    """The longest wait for a connection or for the next bytes."""
    max_bytes: int = 15_000_000
    """Of a body, decoded."""
    max_redirects: int = 5
    max_entries: int = 5_000
    """Of one document; what comes after is left out and the source says so."""
    max_ahead: timedelta = timedelta(minutes=10)
    """How far in the future a source may date an article; dated later, it counts as published when it is read."""
    max_pages: int = 20
    """Article pages that one poll of a source reads; the others are read by the next ones."""
    parse_timeout: timedelta = timedelta(seconds=20)
    parse_memory: int = 600_000_000
    """Bytes of memory that one parsing process may take."""
    parse_workers: int = 1
    concurrency: int = 100
    """Requests under way at once, over all hosts."""
    allow: tuple[str, ...] = ()
    """Networks (CIDR) or addresses that the guard lets through although they are not public."""
    signed: bool = False
    """Requests to sources are signed (Web Bot Auth), so that a site can tell us from who bears our name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PollSettings:
    """`[poll]`: how often and how gently."""

    pause: timedelta = timedelta(seconds=1)
    """Between two requests to one registrable domain."""
    min_interval: timedelta = timedelta(minutes=15)
    max_interval: timedelta = timedelta(days=1)
    default_interval: timedelta = timedelta(hours=1)
    """For a source whose rhythm is not known yet."""
    claim: timedelta = timedelta(seconds=60)
    """How long a scheduler holds a host before another may take it over."""
    websub: bool = True
    """Hubs that sources name are asked to tell us of new articles; needs `[site] base_url`."""
    is_on: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishSettings:
    """`[publish]`: what feeds hold."""

    entries: int = 50
    """The newest so many, and more where the last 48 hours brought more (500 at most)."""
    max_age: timedelta = timedelta(minutes=5)
    """Cache-Control of feeds and pages."""
    excerpt_chars: int = 300
    hub: bool = True
    """Whoever asks at /hub (WebSub) or /cloud (rssCloud) is told of changes at once; needs `[site] base_url`."""
    hubs: tuple[str, ...] = ()
    """Public hubs that are told of every change as well."""
    indexnow: str | None = None
    """Where search engines are told of new, changed and gone articles of ours (IndexNow); unset: nowhere."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RightsSettings:
    """`[rights]`: what others may do with what is ours."""

    ai: AiUse = "unset"
    """unset says nothing; all, answers (no training), or none."""
    license: str | None = None
    """The address of the licence of articles from sources that are ours."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeepSettings:
    """`[keep]`: for how long."""

    articles: timedelta | None = None
    """Unset: for ever."""
    versions: timedelta = timedelta(days=365)
    """Zero: for ever."""
    polls: int = 100
    """Of each source."""
    rendered: timedelta = timedelta(days=7)
    """Counted from when somebody last asked for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertSettings:
    """`[alerts]`: who is told when something needs an admin."""

    to: tuple[str, ...] = ()
    sender: str | None = None
    """Unset: the first of those who are told."""
    smtp: str = "localhost:25"
    smtp_user: str | None = None
    smtp_password: str | None = None
    """`env:NAME` or `file:PATH`."""
    smtp_security: Literal["starttls", "tls", "none"] = "starttls"
    webhook: str | None = None
    """An address, `env:NAME` or `file:PATH`."""
    webhook_form: Literal["json", "slack", "discord", "matrix", "teams"] = "json"
    command: tuple[str, ...] = ()
    """A program and its arguments; no shell."""
    heartbeat: str | None = None
    """An address, `env:NAME` or `file:PATH`."""
    heartbeat_every: timedelta = timedelta(minutes=5)
    nothing_fetched: timedelta = timedelta(hours=3)


@dataclass(frozen=True, slots=True, kw_only=True)
class MailSettings:
    """`[mail]`: feeds by e-mail, for readers without a feed reader."""

    sender: str | None = None
    """Who digests come from; unset: there are none."""
    smtp: str = "localhost:25"
    """The mail server that takes them."""
    smtp_user: str | None = None
    smtp_password: str | None = None
    """`env:NAME` or `file:PATH`."""
    smtp_security: Literal["starttls", "tls", "none"] = "starttls"
    digest_hour: int = 6
    """The hour of the day at which digests leave, in the site's time zone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BackupSettings:
    """`[backup]`: copies of the database, taken while it runs (SQLite)."""

    every: timedelta | None = None
    keep: int = 7
    to: str = "backups"
    """A folder relative to the config file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LogSettings:
    """`[log]`: what is written to standard error."""

    level: Literal["debug", "info", "warning", "error"] = "info"
    format: Literal["text", "json"] = "text"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """A whole config file, typed."""

    path: Path
    """The file itself; relative paths in it start from its folder."""
    site: SiteSettings = SiteSettings()
    web: WebSettings = WebSettings()
    admin: AdminSettings = AdminSettings()
    oidc: OidcSettings = OidcSettings()
    database: DatabaseSettings = DatabaseSettings()
    fetch: FetchSettings = FetchSettings()
    poll: PollSettings = PollSettings()
    publish: PublishSettings = PublishSettings()
    rights: RightsSettings = RightsSettings()
    keep: KeepSettings = KeepSettings()
    alerts: AlertSettings = AlertSettings()
    mail: MailSettings = MailSettings()
    backup: BackupSettings = BackupSettings()
    log: LogSettings = LogSettings()
    declarations: Declarations = Declarations()  # noqa: RUF009 – frozen, like the sections
    sample_base: str | None = None
    """Where the run itself serves `/sample/…`; source addresses that begin with `/` hang on it."""
