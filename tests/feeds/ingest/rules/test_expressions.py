"""Boolean expressions of topics: read, told where they break, and held against articles."""

from __future__ import annotations

import pytest

from feeds.config.expressions import parse_expression
from feeds.ingest.rules.expressions import Folded, condition
from feeds.ingest.rules.topics import above, explain, match_topics
from feeds.model.articles import Topic, TopicRule
from feeds.model.kept import Matchable
from feeds.text.folding import folded

STORY = Matchable(
    id=1,
    source_slugs=("skerry-post", "tideline"),
    source_topics=(),
    title="Ferry waits outside: Ånund Østby's crane",
    summary="A blue day at the quay",
    text_html="<p>The <b>pilot</b> boat came at noon.</p><p>渋谷の天気は晴れ。 Straße, Łódź</p>",
    url="https://harbour.example/sport/sea-swimming/42?x=1",
    categories=("Sea Life", "Économie"),
    authors=("Ines Halvorsen", "Tomas Okello"),
    language="nn-NO",
)


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("ferry", True),
        ("ferr", False),
        ("ferr*", True),
        ('"pilot boat"', True),
        ('"boat pilot"', False),
        ("pilot AND crane", True),
        ("pilot crane", True),
        ("pilot submarine", False),
        ("submarine OR crane", True),
        ("ferry AND NOT crane", False),
        ("ferry -submarine", True),
        ("ferry AND (fog OR ice)", False),
        ("ferry AND (fog OR ice OR noon)", True),
        ("title:ferry", True),
        ("title:pilot", False),
        ("text:pilot", True),
        ("summary:quay", True),
        ("section:sport", True),
        ("section:harbour", False),
        ('section:"sea swimming"', True),
        ("source:skerry-post", True),
        ("source:tideline", True),
        ("source:other", False),
        ('author:"ines halvorsen"', True),
        ('author:"halvorsen tomas"', False),
        ("author:okello", True),
        ("language:nn", True),
        ("lang:nn-NO", True),
        ("language:n", False),
        ("category:economie", True),
        ('category:"sea life"', True),
        ("category:sea", False),
        ("category:sea*", True),
        ("anund ostby", True),
        ("ÅNUND", True),
        ("天気", True),
        ("strasse lodz", True),
        ("ferry AND language:nn AND NOT section:politics", True),
    ],
)
def test_expressions_hold_or_do_not(expression: str, expected: bool) -> None:
    why = condition(parse_expression(expression))(Folded(STORY))
    assert (why is not None) is expected, why


@pytest.mark.parametrize(
    ("expression", "told"),
    [
        ("", "something is missing"),
        ("ferry AND", "something is missing at the end"),
        ("(ferry", "never closed"),
        ("ferry)", "too many"),
        ('"pilot boat', "quotation mark is open"),
        ("NOT ferry", "only says what must not be"),
        ("ferry OR -fog", "only says what must not be"),
        ("colour:blue", "no field 'colour'"),
        ("title:!!!", "holds no word"),
        ("(" * 50 + "a" + ")" * 50, "nested too deep"),
        ("a " * 2000, "longer than"),
    ],
)
def test_what_cannot_be_read_says_where_it_breaks(expression: str, told: str) -> None:
    with pytest.raises(ValueError, match=told):
        parse_expression(expression)


def topic(slug: str, **rule: object) -> Topic:
    return Topic(id=1, slug=slug, title=slug, rule=TopicRule(**rule))  # type: ignore[arg-type]


def test_what_is_excluded_stays_out_and_says_by_what() -> None:
    one = topic("sea", expressions=("ferry",), exclude=("title:crane",))
    assert match_topics([one], STORY) == ()
    clauses = explain(one, STORY)
    assert [(clause.text, clause.evidence) for clause in clauses] == [
        ("“ferry”", "“ferry” in title"),
        ("excluded by title “crane”", "“crane” in title"),
    ]


def test_what_belongs_below_belongs_above_and_circles_end() -> None:
    topics = [
        topic("sea", categories=("Weather",)),
        topic("ferries", phrases=("ferry",), parent="harbour"),
        topic("harbour", categories=("Port",), parent="sea"),
    ]
    assert [(match.slug, match.evidence) for match in match_topics(topics, STORY)] == [
        ("sea", "it belongs to ferries: phrase “ferry” in title or summary"),
        ("ferries", "phrase “ferry” in title or summary"),
        ("harbour", "it belongs to ferries: phrase “ferry” in title or summary"),
    ]
    round_about = {one.slug: one for one in (topic("a", parent="b"), topic("b", parent="a"))}
    assert above("a", round_about) == ["b"]


def test_every_part_of_a_rule_is_explained() -> None:
    one = topic(
        "t", categories=("Sea Life", "Ports"), url_parts=("/sport/",), source_slugs=("x",), phrases=("whale",)
    )
    assert [clause.evidence for clause in explain(one, STORY)] == [
        None,
        "category “Sea Life”",
        None,
        "address holds “/sport/”",
        None,
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The Ferry's  ROUTE—changed!", "the ferry s route changed"),
        ("Ærøskøbing", "aeroskobing"),
        ("ﬁne Ⅳ", "fine iv"),
        ("İstanbul", "istanbul"),
        ("東京2026", "東 京 2026"),
        ("Ελλάδα", "ελλαδα"),
        ("", ""),
        ("!!!", ""),
    ],
)
def test_folding(text: str, expected: str) -> None:
    assert folded(text) == expected
    assert folded(expected) == expected
