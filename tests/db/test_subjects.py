"""IPTC Media Topics of a topic, told in every format."""

from __future__ import annotations

from datetime import timedelta

from feeds.model.articles import TopicRule
from feeds.model.outgoing import FeedKey, SiteInfo
from feeds.publish.compose import compose
from feeds.publish.render import FORMATS
from tests.fakes import Newsroom, item, rss


def test_media_topics_are_told_with_their_scheme(newsroom: Newsroom) -> None:
    rule = TopicRule(phrases=("ferry",), medtop=("medtop:20000735",))
    newsroom.store.topics.put(
        slug="sea", title="Sea", description="", rule=rule, origin="admin", now=newsroom.clock()
    )
    newsroom.add("https://harbour.example/feed", rss(item(1, title="The ferry")))
    newsroom.round()
    page = newsroom.store.feeds.page(
        FeedKey(kind="topic", slug="sea"), entries=5, window=timedelta(0), most=5
    )
    assert page is not None
    site = SiteInfo(title="T", base_url="https://t.example", language="en")
    document = compose(page, site, excerpt_chars=300)
    told = {name: spec.write(document).decode() for name, spec in FORMATS.items()}
    scheme = "http://cv.iptc.org/newscodes/mediatopic/"
    assert f'<category term="20000735" scheme="{scheme}"' in told["atom"]
    assert f'<category domain="{scheme}">20000735</category>' in told["rss"]
    assert '"subjects":["medtop:20000735"]' in told["jsonfeed"].replace(" ", "").replace("\n", "")
