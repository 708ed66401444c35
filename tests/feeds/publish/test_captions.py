"""Captions: whoever made a picture is named under it, once, wherever the picture stands."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.model.incoming import Image
from feeds.publish.captions import only_pictures, with_captions
from feeds.text.markup import sanitize, text_of_html

URL = "https://a.example/pic.jpg"
IMG = f'<img src="{URL}">'
FIGURE_WORDS = "<figcaption>Low water. <small>Picture: Ida Storm</small></figcaption>"


def shown(content: str, **changes: str | None) -> str:
    fields: dict[str, str | None] = {"credit": "Ida Storm", "caption": "Low water.", **changes}
    return with_captions(content, [Image(url=URL, **fields)])  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (f"<p>a</p>{IMG}<p>b</p>", f"<p>a</p><figure>{IMG}{FIGURE_WORDS}</figure><p>b</p>"),
        (f"<p>{IMG}</p><p>b</p>", f"<figure>{IMG}{FIGURE_WORDS}</figure><p>b</p>"),
        (
            f'<p> <a href="https://a.example/">{IMG}</a> </p>',
            f'<figure><a href="https://a.example/">{IMG}</a>{FIGURE_WORDS}</figure>',
        ),
        (f"<div>{IMG}</div>", f"<div><figure>{IMG}{FIGURE_WORDS}</figure></div>"),
        (f"<figure>{IMG}</figure>", f"<figure>{IMG}{FIGURE_WORDS}</figure>"),
        (
            f"<figure>{IMG}<figcaption>Low water.</figcaption></figure>",
            f"<figure>{IMG}<figcaption>Low water. <small>Picture: Ida Storm</small></figcaption></figure>",
        ),
        (
            f"<p>Words {IMG} and words</p>",
            f"<p>Words {IMG}<br><small>Low water. <small>Picture: Ida Storm</small></small> and words</p>",
        ),
        (
            f"<em>{IMG}</em>",
            f"<em>{IMG}<br><small>Low water. <small>Picture: Ida Storm</small></small></em>",
        ),
    ],
)
def test_the_words_stand_where_the_surroundings_allow(content: str, expected: str) -> None:
    assert shown(content) == expected
    assert sanitize(expected).count("Ida Storm") == 1


def test_what_is_visible_already_is_not_said_twice() -> None:
    content = f"<figure>{IMG}<figcaption>Low  water. Photo: IDA STORM</figcaption></figure>"
    assert shown(content) == content


def test_a_credit_inside_the_caption_is_said_once() -> None:
    assert shown("", caption="Low water (Ida Storm)").count("Ida Storm") == 1
    assert shown(f"<p>{IMG}</p>", caption="Low water (Ida Storm)").count("Ida Storm") == 1


def test_a_picture_that_the_text_lacks_stands_at_the_top() -> None:
    top, rest = shown("<p>Text</p>").split("\n")
    assert top.startswith(f'<figure><img src="{URL}" alt="" loading="lazy" referrerpolicy="no-referrer">')
    assert FIGURE_WORDS in top
    assert rest == "<p>Text</p>"


def test_sizes_of_one_picture_are_one_picture() -> None:
    small = '<img src="https://a.example/pic-300x200.jpg?w=300&amp;h=200">'
    assert shown(small) == f"<figure>{small}{FIGURE_WORDS}</figure>"
    twice = with_captions("", [Image(url=URL), Image(url="https://a.example/pic-150x150.jpg")])
    assert twice.count("<img") == 1


def test_pictures_from_a_script_are_told_apart_by_their_query() -> None:
    both = with_captions("", [Image(url="https://a.example/p?id=1"), Image(url="https://a.example/p?id=2")])
    assert both.count("<img") == 2


def test_a_credit_that_says_what_it_is_gets_no_lead() -> None:
    assert "<small>Photo: Ida</small>" in shown("", credit="Photo: Ida")
    assert "<small>© Ida</small>" in shown("", credit="© Ida")


def test_words_from_a_source_cannot_become_markup() -> None:
    assert "<script" not in shown("", credit="<script>x</script>", caption='"><script>', alt='"><script>')


def test_unbalanced_content_is_survived() -> None:
    assert "Ida Storm" in shown(f"<figure>{IMG}")
    assert "Ida Storm" in shown(f"</p></div><p>{IMG}")


def test_of_several_pictures_that_the_text_lacks_one_stands_before_it_and_the_rest_after() -> None:
    images = [Image(url=f"https://a.example/{name}.jpg", credit=name) for name in ("one", "two", "three")]
    parts = with_captions("<p>Text</p>", images).split("\n")
    assert [text_of_html(part) for part in parts] == [
        "Picture: one",
        "Text",
        "Picture: two",
        "Picture: three",
    ]


PIECES = st.sampled_from(
    [
        "<p>",
        "</p>",
        "<div>",
        "</div>",
        "<figure>",
        "</figure>",
        "<figcaption>x</figcaption>",
        "<a href='/'>",
        "</a>",
        "<em>",
        "</em>",
        "<ul><li>",
        "</li></ul>",
        "<table><tr><td>",
        "</td></tr></table>",
        "words",
        IMG,
    ]
)


@given(pieces=st.lists(PIECES, max_size=14))
def test_whatever_stands_around_a_picture_nothing_is_lost_and_its_maker_is_named_once(
    pieces: list[str],
) -> None:
    content = sanitize("".join(pieces))
    result = with_captions(content, [Image(url=URL, credit="Ida Storm")])
    whole = sanitize(result)
    assert text_of_html(whole).count("Ida Storm") == 1
    assert text_of_html(whole).count("words") == text_of_html(content).count("words")
    assert whole.count("<img") == max(1, content.count("<img"))


@pytest.mark.timeout(90)
def test_a_long_article_with_many_pictures_costs_little() -> None:
    images = [Image(url=f"https://a.example/{number}.jpg", credit=f"Maker {number}") for number in range(60)]
    content = "".join(f'<p>{"word " * 200}</p><p><img src="{image.url}"></p>' for image in images)
    assert with_captions(content, images).count("<figcaption>") == 60


def test_a_thumbnail_stands_in_the_text_only_where_there_is_no_other_picture() -> None:
    small = Image(url="https://a.example/s72/pic.jpg", width=72, height=72, role="thumbnail")
    assert with_captions(f"<p>a</p>{IMG}", [Image(url=URL), small]) == f"<p>a</p>{IMG}"
    assert with_captions("<p>a</p>", [Image(url=URL), small]).count("<img") == 1
    assert with_captions("<p>a</p>", [small]).startswith("<figure><img")
    credited = with_captions(
        f'<p>a</p><img src="{small.url}">', [Image(url=URL), replace(small, credit="Ida Storm")]
    )
    assert credited.endswith("<small>Picture: Ida Storm</small></figcaption></figure>")


@pytest.mark.parametrize(
    ("credit", "shown"),
    [
        ("Ida Storm", "Picture: Ida Storm"),
        ("Photograph by Ida Storm", "Photograph by Ida Storm"),
        ("Composite: Ida Storm, Harbour Press", "Composite: Ida Storm, Harbour Press"),
        ("Bild: Ida Storm", "Bild: Ida Storm"),
        ("© Ida Storm", "© Ida Storm"),
        ("https://harbour.example/ida", "Picture: https://harbour.example/ida"),
    ],
)
def test_a_credit_that_says_what_it_is_gets_no_second_label(credit: str, shown: str) -> None:
    made = with_captions("", [Image(url="https://harbour.example/a.jpg", credit=credit)])
    assert f"<small>{shown}</small>" in made


FIGURE = '<figure><img src="https://a.example/{}.jpg"><figcaption>Of {}</figcaption></figure>'


@pytest.mark.parametrize(
    ("content", "kept"),
    [
        (f"<p>a</p>{FIGURE.format('x', 'x')}<p>b</p>", "<p>a</p><p>b</p>"),
        (
            f"<figure>{FIGURE.format('x', 'x')}{FIGURE.format('pic', 'pic')}<figcaption>Both</figcaption></figure><p>b</p>",
            f"<figure>{FIGURE.format('pic', 'pic')}<figcaption>Both</figcaption></figure><p>b</p>",
        ),
        (f"<figure>{FIGURE.format('x', 'x')}{FIGURE.format('y', 'y')}<figcaption>Both</figcaption></figure><p>b</p>", "<p>b</p>"),
        (f"<figure>{FIGURE.format('x', 'x')}<table><tbody><tr><td>1</td></tr></tbody></table></figure>", "<figure><table><tbody><tr><td>1</td></tr></tbody></table></figure>"),
        ('<p><a href="https://a.example/x"><img src="https://a.example/x.jpg"></a></p><p>b</p>', "<p>b</p>"),
        ('<p>Words <img src="https://a.example/x.jpg"> and more</p>', "<p>Words  and more</p>"),
        (
            '<figure><p><a href="https://f.example/w"><img src="https://f.example/i.jpg"></a><br><a href="https://f.example/w">Race</a></p></figure>',
            '<figure><p><br><a href="https://f.example/w">Race</a></p></figure>',
        ),
        ('<video poster="https://a.example/x.jpg" controls=""><source src="https://a.example/v.mp4"></video>', '<video controls=""><source src="https://a.example/v.mp4"></video>'),
        ("a &lt; b<br>&amp; c <img src=\"https://a.example/x.jpg\">", "a &lt; b<br>&amp; c "),
    ],
)  # fmt: skip
def test_of_pictures_that_may_not_be_shown_nothing_stays_and_of_the_text_everything(
    content: str, kept: str
) -> None:
    assert only_pictures(content, [Image(url="https://a.example/pic.jpg")]) == kept
