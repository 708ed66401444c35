"""Pages that tell a thing twice, in part, or only to readers: titles, dates, names, bodies."""

from __future__ import annotations

import json

import pytest
from lxml import html

from feeds.ingest.pages.body import read_body, stated_body
from feeds.ingest.pages.pagechoice import choose_bylines
from feeds.ingest.pages.structured import Stated
from feeds.ingest.pages.surroundings import Surroundings
from feeds.ingest.pages.tree import page_tree
from feeds.model.incoming import ParsedPage
from feeds.text.markup import text_of_html
from tests.feeds.ingest.pages.forms import PARAGRAPHS, TITLE, body
from tests.feeds.ingest.pages.test_page import page


def made(
    inner: str, *, title: str = f"{TITLE} | Tideline", heading: str = TITLE, head: str = ""
) -> ParsedPage:
    return page(
        f"<html><head><title>{title}</title>{head}</head><body><article><h1>{heading}</h1>{inner}</article></body></html>"
    )


def stated(**fields: object) -> str:
    told = {"@context": "https://schema.org", "@type": "NewsArticle", **fields}
    return f'<script type="application/ld+json">{json.dumps(told)}</script>'


def names(parsed: ParsedPage) -> list[str]:
    return [one.text for one in parsed.entry.bylines]


@pytest.mark.parametrize(
    ("title", "heading", "head", "expected"),
    [
        # What readers see and the window says; machines are told another headline.
        ("Skiffs come home | Tideline", TITLE, stated(headline="Harbour race 2024: results"), TITLE),
        # A kicker in the heading, and the headline without it.
        ("Race: Skiffs come home", "Race Skiffs come home", stated(headline=TITLE), TITLE),
        # Cut within a word, or by a quotation mark.
        (
            "The longest race of all come",
            "The longest race of all comes home",
            '<meta property="og:title" content="The longest race of all come">',
            "The longest race of all comes home",
        ),
        (
            'The race they called "hopeless"',
            'The race they called "hopeless"',
            '<meta property="og:title" content="The race they called "hopeless"">',
            'The race they called "hopeless"',
        ),
        # The window's title says nothing, or tells the same in other words.
        ("Home", "Why the bell rings twice", "", "Why the bell rings twice"),
        ("Skiff race in the harbour", "How the skiff race was won", "", "How the skiff race was won"),
        ("Tideline: Colophon", "About this place", "", "Tideline: Colophon"),
        # The site's address before the title.
        ("tideline.example // » Skiffs come home", "", "", TITLE),
    ],
)
def test_the_title_of_several_tellings(title: str, heading: str, head: str, expected: str) -> None:
    assert (
        text_of_html(made(body(), title=title, heading=heading, head=head).entry.title_html or "") == expected
    )


def test_a_date_in_the_title_of_an_abbreviation() -> None:
    inner = (
        '<div itemscope itemtype="https://schema.org/BlogPosting"><abbr itemprop="datePublished" '
        f'title="2024-03-14T10:52:00+01:00">10:52</abbr>{body()}</div>'
    )
    assert made(inner).entry.published == "2024-03-14T10:52:00+01:00"


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("2024-03-14T22:06:08:684Z", "2024-03-14T22:06:08Z"),
        ("2024-03-14T99:99:99", "2024-03-14"),
        ("2024-03-14T06:30:00+01:00", "2024-03-14T06:30:00+01:00"),
    ],
)
def test_an_illegible_time_leaves_the_day(written: str, expected: str) -> None:
    assert made(body(), head=stated(headline=TITLE, datePublished=written)).entry.published == expected


@pytest.mark.parametrize(
    "marked",
    [
        '<div class="articleAuthor">By Ines Calder</div>',
        '<p class="autorenzeile">Von Ines Calder, Tideline</p>',
        '<div class="author"><a class="author-link" href="/i">Interview: Ines Calder</a></div>',
        '<span class="itemPoster">Written by <a href="/i">Ines Calder</a></span>',
    ],
)
def test_classes_that_name_the_author(marked: str) -> None:
    assert names(made(marked + body()))[:1] == ["Ines Calder"]


@pytest.mark.parametrize("written", ["tideline.example", "No Author", "Redaktion"])
@pytest.mark.parametrize("line", ["Text: Ines Calder", "By Ines Calder"])
def test_a_person_below_the_text_before_the_address_of_the_site(written: str, line: str) -> None:
    head = f'<meta name="author" content="{written}">'
    parsed = made(f"{body()}{body()}<p>{line}</p>", head=head)
    assert names(parsed) == ["Ines Calder"]
    assert line not in text_of_html(parsed.entry.content_html or "")


def test_the_address_of_the_site_is_nobody() -> None:
    assert names(made(body(), head='<meta name="author" content="tideline.example">')) == []


def test_the_card_of_an_organisation_is_nobody() -> None:
    assert (
        names(made(f'<table class="infobox"><tr><th class="fn org">New Harbour</th></tr></table>{body()}'))
        == []
    )


def test_an_element_of_its_own_ends_a_name() -> None:
    line = '<div><span>14 March 2024</span> by <b class="author vcard">Harbour_Rat</b> <i>Published</i></div>'
    assert names(made(line + body())) == ["Harbour_Rat"]


@pytest.mark.parametrize(
    ("guess", "expected"),
    [
        ("Name", []),
        ("Ines Calder is a reporter", ["Ines Calder"]),
        ("Author Ines", ["Ines"]),
        ("said the harbour master", []),
    ],
)
def test_a_guessed_name_is_bare_or_none(guess: str, expected: list[str]) -> None:
    chosen, _ = choose_bylines(
        [("meta", Stated())], Surroundings(dropped=frozenset()), (), {"author": guess}, (None,)
    )
    assert [one.text for one in chosen] == expected


def test_a_page_that_shows_little_of_what_it_states() -> None:
    text = "\n".join(PARAGRAPHS)
    parsed = made(f"<p>{PARAGRAPHS[0]}</p>", head=stated(headline=TITLE, articleBody=text))
    assert parsed.entry.content_html == "\n".join(f"<p>{one}</p>" for one in PARAGRAPHS)
    assert "stated for machines" in dict(parsed.evidence)["body"]


def test_a_stated_body_is_text_whatever_it_holds() -> None:
    assert [one.markup for one in stated_body("Rope & <tar>\n\nOars").blocks] == [
        "<p>Rope &amp; &lt;tar&gt;</p>",
        "<p>Oars</p>",
    ]
    shown = stated_body("<p>Rope <b>and</b> tar.</p><script>alert(1)</script><p>Oars.</p>").blocks
    assert [one.line for one in shown] == ["Rope and tar.", "Oars."]


def test_text_within_what_is_called_boilerplate() -> None:
    shown = "".join(f'<div role="complementary"><p>{one}</p></div>' for one in PARAGRAPHS)
    parsed = made(f"<p>{PARAGRAPHS[2]}</p>{shown}")
    assert all(one in text_of_html(parsed.entry.content_html or "") for one in PARAGRAPHS)


def test_neighbours_without_links() -> None:
    after = "<div><p>Previous article: Storm</p><p>Next article: Bell</p></div>"
    parsed = made(body() + after)
    assert (parsed.previous_title, parsed.next_title) == ("Storm", "Bell")


def test_a_short_box_about_the_author() -> None:
    box = '<div class="author-box"><p>Ines Calder sails and writes for us.</p></div>'
    parsed = made(f'<p class="byline">By Ines Calder</p>{body()}{box}')
    assert [one.text for one in parsed.entry.biographies] == ["Ines Calder sails and writes for us."]


def test_what_is_folded_away_is_text_and_what_leads_away_is_none() -> None:
    folded = f'<div class="readmore"><p>{PARAGRAPHS[3]}</p></div>'
    link = '<p class="readmore"><a href="/all">All that was ever written of skiffs, of lamps and of the band on the quay.</a></p>'
    text = text_of_html(made(body()[: body().rindex("<p>")] + folded + link).entry.content_html or "")
    assert PARAGRAPHS[3] in text
    assert "ever written of skiffs" not in text


def test_a_menu_that_was_never_closed() -> None:
    menu = '<nav><ul><li><a href="/">Home</a></li><li><a href="/news">News</a></li></ul>'
    parsed = page(
        f"<html><head><title>{TITLE}</title></head><body>{menu}<h1>{TITLE}</h1><div>{body()}</div></body></html>"
    )
    assert all(one in text_of_html(parsed.entry.content_html or "") for one in PARAGRAPHS)


def test_a_list_that_begins_as_lists_of_other_articles_do() -> None:
    others = (
        '<ul><li>You may also like</li><li><a href="/b">The bell that rang twice for nobody</a></li></ul>'
    )
    rope = "<ul><li>Rope of forty feet</li><li>A lamp of brass</li></ul>"
    text = text_of_html(made(body() + rope + others + body()).entry.content_html or "")
    assert "Rope of forty feet" in text
    assert "rang twice for nobody" not in text


def test_a_picture_that_is_called_an_advertisement() -> None:
    inner = body(between='<figure><img src="/i/ad.jpg"><figcaption>Advertisement</figcaption></figure>')
    parsed = made(inner)
    assert "Advertisement" not in (parsed.entry.content_html or "")
    assert not parsed.entry.images


BY = '<span class="pre">By</span> '


@pytest.mark.parametrize(
    ("inner", "expected"),
    [
        # Beside the text, but an element that says whom it is about.
        (
            '<aside class="x7"><address><a rel="author" href="/a">Ines Calder</a> and '
            '<a rel="author" href="/b">Tom Rook</a></address></aside>',
            ["Ines Calder", "Tom Rook"],
        ),
        # Nothing says author but where the name leads to.
        (f'<div class="x7">{BY}<a href="/people/ines-calder">Ines Calder</a></div>', ["Ines Calder"]),
        ('<a class="x7" href="/author/180/">著者：後藤大地</a>', ["後藤大地"]),
        # One name for wide screens and one for narrow ones.
        ('<p>by <a class="w">Ines Calder</a><span class="n">Ines Calder</span></p>', ["Ines Calder"]),
        # Other words close to the name, or to who made the pictures.
        (
            '<span class="byline__author"><span class="byline__name">Ines Calder</span><span>CEO</span></span>',
            ["Ines Calder"],
        ),
        (
            f'<div class="author-name">{BY}<a href="/x">Ines Calder</a><span>Staff Writer</span></div>',
            ["Ines Calder"],
        ),
        (
            '<div class="bylines"><p>By <a href="/a">Ines Calder</a></p>'
            '<p>Illustration by <a href="/b">Tom Rook</a></p></div>',
            ["Ines Calder"],
        ),
        ('<div class="article__author">Politics · Ines Calder, Tom Rook</div>', ["Ines Calder", "Tom Rook"]),
        ('<div class="byline">Byby INES CALDER, TOM ROOK</div>', ["INES CALDER", "TOM ROOK"]),
        # A list of other articles has authors, too.
        ('<ul class="related"><li><a href="/people/ines-calder">Ines Calder</a></li></ul>', []),
    ],
)
def test_names_in_the_head_of_an_article(inner: str, expected: list[str]) -> None:
    assert names(made(f"{inner}{body()}")) == expected


def test_no_profile_is_looked_for_behind_the_text() -> None:
    assert names(made(f'{body()}<p>See <a href="/people/ines-calder">Ines Calder</a></p>')) == []


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        ('<meta property="article:author" content="/@ines"><meta name="author" content="Ines Calder">', ["Ines Calder"]),
        (
            "".join(f'<meta name="citation_author" content="Ines Calder {chr(65 + n)}">' for n in range(18)),
            [f"Ines Calder {chr(65 + n)}" for n in range(18)],
        ),
    ],
)  # fmt: skip
def test_names_that_meta_elements_state(head: str, expected: list[str]) -> None:
    assert names(made(body(), head=head)) == expected


@pytest.mark.parametrize(
    ("author", "expected"),
    [
        ({"@type": "Person", "name": {"@type": "Person", "name": "Ines Calder"}}, ["Ines Calder"]),
        ([[{"@type": "Person", "name": "Ines Calder"}], ["Tom Rook"]], ["Ines Calder", "Tom Rook"]),
        ({"@type": "Person", "name": ["Ines Calder", "Tom Rook"]}, ["Ines Calder", "Tom Rook"]),
        ({"@type": "Person", "givenName": "Ines", "familyName": "Calder"}, ["Ines Calder"]),
        ({"@type": "Person", "name": {"first": "Ines"}}, []),
    ],
)
def test_authors_that_json_ld_nests(author: object, expected: list[str]) -> None:
    assert names(made(body(), head=stated(headline=TITLE, author=author))) == expected


def test_loose_text_behind_a_box_is_not_lost() -> None:
    first = "Loose words begin this text, right behind the box that holds the picture of the skiffs."
    rest = "<br><br>".join(PARAGRAPHS)
    parsed = made(
        f'<div class="content"><div style="float: left"><p>A sketch of the race.</p></div> {first}<br><br>{rest}</div>'
    )
    assert first in text_of_html(parsed.entry.content_html or "")


@pytest.mark.parametrize("is_plain", [False, True])
def test_looking_for_a_text_leaves_the_page_as_it_was(is_plain: bool) -> None:
    root = page_tree(
        f"<html><head><title>{TITLE}</title></head><body><div class='share'>Share</div>{body()}</body></html>".encode(),
        "text/html",
    )
    before = html.tostring(root)
    assert read_body(root, None, (), is_plain=is_plain).blocks
    assert html.tostring(root) == before


@pytest.mark.parametrize(
    "attributes",
    [
        'srcset="/b.jpg 3500w, /s.jpg 300w"',
        'srcset="/s.jpg, /b.jpg 2x"',
        'data-src="/b.jpg 3500w, /s.jpg 300w" src="data:image/gif;base64,R0"',
        'src="/b.jpg 3500w"',
        'data-srcset="/s.jpg, /b.jpg"',
    ],
)
def test_of_a_set_of_pictures_the_largest_is_taken(attributes: str) -> None:
    parsed = made(f'<figure><img {attributes} alt="Skiffs"></figure>{body()}')
    assert parsed.entry.images[0].url.endswith("/b.jpg")
