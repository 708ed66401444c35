"""What granian is pointed at: `web.rsgi:app`, the app behind its bridge."""

from __future__ import annotations

from typing import cast

from web.app import MOST_FORM
from web.public.callbacks import most_body
from web.public.fastpath import FastPath
from web.server.bridge import Bridge, threads_of
from web.wsgi import app as flask_app
from web.wsgi import settings

THREADS = 4

app = Bridge(
    flask_app,
    fast=cast(FastPath, flask_app.wsgi_app).answer,
    most_body=lambda path: most_body(path, settings) or MOST_FORM,
    threads=threads_of(THREADS),
)
