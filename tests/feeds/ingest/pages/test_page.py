"""A page becomes an article: one article in its forms, pages that say things twice or wrongly, pages written to hurt."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime

import pytest

from feeds.errors import ParseError
from feeds.ingest.pages.page import read_page
from feeds.ingest.rules.normalize import normalize
from feeds.model.articles import Draft
from feeds.model.incoming import ParsedFeed, ParsedPage
from feeds.text.markup import text_of_html
from tests.fakes import NOON
from tests.feeds.ingest.pages.forms import (
    BIOGRAPHY,
    CAPTION,
    CREDIT,
    FLAT,
    FULL,
    NEXT,
    PARAGRAPHS,
    PREVIOUS,
    THEME,
    TITLE,
    URL,
    body,
)
from tests.feeds.ingest.reading import source

FORMS = {"full": FULL, "theme": THEME, "flat": FLAT}


def page(text: str | bytes, *, url: str = URL, now: datetime = NOON, **known: object) -> ParsedPage:
    content = text.encode() if isinstance(text, str) else text
    return read_page(content, url=url, content_type="text/html", now=now, **known)  # type: ignore[arg-type]


def draft(parsed: ParsedPage) -> Draft:
    feed = ParsedFeed(format="page", entries=(parsed.entry,))
    (one,) = normalize(feed, source=source(), url=URL, now=NOON, max_entries=1).drafts
    return one


def article(inner: str, *, head: str = "", before: str = "", after: str = "") -> str:
    return f"<html><head><title>{TITLE}</title>{head}</head><body>{before}<article><h1>{TITLE}</h1>{inner}{body()}</article>{after}</body></html>"


@pytest.fixture(params=sorted(FORMS))
def form(request: pytest.FixtureRequest) -> ParsedPage:
    return page(FORMS[request.param])


def test_title_authors_and_day(form: ParsedPage) -> None:
    made = draft(form)
    assert made.title == TITLE
    assert [one.name for one in made.authors] == ["Ines Calder", "Tomas Reyes"]
    assert made.published_at is not None
    assert made.published_at.date().isoformat() == "2024-03-14"
    assert not form.is_title_guessed


def test_the_main_picture_has_its_credit_and_caption(form: ParsedPage) -> None:
    first = draft(form).images[0]
    assert "skiffs" in first.url
    assert (first.credit, first.caption) == (CREDIT, CAPTION)


def test_the_body_is_the_text_and_nothing_else(form: ParsedPage) -> None:
    made = draft(form)
    words = text_of_html(made.content_html)
    for paragraph in PARAGRAPHS:
        assert paragraph in words
    for foreign in ("Previous article", PREVIOUS, NEXT, "Staff Writers", "14 March", "November", "Advertisement", "Share this",
                    "newsletter", BIOGRAPHY, TITLE, "Another boat", "the dog", "© 2026", "Home"):  # fmt: skip
        assert foreign not in words
    outside = words.replace(f"{CAPTION} Photo: {CREDIT}", "")
    assert CAPTION not in outside
    assert CREDIT not in outside
    assert "<em>counted</em>" in made.content_html
    assert 'href="https://tideline.example/n"' in made.content_html


def test_the_biography_and_the_neighbours(form: ParsedPage) -> None:
    assert [(one.name, one.text) for one in form.entry.biographies] == [("Ines Calder", BIOGRAPHY)]
    assert (form.previous_title, form.next_title) == (PREVIOUS, NEXT)
    assert form.previous_url == "https://tideline.example/harbour/storm"
    assert form.next_url == "https://tideline.example/harbour/bell"


def test_every_field_says_where_it_came_from(form: ParsedPage) -> None:
    told = dict(form.evidence)
    for name in ("title", "author", "date", "image", "body"):
        assert told[name]


def test_structured_data_gives_the_moment_section_and_tags() -> None:
    made = draft(page(FULL))
    assert made.published_at == datetime(2024, 3, 14, 5, 30, tzinfo=UTC)
    assert made.modified_at == datetime(2024, 3, 15, 7, 0, tzinfo=UTC)
    assert made.categories == ("Harbour", "boats", "race")
    assert made.summary == "Forty boats, nine years late."
    assert page(FULL).site_name == "Tideline"
    assert page(FULL).canonical_url == URL


def test_labels_of_a_theme_are_categories() -> None:
    assert draft(page(THEME)).categories == ("Harbour",)


@pytest.mark.parametrize(
    "line",
    [
        "<p>Published on March 14, 2024</p>",
        "<p>14th of March, 2024</p>",
        "<p>Le 14 mars 2024</p>",
        "<p>Donnerstag, 14. März 2024, 09:15 Uhr</p>",
        "<p>14 de marzo de 2024</p>",
        "<p>14 марта 2024</p>",
        "<p>2024年3月14日</p>",
        '<div class="posted-on">14.03.2024</div>',
        '<time datetime="2024-03-14">a while ago</time>',
    ],
)
@pytest.mark.parametrize(
    "header",
    [
        "<div class='topbar'>Sunday, November 22, 2026</div>",
        "<header><time datetime='2026-11-22T11:00:00Z'>Sunday</time></header>",
        "<p>Sunday, November 22, 2026</p>",
    ],
)
def test_the_header_says_today_and_the_article_its_own_day(line: str, header: str) -> None:
    written = page(article(line, before=header)).entry.published
    assert written is not None
    assert written[:10] == "2024-03-14"


@pytest.mark.parametrize(
    "header", ["<div class='topbar'>Sunday, November 22, 2026</div>", "<p>22 November 2026</p>"]
)
def test_a_page_that_says_only_today_has_no_date(header: str) -> None:
    assert page(article("", before=header)).entry.published is None


def test_what_a_feed_knew_bounds_the_date() -> None:
    known = datetime(2024, 3, 14, 6, 0, tzinfo=UTC)
    stale = '<meta property="article:published_time" content="2026-11-20T10:00:00Z">'
    assert page(article("", head=stale), known_date=known).entry.published == known.isoformat()
    exact = '<meta property="article:published_time" content="2024-03-14T05:58:12Z">'
    assert page(article("", head=exact), known_date=known).entry.published == "2024-03-14T05:58:12Z"


def test_an_address_gives_the_day_where_nothing_else_does() -> None:
    assert page(article(""), url="https://tideline.example/2024/03/14/skiffs").entry.published == "2024-03-14"


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("<p>By Ines Calder</p>", ["Ines Calder"]),
        ("<p>By Ines Calder, Tomas Reyes and Noor Haddad</p>", ["Ines Calder", "Tomas Reyes", "Noor Haddad"]),
        ("<p>Von Jörg Brandt | Tideline</p>", ["Jörg Brandt"]),
        ("<p>Par Hélène Dubois et Luc Martin</p>", ["Hélène Dubois", "Luc Martin"]),
        ("<p>Por Ana Ruiz – 14 de marzo de 2024</p>", ["Ana Ruiz"]),
        ('<span class="author">Ines Calder</span>', ["Ines Calder"]),
        ('<a rel="author" href="/ines">Ines Calder</a>', ["Ines Calder"]),
        ("<p>記者 王小明</p>", ["王小明"]),
        ("<p>Автор: Анна Иванова</p>", ["Анна Иванова"]),
    ],
)
def test_bylines_of_many_kinds(line: str, names: list[str]) -> None:
    parsed = page(article(line))
    assert [one.name for one in draft(parsed).authors] == names
    assert text_of_html(line) not in text_of_html(parsed.entry.content_html or "")


def test_a_byline_that_names_more_people_than_the_metadata_wins() -> None:
    head = '<meta name="author" content="Ines Calder">'
    assert [
        one.text for one in page(article("<p>By Ines Calder and Tomas Reyes</p>", head=head)).entry.bylines
    ] == ["Ines Calder", "Tomas Reyes"]


def test_the_sites_name_is_no_author_but_a_persons_own_site_is() -> None:
    head = '<meta property="og:site_name" content="Tideline"><meta name="author" content="Tideline">'
    assert [one.text for one in page(article("<p>By Ines Calder</p>", head=head)).entry.bylines] == [
        "Ines Calder"
    ]
    own = '<meta property="og:site_name" content="Ines Calder"><meta name="author" content="Ines Calder">'
    assert [one.text for one in page(article("", head=own)).entry.bylines] == ["Ines Calder"]


@pytest.mark.parametrize(
    "broken",
    [
        '{"@type": "NewsArticle", "headline": "Skiffs come home", "datePublished": "2024-03-14T06:30:00Z", "author": {"@type": "Person", "name": "Ines Calder"},}',
        '{"@type": "NewsArticle", "headline": "Skiffs come home", "datePublished": "2024-03-14T06:30:00Z", "author": {"@type": "Person", "name": "Ines Calder"}, "x": "a "quoted" word"}',
        '<!-- {"@type": ["NewsArticle"], "headline": "Skiffs come home", "datePublished": "2024-03-14T06:30:00Z", "author": [{"name": "Ines Calder"}]} -->',
        '{"@type": "NewsArticle", "headline": "Skiffs\n come home", "datePublished": "2024-03-14T06:30:00Z", "author": "Ines Calder"}',
    ],
)
def test_broken_json_still_tells(broken: str) -> None:
    entry = page(article("", head=f'<script type="application/ld+json">{broken}</script>')).entry
    assert entry.published == "2024-03-14T06:30:00Z"
    assert [one.text for one in entry.bylines] == ["Ines Calder"]


def test_microdata_and_h_entry_are_read() -> None:
    micro = (
        f'<div itemscope itemtype="https://schema.org/BlogPosting"><h1 itemprop="headline">{TITLE}</h1>'
        '<span itemprop="author" itemscope itemtype="https://schema.org/Person"><span itemprop="name">Ines Calder</span></span>'
        f'<meta itemprop="datePublished" content="2024-03-14T06:30:00Z"><div itemprop="articleBody">{body()}</div></div>'
    )
    entry = page(f"<html><body>{micro}</body></html>").entry
    assert (entry.title_html, entry.published, [one.text for one in entry.bylines]) == (
        TITLE,
        "2024-03-14T06:30:00Z",
        ["Ines Calder"],
    )
    h_entry = (
        f'<div class="h-entry"><h1 class="p-name">{TITLE}</h1><a class="p-author h-card" href="/ines">Ines Calder</a>'
        f'<time class="dt-published" datetime="2024-03-14T06:30:00Z">a day</time><div class="e-content">{body()}</div></div>'
    )
    parsed = page(f"<html><body>{h_entry}</body></html>")
    assert parsed.entry.published == "2024-03-14T06:30:00Z"
    assert [(one.text, one.url) for one in parsed.entry.bylines] == [
        ("Ines Calder", "https://tideline.example/ines")
    ]
    assert dict(parsed.evidence)["author"] == "h-entry"


@pytest.mark.parametrize("charset", ["windows-1251", "koi8-r", "utf-8"])
def test_the_charset_that_the_page_states_is_believed(charset: str) -> None:
    sentence = "Сорок лодок вошли в гавань ещё до завтрака, и дети на стене считали их вслух, пока не сбились со счёта. "
    text = f'<html lang="ru"><head><meta charset="{charset}"><title>Лодки дома</title></head><body><article><h1>Лодки дома</h1><p>Автор: Анна Иванова</p><p>{sentence * 2}</p><p>{sentence * 3}</p></article></body></html>'
    entry = page(text.encode(charset)).entry
    assert entry.title_html == "Лодки дома"
    assert sentence.strip() in (entry.content_html or "")
    assert [one.text for one in entry.bylines] == ["Анна Иванова"]


@pytest.mark.parametrize(
    ("language", "title", "sentence"),
    [
        ("ja", "船が帰る", "朝食の前に港はいっぱいになり、四十隻の小舟が防波堤を回って列をなして入ってきた。子どもたちは声を出して数えた。"),
        ("ar", "القوارب تعود", "كان الميناء ممتلئا قبل الفطور، ودخلت أربعون قاربا حول كاسر الأمواج في صف واحد بينما كان الأطفال يعدونها."),
        ("el", "Οι βάρκες γυρίζουν", "Το λιμάνι ήταν γεμάτο πριν από το πρωινό και σαράντα βάρκες ήρθαν γύρω από τον κυματοθραύστη σε μια σειρά."),
    ],
)  # fmt: skip
def test_pages_in_other_scripts(language: str, title: str, sentence: str) -> None:
    paragraphs = "".join(f"<p>{sentence} {number}</p>" for number in range(6))
    text = f'<html lang="{language}"><head><meta charset="utf-8"><title>{title}</title></head><body><article><h1>{title}</h1>{paragraphs}</article></body></html>'
    parsed = page(text)
    assert parsed.entry.title_html == title
    assert (parsed.entry.content_html or "").count(sentence) == 6
    assert parsed.language == language


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (b"", "empty"),
        (b"   \n", "empty"),
        (b"<html><body><ul><li><a href='/a'>One</a></li></ul></body></html>", "no article"),
        (b"<html><body><script>let a = 1</script></body></html>", "no article"),
        (b"x" * 13_000_000, "longer than"),
    ],
    ids=["nothing", "blank", "links", "script", "huge"],
)
def test_what_is_no_article_is_refused_with_a_reason(text: bytes, said: str) -> None:
    with pytest.raises(ParseError, match=said):
        page(text)


SENTENCE = (
    "Forty skiffs came round the breakwater in a line before breakfast, and the children counted them. "
)


@pytest.mark.parametrize(
    "text",
    [
        "<div>" * 50_000 + SENTENCE * 5,
        "<div><p>" * 900 + SENTENCE * 5,
        "<p>" * (5 * 1024 * 1024 // 3) + SENTENCE * 5,
        f"<p>{SENTENCE * 4}</p>" * 8_000,
        f"<article {'a' * 3_000_000}=1><p>{SENTENCE * 5}</p></article>",
        f"<article class='{'author ' * 300_000}'><p>{SENTENCE * 5}</p></article>",
        f"<article><p>{SENTENCE * 5}</p></article><i " + "a='1' " * 40_000 + ">",
        f"<article><h1>{'By ' * 100_000}</h1><p>{SENTENCE * 5}</p></article>",
        f"<article><p>{SENTENCE * 5}</p></article>" + "<h2>Another heading here</h2>" * 15_000,
        f"<title>{'a | b - ' * 20_000}</title><article><p>{SENTENCE * 5}</p></article>",
        f"<article><p>{'Photo: a. ' * 50_000}</p><p>{SENTENCE * 5}</p></article>",
        f"<article><p>{SENTENCE * 5}</p></article><script type='application/ld+json'>{'[' * 200_000}</script>",
        f"<article><p>{SENTENCE * 5}</p></article><script type='application/ld+json'>" + '{"author":{' * 40_000 + "</script>",
        f"<article><p>{SENTENCE * 5}</p></article>" + "<div class='author-box bio'>" * 350 + "word " * 50_000,
        f"<article><p>{SENTENCE * 5}</p></article>" + "<figure><img src='/a.jpg'>" * 5_000,
        f"<article><p>{SENTENCE * 5}</p></article>" + "<!--" * 50_000,
        f"<article><p>{SENTENCE * 5}</p></article>" + "<a rel=prev href=/x>" * 10_000,
        f"<article><p>{SENTENCE * 5}{'<br>' * 20_000}</p></article>",
    ],
    ids=["divs", "deep paragraphs", "paragraphs", "long", "attribute", "class", "attributes", "title", "headings", "strokes", "credits", "json", "authors",
         "boxes", "figures", "comments", "links", "breaks"],
)  # fmt: skip
@pytest.mark.timeout(90)
def test_pages_written_to_hurt_are_answered_soon(text: str) -> None:
    with suppress(ParseError):
        content = page(f"<html><body>{text}</body></html>").entry.content_html
        assert SENTENCE.strip() in text_of_html(content or "")


LINES = {
    "page without a title line": ("<p>Sunday, November 22, 2026</p>", "", "<p>By Ines Calder</p><p>October 3, 2025</p>"),
    "title and deck": ("<div>22 November 2026</div>", f"<h1>{TITLE}</h1><p>Forty boats, nine years late</p>", "<p>By Ines Calder</p><p>Published: 3 October 2025</p>"),
    "one meta line": ("", f"<h1>{TITLE}</h1>", "<p class='meta'>Friday, 3 October 2025 — Ines Calder</p>"),
    "a name alone": ("<header>November 22, 2026</header>", f"<h1>{TITLE}</h1>", "<p>Ines Calder</p><p>3 October 2025</p>"),
}  # fmt: skip


@pytest.mark.parametrize("name", sorted(LINES))
@pytest.mark.parametrize("is_credit_first", [True, False])
def test_the_lines_above_the_text_in_many_orders(name: str, is_credit_first: bool) -> None:
    before, title, byline = LINES[name]
    credit = f"<p>Photo by {CREDIT}</p><p>{CAPTION}</p>"
    above = f"{credit}{byline}" if is_credit_first else f"{byline}{credit}"
    text = f"<html><head><title>{TITLE} | Tideline</title></head><body>{before}{title}{above}{body()}<p>{BIOGRAPHY}</p></body></html>"
    parsed = page(text)
    entry = parsed.entry
    assert (entry.title_html, entry.published) == (TITLE, "2025-10-03")
    assert [one.text for one in entry.bylines] == ["Ines Calder"]
    assert [(one.credit, one.caption) for one in entry.images] == [(CREDIT, CAPTION)]
    assert [one.text for one in entry.biographies] == [BIOGRAPHY]
    words = text_of_html(entry.content_html or "")
    for foreign in (CREDIT, CAPTION, BIOGRAPHY, "October", "November", "Ines"):
        assert foreign not in words


def test_scripts_never_reach_the_content() -> None:
    inner = '<p onclick="alert(1)">Forty skiffs came <a href="javascript:alert(1)">home</a> on that morning.</p><script>alert(1)</script><svg onload="alert(1)"></svg>'
    assert "alert" not in draft(page(article(inner))).content_html


@pytest.mark.parametrize(
    ("head", "inner", "size"),
    [
        ('<meta property="og:image" content="/p.jpg"><meta property="og:image:width" content="1200px">'
         '<meta property="og:image:height" content="630">', "", (1200, 630)),
        # OpenGraph's size is that of its own picture.
        ('<meta name="twitter:image" content="/p.jpg"><meta property="og:image:width" content="1200">', "", (None, None)),
        ('<script type="application/ld+json">{"@type": "NewsArticle", "headline": "x", "image": {"@type": "ImageObject",'
         ' "url": "/p.jpg", "width": {"@type": "QuantitativeValue", "value": 900}, "height": "600"}}</script>', "", (900, 600)),
        # One telling completes another of the same picture.
        ('<script type="application/ld+json">{"@type": "NewsArticle", "headline": "x", "image": "/p.jpg"}</script>'
         '<meta property="og:image" content="/p.jpg"><meta property="og:image:width" content="800">'
         '<meta property="og:image:height" content="500">', "", (800, 500)),
        ('<meta property="og:image" content="/p.jpg">', '<img src="/p.jpg" width="700" height="400">', (700, 400)),
        ('<meta property="og:image" content="/p.jpg">', '<img src="/p-300x200.jpg" width="300" height="200">', (None, None)),
        ("", '<div itemscope itemtype="https://schema.org/NewsArticle"><div itemprop="image" itemscope'
         ' itemtype="https://schema.org/ImageObject"><meta itemprop="url" content="/p.jpg"><meta itemprop="width"'
         ' content="640"><meta itemprop="height" content="427"></div></div>', (640, 427)),
    ],
)  # fmt: skip
def test_the_main_picture_has_its_size(head: str, inner: str, size: tuple[int | None, int | None]) -> None:
    image = draft(page(article(inner, head=head))).images[0]
    assert image.url.endswith("/p.jpg")
    assert (image.width, image.height) == size
