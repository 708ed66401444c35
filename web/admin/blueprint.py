"""All admin screens in one blueprint, behind one guard."""

from __future__ import annotations

from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response as AnyResponse

from web.admin.accounts import me, oidc, passkeys, people, sign_in, tokens
from web.admin.accounts.passwords import Argon2
from web.admin.content import article, articles, authors, topics, write
from web.admin.frame import Frame
from web.admin.guard import guard
from web.admin.operating import changelog, jobs, look, overview, settings
from web.admin.publishing import feeds, lint, partners, private_addresses, push, saved_mixes
from web.admin.sources import add_source, choose_links, hosts, imports, source, sources
from web.context import WebContext

SCREENS = (
    sign_in, overview, sources, source, hosts, add_source, choose_links, imports, topics, articles, article, write, authors, feeds, lint, saved_mixes,
    private_addresses, partners, push, changelog, jobs,
    settings, look, people, me, passkeys, tokens, oidc,
)  # fmt: skip


def admin(context: WebContext) -> Frame:
    """Everything under /admin; its `views` are the blueprint."""
    frame = Frame(context, Argon2())
    guard(frame)
    for screen in SCREENS:
        screen.add(frame)

    @frame.get("/<path:rest>")
    def nothing(rest: str) -> AnyResponse:
        raise NotFound(f"There is no admin page “{rest[:80]}”.")

    return frame
