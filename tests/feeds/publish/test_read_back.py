"""What we publish, read by us again: a second Feedwright knows what the first one knew."""

from __future__ import annotations

import pytest

from feeds.model.incoming import Enclosure, Image
from feeds.model.outgoing import Format
from tests.fakestore import article
from tests.feeds.ingest.reading import read
from tests.feeds.publish.test_formats import body

PICTURE = Image(
    url="https://harbour.example/a.jpg", credit="Ida <Storm>", caption="Low & water", alt="Boats", width=900
)
FILE = Enclosure(url="https://harbour.example/a.mp3", media_type="audio/mpeg", length=9, duration_s=75)


@pytest.mark.parametrize("format", ["atom", "rss", "jsonfeed"])
def test_credits_captions_rights_and_durations_survive(format: Format) -> None:
    told = article(
        title="Fog & ice", images=(PICTURE,), enclosures=(FILE,), rights="© Harbour Post", language="de"
    )
    (draft,) = read(body(format, told), content_type="").drafts
    assert draft.title == "Fog & ice"
    (image,) = (one for one in draft.images if one.url == PICTURE.url)
    assert (image.credit, image.caption, image.alt, image.width) == (
        "Ida <Storm>",
        "Low & water",
        "Boats",
        900,
    )
    (file,) = draft.enclosures
    assert (file.url, file.duration_s) == (FILE.url, 75)
    assert draft.rights == "© Harbour Post"
    assert draft.language == "de"
    assert draft.content_html.count("First published by") == 1


@pytest.mark.parametrize(
    "address",
    [
        "https://secure.gravatar.com/avatar/abc?s=96",
        "https://avatars1.quay.example/u/1",
        "https://quay.example/avatars/ines.png",
    ],
)
@pytest.mark.parametrize("format", ["atom", "rss", "jsonfeed"])
def test_the_face_of_an_author_is_no_picture_of_the_article(format: Format, address: str) -> None:
    assert address.encode() not in body(format, article(images=(Image(url=address),)))
    both = body(format, article(images=(Image(url=address), PICTURE)))
    assert address.encode() not in both
    assert PICTURE.url.encode() in both
