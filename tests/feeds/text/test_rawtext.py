"""Tags in comments, scripts and styles are none; what is never closed, or closed in XHTML's way, swallows nothing."""

from __future__ import annotations

import pytest

from feeds.text.markup import sanitize, text_of_html
from feeds.text.rawtext import without_raw_text


@pytest.mark.parametrize("name", ["svg", "math", "picture", "iframe", "noscript", "object", "template"])
@pytest.mark.parametrize(
    "hiding",
    [
        "<!-- {} -->",
        "<!-- a --!><!--{}-->",
        "<script>var a = '{}';</script>",
        "<style>a:before {{ content: '{}' }}</style >",
        "<textarea>{}</textarea>",
    ],
)
def test_what_stands_between_hidden_tags_is_shown(name: str, hiding: str) -> None:
    source = f"<p>A</p>{hiding.format(f'<{name}>')}<p>Shown</p>{hiding.format(f'</{name}>')}<p>Too</p>"
    assert sanitize(source) == "<p>A</p><p>Shown</p><p>Too</p>"
    assert text_of_html(sanitize(source)) == "A Shown Too"


def test_a_hidden_script_hides_nothing_else() -> None:
    source = "<p>A</p><!-- <script> --><p>Shown</p><!-- </script> --><p>Too</p>"
    assert sanitize(source) == "<p>A</p><p>Shown</p><p>Too</p>"
    assert text_of_html(source) == "A Shown Too"


@pytest.mark.parametrize(
    "tag",
    [
        '<script src="https://harbour.example/x.js"/>',
        '<script async src="https://harbour.example/x.js" />',
        "<style/>",
        "<textarea/>",
        "<title/>",
        "<button/>",
        "<select />",
        "<template/>",
        "<noframes/>",
        "<applet/>",
        "<BUTTON>",
        "<select name='x'>",
        "<textarea>",
        "<title>",
        "<template>",
        "<applet>",
    ],
)
def test_nothing_is_swallowed(tag: str) -> None:
    source = f"<p>Before</p>{tag}<p>After</p>"
    assert sanitize(source) == "<p>Before</p><p>After</p>"
    assert sanitize(f"{source}<script>let a = 1;</script><p>End</p>") == "<p>Before</p><p>After</p><p>End</p>"


def test_elements_that_end_are_dropped_whole() -> None:
    for name in ("script", "style", "textarea", "title", "button", "select", "template", "applet"):
        assert sanitize(f"<p>A</p><{name} id=x>gone</{name.upper()}\n><p>B</p>") == "<p>A</p><p>B</p>"
        # Slash or not, HTML ends it at its end tag.
        assert sanitize(f"<p>A</p><{name}/>gone</{name}><p>B</p>") == "<p>A</p><p>B</p>"


def test_what_only_looks_like_it_stays() -> None:
    for source in (
        "<p>Between &lt;!-- and --&gt; stands a comment.</p>",
        "<code>&lt;script&gt;</code>",
        '<p title="<!-- x">A</p><p title="--> y">B</p>',
    ):
        assert text_of_html(sanitize(source)) == text_of_html(source)
        assert text_of_html(source)
    formula = '<script type="math/tex">x&lt;y</script>'
    assert without_raw_text(f"a<!-- b -->{formula}c") == f"a{formula}c"
    assert sanitize("<p>See <svg><foreignObject><p>Two boats</p></foreignObject></svg></p>") != "<p>See </p>"


def test_declarations_are_no_words() -> None:
    source = '<?xml version="1.0"?><!DOCTYPE html PUBLIC "x"><p>A</p><![if !IE]><p>B</p><![endif]>'
    assert text_of_html(source) == "A B"
