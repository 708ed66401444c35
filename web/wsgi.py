"""The app for any WSGI server, `web.wsgi:app`: made from the file that FEEDWRIGHT_CONFIG names."""

from __future__ import annotations

import os
from datetime import timedelta
from functools import partial
from pathlib import Path

from feeds.config.load import load
from parts.logs import start_logging
from parts.look import settled_site
from parts.store import open_store
from web.app import create_app
from web.server.renewal import report_ready

PATIENCE = timedelta(seconds=6)
"""A little longer than a feed that changes all the time waits to be rendered ahead."""

settings = load(Path(os.environ.get("FEEDWRIGHT_CONFIG", "config.toml")), os.environ)
start_logging(settings)
app = create_app(
    settings=settings,
    store_factory=partial(open_store, settings),
    patience=PATIENCE,
    begun=settled_site(settings),
)
report_ready()
