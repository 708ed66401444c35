"""The Flask app, put together on one screen."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, Response, request
from werkzeug.exceptions import NotFound
from werkzeug.routing import Rule

from db.store import Store
from feeds.actions.delivering.digests import is_on as digests_on
from feeds.actions.publishing.publish import site_info
from feeds.actions.publishing.site_look import LookWatch
from feeds.clock import Clock, system_clock
from feeds.model.settings import Settings, SiteSettings
from feeds.publish.robots import content_usage
from feeds.text.markup import direction
from feeds.text.urls import shown_url
from web.admin.blueprint import admin
from web.admin.cookies import set_up
from web.api.blueprint import api
from web.api.mcp import mcp
from web.context import WebContext
from web.language import prepare
from web.problems import answer_problems
from web.public.bot import bot
from web.public.callbacks import callbacks
from web.public.contract import contract
from web.public.digests import digests
from web.public.fastpath import FastPath
from web.public.health import health
from web.public.look import dress, look
from web.public.mixes import mixes
from web.public.pages import pages, style_version
from web.public.partner_page import partner_page
from web.public.private import private
from web.public.robots import robots
from web.public.sample import sample
from web.public.subscriber_page import subscriber_page
from web.public.syndication import syndication
from web.server.counters import Counters
from web.server.feed_list import FeedLists
from web.server.feedcache import FeedCache
from web.server.ledger import Ledger
from web.server.partials import Partials
from web.server.partner_uses import PartnerUses
from web.server.paths import without_token
from web.server.proxies import TrustedProxies
from web.server.ratelimit import RateLimit
from web.server.renewal import ask_for_renewal
from web.server.security import harden
from web.server.stores import StorePerThread
from web.times import short_filter, span_words, time_filter

MIXES_A_MINUTE = 60
"""Feeds and pages that nobody else asks for, made for one client in a minute."""
ASKS_A_MINUTE = 120
"""Subscriptions that one client asks our hub for in a minute."""
MOST_FORM = 2_000_000
"""Bytes of a body where an address does not say otherwise: a long list of sources fits."""
STATIC_MAX_AGE = 365 * 24 * 3600
"""The style sheet's address changes with its content."""


PARTS = (
    look,
    syndication,
    pages,
    bot,
    mixes,
    private,
    partner_page,
    subscriber_page,
    robots,
    contract,
    api,
    mcp,
    health,
    callbacks,
)
"""What every site serves, a blueprint each."""


class LateRule(Rule):
    """A rule of the address map that is made ready for building links when the first link to it is built."""

    def _compile_builder(self, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
        # Werkzeug writes and compiles two functions for each rule, which was half of what making an app costs.
        def build(_rule: Rule, /, **values: Any) -> tuple[str, str]:
            made: Callable[..., tuple[str, str]]
            made = super(LateRule, self)._compile_builder(append_unknown).__get__(self)
            setattr(self, "_build_unknown" if append_unknown else "_build", made)
            return made(**values)

        return build


class App(Flask):
    """A Flask app whose log keeps the secrets of addresses."""

    url_rule_class = LateRule

    def log_exception(self, exc_info: Any) -> None:
        """Logs a fault of ours with the path, but without the token that may stand in it."""
        self.logger.error(
            "Exception on %s [%s]", without_token(request.path), request.method, exc_info=exc_info
        )


def create_app(
    *,
    settings: Settings,
    store_factory: Callable[[], Store],
    clock: Clock = system_clock,
    is_refreshing: bool = True,
    patience: timedelta = timedelta(0),
    is_keeping: bool = True,
    begun: SiteSettings | None = None,
) -> Flask:
    """The app of one web process; `is_refreshing` starts the thread that keeps its feeds right.

    `begun` is the site with what an admin set in the browser; title and logo stand in feeds, and hold for the whole process.

    For as long as `patience` it is left to the scheduler to make a changed feed's bytes. Without `is_keeping` no feed is
    held in memory or written to the store: for whoever asks for each of them once.
    """
    context = _context(
        settings, store_factory, clock, patience, is_keeping=is_keeping, begun=begun or settings.site
    )
    app = App(__name__)
    app.extensions["feedwright"] = context
    app.config["SEND_FILE_MAX_AGE_DEFAULT"] = STATIC_MAX_AGE
    app.url_map.strict_slashes = False
    # Such a redirect would be made from the Host header, which anybody may send.
    app.url_map.merge_slashes = False
    _prepare_templates(app, context)
    dress(app, context)
    for part in PARTS:
        app.register_blueprint(part(context))
    if digests_on(settings):
        app.register_blueprint(digests(context))
    if settings.admin.is_on:
        set_up(app, context, urlsplit(context.site.base_url).path)
        frame = app.extensions["feedwright_admin"] = admin(context)
        app.register_blueprint(frame.views)
    if settings.sample_base is not None:
        app.register_blueprint(sample(context))
    answer_problems(app, context.stores, context.site.base_url)

    _add_hooks(app, context)
    app.config["MAX_CONTENT_LENGTH"] = MOST_FORM
    app.wsgi_app = TrustedProxies(app.wsgi_app, settings.web.trusted_proxies)  # type: ignore[method-assign]
    app.wsgi_app = FastPath(app.wsgi_app, context)  # type: ignore[method-assign]
    if is_refreshing:
        context.cache.start()
    return app


def _add_hooks(app: Flask, context: WebContext) -> None:
    """What happens before and after every request."""

    def refuse_nul() -> None:
        # No name here holds one, and PostgreSQL takes none as text.
        if "\0" in request.path:
            raise NotFound

    app.before_request(refuse_nul)

    usage = content_usage(context.site.ai)

    def finish(response: Response) -> Response:
        sent = int(response.headers.get("Content-Length") or 0) if request.method != "HEAD" else 0
        context.counters.count(request.blueprint or "other", response.status_code, sent)
        if usage is not None:
            response.headers.setdefault("Content-Usage", usage)
        return harden(response)

    app.after_request(finish)


def _prepare_templates(app: Flask, context: WebContext) -> None:
    """Gives templates their filters, and what stands on every page."""
    settings = context.settings
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    prepare(app, settings.site.language)
    app.jinja_env.filters["moment"] = time_filter(settings.site.timezone)
    app.jinja_env.filters["short"] = short_filter(settings.site.timezone, context.clock)
    app.jinja_env.filters["span"] = span_words
    app.jinja_env.filters["shown_url"] = shown_url
    app.jinja_env.filters["direction"] = direction
    app.jinja_env.globals.update(
        site=context.site,
        root=urlsplit(context.site.base_url).path,
        style_version=style_version(),
        admin_version=style_version("admin.css"),
        script_version=style_version("admin.js"),
        passkeys_version=style_version("passkeys.js"),
    )


def _context(
    settings: Settings,
    store_factory: Callable[[], Store],
    clock: Clock,
    patience: timedelta,
    *,
    is_keeping: bool,
    begun: SiteSettings,
) -> WebContext:
    site, stores = site_info(replace(settings, site=begun)), StorePerThread(store_factory)
    counters = Counters(settings.path.parent / "data" / "metrics", started_at=clock())
    ledger, uses, watch = Ledger(), PartnerUses(), LookWatch(settings.site, begun)

    def on_tick(now: datetime) -> None:
        counters.write_if_due(now)
        ledger.flush(stores.get())
        uses.flush(stores.get(), now)
        if watch.has_changed(stores.get(), now):
            ask_for_renewal()

    cache = FeedCache(
        stores=stores,
        site=site,
        publish=settings.publish,
        clock=clock,
        on_tick=on_tick,
        patience=patience,
        is_keeping=is_keeping,
    )
    return WebContext(
        settings=settings,
        site=site,
        begun=begun,
        stores=stores,
        clock=clock,
        cache=cache,
        partials=Partials(stores=stores, site=site, publish=settings.publish, clock=clock),
        lists=FeedLists(stores=stores, site=site, clock=clock),
        counters=counters,
        ledger=ledger,
        uses=uses,
        rate_limit=RateLimit(most=MIXES_A_MINUTE, span=timedelta(minutes=1)),
        ask_limit=RateLimit(most=ASKS_A_MINUTE, span=timedelta(minutes=1)),
    )
