"""What `/api/v1` answers, as msgspec structs: the JSON and its schema are both made from them.

An article is made from its `DocumentEntry`, so that the API shows what feeds show, and no more. Pure.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from msgspec import Meta, Struct

from feeds.model.articles import Article
from feeds.model.deltas import Delta, DeltaPage
from feeds.model.outgoing import DocumentEntry, EndedArticle, FeedInfo, SiteInfo
from feeds.model.passed_on import Part
from feeds.model.rights import Share
from feeds.publish.compose import compose_entry, narrower, share_of, title_of
from feeds.publish.render import FORMATS
from feeds.publish.titles import feed_description, own_title
from feeds.publish.withdrawals import sentence
from feeds.text.markup import one_line

Text = Annotated[str, Meta(description="Plain text.")]
Moment = Annotated[datetime, Meta(description="RFC 3339, in UTC, whole seconds.")]
ArticleId = Annotated[
    str,
    Meta(description="The article's urn: the same in every feed and format, for as long as there is one."),
]
FeedName = Annotated[
    str,
    Meta(
        description="A feed's path on this site: `all`, `topics/SLUG`, `authors/SLUG`, `sources/SLUG`, `mixes/SLUG`."
    ),
]


class Named(Struct, frozen=True, kw_only=True):
    """Somebody or something with a page and a feed here."""

    slug: str
    name: Text
    url: Annotated[str, Meta(description="Its page here.")]


class SourceName(Struct, frozen=True, kw_only=True):
    """Where an article was first published."""

    slug: str
    name: Text
    url: Annotated[str, Meta(description="Its page here.")]
    home_url: str | None


class Picture(Struct, frozen=True, kw_only=True):
    """A picture with its own credit, which has to be shown with it."""

    url: str
    alt: str | None
    caption: str | None
    credit: str | None
    media_type: str | None
    width: int | None
    height: int | None
    digital_source_type: Annotated[
        str | None, Meta(description="By which means it was made: an address below IPTC's digitalsourcetype.")
    ]


class File(Struct, frozen=True, kw_only=True):
    """An attached file: a sound, a film, a document."""

    url: str
    media_type: str | None
    title: str | None
    length: Annotated[int | None, Meta(description="Bytes.")]


class ArticleAnswer(Struct, frozen=True, kw_only=True):
    """An article, as much of it as its source lets be passed on."""

    id: ArticleId
    url: Annotated[str, Meta(description="Where it was first published; links should lead there.")]
    page_url: Annotated[str, Meta(description="Its page here.")]
    title: Text
    summary: Text
    content_html: Annotated[
        str,
        Meta(
            description="HTML without scripts, with credits and the line that names the source; may be empty."
        ),
    ]
    share: Annotated[Share, Meta(description="How much of it is here, and may be passed on.")]
    published_at: Moment
    updated_at: Moment
    language: Annotated[str | None, Meta(description="BCP 47.")]
    authors: tuple[Named, ...]
    topics: tuple[Named, ...]
    labels: Annotated[tuple[str, ...], Meta(description="What its source calls it about.")]
    subjects: Annotated[tuple[str, ...], Meta(description="IPTC Media Topics, as `medtop:20000735`.")]
    pictures: tuple[Picture, ...]
    files: tuple[File, ...]
    rights: str | None
    license_url: str | None
    terms_urls: tuple[str, ...]
    digital_source_type: Annotated[
        str | None,
        Meta(description="By which means its text was made, as of a picture, where its source says so."),
    ]
    comments_url: Annotated[
        str | None, Meta(description="The page where readers talk about it, where its source says so.")
    ]
    source: SourceName


class FeedAnswer(Struct, frozen=True, kw_only=True):
    """A feed: everything, or what one topic, author, source or saved mix has."""

    feed: FeedName
    id: Annotated[str, Meta(description="Its urn; it stays when its address changes.")]
    kind: Literal["all", "topic", "author", "source", "mix"]
    slug: Annotated[str, Meta(description="Empty for `all`.")]
    title: Text
    description: Text
    url: Annotated[str, Meta(description="Its page here.")]
    documents: Annotated[dict[str, str], Meta(description="Address of the feed in each format.")]
    articles: Annotated[int, Meta(description="How many stand in it.", ge=0)]
    changed_at: Moment
    home_url: Annotated[str | None, Meta(description="Where an author or source is at home.")]
    role: Annotated[str, Meta(description="Of an author, as `Staff Writer`; may be empty.")]
    picture_url: str | None
    links: Annotated[tuple[str, ...], Meta(description="Of an author: other addresses that are theirs.")]


class ArticleList(Struct, frozen=True, kw_only=True):
    """Articles, newest first. The next page is what the `Link` header with `rel="next"` names."""

    articles: tuple[ArticleAnswer, ...]
    next_url: Annotated[str | None, Meta(description="The next page; null where this is the last one.")]


class FeedList(Struct, frozen=True, kw_only=True):
    """Feeds by title. The next page is what the `Link` header with `rel="next"` names."""

    feeds: tuple[FeedAnswer, ...]
    next_url: Annotated[str | None, Meta(description="The next page; null where this is the last one.")]


class ChangeAnswer(Struct, frozen=True, kw_only=True):
    """What happened to one article of a feed: store what `article` holds under its id, or delete it where that is null."""

    change: Annotated[
        Literal["entered", "changed", "left", "withdrawn"],
        Meta(
            description="`withdrawn`: it was taken back everywhere, so delete it everywhere. `left`: it stands in"
            " this feed no more, or is kept no longer."
        ),
    ]
    id: ArticleId
    seq: Annotated[int, Meta(description="Its place in the order of all changes.", ge=1)]
    fields: Annotated[tuple[Part, ...], Meta(description="Of what `changed`: what of it did.")]
    article: ArticleAnswer | None
    ended_at: Annotated[datetime | None, Meta(description="When it was taken back, or let go of.")]
    sentence: Annotated[str | None, Meta(description="What to show in its place.")]


class ChangeList(Struct, frozen=True, kw_only=True):
    """Changes of one feed in their order, each article once, as it is now."""

    feed: FeedName
    changes: tuple[ChangeAnswer, ...]
    more: Annotated[bool, Meta(description="True: ask again at once, with `since` set to `cursor`.")]
    cursor: Annotated[str, Meta(description="Keep it, and send it as `since` next time. Opaque.")]


class Problem(Struct, frozen=True, kw_only=True):
    """What went wrong, and what to do about it (RFC 9457, `application/problem+json`)."""

    type: Annotated[str, Meta(description="An address that names this kind of problem, and explains it.")]
    title: str
    status: Annotated[int, Meta(ge=400, le=599)]
    detail: Annotated[str, Meta(description="What to do.")]


def article_answer(
    article: Article, site: SiteInfo, *, excerpt_chars: int, most: Share = "full"
) -> ArticleAnswer:
    """The article as feeds show it; with `most`, no more of it than that."""
    entry = compose_entry(article, site, excerpt_chars=excerpt_chars, most=most)
    return ArticleAnswer(
        id=entry.urn,
        url=entry.url,
        page_url=f"{site.base_url}/articles/{article.id}",
        title=title_of(article),
        summary=entry.summary,
        content_html=entry.content_html,
        share=narrower(share_of(article), most),
        published_at=entry.published_at,
        updated_at=entry.updated_at,
        language=entry.language,
        authors=tuple(
            Named(slug=one.slug, name=one_line(one.name), url=f"{site.base_url}/authors/{one.slug}")
            for one in article.authors
            if one_line(one.name)
        ),
        topics=tuple(
            Named(slug=one.slug, name=one_line(one.title), url=f"{site.base_url}/topics/{one.slug}")
            for one in article.topics
        ),
        labels=entry.categories,
        subjects=entry.subjects,
        pictures=_pictures(entry),
        files=tuple(
            File(url=one.url, media_type=one.media_type, title=one.title, length=one.length)
            for one in entry.enclosures
        ),
        rights=entry.rights,
        license_url=entry.license_url,
        terms_urls=entry.terms_urls,
        digital_source_type=entry.source_type,
        comments_url=entry.comments_url,
        source=SourceName(
            slug=article.source.slug,
            name=entry.source.title,
            url=f"{site.base_url}/sources/{article.source.slug}",
            home_url=entry.source.home_url,
        ),
    )


def feed_answer(info: FeedInfo, site: SiteInfo) -> FeedAnswer:
    """The feed as lists show it."""
    base = site.base_url + info.key.path()
    return FeedAnswer(
        feed=info.key.path()[1:],
        id=info.feed_urn,
        kind=info.key.kind,  # type: ignore[arg-type]
        slug=info.key.slug,
        title=one_line(own_title(info, site)) or one_line(site.title),
        description=feed_description(info, site),
        url=base,
        documents={name: f"{base}.{spec.extension}" for name, spec in FORMATS.items()},
        articles=info.article_count,
        changed_at=info.changed_at.replace(microsecond=0),
        home_url=info.home_url,
        role=info.role,
        picture_url=info.picture_url,
        links=info.links,
    )


def change_list(
    page: DeltaPage, site: SiteInfo, *, cursor: str, excerpt_chars: int, most: Share = "full"
) -> ChangeList:
    """The changes as they are answered."""
    return ChangeList(
        feed=page.info.key.path()[1:],
        changes=tuple(
            change_answer(one, site, excerpt_chars=excerpt_chars, most=most) for one in page.deltas
        ),
        more=page.has_more,
        cursor=cursor,
    )


def change_answer(one: Delta, site: SiteInfo, *, excerpt_chars: int, most: Share) -> ChangeAnswer:
    """One change as it is answered."""
    article, ended = None, one.ended
    if one.article is not None:
        article = article_answer(one.article, site, excerpt_chars=excerpt_chars, most=most)
    return ChangeAnswer(
        change=one.kind,
        id=one.urn,
        seq=one.seq,
        fields=_shown_fields(one.fields, article.share) if article is not None else (),  # type: ignore[arg-type]
        article=article,
        ended_at=None if ended is None else ended.ended_at.replace(microsecond=0),
        sentence=None if ended is None else _sentence(ended),
    )


def _sentence(ended: EndedArticle) -> str:
    return sentence(ended.ended_at, is_purged=ended.is_purged, reason=ended.reason)


_HIDDEN: dict[Share, frozenset[str]] = {
    "full": frozenset(),
    "excerpt": frozenset(("pictures", "files")),
    "headline": frozenset(("text", "summary", "pictures", "files")),
}


def _shown_fields(fields: tuple[str, ...], share: Share) -> tuple[str, ...]:
    """What changed, without what is not shown: unless the change is that it is shown no more."""
    if "source" in fields:
        return fields
    return tuple(one for one in fields if one not in _HIDDEN[share])


def _pictures(entry: DocumentEntry) -> tuple[Picture, ...]:
    return tuple(
        Picture(
            url=one.url,
            alt=one.alt,
            caption=one.caption,
            credit=one.credit,
            media_type=one.media_type,
            width=one.width,
            height=one.height,
            digital_source_type=one.source_type,
        )
        for one in entry.images
    )
