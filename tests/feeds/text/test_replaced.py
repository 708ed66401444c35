"""What would vanish without a trace stands as something that every reader shows: pictures, links, words, players."""

from __future__ import annotations

import pytest

from feeds.text.markup import sanitize, text_of_html
from feeds.text.replaced import with_meaning
from tests.feeds.ingest.reading import atom, entry, read_one

BASE = "https://harbour.example/a/b"


def clean(source: str) -> str:
    shown = sanitize(source, base_url=BASE)
    return shown.replace(' loading="lazy" referrerpolicy="no-referrer"', "").replace(
        ' rel="noopener nofollow"', ""
    )


@pytest.mark.parametrize(
    "written",
    [
        '<img src="data:image/gif;base64,R0lGOD" data-src="/x.jpg" alt="x">',
        '<img src="/i/blank.gif" data-lazy-src="/x.jpg" alt="x">',
        '<img src="/spinner.gif" data-original="/x.jpg" alt="x">',
        "<img src=\"/px/lazy_placeholder.png?v=2\" data-lazyload='/x.jpg' alt=x>",
        '<img data-srcset="/s.jpg 300w, /x.jpg 900w" alt="x" src="data:,">',
        '<img srcset="/s.jpg 1x, /x.jpg 2x" alt="x">',
        '<img src="#" data-src="/x.jpg" alt="x">',
        '<img src="" data-url="/x.jpg" alt="x">',
        '<img src="/x-10x7.jpg" data-src="/x.jpg" alt="x">',
        '<amp-img src="/x.jpg" alt="x"></amp-img>',
        '<amp-img src="/x.jpg" alt="x"><noscript><img src="/x.jpg" alt="x"></noscript></amp-img>',
        '<noscript><img src="/x.jpg" alt="x"></noscript>',
        '<noscript>&lt;img src="/x.jpg" alt="x"&gt;</noscript>',
        '<img src="/blank.gif"><noscript><img src="/x.jpg" alt="x"></noscript>',
        '<img src="/spinner.gif" data-original="/x.jpg" alt="x"><noscript><img src="/x-300x200.jpg"></noscript>',
        '<picture><source data-srcset="/x.jpg 900w"><img src="data:," alt="x"></picture>',
        '<picture><source type="image/webp" srcset="/x.webp"><img src="/x.jpg" alt="x"></picture>',
        '<object data="/x.jpg" type="image/jpeg"></object>',
    ],
)
def test_a_picture_that_is_loaded_late_stands_at_its_real_address(written: str) -> None:
    shown = clean(f"<p>{written}</p>")
    assert shown.count("<img") == 1
    assert 'src="https://harbour.example/x.jpg"' in shown
    assert "noscript" not in shown
    assert "<source" not in shown


@pytest.mark.parametrize(
    "written",
    ['<img src="#">', "<img>", '<img src="/i/blank.gif">', '<img src="data:image/png;base64,AAAA">'],
)
def test_where_no_picture_is_left_there_is_none(written: str) -> None:
    assert clean(f"<p>Words {written}</p>") == "<p>Words </p>"


def test_what_is_no_stand_in_is_not_touched() -> None:
    for kept in ('<img src="/lazy-river.jpg" alt="">', '<img src="/a/loading-dock.jpg" title="t" alt="y">'):
        assert with_meaning(kept) == kept
    assert with_meaning("<p>An <iframe in words") == "<p>An <iframe in words"


def test_no_placeholder_is_the_lead_picture() -> None:
    content = (
        '&lt;p&gt;Words&lt;/p&gt;&lt;img src="/blank.gif"&gt;&lt;img src="#"&gt;&lt;img data-src="/x.jpg"&gt;'
    )
    draft = read_one(atom(entry(f'<content type="html">{content}</content>')))
    assert [one.url for one in draft.images] == ["https://harbour.example/x.jpg"]


@pytest.mark.parametrize(
    ("written", "page", "words"),
    [
        ('<iframe src="https://www.youtube.com/embed/abc123DEF45?rel=0" title="The race"></iframe>', "https://www.youtube.com/watch?v=abc123DEF45", "The race"),
        ('<iframe data-src="//www.youtube-nocookie.com/embed/abc123DEF45" src="about:blank"></iframe>', "https://www.youtube.com/watch?v=abc123DEF45", "youtube.com/watch?v=abc123DEF45"),
        ('<object data="https://www.youtube.com/v/abc123DEF45"><embed src="x"></object>', "https://www.youtube.com/watch?v=abc123DEF45", "youtube.com/watch?v=abc123DEF45"),
        ('<object><param name="movie" value="https://www.youtube.com/v/abc123DEF45"></object>', "https://www.youtube.com/watch?v=abc123DEF45", "youtube.com/watch?v=abc123DEF45"),
        ('<embed src="https://www.youtube.com/v/abc123DEF45">', "https://www.youtube.com/watch?v=abc123DEF45", "youtube.com/watch?v=abc123DEF45"),
        ('<lite-youtube videoid="abc123DEF45" playlabel="Race"></lite-youtube>', "https://www.youtube.com/watch?v=abc123DEF45", "Race"),
        ('<amp-youtube data-videoid="abc123DEF45"></amp-youtube>', "https://www.youtube.com/watch?v=abc123DEF45", "youtube.com/watch?v=abc123DEF45"),
        ('<iframe src="//player.vimeo.com/video/1234567?h=0a1b2c3d"></iframe>', "https://vimeo.com/1234567/0a1b2c3d", "vimeo.com/1234567/0a1b2c3d"),
        ('<iframe src="https://open.spotify.com/embed/track/9"></iframe>', "https://open.spotify.com/track/9", "open.spotify.com/track/9"),
        ('<iframe src="https://w.soundcloud.com/player/?url=https%3A//soundcloud.com/quay/fog"/>', "https://soundcloud.com/quay/fog", "soundcloud.com/quay/fog"),
        ('<iframe src="/charts/landings.html"></iframe>', "https://harbour.example/charts/landings.html", "/charts/landings.html"),
    ],
)  # fmt: skip
def test_a_frame_is_a_link_to_what_it_shows(written: str, page: str, words: str) -> None:
    shown = clean(f"<p>Watch:</p>{written}<p>After.</p>")
    assert f'<a href="{page}">{words}</a>' in shown
    assert shown.endswith("<p>After.</p>")
    assert ("i.ytimg.com/vi/abc123DEF45/" in shown) == ("youtube" in page)


def test_a_frame_with_a_text_of_its_own_shows_that() -> None:
    assert clean('<iframe srcdoc="&lt;p onclick=x&gt;Chart&lt;/p&gt;"></iframe>') == "<div><p>Chart</p></div>"


@pytest.mark.parametrize(
    "written",
    [
        '<iframe src="https://www.googletagmanager.com/ns.html?id=1"></iframe>',
        '<iframe src="https://a.example/x" width="1" height="1"></iframe>',
        '<iframe src="https://a.example/x" style="display: none"></iframe>',
        '<iframe src="javascript:alert(1)"></iframe>',
        "<iframe></iframe>",
        "<noscript>Please turn on JavaScript.</noscript>",
    ],
)
def test_what_shows_nothing_leaves_nothing(written: str) -> None:
    assert clean(f"<p>Words</p>{written}") == "<p>Words</p>"


def test_players_can_be_started_and_keep_their_picture() -> None:
    film = clean('<video autoplay muted poster="/p.jpg" data-src="/v.mp4"></video>')
    assert (
        film
        == '<video src="https://harbour.example/v.mp4" poster="https://harbour.example/p.jpg" controls=""></video>'
    )
    assert (
        clean('<audio src="/s.mp3" preload="none"></audio>')
        == '<audio src="https://harbour.example/s.mp3" controls=""></audio>'
    )
    assert "poster" not in clean('<video poster="javascript:x" src="/v.mp4" controls></video>')
    assert clean('<video><source data-src="/v.mp4" type="video/mp4"></video>').count("v.mp4") == 1


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("<math><msup><mi>e</mi><mrow><mi>k</mi><mi>t</mi></mrow></msup><mo>+</mo><mfrac><mn>1</mn><mn>2</mn></mfrac></math>", "e^(kt)+1/2"),
        ('<math><semantics><msqrt><mn>16</mn></msqrt><annotation encoding="application/x-tex">\\sqrt{16}</annotation></semantics></math>', "\\(\\sqrt{16}\\)"),
        ('<math alttext="x &lt; y"><mi>x</mi></math>', "\\(x &lt; y\\)"),
        ("<math><mi>x</mi><mo>&lt;</mo><mi>y</mi></math>", "x&lt;y"),
        ('<m:math xmlns:m="http://www.w3.org/1998/Math/MathML"><m:msub><m:mi>x</m:mi><m:mn>1</m:mn></m:msub></m:math>', "x_1"),
        ("<math><msqrt><mn>2</mn></msqrt></math>", "√2"),
        ("<svg><title>Landings of cod</title><text>Cod</text><script>x</script></svg>", "<span>Landings of cod</span>"),
        ("<svg><text>Cod</text><text>40</text></svg>", "<span>Cod 40</span>"),
        ('<svg aria-label="Landings"><path d="M0"/></svg>', "<span>Landings</span>"),
        ('<svg aria-hidden="true"><title>Icon</title></svg>', ""),
    ],
)  # fmt: skip
def test_formulas_and_drawings_leave_their_words(written: str, words: str) -> None:
    assert clean(f"<p>It is {written} each day.</p>") == f"<p>It is {words} each day.</p>"


def test_formulas_stand_in_titles_and_summaries_too() -> None:
    assert text_of_html("Growth is <math><mfrac><mn>1</mn><mn>2</mn></mfrac></math>") == "Growth is 1/2"


@pytest.mark.parametrize("broken", ["<br></br>", "<br/>", "<BR></BR>", "<br ></br >", "<br>\n</br>"])
def test_a_line_break_is_one(broken: str) -> None:
    assert clean(f"<p>A{broken}B</p>").lower().count("<br>") == 1
    xhtml = '<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>A<br/>B<br /><br/>C</p></div></content>'
    assert read_one(atom(entry(xhtml))).content_html == "<p>A<br>B<br><br>C</p>"


@pytest.mark.parametrize(
    "seed",
    [
        "<iframe ",
        "<svg>",
        "<math>",
        "<noscript>",
        "<object>",
        "<picture>",
        "<img srcset='",
        "<svg><svg/>",
        "<video ",
    ],
)
def test_many_open_elements_cost_in_proportion(seed: str) -> None:
    # Quadratic reading of the larger one would take minutes.
    assert len(with_meaning(seed * 60_000)) <= len(seed) * 70_000


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ('<img class="emoji" alt="🙂" src="/core/1f642.png">', "🙂"),
        ('<img alt="👩‍👩‍👧" src="/img/emoji/family.svg" width="72">', "👩‍👩‍👧"),
        ('<img class="wp-smiley" alt="☀️" data-src="/sun.png" src="data:,">', "☀️"),
        ('<img alt="1️⃣" src="/one.png" height="16px">', "1️⃣"),
    ],
)
def test_pictures_of_emoji_are_letters(written: str, meant: str) -> None:
    assert clean(f"<p>Low {written} tide</p>") == f"<p>Low {meant} tide</p>"
    assert (
        read_one(atom(entry(f'<content type="html"><![CDATA[<p>{written} Low tide</p>]]></content>'))).images
        == ()
    )


@pytest.mark.parametrize(
    "written",
    [
        'alt="📷" src="/boats.jpg"',
        'alt=":pilot:" class="emoji"',
        'alt="7" width="16"',
        'alt="!" class="emoji"',
        'alt="©" width="300"',
    ],
)
def test_other_pictures_are_none(written: str) -> None:
    source = written if "src=" in written else f'{written} src="/x.png"'
    assert "<img" in clean(f"<p><img {source}></p>")


@pytest.mark.parametrize(
    "attributes",
    [
        'width="1px" height="1px"', 'width="0" height="0"', 'style="width:1px; height: 1px"',
    ],
)  # fmt: skip
def test_pictures_that_count_readers_are_none(attributes: str) -> None:
    assert clean(f'<p>Low tide<img src="/count.gif" {attributes}></p>') == "<p>Low tide</p>"


@pytest.mark.parametrize(
    "attributes",
    [
        'style="display:none" data-src="/x.jpg"',
        'style="width:100px;height:1px"',
        'style="max-width:1px"',
        'width="1"',
    ],
)
def test_pictures_that_are_seen_stay(attributes: str) -> None:
    assert 'src="https://harbour.example/x.jpg"' in clean(f'<img src="/x.jpg" {attributes}>')


def test_a_list_of_tasks_says_what_is_done() -> None:
    box = '<li><input type="checkbox" {}disabled> {}</li>'
    assert clean(f"<ul>{box.format('checked ', 'Buoys')}{box.format('', 'Lights')}</ul>") == (
        "<ul><li>☑ Buoys</li><li>☐ Lights</li></ul>"
    )
    assert clean('<p>a<input type="text" value="b"><input type="checkbox" checked></p>') == "<p>a</p>"


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ('<script type="math/tex">y^2</script>', r"\(y^2\)"),
        ('<script type="math/tex; mode=display">a \\ne b</script>', r"\[a \ne b\]"),
        ("<script type='math/tex' id='m1'>% <![CDATA[\na<b %]]></script>", r"\(a&lt;b\)"),
        ('<span class="MathJax_Preview">y2</span><script type="math/tex">y^2</script>', r"\(y^2\)"),
        ('<script type="math/tex"></script>', ""),
        ('<script type="text/javascript">y^2</script>', ""),
    ],
)
def test_formulas_in_scripts_stay(written: str, meant: str) -> None:
    assert clean(f"<p>Depth {written} metres</p>") == f"<p>Depth {meant} metres</p>"


@pytest.mark.parametrize(
    ("inner", "shown"),
    [
        (
            '<a href="https://polls.example/7">Take the poll</a>',
            '<p><a href="https://polls.example/7">Take the poll</a></p>',
        ),
        ('<a href="https://enable-javascript.example/">Turn it on</a>', ""),
        ('<a href="/help">Enable JavaScript</a>', ""),
        ('See the <a href="/c">comments</a>', ""),
        ("Turn on scripts", ""),
    ],
)
def test_a_link_that_stands_for_a_script_stays(inner: str, shown: str) -> None:
    assert (
        clean(f'<p>One</p><script src="/w.js"></script><noscript>{inner}</noscript>') == f"<p>One</p>{shown}"
    )


MATHML = (
    "<math><semantics><mi>a</mi><annotation encoding='application/x-tex'>a^2</annotation></semantics></math>"
)


@pytest.mark.parametrize(
    "drawn",
    [
        '<span class="katex-html" aria-hidden="true"><span class="base"><span>a</span><span>2</span></span></span>',
        '<span aria-hidden="true" class="mjx-math"><span>a</span></span>',
        '<nobr aria-hidden="true"><span>a</span>2</nobr>',
    ],
)
def test_a_formula_that_is_drawn_as_well_is_said_once(drawn: str) -> None:
    both = f'<span class="katex"><span class="katex-mathml">{MATHML}</span>{drawn}</span>'
    assert text_of_html(clean(f"<p>Depth {both} metres, {both}.</p>")) == r"Depth \(a^2\) metres, \(a^2\)."


def test_what_is_drawn_alone_stays() -> None:
    alone = '<p>Depth <span class="katex-html" aria-hidden="true">a2</span> metres</p>'
    assert text_of_html(clean(alone)) == "Depth a2 metres"
    open_ended = f'<p>{MATHML} <span class="katex-html" aria-hidden="true">a2</p>'
    assert "a2" in clean(open_ended)


@pytest.mark.timeout(90)
def test_many_drawn_formulas_cost_in_proportion() -> None:
    clean("<math>" + '<span class="katex-html" aria-hidden="true">' * 20_000)
    clean("<math>" + '<nobr aria-hidden="true"></nobr>' * 20_000)


@pytest.mark.timeout(90)
def test_many_open_scripts_cost_in_proportion() -> None:
    clean('<script type="math/tex">' * 40_000)
    clean('<script type="math/tex">' + "a<b" * 300_000)
