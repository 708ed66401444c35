"""What every blueprint of the app is given: settings, site, stores, clock, cache and counters."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import Response, request
from werkzeug.datastructures import Headers

from feeds.clock import Clock
from feeds.model.outgoing import SiteInfo
from feeds.model.settings import Settings, SiteSettings
from web.server.conditional import Answer, Representation, answer, cache_control
from web.server.counters import Counters
from web.server.feed_list import FeedLists
from web.server.feedcache import FeedCache
from web.server.ledger import Ledger
from web.server.partials import Partials
from web.server.partner_uses import PartnerUses
from web.server.ratelimit import RateLimit
from web.server.stores import StorePerThread

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment


class PlainResponse(Response):
    """A response sent with exactly the headers that it was given."""

    def get_wsgi_headers(self, environ: WSGIEnvironment) -> Headers:
        """The headers; werkzeug would take Last-Modified out of a 304, by which caches live."""
        return self.headers


@dataclass(frozen=True, slots=True, kw_only=True)
class WebContext:
    """The parts of one web process."""

    settings: Settings
    site: SiteInfo
    begun: SiteSettings
    """The site as this process began with it: title and logo are those that an admin set in the browser then."""
    stores: StorePerThread
    clock: Clock
    cache: FeedCache
    partials: Partials
    lists: FeedLists
    counters: Counters
    ledger: Ledger
    uses: PartnerUses
    rate_limit: RateLimit
    """Of what has to be made for one client alone: mixes, searches as feeds."""
    ask_limit: RateLimit
    """Of asking our hub to be told."""

    def finish(self) -> None:
        """Writes down what this process still holds to be written: the process ends."""
        store, now = self.stores.get(), self.clock()
        self.counters.write(now)
        self.ledger.flush(store)
        self.uses.flush(store, now, is_last=True)

    def respond(self, shown: Representation) -> Response:
        """The response of the present request: 200 or 304, in the coding that it asks for."""
        given = answer(
            shown,
            method=request.method,
            headers=request_headers(),
            cache_control=cache_control(self.settings.publish.max_age),
        )
        return plain_response(given)


def request_headers() -> dict[str, str]:
    """The headers of the present request, by names in lower case."""
    return {name.lower(): value for name, value in request.headers.items()}


def plain_response(given: Answer) -> Response:
    """The answer as it is, without headers that Flask would add."""
    response = PlainResponse(given.body, status=given.status)
    response.headers.clear()
    response.headers.extend(given.headers)
    return response
