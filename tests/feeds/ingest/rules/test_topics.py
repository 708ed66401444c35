"""Topics: each match names its reason, words are whole words, labels are compared without their case."""

from __future__ import annotations

from typing import Any

import pytest

from feeds.ingest.rules.topics import match_topics
from feeds.model.articles import Topic, TopicRule
from feeds.model.kept import Matchable

STORY = Matchable(
    id=1,
    source_slugs=("harbour",),
    source_topics=("local",),
    title="The harbour  ferry, again",
    summary="Boats & quays",
    text_html="<p>Wind power for the <b>North</b> Sea</p><p>Straße</p>",
    url="https://harbour.example/news/Sea/1",
    categories=("Sea Life", "Économie"),
)


def evidence(**rule: Any) -> str | None:
    found = match_topics([Topic(id=1, slug="t", title="T", rule=TopicRule(**rule))], STORY)
    return found[0].evidence if found else None


@pytest.mark.parametrize(
    ("phrase", "is_met"),
    [
        ("harbour ferry", True), ("HARBOUR", True), ("arbour", False), ("ferr", False), ("ferry,", True), ("quays,", False), ("again", True),
        ("boats", True), ("north sea", True), ("wind  power", True), ("power the", False), ("strasse", True), ("sea straße", True),
        ("b", False), (".*", False),
    ],
)  # fmt: skip
def test_phrases_are_whole_words_in_title_summary_and_text(phrase: str, is_met: bool) -> None:
    assert (evidence(phrases=(phrase,)) is not None) is is_met


def test_the_evidence_names_the_rule_and_the_place() -> None:
    assert evidence(phrases=("ferry",)) == "phrase “ferry” in title or summary"
    assert evidence(phrases=("wind",)) == "phrase “wind” in text"
    assert evidence(categories=("SEA life",)) == "category “Sea Life”"
    assert evidence(categories=("économie",)) == "category “Économie”"
    assert evidence(url_parts=("/news/sea/",)) == "address holds “/news/sea/”"
    assert evidence(source_slugs=("harbour",)) == "source harbour"
    assert evidence(categories=("sea",), url_parts=("sport",), source_slugs=("other",)) is None
    assert evidence() is None


def test_a_sources_own_topics_and_only_active_ones() -> None:
    local = Topic(id=1, slug="local", title="Local")
    paused = Topic(id=2, slug="boats", title="Boats", rule=TopicRule(phrases=("boats",)), state="paused")
    assert [match.slug for match in match_topics([local, paused], STORY)] == ["local"]
