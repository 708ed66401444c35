"""What one Feedwright publishes another one reads back: the same articles, people, pictures, dates and labels."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest

from db.engines.sqlite import SqliteEngine
from db.migrate import migrate
from db.store import Store
from feeds.actions.publishing.publish import Renderer
from feeds.model.articles import Article
from feeds.model.outgoing import FeedKey, Format, SiteInfo
from feeds.model.settings import PublishSettings
from tests.fakes import NOON, Newsroom, item, rss

ALL = FeedKey(kind="all")
SITE = SiteInfo(title="Reader", base_url="https://reader.example", language="en")
ITUNES = "http://www.itunes.com/dtds/podcast-1.0.dtd"
PODCAST = "https://podcastindex.org/namespace/1.0"
PICTURE = (
    '<media:content url="https://harbour.example/crane.jpg" medium="image" type="image/jpeg" width="960" height="600">'
    "<media:description>The crane at noon</media:description>"
    '<media:credit role="photographer">Ada Lindqvist</media:credit>'
    '<media:category scheme="http://cv.iptc.org/newscodes/digitalsourcetype/">compositeSynthetic</media:category></media:content>'
)
ITEMS = (
    item(
        1,
        title="Cats &amp; dogs &lt;here&gt;",
        extra="<dc:creator>Ines Halvorsen</dc:creator><dc:creator>Jonas Weir</dc:creator>"
        f"<category>Harbour</category><category>Sea</category>{PICTURE}"
        "<content:encoded><![CDATA[<p>The crane held <em>apples</em>.</p><p>Nobody had planned it.</p>]]></content:encoded>",
        date=NOON - timedelta(days=1),
    ),
    item(
        2,
        title="Ärger im Hafen",
        extra='<dc:creator>Ines Halvorsen</dc:creator><enclosure url="https://harbour.example/talk.mp3" length="1234"'
        ' type="audio/mpeg"/>'
        f'<itunes:season xmlns:itunes="{ITUNES}">2</itunes:season>'
        f'<podcast:person xmlns:podcast="{PODCAST}" role="host">Ida Storm</podcast:person>',
        date=NOON - timedelta(days=2),
    ),
    item(
        3,
        title="Nobody signed this",
        extra="<comments>https://harbour.example/3?talk=1&amp;all#last</comments>",
        date=NOON - timedelta(days=3),
    ),
)


@dataclass(frozen=True, slots=True)
class Claim:
    """What must survive, comparable."""

    title: str
    authors: tuple[str, ...]
    labels: tuple[str, ...]
    pictures: tuple[tuple[str, str | None, str | None, str | None], ...]
    files: tuple[tuple[str, str | None], ...]
    episode: object
    comments_url: str | None
    published: object


@pytest.fixture
def other(tmp_path: Path) -> Iterator[Newsroom]:
    """Another site, with ids of its own."""
    engine = SqliteEngine(tmp_path / "other.db")
    migrate(engine)
    store = Store(engine)
    store.kept.site_id(lambda: "00000000-0000-4000-8000-0000000000ff")
    yield Newsroom(store)
    store.close()


def told(article: Article) -> Claim:
    return Claim(
        title=article.title,
        authors=tuple(one.name for one in article.authors),
        labels=tuple(sorted(article.categories)),
        pictures=tuple((one.url, one.credit, one.caption, one.source_type) for one in article.images),
        files=tuple((one.url, one.media_type) for one in article.enclosures),
        episode=article.episode,
        comments_url=article.comments_url,
        published=article.published_at,
    )


def articles(room: Newsroom) -> list[Article]:
    page = room.store.feeds.page(ALL, entries=50, window=timedelta(0), most=50)
    assert page is not None
    return list(page.articles)


@pytest.mark.parametrize("format", ["atom", "rss", "jsonfeed"])
def test_what_is_published_is_read_back_the_same(format: Format, newsroom: Newsroom, other: Newsroom) -> None:
    newsroom.add("https://harbour.example/feed", rss(*ITEMS))
    newsroom.round()
    renderer = Renderer(newsroom.store, site=SITE, publish=PublishSettings(), now=NOON)
    made = renderer.feed(ALL, format)
    assert made is not None
    other.web.put("https://reader.example/all", made.body, Content_Type=made.media_type)
    other.add("https://reader.example/all")
    other.round()
    ours, theirs = [told(one) for one in articles(newsroom)], [told(one) for one in articles(other)]
    if format == "atom":
        # RFC 4287 asks for an author of each entry: of what nobody signed it is the source, whose title may be a name.
        ours[2] = replace(ours[2], authors=("Harbour News",))
        # Podcast apps read RSS; Atom has no words for episodes.
        ours[1] = replace(ours[1], episode=None)
    assert articles(newsroom)[1].episode is not None
    assert articles(newsroom)[2].comments_url == "https://harbour.example/3?talk=1&all#last"
    assert theirs == ours
    for here, there in zip(articles(newsroom), articles(other), strict=True):
        # A picture in front and a last line that names the source are added; the text itself stays.
        assert here.content_html in there.content_html
    guids = {row["guid"] for row in other.store.engine.rows("SELECT guid FROM sightings")}
    assert guids == {one.urn for one in articles(newsroom)}
