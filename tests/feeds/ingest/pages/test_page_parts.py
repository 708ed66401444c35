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
