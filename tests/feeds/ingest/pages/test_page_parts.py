"""Parts of a page's text that are no paragraphs: pictures without figures, films, sound, rules, lists that count on."""

from __future__ import annotations

import pytest

from tests.feeds.ingest.pages.test_page import article, draft, page


def shown(inner: str) -> str:
    return draft(
        page(
            article("", after="").replace(
                "</article>", f"{inner}<p>{'Fog came back to the pier at noon. ' * 4}</p></article>"
            )
        )
    ).content_html


@pytest.mark.parametrize(
    ("written", "address"),
    [
        ('<picture><source srcset="/i/a.webp 1x"><img src="/i/a.jpg" alt="a"></picture>', "/i/a.jpg"),
        ('<p><picture><source srcset="/i/a.webp"><source srcset="/i/b.webp"><img src="/i/a.jpg"></picture></p>', "/i/a.jpg"),
        ('<figure><img src="/blank.gif" data-srcset="/i/s.jpg 300w, /i/a.jpg 900w"></figure>', "/i/a.jpg"),
        ('<figure><picture><source data-srcset="/i/a.webp 900w"><img src="data:image/gif;base64,R0"></picture></figure>', "/i/a.webp"),
        ('<amp-img src="/i/a.jpg" width="600" height="400"></amp-img>', "/i/a.jpg"),
        ('<div><img src="/spinner.gif" data-lazyload="/i/a.jpg"></div>', "/i/a.jpg"),
    ],
)  # fmt: skip
def test_pictures_of_every_make(written: str, address: str) -> None:
    content = shown(f"<p>Before it.</p>{written}")
    assert content.count("<img") == 1
    assert f'src="https://tideline.example{address}"' in content
    assert content.index("Before it.") < content.index("<img") < content.index("Fog came back")


def test_films_sound_and_frames_stand_where_they_stood() -> None:
    content = shown(
        '<p>Watch:</p><iframe src="https://www.youtube.com/embed/abc123DEF45"></iframe>'
        '<figure><iframe src="https://player.vimeo.com/video/77"></iframe><figcaption>The race</figcaption></figure>'
        '<p>Listen:</p><audio src="/a.mp3"></audio><video poster="/p.jpg"><source src="/v.mp4" type="video/mp4"></video>'
    )
    assert 'href="https://www.youtube.com/watch?v=abc123DEF45"' in content
    assert "<figcaption>The race</figcaption>" in content
    assert 'href="https://vimeo.com/77"' in content
    assert '<audio src="https://tideline.example/a.mp3" controls="">' in content
    assert 'poster="https://tideline.example/p.jpg"' in content
    assert (
        content.index("Watch:") < content.index("youtube") < content.index("vimeo") < content.index("Listen:")
    )


@pytest.mark.parametrize(
    "written",
    [
        '<div class="advert"><iframe src="https://ads.example/x"></iframe></div>',
        '<div class="newsletter-signup"><iframe src="https://mail.example/form" title="Sign up"></iframe></div>',
        '<iframe src="https://www.googletagmanager.com/ns.html" height="0" width="0"></iframe>',
    ],
)
def test_frames_of_adverts_and_forms_are_none_of_the_text(written: str) -> None:
    assert "<a " not in shown(written).replace('<a href="https://tideline.example/n"', "")


def test_rules_stand_and_lists_count_from_where_they_begin() -> None:
    content = shown('<ol start="5"><li>Cod</li><li>Hake</li></ol><hr><ol><li>Eel</li></ol>')
    assert '<ol start="5"><li>Cod</li><li>Hake</li></ol>' in content
    assert "<hr>" in content
    assert "<ol><li>Eel</li></ol>" in content
    assert "fwstart" not in content


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("<ul><li>10 to 20</li><li>closed at noon</li></ul>", "<p>10 to 20</p><p>closed at noon</p>"),
        ("by day <ol><li>10 to 20</li></ol> all year", "by day <p>10 to 20</p><p>all year</p>"),
        ("<dl><dt>Open</dt><dd>10 to 20</dd></dl>", "<p>Open</p><p>10 to 20</p>"),
        ("<pre>a\n  b</pre>", "<pre>a\n  b</pre>"),
    ],
)
def test_lists_in_cells_of_tables_are_not_lost(written: str, kept: str) -> None:
    content = shown(
        f"<table><tr><th>Day</th><th>Hours</th></tr><tr><td>Mon</td><td>{written}</td></tr></table>"
    )
    assert f"<td>Mon</td><td>{kept}</td>" in content


def test_lists_of_pages_that_are_laid_out_by_tables_stay_lists() -> None:
    long = "".join(f"<p>The ferry runs again, said the harbour master on day {one}.</p>" for one in range(40))
    content = draft(
        page(
            f"<table><tr><td><h1>Fog</h1>{long}<ul><li>one buoy</li><li>two buoys</li></ul>{long}</td></tr></table>"
        )
    ).content_html
    assert "<p>one buoy</p>" not in content


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("Depth <math><mi>a</mi><mo>+</mo><mi>b</mi></math> metres", "Depth a+b metres"),
        ('Depth <math alttext="a^2"><mi>a</mi></math> metres', r"Depth \(a^2\) metres"),
        ('Depth <script type="math/tex">a^2</script> metres', r"Depth \(a^2\) metres"),
        (
            'Depth <span class="MathJax_Preview">a2</span><script type="math/tex">a^2</script> metres',
            r"Depth \(a^2\) metres",
        ),
        ("The <ruby>港<rt>みなと</rt></ruby> here", "The 港（みなと） here"),
        ("The <ruby>港<rp>(</rp><rt>みなと</rt><rp>)</rp></ruby> here", "The 港(みなと) here"),
        ("He said <q>it <em>is</em> low</q> again", "He said “it <em>is</em> low” again"),
        ('Sun <img class="emoji" alt="☀️" src="/sun.png"> and rain', "Sun ☀️ and rain"),
    ],
)
def test_words_in_unusual_elements_are_not_lost(written: str, kept: str) -> None:
    assert f"<p>{kept}</p>" in shown(f"<p>{written}</p>")


def test_who_said_it_stays_with_a_quotation() -> None:
    content = shown("<blockquote><p>Low water.</p><footer>Ada, <cite>Tides</cite></footer></blockquote>")
    assert "<blockquote><p>Low water.</p><p>Ada, Tides</p></blockquote>" in content
