"""What granian is pointed at: `web.rsgi:app`, the app behind its bridge."""

from __future__ import annotations

from typing import cast

from feeds.http.client_address import client_of
from web.api.errors import MCP_PATH, PREFIX, problem_headers, problem_of, rpc_problem
from web.app import MOST_FORM
from web.public.callbacks import most_body
from web.public.fastpath import FastPath
from web.server import security
from web.server.bridge import Bridge, Headers, Refusal, plainly, threads_of
from web.server.proxies import forwarded_client, networks_of
from web.wsgi import app as flask_app
from web.wsgi import settings

THREADS = 4


def refused(method: str, path: str, why: Refusal) -> tuple[Headers, bytes]:
    """What is told to whom no thread of the app has seen: by the API as problem details, elsewhere as a line of text."""
    always = [(name.lower(), value) for name, value in security.HEADERS]
    if path == MCP_PATH:
        return [("content-type", "application/json"), *always], rpc_problem(why.text)
    if not path.startswith(f"{PREFIX}/"):
        headers, body = plainly(method, path, why)
        return [*headers, *always], body
    problem = problem_of(why.status, why.text, flask_app.extensions["feedwright_base_url"])
    return [*problem_headers(method), *always], problem


TRUSTED = networks_of(settings.web.trusted_proxies)


def client(address: str, forwarded_for: str) -> str:
    """The client of a request: whoever connected, or whom a trusted proxy forwards."""
    return client_of(forwarded_client(address, forwarded_for, TRUSTED) or address)


app = Bridge(
    flask_app,
    fast=cast(FastPath, flask_app.wsgi_app).answer,
    most_body=lambda path: most_body(path, settings) or MOST_FORM,
    threads=threads_of(THREADS),
    tell=refused,
    client=client,
    finish=flask_app.extensions["feedwright"].finish,
)
