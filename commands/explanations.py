"""How commands tell why an article is, or is not, in a topic."""

from __future__ import annotations

import click

from commands.output import write_json
from feeds.actions.sorting.explain import TopicExplanation


def show_topic_explanation(found: TopicExplanation, article_id: int, *, as_json: bool) -> None:
    """Writes whether it is in, why, and every part of the rule."""
    if as_json:
        write_json(
            {
                "topic": found.slug,
                "article": article_id,
                "belongs": found.is_in,
                "because": found.evidence,
                "parts": [{"part": one.text, "holds": one.evidence} for one in found.clauses],
            }
        )
        return
    click.echo(f"Article {article_id} is {'' if found.is_in else 'not '}in {found.slug}: {found.evidence}.")
    for one in found.clauses:
        mark = "yes" if one.evidence else "no"
        click.echo(f"  {mark:<4} {one.text}" + (f": {one.evidence}" if one.evidence else ""))
