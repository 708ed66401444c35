"""The Flask app, put together on one screen."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from flask import Flask

from feeds.actions.publish import site_info
from feeds.clock import Clock, system_clock
from feeds.model.settings import Settings
from feeds.protocols import Store
from web.context import WebContext
from web.counters import Counters
from web.feedcache import FeedCache
from web.security import harden
from web.stores import StorePerThread
from web.syndication import syndication


def create_app(
    *,
    settings: Settings,
    store_factory: Callable[[], Store],
    clock: Clock = system_clock,
    is_refreshing: bool = True,
) -> Flask:
    """The app of one web process; `is_refreshing` starts the thread that keeps its feeds right."""
    site, stores = site_info(settings), StorePerThread(store_factory)
    cache = FeedCache(stores=stores, site=site, publish=settings.publish, clock=clock)
    counters = Counters(settings.path.parent / "data" / "metrics", started_at=clock())
    context = WebContext(
        settings=settings, site=site, stores=stores, clock=clock, cache=cache, counters=counters
    )
    app = Flask(__name__, static_folder=str(Path(__file__).parent / "static"))
    app.extensions["feedwright"] = context
    app.url_map.strict_slashes = False
    app.register_blueprint(syndication(context))
    app.after_request(harden)
    if is_refreshing:
        cache.start()
    return app
