"""Digests by e-mail: subscribes, confirms and ends them; when one is due, and how the outbox sends it.

A mail leaves through the one outbox, so that it is tried again, and nothing is lost by a crash. What was mailed is a
number in the order of joining: neither an edit nor another id brings an article a second time. A crash between sending
and noting may repeat one mail; it has the same Message-ID then.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from email.message import EmailMessage
from zoneinfo import ZoneInfo

from db.store import Store
from feeds.actions.delivering.deliveries import How, Letter, Sender, SendTools
from feeds.actions.publishing.publish import site_info
from feeds.errors import NotFoundError, RequestError
from feeds.http.mail import digest_letter
from feeds.model.deliveries import Delivery, Receiver, Sent
from feeds.model.digests import Digest, Rhythm
from feeds.model.outgoing import FeedKey, SiteInfo
from feeds.model.settings import Settings
from feeds.publish.digests import DigestMail, write_digest, write_question
from feeds.publish.titles import feed_title

DIGEST, QUESTION = "digest", "digest-question"
KEY = "digest_key"
SPANS: dict[Rhythm, timedelta] = {"daily": timedelta(days=1), "weekly": timedelta(days=7)}
BY_MAIL = frozenset({"all", "topic", "author", "source", "mix", "query"})
"""Kinds of feeds that can be had by e-mail."""
NOT_OLDER = timedelta(days=7)
"""What a new source brings of its past is no news; counted from the last mail."""
MOST_DUE = 200
MOST_BY_CLIENT, MOST_BY_EMAIL = 10, 5
"""Asked for in a day by one client, or for one address."""
KEEP_ASKED, KEEP_ENDED = timedelta(days=3), timedelta(days=30)
_EMAIL = re.compile(
    r"[^@\s,;<>\"()\\]{1,64}@([a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}", re.I | re.ASCII
)


def is_on(settings: Settings) -> bool:
    """True if mails can be sent, and links in them lead to the site."""
    return settings.mail.sender is not None and settings.site.base_url is not None


def ask_for(
    store: Store,
    *,
    email: str,
    key: FeedKey,
    rhythm: Rhythm,
    client: str,
    settings: Settings,
    now: datetime,
) -> None:
    """Has the owner of an address asked whether they want the feed by e-mail; RequestError for what is no address.

    Nothing says whether the address has it already: that is nobody else's business.
    """
    address = email.strip().lower()
    if not _EMAIL.fullmatch(address) or len(address) > 254:
        raise RequestError("That is not an e-mail address. An example: ines@example.com.")
    day = now - timedelta(days=1)
    with store.write():
        if store.digests.count_asked(since=day, client=client) >= MOST_BY_CLIENT:
            raise RequestError("Too many requests came from here today. Try again tomorrow.")
        if store.digests.count_asked(since=day, email=address) >= MOST_BY_EMAIL:
            return
        digest, is_had = store.digests.ask(email=address, key=key, rhythm=rhythm, client=client, now=now)
        if not is_had:
            _post(store, digest, QUESTION, settings, now)


def confirm(store: Store, digest_id: int, *, settings: Settings, now: datetime) -> Digest:
    """The digest, which its owner wants; raises NotFoundError."""
    found = store.digests.get(digest_id)
    if found is None or found.state == "ended":
        raise NotFoundError(
            "This subscription does not exist, or has ended. Subscribe again on the feed's page."
        )
    store.digests.confirm(digest_id, next_at=next_time(found.rhythm, now, settings), now=now)
    return found


def end(store: Store, digest_id: int, *, detail: str = "its reader ended it") -> None:
    """Nothing is mailed any more; once more does no harm."""
    store.digests.end(digest_id, detail)


def next_time(rhythm: Rhythm, now: datetime, settings: Settings) -> datetime:
    """The next morning, or Monday morning, in the site's time zone."""
    zone = ZoneInfo(settings.site.timezone)
    local = now.astimezone(zone)
    morning = local.replace(hour=settings.mail.digest_hour, minute=0, second=0, microsecond=0)
    if morning <= local:
        morning += timedelta(days=1)
    if rhythm == "weekly":
        morning += timedelta(days=(7 - morning.weekday()) % 7)
    return morning


def post_due(store: Store, settings: Settings, now: datetime) -> int:
    """Puts the mails that are due into the outbox; returns how many."""
    if not is_on(settings):
        return 0
    with store.write():
        due = store.digests.due(now, most=MOST_DUE)
        for one in due:
            _post(store, one, DIGEST, settings, now)
            store.digests.put_off(one.id, next_time(one.rhythm, now, settings))
        store.digests.forget(asked_before=now - KEEP_ASKED, ended_before=now - KEEP_ENDED)
    return len(due)


def token_of(key: str, digest_id: int, purpose: str) -> str:
    """What stands in a link: the digest, and a sign that only we could make for that purpose."""
    return f"{digest_id}-{_sign(key, digest_id, purpose)}"


def read_token(key: str, token: str, purpose: str) -> int | None:
    """The digest that a link is for; None for what we did not make."""
    number, _, sign = token.partition("-")
    if not (number.isascii() and number.isdigit() and len(number) < 16):
        return None
    is_ours = hmac.compare_digest(sign.encode("utf-8", "replace"), _sign(key, int(number), purpose).encode())
    return int(number) if is_ours else None


def key_of(store: Store, new_secret: Callable[[], str]) -> str:
    """The key that signs links, drawn once for the site."""
    return store.kept.drawn(KEY, new_secret)


def _sign(key: str, digest_id: int, purpose: str) -> str:
    return hmac.new(key.encode(), f"{purpose}/{digest_id}".encode(), hashlib.sha256).hexdigest()[:32]


def _post(store: Store, digest: Digest, kind: str, settings: Settings, now: datetime) -> None:
    receiver = Receiver(
        kind=kind,
        url=f"mailto:{digest.email}",
        host=settings.mail.smtp,
        domain=digest.email.rpartition("@")[2],
        format=str(digest.id),
        asked_at=now,
        since_at=now,
    )
    known = store.deliveries.receiver_at(kind, receiver.url, receiver.feed_id, receiver.format)
    stored = known or store.deliveries.put_receiver(receiver)
    store.deliveries.add(stored, subject=str(digest.id), seq=store.feeds.seq(), now=now, kind=kind)


def _letters(store: Store, several: Sequence[Delivery], tools: SendTools, now: datetime) -> Sequence[Letter]:
    site, key = site_info(tools.settings), key_of(store, tools.new_secret)
    letters: list[Letter] = []
    for one in several:
        digest = store.digests.get(int(one.subject))
        if digest is None or digest.state != "live" or not is_on(tools.settings):
            continue
        news = store.digests.news(digest, since=(digest.told_at or now) - NOT_OLDER)
        if news is None:
            store.digests.end(digest.id, "its feed has ended")
            continue
        if not news.articles and not news.changes:
            continue
        end_url = f"{site.base_url}/digest/end/{token_of(key, digest.id, 'end')}"
        made = write_digest(news, site, end_url=end_url, excerpt_chars=tools.settings.publish.excerpt_chars)
        message = _message(made, digest, one, tools, now, end_url=end_url, site=site)
        letters.append(Letter(deliveries=(one,), note=(message, digest.id, news.upto_seq)))
    return letters


def _questions(
    store: Store, several: Sequence[Delivery], tools: SendTools, now: datetime
) -> Sequence[Letter]:
    site, key = site_info(tools.settings), key_of(store, tools.new_secret)
    letters: list[Letter] = []
    for one in several:
        digest = store.digests.get(int(one.subject))
        info = store.feeds.info(digest.key) if digest is not None else None
        if digest is None or info is None or digest.state != "asked" or not is_on(tools.settings):
            continue
        url = f"{site.base_url}/digest/confirm/{token_of(key, digest.id, 'confirm')}"
        made = write_question(
            feed_title(info, site), is_daily=digest.rhythm == "daily", confirm_url=url, site=site
        )
        letters.append(
            Letter(
                deliveries=(one,),
                note=(_message(made, digest, one, tools, now, end_url=None, site=site), digest.id, 0),
            )
        )
    return letters


def _message(
    made: DigestMail,
    digest: Digest,
    delivery: Delivery,
    tools: SendTools,
    now: datetime,
    *,
    end_url: str | None,
    site: SiteInfo,
) -> EmailMessage:
    host = site.base_url.partition("://")[2].partition("/")[0].partition(":")[0]
    name = digest.key.path().strip("/").replace("/", ".").replace(",", ".")
    return digest_letter(
        sender=tools.settings.mail.sender or "",
        to=digest.email,
        title=made.subject,
        text=made.text,
        html=made.html,
        message_id=f"<{delivery.key}@{host}>",
        list_id=f"<{name[:200]}.{host}>",
        end_url=end_url,
        now=now,
    )


async def _send(letter: Letter, tools: SendTools) -> Sent:
    if tools.mail is None:
        return Sent(is_taken=False, detail="[mail] is not set up.")
    return await tools.mail(letter.note[0])


def _noted(store: Store, letter: Letter, sent: Sent, how: How, now: datetime) -> None:
    if letter.note is None or not isinstance(letter.note, tuple):
        return
    _, digest_id, upto_seq = letter.note
    if how == "told" and upto_seq:
        store.digests.note_sent(digest_id, upto_seq=upto_seq, now=now)
    elif how == "dropped" and sent.is_final:
        store.digests.end(digest_id, sent.detail)


SENDER = Sender(letters=_letters, send=_send, noted=_noted, patience=timedelta(hours=20))
QUESTIONS = Sender(letters=_questions, send=_send, noted=_noted, patience=timedelta(hours=20))
