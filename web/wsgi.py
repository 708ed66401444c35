"""What a WSGI server is pointed at: `web.wsgi:app`, made from the file that FEEDWRIGHT_CONFIG names."""

from __future__ import annotations

import os
from functools import partial
from pathlib import Path

from feeds.config.load import load
from parts.logs import start_logging
from parts.store import open_store
from web.app import create_app
from web.server.renewal import tell_ready

settings = load(Path(os.environ.get("FEEDWRIGHT_CONFIG", "config.toml")), os.environ)
start_logging(settings)
app = create_app(settings=settings, store_factory=partial(open_store, settings))
tell_ready()
