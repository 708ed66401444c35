"""What people decide of articles, each with its line in the log: sorted by hand, withdrawn, restored, changed, corrected."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from db.store import Store
from feeds.actions.editing import own_texts, withdrawals
from feeds.actions.editing.changes import SHOWN_IN_EFFECT, Desk, recorded, several
from feeds.actions.sorting import topics
from feeds.actions.sorting.explain import explain_article
from feeds.actions.sorting.matching import rematch_articles
from feeds.config.values import web_address
from feeds.errors import NotFoundError, RequestError
from feeds.model.articles import Article, Tombstone
from feeds.model.leading import leading
from feeds.model.own_texts import OwnText
from feeds.model.people import Change, Effect
from feeds.model.settings import PublishSettings
from feeds.text.markup import one_line
from feeds.text.pictures import picture_key

MOST_AUTHORS, MOST_QUOTED = 50, 80


def pick(desk: Desk, ids: Sequence[int], topic_slug: str, is_in: bool | None) -> Change | None:
    """Puts articles into a topic by hand, keeps them out, or (None) lets its rule decide again."""
    topic = topics.found_topic(desk.store, topic_slug)
    found = published(desk.store, ids)

    def work() -> None:
        for one in found:
            desk.store.changes.set_pick(one.id, topic.slug, is_in, who=desk.actor.name, now=desk.now)
        rematch_articles(desk.store, [one.id for one in found], desk.store.topics.every(), desk.now)

    matches = desk.store.topics.matches_of([one.id for one in found])
    moving = [one for one in found if (topic.slug in matches.get(one.id, {})) is not is_in]
    names = several([quoted(one.title) for one in found], "articles")
    what = {
        True: f"put {names} into the topic {topic.title}",
        False: f"kept {names} out of the topic {topic.title}",
        None: f"let the rule decide on {names} in the topic {topic.title}",
    }[is_in]
    _, change = recorded(
        desk,
        kind="article",
        what=what,
        work=work,
        subjects=[f"article/{one.id}" for one in found],
        effects=()
        if is_in is None or not moving
        else (
            Effect(
                feed=f"topics/{topic.slug}",
                entered=len(moving) if is_in else 0,
                left=0 if is_in else len(moving),
                articles=tuple((one.id, one.title, is_in) for one in moving[:SHOWN_IN_EFFECT]),
            ),
        ),
    )
    return change


def withdraw(desk: Desk, ids: Sequence[int], reason: str, *, is_silent: bool = False) -> Change | None:
    """Takes articles out of every feed, with a reason that readers see; `is_silent`, nobody is told."""
    if not reason.strip():
        raise RequestError("A reason is needed; readers see it.")
    found = published(desk.store, ids, may_be_held=True)

    def work() -> None:
        for one in found:
            withdrawals.withdraw(desk.store, one.id, reason, desk.now, is_silent=is_silent)

    _, change = recorded(
        desk,
        kind="article",
        what=f"withdrew {several([quoted(one.title) for one in found], 'articles')}: {reason.strip()}",
        work=work,
        subjects=[f"article/{one.id}" for one in found],
        effects=leaving(desk.store, found, desk.settings.publish),
    )
    return change


def restore(desk: Desk, article_id: int) -> Change | None:
    """The withdrawn article, in its feeds again."""
    original = desk.store.changes.original_article(article_id)
    if original is None:
        raise NotFoundError(f"There is no article {article_id}.")
    _, change = recorded(
        desk,
        kind="article",
        what=f"restored {quoted(original.title)}",
        work=lambda: withdrawals.restore(desk.store, article_id, desk.now),
        subjects=(f"article/{article_id}",),
    )
    return change


def hold(desk: Desk, ids: Sequence[int]) -> Change | None:
    """Articles that stand in no feed and on no page until somebody releases them; no reader is told."""
    found = published(desk.store, ids)

    def work() -> None:
        for one in found:
            desk.store.articles.hold(one.id, desk.now)

    _, change = recorded(
        desk,
        kind="article",
        what=f"held back {several([quoted(one.title) for one in found], 'articles')}",
        work=work,
        subjects=[f"article/{one.id}" for one in found],
        effects=leaving(desk.store, found, desk.settings.publish),
    )
    return change


def pin(desk: Desk, ids: Sequence[int], is_pinned: bool) -> Change | None:
    """Articles that stand first on the pages of their feeds, or no longer; feeds keep their order."""
    found = published(desk.store, ids)

    def work() -> None:
        pins = desk.store.changes.pinned_of([one.id for one in found])
        for one in found:
            if (one.id in pins) is not is_pinned:
                desk.store.changes.set_pin(one.id, is_pinned, who=desk.actor.name, now=desk.now)

    _, change = recorded(
        desk,
        kind="article",
        what=f"{'pinned' if is_pinned else 'unpinned'} {several([quoted(one.title) for one in found], 'articles')}",
        work=work,
        subjects=[f"article/{one.id}" for one in found],
    )
    return change


def release(desk: Desk, article_id: int) -> Change | None:
    """The article that was held back, in its feeds."""
    found = desk.store.articles.get(article_id)
    if not isinstance(found, Article) or found.status != "held":
        raise RequestError("The article is not held back.")

    def work() -> None:
        desk.store.articles.release(article_id, desk.now)
        rematch_articles(desk.store, [article_id], desk.store.topics.every(), desk.now)

    _, change = recorded(
        desk,
        kind="article",
        what=f"released {quoted(found.title)}",
        work=work,
        subjects=(f"article/{article_id}",),
    )
    return change


def override(desk: Desk, article_id: int, values: Mapping[str, str | None]) -> Change | None:
    """Other values over the source's (None: the source's again); polls do not touch them."""
    original = desk.store.changes.original_article(article_id)
    if original is None or original.status not in ("published", "held"):
        raise NotFoundError(f"There is no published article {article_id}.")
    # The picture first: the credit is of the one that then leads.
    wanted = {
        key: checked_override(key, values[key]) for key in sorted(values, key=lambda one: one != "picture")
    }
    present = {one.field: one for one in desk.store.changes.overrides_of([article_id]).get(article_id, ())}
    source = shown_values(original)
    if picture := wanted.get("picture", present["picture"].value if "picture" in present else None):
        source["credit"] = credit_of(original, picture)
    # What the source says itself is nothing laid over it.
    wanted = {key: None if text == source.get(key) else text for key, text in wanted.items()}

    def work() -> None:
        for key, text in wanted.items():
            # The same credit is set again: another picture may lead by now.
            if key == "credit" or (present[key].value if key in present else None) != text:
                desk.store.changes.set_override(article_id, key, text, who=desk.actor.name, now=desk.now)
        rematch_articles(desk.store, [article_id], desk.store.topics.every(), desk.now)

    is_back = all(text is None for text in wanted.values())
    verb = "took back" if is_back else "corrected" if wanted.get("correction") else "changed"
    keys = " and ".join(key for key in wanted if key != "correction") or "correction"
    _, change = recorded(
        desk,
        kind="article",
        what=f"{verb} the {keys} of {quoted(original.title)}",
        work=work,
        subjects=(f"article/{article_id}",),
    )
    return change


def shown_values(article: Article) -> dict[str, str]:
    """What an article shows of each field that people may set over its source, as text."""
    lead = leading(article.images)
    return {
        "title": article.title,
        "summary": article.summary,
        "authors": "\n".join(one.name for one in article.authors),
        "rights": article.rights or "",
        "picture": lead.url if lead else "",
        "credit": (lead.credit if lead else None) or "",
    }


def credit_of(article: Article, address: str) -> str:
    """Who made the picture, as the article says; empty if it does not."""
    key = picture_key(address)
    return next((one.credit for one in article.images if picture_key(one.url) == key and one.credit), "")


def checked_override(field: str, text: str | None) -> str | None:
    """The value as it is kept; raises RequestError for what cannot be shown."""
    if text is None:
        return None
    if field == "authors":
        names = dict.fromkeys(name for line in text.splitlines() if (name := one_line(line)))
        if len(names) > MOST_AUTHORS:
            raise RequestError(f"At most {MOST_AUTHORS} authors.")
        return "\n".join(names)
    if field in ("rights", "credit"):
        return one_line(text)
    if field == "picture" and text.strip():
        try:
            return web_address(text)
        except ValueError as error:
            raise RequestError(f"The picture: {error}.") from error
    if field == "title" and not text.strip():
        raise RequestError("A title is needed; take yours back to show the source's.")
    return text.strip()


def correct(desk: Desk, article_id: int, values: Mapping[str, str | None], note: str) -> Change | None:
    """Other words, and readers are told: the note stands at the end of the text, and feeds show it as updated."""
    if not note.strip():
        raise RequestError("Say what was wrong; readers see it.")
    return override(desk, article_id, {**values, "correction": note})


def published(store: Store, ids: Sequence[int], *, may_be_held: bool = False) -> list[Article]:
    """These articles; raises RequestError if none is named or one is held back, NotFoundError for what is not there."""
    if not ids:
        raise RequestError("Choose at least one article.")
    found: list[Article] = []
    for one in dict.fromkeys(ids):
        article = store.articles.get(one)
        if isinstance(article, Tombstone):
            raise RequestError(f"Article {one} was withdrawn already: {article.reason}")
        if article is None:
            raise NotFoundError(f"There is no article {one}.")
        if article.status == "held" and not may_be_held:
            raise RequestError(f"{quoted(article.title)} is held back: release it first.")
        found.append(article)
    return found


def leaving(store: Store, found: Sequence[Article], publish: PublishSettings) -> tuple[Effect, ...]:
    """Which feeds these articles would leave."""
    counts: dict[str, list[Article]] = {}
    for one in found:
        for feed in explain_article(store, one.id, publish).feeds:
            counts.setdefault(feed.key.path().lstrip("/"), []).append(one)
    return tuple(
        Effect(
            feed=feed,
            entered=0,
            left=len(several),
            articles=tuple((one.id, one.title, False) for one in several[:SHOWN_IN_EFFECT]),
        )
        for feed, several in counts.items()
    )


def quoted(title: str) -> str:
    """A title within a sentence."""
    short = title if len(title) <= MOST_QUOTED else f"{title[: MOST_QUOTED - 1].rstrip()}…"
    return f"“{short or 'without a title'}”"


def write_article(
    desk: Desk, text: OwnText, *, article_id: int | None = None, new_token: Callable[[], str]
) -> tuple[int, Change | None]:
    """An article of our own, new or (with `article_id`) changed; returns its id."""
    known = desk.store.own.get(article_id) if article_id is not None else None
    if article_id is not None and known is None:
        raise NotFoundError(f"The article {article_id} was not written here.")
    guid = known[0] if known else f"own-{new_token()}"
    before = desk.store.articles.get(article_id) if article_id is not None else None
    if isinstance(before, Tombstone):
        raise RequestError("The article is withdrawn: restore it first.")
    published_at = before.published_at if before is not None else desk.now

    def work() -> int:
        return own_texts.write(
            desk.store,
            text,
            guid=guid,
            published_at=published_at,
            settings=desk.settings,
            who=desk.actor.name,
            now=desk.now,
        )

    return recorded(
        desk,
        kind="article",
        what=f"{'changed' if known else 'wrote'} {quoted(text.title)}",
        work=work,
        subjects=(f"article/{article_id}",) if article_id is not None else (),
        made=None if article_id is not None else (lambda made: (f"article/{made}",)),
    )
