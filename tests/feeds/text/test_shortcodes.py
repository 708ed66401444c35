"""Marks that a content system left over: what they hold is kept, what they only arrange is gone, words are words."""

from __future__ import annotations

import time

import pytest

from feeds.text.markup import sanitize, text_of_html

PICTURE = '<img src="https://harbour.example/c.jpg">'


def clean(source: str) -> str:
    made = sanitize(source, base_url="https://harbour.example/a")
    return made.replace(' loading="lazy" referrerpolicy="no-referrer"', "").replace(
        ' rel="noopener nofollow"', ""
    )


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        (
            f'<p>[caption id="attachment_1" align="alignnone" width="300"]{PICTURE} A boat &amp; a mast[/caption]</p>',
            f"<figure>{PICTURE}<figcaption>A boat &amp; a mast</figcaption></figure>",
        ),
        (
            f"[caption id=&#8221;attachment_1&#8243; width=&#8221;300&#8243;]{PICTURE} A boat[/caption]",
            f"<figure>{PICTURE}<figcaption>A boat</figcaption></figure>",
        ),
        (
            f'[caption width="300" caption="A <boat>"]{PICTURE}[/caption]',
            f"<figure>{PICTURE}<figcaption>A &lt;boat&gt;</figcaption></figure>",
        ),
        ('[caption id="x"]Words alone[/caption]', "Words alone"),
        (
            "<p>[embed]https://player.vimeo.com/video/5?a=1&amp;b=2[/embed]</p>",
            '<p><a href="https://vimeo.com/5">vimeo.com/5</a></p>',
        ),
        (
            '[embed width="5"]<a href="https://harbour.example/v">https://harbour.example/v</a>[/embed]',
            '<p><a href="https://harbour.example/v">harbour.example/v</a></p>',
        ),
        (
            '[video width="640" mp4="https://harbour.example/a.mp4"][/video]',
            '<video src="https://harbour.example/a.mp4" controls=""></video>',
        ),
        (
            "[audio https://harbour.example/a.mp3]",
            '<audio src="https://harbour.example/a.mp3" controls=""></audio>',
        ),
        ("[vimeo 123456789]", '<p><a href="https://vimeo.com/123456789">vimeo.com/123456789</a></p>'),
        ('<p>Boats.</p><p>[gallery ids="1,2,3"]</p>', "<p>Boats.</p>"),
        ("<p>Boats.</p><p>[gallery]</p>", "<p>Boats.</p>"),
        ('[vc_row][vc_column width="1/2"][vc_column_text]Boats.[/vc_column_text][/vc_column][/vc_row]', "Boats."),
        ('[et_pb_section fb_built=”1″ admin_label=”section”]Boats.[/et_pb_section]', "Boats."),
        ('[dropcap style="1"]B[/dropcap]oats', "Boats"),
        ('<p>Boats.</p>[contact-form-7 id="1" title="Write to us"]', "<p>Boats.</p>"),
    ],
)  # fmt: skip
def test_marks_are_carried_out_or_taken_away(written: str, meant: str) -> None:
    assert clean(written) == meant
    assert "[" not in text_of_html(written)


@pytest.mark.parametrize(
    "words",
    [
        "He said it is [sic] and [caption] is a word, [Update] [1] [gallery] as well.",
        'Select input[type="text"] or a[href="x"] in [Photo: Ines].',
        'See <code>[gallery ids="1,2"]</code> in the manual.',
        '<pre>[caption id="x"]Words[/caption]</pre>',
        '[via <a href="https://harbour.example/b">Ines</a>]',
        '[toggle title="Why?"]Because.[/toggle]',
        '[button link="https://harbour.example/b"]Buy[/button]',
        '[[gallery ids="1"]]',
        ":smile: and :snake_case: :-) and a_b_c",
    ],
)
def test_words_in_brackets_stay(words: str) -> None:
    assert clean(words) == words


def test_attributes_hold_no_marks() -> None:
    noted = '<p title="[audio src=&quot;https://harbour.example/a.mp3&quot;]">Boats</p>'
    assert clean(noted) == noted


@pytest.mark.parametrize(
    "piece",
    [
        "[",
        '[a b="',
        '[caption id="x"]',
        "[embed]http://x.example/",
        '[a b="c"]',
        "[vc_x ",
        "[[",
        '[video src="',
    ],
)
def test_a_thousand_brackets_cost_nothing(piece: str) -> None:
    started = time.process_time()
    clean(piece * 20_000)
    # The same with names that stand once each.
    clean("".join(f'[n{number} a="b"][/n{number}]{piece}' for number in range(20_000)))
    assert time.process_time() - started < 5
