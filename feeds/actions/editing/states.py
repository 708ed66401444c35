"""What there is to know of a subject that people change, as flat values; and putting former values back."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields, replace
from datetime import datetime
from typing import Any, get_args

import msgspec

from db.store import Store
from feeds.actions.declaring.declare import FILL_MIXES, REMATCH, require_not_declared
from feeds.actions.declaring.export import declared_source
from feeds.actions.declaring.list_values import list_values, stated_list
from feeds.actions.declaring.partners import partner_values, spec_of_values
from feeds.actions.declaring.specs import spec_of
from feeds.actions.editing import own_texts
from feeds.actions.gathering.sources import stated_values
from feeds.actions.sorting.matching import rematch_after_authors, rematch_articles
from feeds.config.stated import stated_source
from feeds.errors import ConfigError, RequestError
from feeds.model.articles import Article, Tombstone, Topic, TopicRule
from feeds.model.authors import AuthorFacts
from feeds.model.own_texts import OwnText
from feeds.model.people import OverrideField, State
from feeds.model.settings import Settings

NOT_THERE: State = {"is_there": False}
_RULE = tuple(one.name for one in fields(TopicRule))


def state_of(store: Store, subject: str) -> State:
    """What is known of `source/3`, `topic/2`, `article/5`, `author/7` or `list/2`."""
    kind, _, number = subject.partition("/")
    return _READ[kind](store, int(number))


def put_back(
    store: Store, subject: str, wanted: State, *, who: str, settings: Settings, now: datetime
) -> None:
    """Gives the subject these values again; keys that are not named stay as they are."""
    kind, _, number = subject.partition("/")
    _WRITE[kind](store, int(number), wanted, who, settings, now)


def _source(store: Store, source_id: int) -> State:
    source = store.changes.source_alone(source_id)
    if source is None or source.state == "removed":
        return NOT_THERE
    return {"is_there": True, "state": source.state, **stated_values(declared_source(source))}


def _put_source(
    store: Store, source_id: int, wanted: State, who: str, settings: Settings, now: datetime
) -> None:
    before = store.changes.source_alone(source_id)
    assert before is not None
    require_not_declared(settings, "source", before.slug, before.fetch_url)
    if wanted.get("is_there") is False:
        store.sources.set_state(source_id, "removed", now)
        return
    stated = {**stated_values(declared_source(before)), **wanted}
    settled = {
        key: value for key, value in stated.items() if key not in ("is_there", "state") and value is not None
    }
    try:
        declared = stated_source(settled, settings)
    except ConfigError as error:
        raise RequestError(str(error)) from error
    spec = replace(spec_of(declared, settings), origin="admin")
    after = store.sources.change(source_id, spec, now)
    if declared.slug and declared.slug != before.slug:
        store.sources.rename(source_id, declared.slug, now)
    state = wanted.get("state", "active" if before.state == "removed" else before.state)
    if state != before.state:
        store.sources.set_state(source_id, state, now)
    elif after != before and before.state == "active":
        store.sources.poll_soon([source_id], now)
    moved = set(before.topic_slugs) ^ set(after.topic_slugs)
    if moved:
        store.jobs.add(REMATCH, {"topics": sorted(moved)}, asked_by=who, now=now, is_once=True)


def _topic(store: Store, topic_id: int) -> State:
    topic = store.changes.topic_of_id(topic_id)
    return _topic_values(topic) if topic is not None else NOT_THERE


def _topic_values(topic: Topic) -> State:
    rule = {name: _plain(getattr(topic.rule, name)) for name in _RULE}
    return {
        "is_there": True,
        "slug": topic.slug,
        "title": topic.title,
        "description": topic.description,
        "state": topic.state,
        **rule,
    }


def _put_topic(
    store: Store, topic_id: int, wanted: State, who: str, settings: Settings, now: datetime
) -> None:
    topic = store.changes.topic_of_id(topic_id) or store.changes.retired_topic(topic_id)
    assert topic is not None
    require_not_declared(settings, "topic", topic.slug)
    if wanted.get("is_there") is False:
        store.changes.retire_topic(topic.slug, now)
        return
    values = {**_topic_values(topic), **wanted}
    if values["slug"] != topic.slug:
        store.topics.rename(topic.slug, values["slug"], now)
    stated: dict[str, Any] = {
        name: tuple(values[name]) if isinstance(values[name], list | tuple) else values[name]
        for name in _RULE
    }
    rule = TopicRule(**stated)
    store.topics.put(
        slug=values["slug"],
        title=values["title"],
        description=values["description"],
        rule=rule,
        origin="admin",
        now=now,
    )
    if values["state"] == "paused":
        store.topics.set_state(values["slug"], "paused", now)
    parents = [one for one in (topic.rule.parent, rule.parent) if one]
    store.jobs.add(
        REMATCH, {"topics": sorted({values["slug"], *parents})}, asked_by=who, now=now, is_once=True
    )


def _article(store: Store, article_id: int) -> State:
    article = store.articles.get(article_id)
    if article is None:
        return NOT_THERE
    withdrawn = article.reason if isinstance(article, Tombstone) else None
    is_silent = isinstance(article, Tombstone) and article.is_silent
    own = store.own.get(article_id)
    laid = store.changes.overrides_of([article_id]).get(article_id, ())
    picks = store.changes.picks_of([article_id]).get(article_id, ())
    return {
        "is_there": True,
        "withdrawn": withdrawn,
        **({"typed": msgspec.json.encode(own[1]).decode()} if own else {}),
        **({"silent": True} if is_silent else {}),
        **({"held": True} if isinstance(article, Article) and article.status == "held" else {}),
        **({"pinned": True} if store.changes.pinned_of([article_id]) else {}),
        **{one.field: one.value for one in laid},
        **{f"{one.field} of": list(one.pictures) for one in laid if one.pictures},
        **{f"topic {one.topic_slug}": "in" if one.is_in else "out" for one in picks},
    }


def _put_article(
    store: Store, article_id: int, wanted: State, who: str, settings: Settings, now: datetime
) -> None:
    if wanted.get("is_there") is False:
        # Undoing that an article was written: it goes without a word to readers.
        store.articles.withdraw(article_id, reason="taken back", now=now, is_silent=True)
        return
    for key, value in wanted.items():
        if key == "typed" and value is not None:
            own, article = store.own.get(article_id), store.articles.get(article_id)
            assert own is not None
            text = msgspec.json.decode(value, type=OwnText)
            dated = article.published_at if isinstance(article, Article) else None
            own_texts.write(store, text, guid=own[0], published_at=dated, settings=settings, who=who, now=now)
        elif key == "withdrawn" and value is not None:
            store.articles.withdraw(article_id, reason=value, now=now, is_silent=bool(wanted.get("silent")))
        elif key == "withdrawn" and not store.articles.restore(article_id, now):
            raise RequestError("The article is no longer kept: only its id is left.")
        elif key == "held" and value:
            store.articles.hold(article_id, now)
        elif key == "held":
            store.articles.release(article_id, now)
        elif key == "pinned":
            store.changes.set_pin(article_id, bool(value), who=who, now=now)
        elif key in get_args(OverrideField):
            of = wanted.get(f"{key} of")
            store.changes.set_override(article_id, key, value, who=who, now=now, pictures=of)
        elif key.endswith(" of") and key.removesuffix(" of") not in wanted and value is not None:
            _set_again(store, article_id, key.removesuffix(" of"), value, who, now)
        elif key.startswith("topic "):
            is_in = None if value is None else value == "in"
            store.changes.set_pick(article_id, key.removeprefix("topic "), is_in, who=who, now=now)
    rematch_articles(store, [article_id], store.topics.every(), now)


def _set_again(
    store: Store, article_id: int, field: str, pictures: Sequence[str], who: str, now: datetime
) -> None:
    """Sets the present value again, for the pictures that it was meant for."""
    laid = {one.field: one for one in store.changes.overrides_of([article_id]).get(article_id, ())}
    if field in laid:
        store.changes.set_override(article_id, field, laid[field].value, who=who, now=now, pictures=pictures)


def _author(store: Store, author_id: int) -> State:
    return {"is_there": True, **store.changes.author_bundle(author_id)}


def _put_author(
    store: Store, author_id: int, wanted: State, who: str, _settings: Settings, now: datetime
) -> None:
    if "merged_into" in wanted:
        store.changes.unmerge_author(author_id, dict(wanted), now)
        rematch_after_authors(store, now, asked_by=who)
    facts: dict[str, Any] = {
        key: wanted[key] or "" for key in ("role", "bio", "picture_url") if key in wanted
    }
    if facts or "links" in wanted:
        links = tuple(wanted["links"] or ()) if "links" in wanted else None
        slug = str(store.changes.author_bundle(author_id)["slug"])
        store.authors.set_facts(slug, AuthorFacts(**facts, links=links), now)


def _mix(store: Store, mix_id: int) -> State:
    mix = next((one for one in store.mixes.every() if one.id == mix_id), None)
    if mix is None or mix.state == "retired":
        return NOT_THERE
    return {
        "is_there": True,
        "slug": mix.slug,
        "title": mix.title,
        "description": mix.description,
        "path": mix.path,
    }


def _put_mix(store: Store, mix_id: int, wanted: State, who: str, settings: Settings, now: datetime) -> None:
    mix = next(one for one in store.mixes.every() if one.id == mix_id)
    require_not_declared(settings, "mix", mix.slug)
    if wanted.get("is_there") is False:
        store.mixes.set_state(mix_id, "retired", now)
        return
    values = {
        "title": mix.title,
        "description": mix.description,
        "path": mix.path,
        "slug": mix.slug,
        **wanted,
    }
    if values["slug"] != mix.slug:
        store.mixes.rename(mix_id, values["slug"], now)
    store.mixes.put(
        slug=values["slug"],
        title=values["title"],
        description=values["description"],
        path=values["path"],
        origin="admin",
        now=now,
    )
    store.jobs.add(FILL_MIXES, {"mixes": [values["slug"]]}, asked_by=who, now=now, is_once=True)


def _partner(store: Store, partner_id: int) -> State:
    partner = store.partners.of_id(partner_id)
    if partner is None or partner.state == "removed":
        return NOT_THERE
    return {"is_there": True, **partner_values(partner.spec)}


def _put_partner(
    store: Store, partner_id: int, wanted: State, _who: str, settings: Settings, now: datetime
) -> None:
    partner = store.partners.of_id(partner_id)
    assert partner is not None
    require_not_declared(settings, "partner", partner.spec.slug)
    if wanted.get("is_there") is False:
        store.partners.remove(partner_id)
        return
    values = {**partner_values(partner.spec), **wanted}
    store.partners.put(spec_of_values(values), origin="admin", now=now)


def _list(store: Store, list_id: int) -> State:
    followed = store.lists.of_id(list_id)
    if followed is None or followed.state == "removed":
        return NOT_THERE
    return {"is_there": True, **list_values(followed.stated)}


def _put_list(
    store: Store, list_id: int, wanted: State, _who: str, settings: Settings, now: datetime
) -> None:
    followed = store.lists.of_id(list_id)
    assert followed is not None
    require_not_declared(settings, "list", followed.slug)
    if wanted.get("is_there") is False:
        store.lists.set_state(list_id, "removed", now)
        store.alerts.close("list", followed.slug, now)
        return
    given = {**list_values(followed.stated), **wanted}
    stated = {key: value for key, value in given.items() if key != "is_there" and value is not None}
    store.lists.put(stated_list(stated), origin="admin", now=now)


def _site(store: Store, _one: int) -> State:
    return {"is_there": True, **store.looks.values()}


def _put_site(store: Store, _one: int, wanted: State, _who: str, _settings: Settings, now: datetime) -> None:
    for name, value in wanted.items():
        if name != "is_there":
            store.looks.put(name, value, now)


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


_READ: Mapping[str, Callable[[Store, int], State]] = {
    "source": _source,
    "topic": _topic,
    "article": _article,
    "author": _author,
    "mix": _mix,
    "list": _list,
    "partner": _partner,
    "site": _site,
}
_WRITE: Mapping[str, Callable[[Store, int, State, str, Settings, datetime], None]] = {
    "source": _put_source,
    "topic": _put_topic,
    "article": _put_article,
    "author": _put_author,
    "mix": _put_mix,
    "list": _put_list,
    "partner": _put_partner,
    "site": _put_site,
}
