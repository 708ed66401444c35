"""What a WSGI server is pointed at: `web.wsgi:app`, made from the file that FEEDWRIGHT_CONFIG names."""

from __future__ import annotations

import os
from functools import partial
from pathlib import Path

import parts
from feeds.config import load
from web.app import create_app
from web.renewal import tell_ready

settings = load(Path(os.environ.get("FEEDWRIGHT_CONFIG", "config.toml")), os.environ)
parts.start_logging(settings)
app = create_app(settings=settings, store_factory=partial(parts.open_store, settings))
tell_ready()
