"""By which means a picture or text was made: a source's mark is kept and passed on, and said in words on our page."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from db.articles import by_ids
from feeds.ingest.pages.reading import merged
from feeds.ingest.rules.versions import is_major, is_same
from feeds.model.incoming import Image
from feeds.model.outgoing import Format
from feeds.text.sourcetypes import SOURCE_TYPES, marks_of, source_type_of
from tests.fakes import Newsroom, item, rss
from tests.fakestore import HARBOUR, FakeStore, article
from tests.feeds.ingest.pages.test_page import page as page_of
from tests.feeds.ingest.reading import atom, read, read_one, source
from tests.feeds.publish.test_formats import body
from tests.web.newsroom import make_app

AI = SOURCE_TYPES + "trainedAlgorithmicMedia"
MIXED = SOURCE_TYPES + "compositeWithTrainedAlgorithmicMedia"
PHOTO = SOURCE_TYPES + "digitalCapture"
PICTURE = Image(url="https://harbour.example/a.jpg", credit="Ida Storm", source_type=AI)
PLAIN = Image(url="https://harbour.example/b.jpg")
MARKED = (
    f'<media:content url="https://harbour.example/a.jpg" medium="image"><media:category scheme="{SOURCE_TYPES}">'
    "trainedAlgorithmicMedia</media:category></media:content>"
)


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        (AI, AI),
        (AI.replace("http:", "https:") + "/", AI),
        (" http://cv.iptc.org/newscodes/DigitalSourceType/TRAINEDALGORITHMICMEDIA", AI),
        ("digsrctype:trainedAlgorithmicMedia", AI),
        ("https://schema.org/TrainedAlgorithmicMediaDigitalSource", AI),
        ("CompositeWithTrainedAlgorithmicMediaDigitalSource", MIXED),
        (
            "https://schema.org/MultiFrameComputationalCaptureDigitalSource",
            SOURCE_TYPES + "computationalCapture",
        ),
        (SOURCE_TYPES + "someLaterTerm", SOURCE_TYPES + "someLaterTerm"),
        (SOURCE_TYPES, None),
        (SOURCE_TYPES + "a/../../evil", None),
        (SOURCE_TYPES + 'x"><b>', None),
        ("https://cv.iptc.org.evil.example/newscodes/digitalsourcetype/print", None),
        ("https://schema.org/NonsenseDigitalSource", None),
        ("trainedAlgorithmicMedia" * 20, None),
        ("ai", None),
        (7, None),
        (None, None),
    ],
)
def test_every_spelling_means_an_address_of_the_vocabulary(given: object, meant: str | None) -> None:
    assert source_type_of(given) == meant


def test_words_are_said_of_what_a_machine_made_and_of_nothing_else() -> None:
    assert marks_of(AI, [MIXED, None, MIXED, PHOTO]) == ("Made with AI", "Picture: composite with AI")
    assert marks_of(None, [PHOTO]) == ()
    assert marks_of(SOURCE_TYPES + "someLaterTerm", []) == ()


def test_a_mark_in_a_feed_is_no_label() -> None:
    told = f'<category domain="{SOURCE_TYPES}">compositeSynthetic</category><category>Sea</category>'
    draft = read_one(rss(item(1, extra=told + MARKED)))
    assert draft.source_type == SOURCE_TYPES + "compositeSynthetic"
    assert draft.categories == ("Sea",)
    assert [one.source_type for one in draft.images] == [AI]
    entry = (
        "<entry><title>Ebb</title><id>tag:harbour.example,2026:1</id><updated>2026-11-01T00:00:00Z</updated>"
        f'<category scheme="{SOURCE_TYPES}" term="{AI}"/><category term="Sea"/></entry>'
    )
    draft = read_one(atom(entry))
    assert (draft.source_type, draft.categories) == (AI, ("Sea",))


def test_other_categories_of_pictures_are_no_marks() -> None:
    other = MARKED.replace(SOURCE_TYPES, "http://search.yahoo.com/mrss/category_schema")
    assert [one.source_type for one in read_one(rss(item(1, extra=other))).images] == [None]


def page(value: object, picture: object) -> str:
    told = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": "The ferry is late again today",
        "datePublished": "2026-11-01T10:00:00Z",
        "digitalSourceType": value,
        "image": {
            "@type": "ImageObject",
            "url": "https://harbour.example/a.jpg",
            "creditText": "Ida Storm",
            "digitalSourceType": picture,
        },
    }
    text = "<p>The ferry is late again, and nobody on the quay seems to mind it any more than usual.</p>" * 5
    return (
        f'<html><head><script type="application/ld+json">{json.dumps(told)}</script></head><body><article>'
        f"<h1>The ferry is late again today</h1>{text}</article></body></html>"
    )


def test_json_ld_of_a_page_marks_text_and_picture() -> None:
    entry = page_of(
        page({"@id": "https://schema.org/CompositeWithTrainedAlgorithmicMediaDigitalSource"}, AI)
    ).entry
    assert entry.source_type == MIXED
    assert [(one.source_type, one.credit) for one in entry.images] == [(AI, "Ida Storm")]
    entry = page_of(page("https://evil.example/", ["x", AI])).entry
    assert entry.source_type is None
    assert [one.source_type for one in entry.images] == [None]


def test_microdata_of_a_page_marks_text_and_picture() -> None:
    given = (
        '<html><body><article itemscope itemtype="https://schema.org/NewsArticle"><h1 itemprop="headline">The ferry is late</h1>'
        '<meta itemprop="digitalSourceType" content="CompositeWithTrainedAlgorithmicMediaDigitalSource">'
        '<div itemprop="image" itemscope itemtype="https://schema.org/ImageObject"><meta itemprop="url"'
        f' content="https://harbour.example/a.jpg"><link itemprop="digitalSourceType" href="{AI}"></div>'
        f"{'<p>The ferry is late again, and nobody on the quay seems to mind.</p>' * 9}</article></body></html>"
    )
    entry = page_of(given).entry
    assert [one.source_type for one in entry.images] == [AI]
    assert entry.source_type == MIXED


@pytest.mark.parametrize("format", ["atom", "rss", "jsonfeed"])
def test_what_is_published_is_read_back_the_same(format: Format) -> None:
    given = article(images=(PICTURE, PLAIN), source_type=MIXED)
    (draft,) = read(body(format, given), content_type="").drafts
    assert draft.source_type == MIXED
    assert {one.url: one.source_type for one in draft.images} == {PICTURE.url: AI, PLAIN.url: None}
    assert not any("lgorithmic" in label for label in draft.categories)
    bare = body(format, article(images=(PLAIN,)))
    assert b"ource_type" not in bare
    assert b"ourcetype" not in bare


def test_ninjs_names_it_as_its_schema_does() -> None:
    (told,) = json.loads(body("ninjs", article(images=(PICTURE,), source_type=PHOTO)))["associations"]
    assert told["digitalSourceType"] == {"uri": PHOTO}
    picture = next(one for one in told["associations"] if one["type"] == "picture")
    assert picture["digitalSourceType"] == {"uri": AI, "name": "Made with AI"}


def test_a_page_that_is_read_for_its_text_brings_its_mark() -> None:
    listed = read_one(rss(item(1)))
    marked = read_one(rss(item(1, extra=f'<category domain="{SOURCE_TYPES}">print</category>' + MARKED)))
    found = merged(source(), listed, marked)
    assert found.source_type == SOURCE_TYPES + "print"
    assert [one.source_type for one in found.images] == [AI]


def test_a_mark_that_comes_later_shows_and_is_no_news() -> None:
    before = read_one(rss(item(1, extra=MARKED.replace(SOURCE_TYPES, "urn:other"))))
    after = read_one(rss(item(1, extra=MARKED)))
    assert not is_same(before.hash, after.hash)
    assert not is_major(before.hash, after.hash)


def test_it_is_kept(newsroom: Newsroom) -> None:
    told = f'<category domain="{SOURCE_TYPES}">trainedAlgorithmicMedia</category>'
    newsroom.add("https://harbour.example/feed", rss(item(1, extra=told + MARKED)))
    newsroom.round()
    (found,) = by_ids(newsroom.store.engine, [1])
    assert found.source_type == AI
    assert [one.source_type for one in found.images] == [AI]
    newsroom.web.put("https://harbour.example/feed", rss(item(1)))
    newsroom.again()
    (found,) = by_ids(newsroom.store.engine, [1])
    assert found.source_type is None


def test_our_page_says_it_in_words_of_what_it_shows(tmp_path: Path) -> None:
    several = (
        article(1, source_type=MIXED, images=(PICTURE,)),
        article(2, images=(PICTURE,)),
        article(3, images=(PLAIN,), source_type=PHOTO),
        article(4, images=(PICTURE,), source_type=AI, is_restricted=True, source=HARBOUR),
    )
    web = make_app(FakeStore(several), tmp_path).test_client()
    shown = [web.get(f"/articles/{number}").text for number in range(1, 5)]
    assert "Composite with AI" in shown[0]
    assert "Picture: made with AI" in shown[0]
    assert "Picture: made with AI" in shown[1]
    assert "with AI" not in shown[2]
    # The mark of the text is said of a headline, too; a picture that is not shown is not spoken of.
    assert "Made with AI" in shown[3]
    assert "Picture:" not in shown[3]
