"""Pictures, each with its own credit: what is said of one is never said of another."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.ingest.people.credits import split_credit
from feeds.ingest.rules import images
from feeds.ingest.rules.images import collect_images, images_in, pixels
from feeds.model.incoming import Enclosure, Image
from feeds.text.markup import sanitize, text_of_clean
from tests.fakes import item, rss
from tests.feeds.ingest.reading import atom, read_one


def media(inner: str) -> list[tuple[str, str | None, str | None]]:
    draft = read_one(rss(item(1, extra=inner)))
    return [(one.url.rsplit("/", 1)[-1], one.credit, one.caption) for one in draft.images]


CONTENT = '<media:content url="https://harbour.example/{0}" medium="image">{1}</media:content>'


def test_credits_of_several_pictures_never_cross() -> None:
    found = media(
        CONTENT.format(
            "a.jpg", "<media:credit>Jane Roe</media:credit><media:description>Boats</media:description>"
        )
        + CONTENT.format("b.jpg", "")
        + CONTENT.format("c.jpg", "<media:credit>Omar Haddad</media:credit>")
    )
    assert found == [("a.jpg", "Jane Roe", "Boats"), ("b.jpg", None, None), ("c.jpg", "Omar Haddad", None)]


def test_a_groups_credit_is_for_its_own_pictures_alone() -> None:
    group = "<media:group>{}<media:credit>Jane Roe</media:credit></media:group>"
    found = media(
        group.format(CONTENT.format("a.jpg", "") + CONTENT.format("b.jpg", "")) + CONTENT.format("c.jpg", "")
    )
    assert found == [("a.jpg", "Jane Roe", None), ("b.jpg", "Jane Roe", None), ("c.jpg", None, None)]


def test_an_items_credit_is_for_its_only_picture() -> None:
    credit = "<media:credit>Jane Roe</media:credit>"
    assert media(CONTENT.format("a.jpg", "") + credit) == [("a.jpg", "Jane Roe", None)]
    two = CONTENT.format("a.jpg", "") + CONTENT.format("b.jpg", "") + credit
    assert media(two) == [("a.jpg", None, None), ("b.jpg", None, None)]


@pytest.mark.parametrize("end", ["", "</p>"], ids=["well-formed", "broken"])
def test_a_caption_is_never_the_articles_own_text(end: str) -> None:
    caption = CONTENT.format(
        "a.jpg", "<media:description>Boats at &lt;b&gt;noon&lt;/b&gt;</media:description>"
    )
    words = "<description>The harbour was full before breakfast.</description>"
    for extra in (words + caption, caption + words):
        document = rss(item(1, body="", extra=extra)).replace("<description></description>", "")
        draft = read_one(document.replace("</channel>", f"{end}</channel>"))
        assert (draft.content_html, draft.summary) == ("The harbour was full before breakfast.", "")
        assert [one.caption for one in draft.images] == ["Boats at noon"]


def test_captions_leave_an_articles_summary_and_text_alone() -> None:
    caption = CONTENT.format("a.jpg", "<media:description>Boats</media:description>")
    words = (
        "<description>In short.</description>",
        "<content:encoded>&lt;p&gt;At length.&lt;/p&gt;</content:encoded>",
    )
    for extra in (words[0] + caption + words[1], words[0] + words[1] + caption, caption + "".join(words)):
        draft = read_one(rss(item(1, body="", extra=extra)).replace("<description></description>", ""))
        assert (draft.content_html, draft.summary) == ("<p>At length.</p>", "In short.")


def test_an_entry_that_is_a_video_says_what_it_is_about_in_its_media() -> None:
    group = "<media:group><media:title>Fog</media:title><media:description>Fog &amp;amp; ice</media:description></media:group>"
    told = read_one(rss(item(1, body="", extra=group)))
    assert told.content_html == "Fog &amp; ice"
    entry = f"<entry><id>tag:harbour.example,2026:v</id><title>Fog</title>{group}</entry>"
    assert read_one(atom(entry)).summary == "Fog &amp; ice"


def test_only_pictures_are_pictures() -> None:
    assert media('<media:content url="https://harbour.example/a.mp4" type="video/mp4"/>') == []
    assert media('<media:content url="https://harbour.example/a"/>') == []
    assert media('<media:content url="https://harbour.example/a.png?w=9"/>') == [("a.png?w=9", None, None)]
    assert media('<media:thumbnail url="https://harbour.example/t"/>') == [("t", None, None)]
    assert media('<enclosure url="https://harbour.example/e.jpg" type="image/jpeg" length="9"/>') == [
        ("e.jpg", None, None)
    ]
    itunes = '<itunes:image xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd" href="https://harbour.example/i"/>'
    assert media(itunes) == [("i", None, None)]


def test_figures_give_caption_and_credit_to_the_picture_they_hold() -> None:
    one, two, three = images_in(
        '<figure><img src="https://a.example/1" alt="Quay"><figcaption>The quay. Photo: Jane Roe</figcaption></figure>'
        '<figure><img src="https://a.example/2"><figcaption>© Omar Haddad</figcaption></figure>'
        '<img src="https://a.example/3" width="30" height="x">'
    )
    assert (one.caption, one.credit, one.alt) == ("The quay.", "Jane Roe", "Quay")
    assert (two.caption, two.credit) == (None, "Omar Haddad")
    assert (three.caption, three.credit, three.width, three.height) == (None, None, 30, None)


def test_a_figure_of_several_pictures_speaks_for_none_of_them() -> None:
    html = (
        '<figure><figure><img src="https://a.example/1"></figure><img src="https://a.example/2">'
        "<figcaption>Photo: Jane Roe</figcaption></figure>"
    )
    assert [(one.caption, one.credit) for one in images_in(html)] == [(None, None), (None, None)]


def test_a_caption_is_that_of_its_own_figure_and_the_first_of_several() -> None:
    inner = '<figure><img src="https://a.example/1"><figcaption>Inner</figcaption></figure>'
    (one,) = images_in(f"<figure><figcaption>Outer {inner}</figcaption></figure>")
    (two,) = images_in(
        '<figure><img src="https://a.example/2"><figcaption>First</figcaption><figcaption>Second</figcaption></figure>'
    )
    (three,) = images_in(
        '<figure><img src="https://a.example/3"><figcaption>Around <figcaption>inside</figcaption></figcaption></figure>'
    )
    assert (one.caption, two.caption, three.caption) == ("Inner", "First", "Around inside")


def test_captions_within_captions_are_not_read_again_and_again(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[int] = []

    def counted(content_html: str) -> str:
        read.append(len(content_html))
        return text_of_clean(content_html)

    monkeypatch.setattr(images, "text_of_clean", counted)
    clean = sanitize(
        '<img src="https://a.example/1">' + "<figure><figcaption>" * 150 + "Boats <b>at</b> dawn. " * 40_000
    )
    images_in(clean)
    # Of 150 captions the beginning of each; all of them would be 133 million characters.
    assert 0 < sum(read) < 5 * len(clean)


@pytest.mark.parametrize(
    ("line", "caption", "credit"),
    [
        (None, None, None),
        ("", None, None),
        ("Boats in the harbour", "Boats in the harbour", None),
        ("Photo: Jane Roe", None, "Jane Roe"),
        ("Foto: Jörg Ærø", None, "Jörg Ærø"),
        ("© Jane Roe", None, "Jane Roe"),
        ("Credit: Jane Roe / Harbour News", None, "Jane Roe / Harbour News"),
        ("Boats at dawn. Photo: Jane Roe", "Boats at dawn.", "Jane Roe"),
        ("Boats at dawn. (Photo by Jane Roe)", "Boats at dawn.", "Jane Roe"),
        ("Boats at dawn. © Jane Roe", "Boats at dawn.", "Jane Roe"),
        ("Boats at dawn (© dpa)", "Boats at dawn", "dpa"),
        ("Boats at dawn. (AP Photo/Jane Roe)", "Boats at dawn.", "AP Photo/Jane Roe"),
        ("Boats at dawn. REUTERS/Jane Roe", "Boats at dawn.", "REUTERS/Jane Roe"),
        ("Boats at dawn [Jane Roe/Harbour News]", "Boats at dawn", "Jane Roe/Harbour News"),
        ("JANE ROE/AP", None, "JANE ROE/AP"),
        ("Getty Images", None, "Getty Images"),
        ("Boats at dawn. Image Credits: Jane Roe", "Boats at dawn.", "Jane Roe"),
        ("Boats at dawn. Crédit photo : Jane Roe", "Boats at dawn.", "Jane Roe"),
        ("Boats at dawn. Courtesy of Jane Roe", "Boats at dawn.", "Jane Roe"),
        ("Boats at dawn. Photo courtesy Jane Roe.", "Boats at dawn.", "Jane Roe"),
        ("Boats at dawn. Credit...Jane Roe for The Quay", "Boats at dawn.", "Jane Roe for The Quay"),
        ("渔船回港 摄影：王小明", "渔船回港", "王小明"),
        ("漁船（山田太郎撮影）", "漁船", "山田太郎"),
        ("배. 사진=김철수", "배.", "김철수"),
        ("Boats and/or nets.", "Boats and/or nets.", None),
        ("Boats in fog (Harbour/Quay).", "Boats in fog (Harbour/Quay).", None),
        ("The race of 2024/25.", "The race of 2024/25.", None),
        ("Boats © 2026 Tideline", "Boats © 2026 Tideline", None),
        (
            "Boats at the quay. Courtesy visits are rare.",
            "Boats at the quay. Courtesy visits are rare.",
            None,
        ),
        ("Boats at dawn. FILE PHOTO: X", "Boats at dawn. FILE PHOTO: X", None),
        ("A photo of boats", "A photo of boats", None),
        ("x" * 5000, "x" * 5000, None),
    ],
)
def test_caption_and_credit_are_told_apart(line: str | None, caption: str | None, credit: str | None) -> None:
    assert split_credit(line) == (caption, credit)


@pytest.mark.parametrize(
    "seed", [" ", "a/", "© ", "(a", "(/", "courtesy ", "credit... ", "摄 ", ". ", "Photo: ", "、", "，。"]
)
@pytest.mark.timeout(90)
@pytest.mark.parametrize("end", ["x", ""])
def test_an_odd_caption_costs_no_more_than_the_square_of_its_length(seed: str, end: str) -> None:
    def cost(chars: int) -> float:
        spans = []
        for _ in range(5):
            began = time.process_time()
            split_credit(seed * (chars // len(seed)) + end)
            spans.append(time.process_time() - began)
        return min(spans)

    # Three times as long: nine times the square, 27 times the cube.
    assert cost(990) < 18 * cost(330) + 0.005


def test_a_picture_is_listed_once_and_what_is_said_of_it_is_joined() -> None:
    (one,) = collect_images(
        [Image(url="/a.jpg", credit="Jane Roe"), Image(url="javascript:alert(1)")],
        [Enclosure(url="https://a.example/a.jpg", media_type="image/jpeg")],
        '<figure><img src="https://a.example/a.jpg" alt="Boats"><figcaption>Dawn. Photo: Omar Haddad</figcaption></figure>',
        base_url="https://a.example/story",
    )
    assert one == Image(
        url="https://a.example/a.jpg",
        credit="Jane Roe",
        caption="Dawn.",
        alt="Boats",
        media_type="image/jpeg",
    )


FIGURE_PIECES = st.sampled_from(
    ["<figure>", "</figure>", "<figcaption>", "</figcaption>", "<img src='/a.jpg' alt='x'>", "<img src='/b.jpg'>", "<p>", "</p>",
     "<a href='/n'>", "</a>", "<em>", "</em>", "Boats. Photo: Jane Roe", "words", "<li>", "<table>", "<td>", "</table>", "<br>"]
)  # fmt: skip
WHOLE = "<figure><figure></figure></figure>"
"""Figures within figures: such HTML is read whole."""


@given(st.lists(FIGURE_PIECES, max_size=20).map("".join))
def test_reading_figures_alone_finds_what_reading_the_whole_finds(written: str) -> None:
    clean = sanitize(written, base_url="https://harbour.example/")
    assert images_in(clean) == images_in(clean + WHOLE)


@pytest.mark.parametrize(
    ("written", "size"),
    [("640", 640), ("640px", 640), (" 640.0 ", 640), (640, 640), ("100%", None), ("0", None), ("²", None),
     ("1e3", None), (None, None), ("9" * 9, None), ("", None)],
)  # fmt: skip
def test_a_size_is_read_as_sources_write_it(written: object, size: int | None) -> None:
    assert pixels(written) == size


def test_a_picture_has_its_size_and_what_it_is_to_its_article() -> None:
    draft = read_one(
        rss(
            item(
                1,
                body='&lt;img src="https://harbour.example/c.jpg" width="30" height="20px"&gt;',
                extra='<media:thumbnail url="https://harbour.example/t.jpg" width="75" height="50"/>'
                '<media:group><media:content url="https://harbour.example/s.jpg" medium="image" width="150"/>'
                '<media:content url="https://harbour.example/l.jpg" medium="image" isDefault="true" width="1500.0"/></media:group>'
                '<media:thumbnail url="https://harbour.example/s.jpg" height="100"/>',
            )
        )
    )
    assert [(one.url.rsplit("/", 1)[-1], one.width, one.height, one.role) for one in draft.images] == [
        ("t.jpg", 75, 50, "thumbnail"),
        # The smaller form of a picture is told as a thumbnail alone: the larger one stands for both.
        ("l.jpg", 1500, None, "main"),
        ("s.jpg", None, 100, "thumbnail"),
        ("c.jpg", 30, 20, ""),
    ]
