"""Files of text become articles: plain text and Markdown, with what their lines say of author, date and picture."""

from __future__ import annotations

import pytest

from feeds.errors import ParseError
from feeds.ingest.pages.markdown import front_matter, read_markdown
from feeds.ingest.pages.plaintext import read_text
from feeds.model.incoming import ParsedPage
from feeds.text.markup import sanitize, text_of_html
from tests.fakes import NOON
from tests.feeds.ingest.pages.forms import BIOGRAPHY, CAPTION, CREDIT, NEXT, PARAGRAPHS, PREVIOUS, TEXT, TITLE


def text(content: str, *, name: str | None = "skiffs-come-home.txt", title: str | None = None) -> ParsedPage:
    return read_text(content, name=name, title=title, now=NOON)


def markdown(
    content: str, *, name: str | None = "skiffs-come-home.md", title: str | None = None
) -> ParsedPage:
    return read_markdown(content, name=name, title=title, now=NOON)


@pytest.mark.parametrize(
    "content", [TEXT, TEXT.replace("\n\n", "\n"), TEXT.replace("\n", "\r\n")], ids=["apart", "lines", "crlf"]
)
def test_a_text_without_any_title(content: str) -> None:
    parsed = text(content)
    entry = parsed.entry
    assert (entry.title_html, parsed.is_title_guessed) == (TITLE, True)
    assert [one.text for one in entry.bylines] == ["Ines Calder", "Tomas Reyes"]
    assert entry.published == "2024-03-14"
    assert [(one.credit, one.caption) for one in entry.images] == [(CREDIT, CAPTION)]
    assert [(one.name, one.text) for one in entry.biographies] == [("Ines Calder", BIOGRAPHY)]
    assert (parsed.previous_title, parsed.next_title) == (PREVIOUS, NEXT)
    assert entry.content_html == "\n".join(f"<p>{one}</p>" for one in PARAGRAPHS)


def test_a_missing_title_is_asked_for() -> None:
    with pytest.raises(ParseError, match="--title"):
        text(TEXT, name=None)
    given = text(TEXT, name=None, title="Boats at last")
    assert (given.entry.title_html, given.is_title_guessed) == ("Boats at last", False)


def test_the_first_line_is_the_title_where_it_stands_as_one() -> None:
    parsed = text(f"Forty skiffs and a brass lamp\n\n{TEXT}")
    assert (parsed.entry.title_html, parsed.is_title_guessed) == ("Forty skiffs and a brass lamp", False)
    assert "brass lamp</p>" not in (parsed.entry.content_html or "")


def test_lines_that_state_a_field() -> None:
    parsed = text(
        "Title: Boats at last\nAuthor: Noor Haddad\nDate: 2024-03-14\nTags: boats, race\n\n"
        + "\n\n".join(PARAGRAPHS)
    )
    entry = parsed.entry
    assert (entry.title_html, entry.published, entry.categories) == (
        "Boats at last",
        "2024-03-14",
        ("boats", "race"),
    )
    assert [one.text for one in entry.bylines] == ["Noor Haddad"]


def test_wrapped_lines_are_one_paragraph_and_markup_is_text() -> None:
    parsed = text(
        "The harbour was <b>full</b> before\nbreakfast & nobody\nminded.\n\nIt rained: see https://a.example/x?a=1&b=2."
    )
    assert parsed.entry.content_html == (
        "<p>The harbour was &lt;b&gt;full&lt;/b&gt; before breakfast &amp; nobody minded.</p>\n"
        '<p>It rained: see <a href="https://a.example/x?a=1&amp;b=2">https://a.example/x?a=1&amp;b=2</a>.</p>'
    )


@pytest.mark.parametrize("content", ["", " \n\n ", "\x00"])
def test_an_empty_file_is_refused(content: str) -> None:
    with pytest.raises(ParseError, match="empty"):
        text(content)
    with pytest.raises(ParseError, match="empty"):
        markdown(content)


def test_markdown_in_full() -> None:
    parsed = markdown(
        f"""---
title: "Boats at last"
authors:
  - Ines Calder
  - Tomas Reyes
date: 2024-03-14T06:30:00+01:00
tags: [boats, race]
---

Photo Credit: {CREDIT}
{CAPTION}

The *harbour* was **full** [before](https://a.example/b_c_d) breakfast, and `a*b` stayed. Nobody minded the rain at all.

## The wind turns

- one
- two

> We were glad.

![Boats](/i/skiffs.jpg)

```
x < 2
```

Next article {NEXT}
"""
    )
    entry = parsed.entry
    assert (entry.title_html, entry.published, entry.categories) == (
        "Boats at last",
        "2024-03-14T06:30:00+01:00",
        ("boats", "race"),
    )
    assert [one.text for one in entry.bylines] == ["Ines Calder", "Tomas Reyes"]
    assert [(one.url, one.credit, one.caption) for one in entry.images] == [
        ("/i/skiffs.jpg", CREDIT, CAPTION)
    ]
    assert parsed.next_title == NEXT
    assert entry.content_html == (
        '<p>The <em>harbour</em> was <strong>full</strong> <a href="https://a.example/b_c_d">before</a> breakfast, and '
        "<code>a*b</code> stayed. Nobody minded the rain at all.</p>\n<h2>The wind turns</h2>\n<ul><li>one</li><li>two</li></ul>\n"
        '<blockquote><p>We were glad.</p></blockquote>\n<img src="/i/skiffs.jpg" alt="Boats">\n<pre><code>x &lt; 2</code></pre>'
    )


def test_markdown_takes_its_title_from_the_first_heading_then_the_file() -> None:
    assert markdown(f"# Boats at last\n\n{PARAGRAPHS[0]}").entry.title_html == "Boats at last"
    guessed = markdown(PARAGRAPHS[0])
    assert (guessed.entry.title_html, guessed.is_title_guessed) == (TITLE, True)
    with pytest.raises(ParseError, match="--title"):
        markdown(PARAGRAPHS[0], name=None)


def test_toml_front_matter_and_its_faults() -> None:
    stated, rest = front_matter(
        '+++\ntitle = "Boats"\ndate = 2024-03-14T06:30:00Z\ntags = ["a", "b"]\n+++\nText'
    )
    assert stated == {"title": ("Boats",), "date": ("2024-03-14T06:30:00+00:00",), "tags": ("a", "b")}
    assert rest == "Text"
    with pytest.raises(ParseError, match="TOML"):
        front_matter("+++\ntitle = \n+++\nText")


def test_raw_html_in_markdown_is_left_to_the_sanitizer() -> None:
    content = markdown(
        "# Boats\n\nSome <b>bold</b> text <script>alert(1)</script> and [a link](javascript:alert(1)) here."
    ).entry.content_html
    clean = sanitize(content or "")
    assert "<b>bold</b>" in clean
    assert "alert" not in text_of_html(clean).replace("a link", "")
    assert "javascript" not in clean


@pytest.mark.parametrize(
    "seed",
    [
        "[",
        "![",
        "*",
        "**a",
        "`",
        "_",
        "<",
        "> ",
        "- ",
        "1. ",
        "#",
        "[a](",
        "By ",
        "Photo: ",
        "---\n",
        "https://",
        "\n\n",
    ],
)
@pytest.mark.timeout(90)
def test_no_file_is_too_odd(seed: str) -> None:
    for read in (text, markdown):
        try:
            assert (
                read((seed * 30_000)[:100_000] + "\n\nForty skiffs came home.").entry.content_html is not None
            )
        except ParseError:
            continue
