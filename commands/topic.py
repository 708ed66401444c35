"""`./run topic …`: what our subjects are, and what fills them."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import click

from commands.explanations import show_topic_explanation
from commands.output import ask_leave, counted, json_option, write_json, write_table, yes_option
from commands.site import is_scheduler_alive, site_settings, site_store
from commands.work import desk, do_work, wait_for_job
from db.store import Store
from feeds.actions.declaring.declare import REMATCH
from feeds.actions.editing import topic_edits
from feeds.actions.sorting import topics
from feeds.actions.sorting.explain import explain_topic
from feeds.config.values import media_topic
from feeds.errors import RequestError
from feeds.model.articles import Topic, TopicRule
from feeds.model.kept import Matchable
from feeds.model.outgoing import FeedKey
from feeds.model.settings import Settings
from feeds.text.urls import slugify


def rule_options(command: Any) -> Any:
    """The options that make a rule; each may be given several times, any of them suffices."""
    for option in (
        click.option("--medtop", multiple=True, help="An IPTC Media Topic, such as medtop:20000735."),
        click.option("--parent", help="The parent topic: articles in this topic are in the parent too."),
        click.option("--exclude", multiple=True, help="An expression that keeps an article out."),
        click.option(
            "--match", "expressions", multiple=True, help='An expression: ferry AND (fog OR "thick ice").'
        ),
        click.option("--source", "source_slugs", multiple=True, help="All articles of this source (slug)."),
        click.option("--url-part", "url_parts", multiple=True, help="Text in the article's address."),
        click.option("--phrase", "phrases", multiple=True, help="Words in title, summary or text."),
        click.option("--category", "categories", multiple=True, help="A label that sources use."),
    ):
        command = option(command)
    return command


def rule_from(options: dict[str, Any]) -> TopicRule:
    """The rule that the options make."""
    try:
        return TopicRule(**{**options, "medtop": tuple(media_topic(one) for one in options["medtop"])})
    except ValueError as error:
        raise RequestError(f"--medtop: {error}.") from error


def kept_parts(store: Store, slug: str, rule: TopicRule) -> TopicRule:
    """The rule with what the topic has already in the parts that were not named; an empty text empties a part."""
    present = next((one.rule for one in store.topics.every() if one.slug == slug), TopicRule())
    parts: dict[str, Any] = {}
    for one in fields(TopicRule):
        value = getattr(rule, one.name) or getattr(present, one.name)
        parts[one.name] = tuple(text for text in value if text) if isinstance(value, tuple) else value or None
    return TopicRule(**parts)


@click.group()
def topic() -> None:
    """Add, show, rename and pause topics; see labels; try a rule."""


@topic.command()
@click.argument("slug")
@click.option("--title", help="Default: unchanged; for a new topic, made from the slug.")
@click.option("--description", help="A sentence for its page and feed. Default: unchanged.")
@rule_options
def add(slug: str, title: str | None, description: str | None, **options: Any) -> None:
    """Add or change a topic. Parts of the rule that are not given stay. Existing articles are matched too."""
    topics.require_slug(slug)
    settings = site_settings()
    with site_store(settings) as store:
        rule = kept_parts(store, slug, rule_from(options))
        _, job_id, _ = topic_edits.put_topic(
            desk(settings, store), slug=slug, title=title, description=description, rule=rule
        )
        count = _after_matching(settings, store, slug, job_id)
    click.echo(f"{slug} holds {counted(count, 'article')}: /topics/{slug}")


@topic.command()
@click.argument("slug")
@json_option
def show(slug: str, as_json: bool) -> None:
    """Show a topic: its rule, its parent and its children. A former slug works too."""
    with site_store(site_settings()) as store:
        one = topics.found_topic(store, slug)
        count = _article_count(store, one.slug)
        below = [other.slug for other in store.topics.every() if other.rule.parent == one.slug]
    if as_json:
        write_json({**_plain(one, count), "description": one.description, "below": below})
        return
    facts = (
        ("title", one.title),
        ("slug", one.slug),
        ("state", one.state),
        ("description", one.description),
        ("articles", str(count)),
        ("feed", f"/topics/{one.slug}"),
        *((name, ", ".join(given)) for name, given in _rule_plain(one.rule).items()),
        ("below it", ", ".join(below)),
        ("declared in", "config file" if one.origin == "file" else ""),
    )
    for name, value in facts:
        if value:
            click.echo(f"{name + ':':<14}{value}")


@topic.command()
@click.argument("slug")
@click.argument("new", metavar="NEW-SLUG")
def rename(slug: str, new: str) -> None:
    """Give a topic another slug. The old address redirects; rules and sources follow."""
    settings = site_settings()
    with site_store(settings) as store:
        topic_edits.rename_topic(desk(settings, store), slug, new)
    click.echo(f"{slug} is {new} now: /topics/{new}. The old address leads there.")


@topic.command()
@click.argument("slug")
def pause(slug: str) -> None:
    """Stop adding articles to a topic. Its feed and its articles stay."""
    settings = site_settings()
    with site_store(settings) as store:
        one = topics.found_topic(store, slug)
        topic_edits.set_topic_state(desk(settings, store), slug, "pause")
    click.echo(f"{one.slug} no longer gets articles. To undo: ./run topic resume {one.slug}")


@topic.command()
@click.argument("slug")
@yes_option
def retire(slug: str, yes: bool) -> None:
    """Retire a topic and its feed. The address answers 410 Gone; articles stay in their other feeds."""
    settings = site_settings()
    with site_store(settings) as store:
        one = topics.found_topic(store, slug)
        if not yes:
            ask_leave(f"Retire “{one.title}”? Whoever reads /topics/{one.slug} loses it.")
        change = topic_edits.set_topic_state(desk(settings, store), one.slug, "retire")
    hint = f" To take that back: ./run log undo {change.id}" if change else ""
    click.echo(f"{one.slug} is retired.{hint}")


@topic.command()
@click.argument("slug")
def resume(slug: str) -> None:
    """Start adding articles to a paused topic again, including those it missed."""
    settings = site_settings()
    with site_store(settings) as store:
        one = topics.found_topic(store, slug)
        _, job_id = topic_edits.resume_topic(desk(settings, store), slug)
        count = _after_matching(settings, store, one.slug, job_id)
    click.echo(f"{one.slug} holds {counted(count, 'article')}: /topics/{one.slug}")


@topic.command("list")
@json_option
def list_(as_json: bool) -> None:
    """List topics with their rules."""
    with site_store(site_settings()) as store:
        rows = store.topics.every()
        counts = {info.key.slug: info.article_count for info in store.feeds.every("topic")}
    if as_json:
        write_json([_plain(one, counts.get(one.slug, 0)) for one in rows])
        return
    write_table(
        ("SLUG", "STATE", "ARTICLES", "TITLE", "FILLED BY"),
        ((one.slug, one.state, counts.get(one.slug, 0), one.title, _rule_text(one.rule)) for one in rows),
        empty="There are no topics yet: ./run topic add SLUG --category LABEL",
    )


@topic.command()
@click.option("--most", type=click.IntRange(1, 10_000), default=50, show_default=True)
@json_option
def labels(most: int, as_json: bool) -> None:
    """List the categories that sources use, with counts and the topics they lead to."""
    with site_store(site_settings()) as store:
        found = topics.labels(store, most)
    if as_json:
        write_json(
            [
                {
                    "label": one.count.label,
                    "articles": one.count.article_count,
                    "sources": one.count.source_count,
                    "topics": one.topic_slugs,
                }
                for one in found
            ]
        )
        return
    write_table(
        ("ARTICLES", "SOURCES", "LABEL", "TOPIC"),
        (
            (
                one.count.article_count,
                one.count.source_count,
                one.count.label,
                ", ".join(one.topic_slugs) or "–",
            )
            for one in found
        ),
        empty="No source has brought a category yet.",
    )


@topic.command("try")
@click.argument("slug", required=False)
@rule_options
@click.option("--most", type=click.IntRange(1, 1000), default=20, show_default=True, help="How many to show.")
@json_option
def try_(slug: str | None, most: int, as_json: bool, **options: Any) -> None:
    """Show what a rule would match, add and drop (for topic SLUG, if given). Nothing is changed."""
    rule = rule_from(options)
    with site_store(site_settings()) as store:
        if rule == TopicRule():
            if slug is None:
                raise RequestError("Give a rule, such as --category Sea, or name a topic.")
            rule = topics.found_topic(store, slug).rule
        trial = topics.try_rule(store, rule, slug=slug, most=most)
    if as_json:
        write_json(
            {
                "looked_at": trial.looked_at,
                "matched": trial.match_count,
                "newest": [_because(*one) for one in trial.matched],
                "added": [_because(*one) for one in trial.added],
                "dropped": [_because(*one) for one in trial.dropped],
                "feeds": [
                    {"topic": one.slug, "added": one.added, "dropped": one.dropped} for one in trial.feeds
                ],
            }
        )
        return
    click.echo(f"{trial.match_count} of {counted(trial.looked_at, 'article')} would belong to it.")
    write_table(
        ("ID", "TITLE", "BECAUSE"),
        ((one.id, one.title[:60], why) for one, why in trial.matched),
        empty="None would.",
    )
    if slug is None:
        return
    for one in trial.feeds:
        click.echo(f"/topics/{one.slug}: {one.added} would come, {one.dropped} would go.")
    for mark, rows in (("+", trial.added), ("-", trial.dropped)):
        for article, why in rows:
            click.echo(f"  {mark} {article.id}  {article.title[:60]}  ({why})")


@topic.command("explain")
@click.argument("slug")
@click.argument("article_id", metavar="ARTICLE", type=int)
@json_option
def explain(slug: str, article_id: int, as_json: bool) -> None:
    """Explain why an article is or is not in a topic: each part of the rule and whether it matches."""
    with site_store(site_settings()) as store:
        found = explain_topic(store, article_id, slug)
    show_topic_explanation(found, article_id, as_json=as_json)


@topic.command()
@click.option("--most", type=click.IntRange(1, 1000), default=20, show_default=True)
@json_option
def suggest(most: int, as_json: bool) -> None:
    """List categories that several sources use and no topic covers."""
    with site_store(site_settings()) as store:
        found = topics.suggestions(store, most)
    if as_json:
        write_json(
            [
                {"label": one.label, "articles": one.article_count, "sources": one.source_count}
                for one in found
            ]
        )
        return
    write_table(
        ("ARTICLES", "SOURCES", "LABEL", "TAKE IT WITH"),
        (
            (
                one.article_count,
                one.source_count,
                one.label,
                f'./run topic add {slugify(one.label, "topic")} --category "{one.label}"',
            )
            for one in found
        ),
        empty="Every label that several sources use leads to a topic.",
    )


def _because(article: Matchable, why: str) -> dict[str, Any]:
    return {"id": article.id, "title": article.title, "because": why}


def _after_matching(settings: Settings, store: Store, slug: str, job_id: int) -> int:
    """How many articles the topic holds, once stored ones were held against its rule."""
    if is_scheduler_alive(store):
        wait_for_job(store, job_id)
    else:
        do_work(settings, store, REMATCH, {"topics": [slug]})
    return _article_count(store, slug)


def _article_count(store: Store, slug: str) -> int:
    info = store.feeds.info(FeedKey(kind="topic", slug=slug))
    return info.article_count if info else 0


def _plain(one: Topic, count: int) -> dict[str, Any]:
    return {
        "slug": one.slug,
        "title": one.title,
        "state": one.state,
        "articles": count,
        "declared_in": "config file" if one.origin == "file" else None,
        **_rule_plain(one.rule),
    }


def _rule_plain(rule: TopicRule) -> dict[str, tuple[str, ...]]:
    return {
        "categories": rule.categories,
        "phrases": rule.phrases,
        "url_parts": rule.url_parts,
        "sources": rule.source_slugs,
        "match": rule.expressions,
        "exclude": rule.exclude,
        "parent": (rule.parent,) if rule.parent else (),
        "medtop": rule.medtop,
    }


def _rule_text(rule: TopicRule) -> str:
    return (
        "; ".join(f"{name}: {', '.join(given)}" for name, given in _rule_plain(rule).items() if given)
        or "sources"
    )
