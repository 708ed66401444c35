"""Who asks the API: anybody, at a low rate, a partner by its key, a person's script by its token; what they may, and how often."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from ipaddress import ip_network
from typing import NoReturn

from db.store import Store
from feeds.actions.accounts.tokens import holder_of
from feeds.actions.declaring.partner_keys import partner_of
from feeds.http.client_address import client_of
from feeds.model.articles import Article
from feeds.model.outgoing import FeedKey
from feeds.model.partners import Partner, feed_of_path
from feeds.model.rights import Share
from feeds.model.settings import AdminSettings
from feeds.model.tokens import TOKEN_BEGIN, Holder
from web.api.errors import ApiError
from web.server.partner_uses import PartnerUses
from web.server.proxies import is_in
from web.server.ratelimit import RateLimit, Spent

ANYBODY_A_MINUTE, PARTNER_A_MINUTE = 60, 600
WRITES_A_MINUTE = 60
"""By one token; it may read as often as a partner."""
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Who asks, and what they are told of their rate."""

    partner: Partner | None = None
    holder: Holder | None = None
    """Whose script it is; it reads what anybody may, and more of what it manages."""
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def share(self) -> Share:
        """No more of any article than that."""
        return self.partner.spec.share if self.partner else "full"

    def scope(self, store: Store) -> tuple[FeedKey, ...]:
        """The feeds that the caller may read, under their present names; empty: all that are public."""
        if self.partner is None:
            return ()
        return tuple(_present(store, feed_of_path(path)) for path in self.partner.spec.feeds)

    def require_feed(self, store: Store, key: FeedKey) -> None:
        """Raises ApiError if the caller may not read the feed."""
        scope = self.scope(store)
        if scope and key not in scope:
            names = ", ".join(one.path()[1:] for one in scope)
            raise ApiError("not-yours", f"This key is for: {names}. Ask for one of these feeds.")

    def require_article(self, store: Store, article: Article) -> None:
        """Raises ApiError if the article stands in none of the caller's feeds."""
        scope = self.scope(store)
        if scope and not any(_is_in_feed(store, key, article) for key in scope):
            raise ApiError("not-yours", "This article stands in none of the feeds that this key is for.")

    def require_everything(self, store: Store) -> None:
        """Raises ApiError if the caller's key is limited to some feeds."""
        if self.scope(store):
            raise ApiError(
                "not-yours", "This key is for some feeds only: ask for the articles of one of them."
            )


class Callers:
    """Lets requests in, one process's worth of counting."""

    def __init__(self, uses: PartnerUses, admin: AdminSettings | None = None) -> None:
        """Tokens count where `admin` is given."""
        self._admin, self._uses = admin, uses
        self._networks = tuple(ip_network(one, strict=False) for one in admin.networks) if admin else ()
        self._anybody = RateLimit(most=ANYBODY_A_MINUTE, span=MINUTE)
        self._partners = RateLimit(most=PARTNER_A_MINUTE, span=MINUTE)
        self._tokens = RateLimit(most=PARTNER_A_MINUTE, span=MINUTE)
        self._writes = RateLimit(most=WRITES_A_MINUTE, span=MINUTE)

    def admit(self, store: Store, authorization: str | None, address: str, now: datetime) -> Caller:
        """Who asks; raises ApiError for a key that is unknown or has ended, and for too many requests."""
        if authorization is None:
            return Caller(headers=_checked(self._anybody, client_of(address), now))
        key = _key_of(authorization)
        if key.startswith(TOKEN_BEGIN) and self._admin is not None:
            holder = self._holder(store, key, address, now)
            return Caller(holder=holder, headers=_checked(self._tokens, str(holder.token.id), now))
        partner = partner_of(store, key)
        if partner is None:
            self._refuse(
                "Send `Authorization: Bearer KEY` with a key that you were given, or no such header.",
                address,
                now,
            )
        headers = _checked(self._partners, str(partner.id), now)
        if partner.has_ended(now):
            raise ApiError(
                "not-yours", f"The keys of {partner.spec.name} ended on {partner.spec.ends_on}.", headers
            )
        return Caller(partner=partner, headers=self._within_quota(store, partner, headers, now))

    def admit_writer(self, store: Store, authorization: str | None, address: str, now: datetime) -> Caller:
        """Whose script wants to write; raises ApiError for whoever has no token."""
        key = _key_of(authorization or "")
        if not key:
            self._refuse(
                "Writing needs a token: send `Authorization: Bearer TOKEN`. `./run admin token NAME` makes one.",
                address,
                now,
            )
        if not key.startswith(TOKEN_BEGIN) and partner_of(store, key) is not None:
            headers = _checked(self._anybody, client_of(address), now)
            raise ApiError(
                "not-yours", "A partner's key is for reading. Writing needs a token of a person.", headers
            )
        holder = self._holder(store, key, address, now)
        return Caller(holder=holder, headers=_checked(self._writes, str(holder.token.id), now))

    def _holder(self, store: Store, key: str, address: str, now: datetime) -> Holder:
        if self._admin is None or not self._admin.is_on:
            raise ApiError("not-yours", "The admin pages are switched off here, and tokens with them.")
        if self._networks and not is_in(address, self._networks):
            raise ApiError("not-yours", "Tokens work from certain networks only, as the admin pages do.")
        holder = holder_of(store, key, now)
        if holder is None:
            self._refuse("This token is unknown, or was taken back.", address, now)
        if holder.token.has_ended(now):
            self._refuse(f"This token ended on {holder.token.ends_on}.", address, now)
        return holder

    def _refuse(self, why: str, address: str, now: datetime) -> NoReturn:
        # Whoever guesses keys is slowed down like anybody else.
        headers = _checked(self._anybody, client_of(address), now)
        raise ApiError("unknown-key", why, {**headers, "WWW-Authenticate": "Bearer"})

    def _within_quota(
        self, store: Store, partner: Partner, headers: dict[str, str], now: datetime
    ) -> dict[str, str]:
        used, quota = self._uses.count(store, partner.id, now), partner.spec.quota
        if quota is None:
            return headers
        tomorrow = datetime.combine(now.date() + DAY, datetime.min.time(), now.tzinfo)
        seconds = _seconds(tomorrow - now)
        with_quota = {
            "RateLimit-Policy": f'{headers["RateLimit-Policy"]}, "day";q={quota};w={_seconds(DAY)}',
            "RateLimit": f'{headers["RateLimit"]}, "day";r={max(0, quota - used)};t={seconds}',
        }
        if used > quota:
            raise ApiError(
                "too-many-requests",
                f"Your {quota:,} requests of today are used up. The next day begins at midnight UTC.",
                {**with_quota, "Retry-After": str(seconds)},
            )
        return with_quota


def _key_of(authorization: str) -> str:
    scheme, _, key = authorization.partition(" ")
    return key.strip() if scheme.lower() == "bearer" else ""


def _checked(limit: RateLimit, client: str, now: datetime) -> dict[str, str]:
    spent: Spent = limit.spend(client, now)
    values = {
        "RateLimit-Policy": f'"minute";q={limit.most};w={_seconds(limit.span)}',
        "RateLimit": f'"minute";r={spent.left};t={_seconds(spent.until_full)}',
    }
    if spent.wait is None:
        return values
    seconds = max(1, _seconds(spent.wait))
    raise ApiError(
        "too-many-requests",
        f"Try again in {seconds} seconds. {limit.most} requests a minute are allowed.",
        {**values, "Retry-After": str(seconds)},
    )


def _seconds(span: timedelta) -> int:
    return max(0, -(-span // timedelta(seconds=1)))


def _present(store: Store, key: FeedKey) -> FeedKey:
    if key.kind in ("all", "query"):
        return key
    return FeedKey(kind=key.kind, slug=store.feeds.slug_now(key.kind, key.slug) or key.slug)


def _is_in_feed(store: Store, key: FeedKey, article: Article) -> bool:
    found = store.feeds.page_before(key, sort_at=article.sort_at, article_id=article.id + 1, most=1)
    return any(one.id == article.id for one in found)
