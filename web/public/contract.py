"""`/contract`: what readers and partner sites can rely on, as a page; and the feed that walks by itself, for tests."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from flask import Blueprint, Response, render_template

from feeds.actions.publishing.publish import Renderer
from feeds.publish.render import BY_EXTENSION
from feeds.publish.testfeed import test_page
from feeds.text.commonmark import markdown_as_html
from web.context import WebContext
from web.public.syndication import open_to_all
from web.server.conditional import represent

_INSIDE = Path(__file__).resolve().with_name("contract.md")
CONTRACT = _INSIDE if _INSIDE.is_file() else Path(__file__).resolve().parents[2] / "docs/contract.md"
"""A wheel carries it inside; a checkout has it among the documents."""
_TESTS = re.compile(r"\s*`tests/[^`]*`,?")


def contract(context: WebContext) -> Blueprint:
    """The blueprint of `/contract` and `/test.atom`."""
    views = Blueprint("contract", __name__)
    text = CONTRACT.read_text(encoding="utf-8")

    @views.get("/contract")
    def page() -> Response:
        words, extensions = contract_html(text), list(BY_EXTENSION)
        body = render_template("contract.html", words=words, extensions=extensions).encode("utf-8")
        return context.respond(represent(body, "text/html; charset=utf-8", level=4))

    @views.get(f"/test.<any({','.join(BY_EXTENSION)}):extension>")
    def test_feed(extension: str) -> Response:
        store, now = context.stores.get(), context.clock()
        renderer = Renderer(store, site=context.site, publish=context.settings.publish, now=now)
        page = test_page(context.site, store.feeds.site_uuid(), now)
        made = renderer.once(page, BY_EXTENSION[extension].format)
        shown = represent(made.body, made.media_type, etag=made.etag, changed_at=made.changed_at)
        response = open_to_all(context.respond(shown))
        response.headers["Cache-Control"] = "public, max-age=60"
        response.headers["X-Robots-Tag"] = "noindex"
        return response

    return views


@cache
def contract_html(text: str) -> str:
    """The document as HTML, without its title and the names of the tests that hold each line."""
    _, _, body = text.partition("\n")
    plain = _TESTS.sub("", body).replace("[CHANGELOG.md](../CHANGELOG.md)", "the list of changes")
    return markdown_as_html(plain)
