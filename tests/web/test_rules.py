"""Addresses are built as werkzeug builds them, although each rule's builder is made late: that reaches into werkzeug."""

from __future__ import annotations

from pathlib import Path

from flask import Flask
from werkzeug.routing import Map, Rule

from tests.web.newsroom import make_app, newsroom
from web.app import LateRule

RULES = ("/", "/topics/<slug>", "/articles/<int:article_id>", "/feeds/<path:rest>.<extension>")


def test_the_private_parts_are_there() -> None:
    """Where this fails, werkzeug changed: look at `LateRule`, or take it out."""
    assert "_compile_builder" in Rule.__dict__
    plain, late = (kind("/topics/<slug>", endpoint="topic") for kind in (Rule, LateRule))
    Map([plain]), Map([late])
    assert plain._build.__code__.co_filename != late._build.__code__.co_filename
    for is_appending, name in ((True, "_build_unknown"), (False, "_build")):
        assert late.build({"slug": "sea", "x": "1"}, is_appending) == plain.build(
            {"slug": "sea", "x": "1"}, is_appending
        )
        assert getattr(late, name).__code__.co_filename != LateRule._compile_builder.__code__.co_filename


def test_addresses_are_built_as_by_werkzeug() -> None:
    made = {
        kind: Map([kind(rule, endpoint=rule) for rule in RULES]).bind("reader.example")
        for kind in (Rule, LateRule)
    }
    for endpoint, values in (
        ("/", {"page": "2"}),
        ("/topics/<slug>", {"slug": "hafen & küste", "q": ["a", "b"]}),
        ("/articles/<int:article_id>", {"article_id": 7}),
        ("/feeds/<path:rest>.<extension>", {"rest": "a/b c", "extension": "atom"}),
    ):
        for _ in range(2):
            assert made[LateRule].build(endpoint, values) == made[Rule].build(endpoint, values)


def test_every_rule_of_the_app_is_late(tmp_path: Path) -> None:
    app: Flask = make_app(newsroom(), tmp_path)
    assert {type(rule) for rule in app.url_map.iter_rules()} == {LateRule}
