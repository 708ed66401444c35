"""A feed that walks by itself, for people who write a client: each hour an article lives through all that may happen.

Its step is read off the clock, so that every process shows the same, and the same step gives the same bytes. Pure.
"""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta

from feeds.model.articles import Article, SourceCredit
from feeds.model.authors import Author
from feeds.model.incoming import Image
from feeds.model.outgoing import EndedArticle, FeedInfo, FeedKey, FeedPage, SiteInfo

STEP = timedelta(minutes=10)
STEPS = ("new", "corrected", "two authors", "no picture", "withdrawn", "still withdrawn")
LIVES = STEP * len(STEPS)
"""How long until the next article begins."""
SHOWN = 10
"""Articles in the feed, the present one first."""
_BEGAN = datetime(2026, 1, 1, tzinfo=UTC)
_ADA = Author(id=1, slug="", name="Ada Probe", domain="")
_BEN = Author(id=2, slug="", name="Ben Sample", domain="")


def test_page(site: SiteInfo, site_id: uuid.UUID, now: datetime) -> FeedPage:
    """The feed as it is at that moment: one article in its present step, and those before it as they ended."""
    step = max(0, (now - _BEGAN) // STEP)
    present, stage = divmod(step, len(STEPS))
    source = SourceCredit(
        slug="test",
        title=f"{site.title} for testing",
        home_url=f"{site.base_url}/contract",
        feed_url=f"{site.base_url}/test.atom",
        feed_id=f"urn:uuid:{uuid.uuid5(site_id, 'test/source')}",
        is_ours=True,
        share="full",
    )
    articles: list[Article] = []
    ended: list[EndedArticle] = []
    for number in range(present, max(-1, present - SHOWN), -1):
        at = stage if number == present else len(STEPS) - 1
        urn = f"urn:uuid:{uuid.uuid5(site_id, f'test/{number}')}"
        born = _BEGAN + number * LIVES
        if at >= STEPS.index("withdrawn") and number % 2 == 0:
            # Every second one is withdrawn in the end; the others stay, so that there is something to read.
            gone = born + STEPS.index("withdrawn") * STEP
            ended.append(
                EndedArticle(
                    id=number,
                    urn=urn,
                    ended_at=gone,
                    first_seen_at=born,
                    is_purged=False,
                    reason="This is a test",
                )
            )
        else:
            articles.append(_article(number, min(at, STEPS.index("no picture")), urn, born, site, source))
    return FeedPage(
        info=FeedInfo(
            key=FeedKey(kind="test"),
            feed_urn=f"urn:uuid:{uuid.uuid5(site_id, 'test')}",
            title="Test feed",
            description=f"An article every hour, which changes every ten minutes: {', '.join(STEPS[:5])}.",
            changed_at=_BEGAN + step * STEP,
        ),
        articles=tuple(articles),
        ended=tuple(ended),
    )


def _article(
    number: int, stage: int, urn: str, born: datetime, site: SiteInfo, source: SourceCredit
) -> Article:
    is_corrected = stage >= STEPS.index("corrected")
    has_two = stage >= STEPS.index("two authors")
    has_picture = stage < STEPS.index("no picture")
    text = f"<p>Test article {number}, begun at {born:%H:%M} UTC. The pier is {'green' if is_corrected else 'red'}.</p>"
    if is_corrected:
        text += "<p><strong>Correction:</strong> The pier is green; we had called it red.</p>"
    picture = Image(
        url=f"{site.base_url}/static/icon.svg",
        credit="Ada Probe",
        caption="A picture that goes away.",
        alt="The site's icon",
        media_type="image/svg+xml",
    )
    return Article(
        id=number,
        urn=urn,
        # The page explains the test; the fragment tells articles apart for readers that compare addresses.
        url=f"{site.base_url}/contract#test-{number}",
        title=f"Test article {number}: {STEPS[stage]}",
        summary=f"The pier is {'green' if is_corrected else 'red'}.",
        content_html=text,
        language="en",
        rights=None,
        published_at=born,
        effective_at=born,
        updated_at=born + stage * STEP,
        first_seen_at=born,
        sort_at=born,
        authors=(_ADA, _BEN) if has_two else (_ADA,),
        images=(picture,) if has_picture else (),
        source=source,
    )
