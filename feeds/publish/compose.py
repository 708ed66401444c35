"""`FeedPage` → `FeedDocument`: all that is decided about what a feed shows, and nothing else. Pure.

What a source lets us share is settled here, the visible credits and the line that names the
source are put in, and the formats only write down what they are given. Nothing depends on the
clock: the same articles make the same document on any day.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from urllib.parse import urlsplit

from feeds.model.articles import Article
from feeds.model.episodes import Episode
from feeds.model.incoming import Enclosure, Image
from feeds.model.outgoing import (
    DocumentAuthor,
    DocumentEntry,
    DocumentSource,
    FeedDocument,
    FeedKey,
    FeedPage,
    SiteInfo,
)
from feeds.model.passed_on import PassedOn, kept_where, with_passed_on
from feeds.model.rights import Share, share_left
from feeds.publish.captions import only_pictures, with_captions
from feeds.publish.changes import change_entries
from feeds.publish.robots import rsl_prohibited
from feeds.publish.titles import feed_description, feed_title
from feeds.publish.withdrawals import ended_entries
from feeds.text.dates import MONTH_NAMES
from feeds.text.feedwords import Say, day_in, words_in
from feeds.text.latepictures import is_face
from feeds.text.markup import bare_text, excerpt, one_line, running_text, strip_illegal, text_of_html
from feeds.text.urls import same_url_key

NUMBERED = ("all", "topic", "author", "source", "mix")
"""Kinds of feeds that the publish tick numbers."""
TITLE_CHARS = 90
"""Of a title that we have to make, because Atom and every list want one."""
_NAMES_SOURCE = re.compile(
    r"(?:^|>)(?:First published by|Zuerst erschienen bei) (?:<a [^<>]*>)?[^<>]{1,200}(?:</a>)?(?:</p>)?\s*(?:<figure>.*)?$",
    re.DOTALL,
)
"""The last line of another Feedwright between the publisher and us: it names the publisher, as ours could not."""
FIRST_PUBLISHED, CORRECTION = "First published by %(source)s", "Correction, %(day)s:"
_CORRECTION = re.compile(
    rf"<p><strong>Correction, (\d{{1,2}}) ({'|'.join(MONTH_NAMES)}) (\d{{4}}):(?=</strong> [^<>]*</p>$)"
)
"""How `db.overrides` begins the last paragraph of an article that was corrected."""
_LANGUAGE = re.compile(r"[a-zA-Z]{2,3}(-[a-zA-Z0-9]{2,8})*")
_MEDIA_TYPE = re.compile(r"[\w!#$&^.+-]+/[\w!#$&^.+-]+", re.ASCII)
ANY_FILE = "application/octet-stream"
# Own table: the system's differs between machines, and the same data must give the same bytes.
MEDIA_TYPES = {
    "aac": "audio/aac", "avif": "image/avif", "epub": "application/epub+zip", "flac": "audio/flac",
    "gif": "image/gif", "jpeg": "image/jpeg", "jpg": "image/jpeg", "m4a": "audio/mp4", "m4v": "video/mp4",
    "mov": "video/quicktime", "mp3": "audio/mpeg", "mp4": "video/mp4", "oga": "audio/ogg", "ogg": "audio/ogg",
    "ogv": "video/ogg", "opus": "audio/ogg", "pdf": "application/pdf", "png": "image/png",
    "wav": "audio/wav", "webm": "video/webm", "webp": "image/webp", "zip": "application/zip",
}  # fmt: skip


def compose(page: FeedPage, site: SiteInfo, *, excerpt_chars: int, most: Share = "full") -> FeedDocument:
    """The document of a feed: header, and one entry for each article in the page's order.

    With `most`, no more of each article than that, whatever its source allows.
    """
    info, articles = page.info, _each_once(page.articles)
    moments = [max(article.updated_at, article.first_seen_at) for article in page.articles]
    ended = ended_entries(page.ended, info, site)
    moments += [one.updated_at for one in ended]
    titles = [title_of(one.article) if one.article else "" for one in page.changes]
    changes = change_entries(page.changes, titles, info, site)
    moments += [one.updated_at for one in changes]
    whole = site.base_url + info.key.whole().path()
    newest_archive = info.key.archive - 1 if info.key.archive else info.archive_count
    return FeedDocument(
        feed_urn=info.feed_urn,
        title=feed_title(info, site),
        description=feed_description(info, site),
        page_url=whole + info.key.query_string(),
        base_feed_url=site.base_url + info.key.path(),
        updated_at=max(moments, default=info.changed_at).replace(microsecond=0),
        language=language_tag(site.language) or "en",
        site=site,
        author=DocumentAuthor(name=one_line(site.title) or "Feedwright", url=site.base_url + "/"),
        entries=tuple(
            compose_entry(article, site, excerpt_chars=excerpt_chars, most=most) for article in articles
        )
        + ended
        + changes,
        query_string=info.key.query_string(),
        archive=info.key.archive,
        hub_urls=site.hub_urls if is_numbered(info.key) else (),
        current_url=whole,
        older_url=f"{whole}/archive/{newest_archive}" if newest_archive else None,
        newer_url=f"{whole}/archive/{info.key.archive + 1}"
        if 0 < info.key.archive < info.archive_count
        else None,
    )


def is_numbered(key: FeedKey) -> bool:
    """True for a feed whose changes hubs tell: no archive document, and nothing that is made as it is asked for."""
    return not key.archive and key.kind in NUMBERED


def _each_once(articles: Sequence[Article]) -> tuple[Article, ...]:
    """Articles of several sources at one address once, as the first of them tells it, in the order of all.

    An address at which one source tells several articles, or that names a whole site, says nothing of one of them.
    """
    at: dict[str, list[Article]] = {}
    for article in articles:
        if article.url and urlsplit(article.url).path.strip("/"):
            at.setdefault(f"{same_url_key(article.url)}#{article.url.partition('#')[2]}", []).append(article)
    dropped: set[int] = set()
    for several in at.values():
        if 1 < len(several) == len({article.source.feed_id for article in several}):
            first = min(article.id for article in several)
            dropped.update(article.id for article in several if article.id != first)
    return tuple(article for article in articles if article.id not in dropped)


def compose_entry(
    article: Article, site: SiteInfo, *, excerpt_chars: int, most: Share = "full"
) -> DocumentEntry:
    """One article as every format (and our own page of it) shows it."""
    say = words_in(site.language)
    article = _with_correction_in(article, site.language)
    share = narrower(share_of(article), most)
    text = one_line(article.summary) or running_text(article.content_html)
    own_page = f"{site.base_url}/articles/{article.id}"
    images = _images(article) if share == "full" else ()
    entry = DocumentEntry(
        urn=article.urn,
        url=article.url or own_page,
        title=title_of(article),
        summary=_summary(article, share, text, excerpt_chars, say),
        content_html=_content(article, share, text, excerpt_chars, images, say),
        published_at=(article.published_at or article.effective_at).replace(microsecond=0),
        updated_at=article.updated_at.replace(microsecond=0),
        authors=tuple(
            DocumentAuthor(
                name=one_line(author.name),
                url=f"{site.base_url}/authors/{author.slug}" if author.slug else None,
                picture_url=author.picture_url,
            )
            for author in article.authors
            if one_line(author.name)
        ),
        topics=_topics(article),
        categories=_labels(article),
        enclosures=_enclosures(article) if share == "full" else (),
        images=images,
        language=language_tag(article.language),
        rights=one_line(article.rights or article.source.rights or "") or None,
        terms_urls=_terms_urls(article),
        subjects=tuple(dict.fromkeys(one for topic in article.topics for one in topic.rule.medtop)),
        source=_source(article),
        own_url=own_page if article.source.is_ours else None,
        prohibited_use=rsl_prohibited(site.ai) if article.source.is_ours else None,
    )
    return with_passed_on(entry, _passed_on(article, site, share))


def _with_correction_in(article: Article, language: str) -> Article:
    """The article with the head of its correction, which the store lays under the text in English, in that language."""
    say = words_in(language)
    found = _CORRECTION.search(article.content_html)
    if found is None or say(CORRECTION) == CORRECTION:
        return article
    try:
        day = datetime(int(found[3]), MONTH_NAMES.index(found[2]) + 1, int(found[1]), tzinfo=UTC)
    except ValueError:
        # A source may write such a line itself, with a day that never was.
        return article
    head = say(CORRECTION) % {"day": day_in(language, day)}
    text = article.content_html
    return replace(article, content_html=f"{text[: found.start(0)]}<p><strong>{head}{text[found.end(0) :]}")


def share_of(article: Article) -> Share:
    """How much of the article may be passed on."""
    source = article.source
    return share_left(source.share, is_ours=source.is_ours, is_restricted=article.is_restricted)


def narrower(one: Share, other: Share) -> Share:
    """The one of the two that shows less."""
    order: tuple[Share, ...] = ("headline", "excerpt", "full")
    return min(one, other, key=order.index)


def title_of(article: Article) -> str:
    """The article's title, else its first words, else where it came from; never empty.

    Of what is shared as a headline only, a title that was made of the text is text, and stays here.
    """
    title = one_line(article.title)
    if share_of(article) == "headline" and (not title or _is_of_text(title, article)):
        return one_line(article.source.title) or "Untitled"
    return (
        title
        or excerpt(one_line(article.summary) or running_text(article.content_html), TITLE_CHARS)
        or one_line(article.source.title)
        or "Untitled"
    )


def shown_texts(article: Article, *, excerpt_chars: int) -> tuple[str, ...]:
    """The words that outputs show of the article: title, as much of summary and text as is shared, authors, topics.

    Search reads these alone: by words that are not shown, whoever searches could guess what is hidden.
    """
    share = share_of(article)
    texts: tuple[str, ...] = ()
    if share == "full":
        body = article.content_html
        if article.source.pictures != "all":
            body = only_pictures(body, _images(article))
        texts = (article.summary, bare_text(body))
    elif share == "excerpt":
        texts = (excerpt(one_line(article.summary) or running_text(article.content_html), excerpt_chars),)
    names = (*(one.name for one in article.authors), *(one.title for one in article.topics))
    return title_of(article), *texts, *names


def _is_of_text(title: str, article: Article) -> bool:
    begins = title.removesuffix("…")
    content = article.content_html
    texts = one_line(article.summary), running_text(content), one_line(text_of_html(content))
    return article.is_title_guessed and any(text.startswith(begins) for text in texts)


def origin_line(article: Article, say: Say = str) -> str:
    """The visible last line that names the source, as HTML; empty for what is ours, and where the text ends in one."""
    if article.source.is_ours or _NAMES_SOURCE.search(article.content_html[-2_000:]):
        return ""
    title = html.escape(one_line(article.source.title), quote=False)
    url = article.url or article.source.home_url
    named = f'<a href="{html.escape(url)}">{title}</a>' if url else title
    return f"<p>{say(FIRST_PUBLISHED) % {'source': named}}</p>"


def _summary(article: Article, share: Share, text: str, most: int, say: Say) -> str:
    if share == "headline":
        # Not the source's words; and without any text the format's checkers call the entry empty.
        return say(FIRST_PUBLISHED) % {"source": one_line(article.source.title)}
    if share == "excerpt":
        return excerpt(text, most)
    return one_line(article.summary) or excerpt(text, most)


def _content(
    article: Article, share: Share, text: str, most: int, images: tuple[Image, ...], say: Say
) -> str:
    if share == "headline":
        return ""
    if share == "excerpt":
        short = excerpt(text, most)
        body = f"<p>{html.escape(short, quote=False)}</p>" if short else ""
    else:
        body = strip_illegal(article.content_html)
        if not body and text:
            body = f"<p>{html.escape(text, quote=False)}</p>"
        if article.source.pictures != "all":
            body = only_pictures(body, images)
        body = with_captions(body, images, say)
    return "\n".join(part for part in (body, origin_line(article, say)) if part)


def _topics(article: Article) -> tuple[str, ...]:
    return _without_doubles(topic.title for topic in article.topics)


def _labels(article: Article) -> tuple[str, ...]:
    ours = {title.casefold() for title in _topics(article)}
    return tuple(one for one in _without_doubles(article.categories) if one.casefold() not in ours)


def _without_doubles(labels: Iterable[str]) -> tuple[str, ...]:
    found: dict[str, str] = {}
    for label in map(one_line, labels):
        if label:
            found.setdefault(label.casefold(), label)
    return tuple(found.values())


def _images(article: Article) -> tuple[Image, ...]:
    """Those that may be shown: the main one first, thumbnails last."""
    ordered = sorted(article.images, key=lambda one: ("main", "", "thumbnail").index(one.role))
    return tuple(
        replace(
            image,
            credit=one_line(image.credit or "") or None,
            caption=one_line(image.caption or "") or None,
            alt=one_line(image.alt or "") or None,
            media_type=_media_type(image.media_type) or _picture_type(image.url),
        )
        for image in ordered
        if image.url and not is_face(image.url) and _may_show(article, image)
    )


def _may_show(article: Article, image: Image) -> bool:
    wanted = article.source.pictures
    return wanted == "all" or (wanted == "credited" and bool(one_line(image.credit or "")))


def _enclosures(article: Article) -> tuple[Enclosure, ...]:
    return tuple(
        replace(
            enclosure,
            media_type=_media_type(enclosure.media_type) or media_type_of(enclosure.url),
            length=enclosure.length if enclosure.length and enclosure.length > 0 else None,
            title=one_line(enclosure.title or "") or None,
        )
        for enclosure in article.enclosures
    )


def _passed_on(article: Article, site: SiteInfo, share: Share) -> PassedOn:
    """The columns that may be shown where so much of the article is shared."""
    values = kept_where(article, lambda one: share == "full" or not one.is_of_text)
    return replace(
        values,
        license_url=values.license_url or (site.license_url if article.source.is_ours else None),
        episode=_episode(article) if values.episode else None,
    )


def _episode(article: Article) -> Episode | None:
    """What its source says of it as an episode, without a picture that may not be shown."""
    episode = article.episode
    if episode is None or episode.picture_url in {None, *(one.url for one in _images(article))}:
        return episode
    return replace(episode, picture_url=None)


def media_type_of(url: str) -> str:
    """The media type that the address's ending promises."""
    name = urlsplit(url).path.rsplit("/", 1)[-1]
    return MEDIA_TYPES.get(name.rsplit(".", 1)[-1].lower(), ANY_FILE) if "." in name else ANY_FILE


def _picture_type(url: str) -> str | None:
    found = media_type_of(url)
    return found if found.startswith("image/") else None


def _terms_urls(article: Article) -> tuple[str, ...]:
    urls = dict.fromkeys(url for one in article.terms for url in one.addresses())
    return tuple(url for url in urls if url != article.license_url)


def language_tag(language: str | None) -> str | None:
    """The language as BCP 47 writes it (`en_US` is `en-US`); None for what is no language tag."""
    tag = (language or "").strip().replace("_", "-")
    return tag if _LANGUAGE.fullmatch(tag) else None


def _media_type(given: str | None) -> str | None:
    bare = (given or "").partition(";")[0].strip().lower()
    return bare if _MEDIA_TYPE.fullmatch(bare) else None


def _source(article: Article) -> DocumentSource:
    credit = article.source
    return DocumentSource(
        title=one_line(credit.title),
        feed_id=credit.feed_id,
        feed_url=credit.feed_url,
        home_url=credit.home_url,
        updated_at=article.updated_at.replace(microsecond=0),
        rights=one_line(credit.rights or "") or None,
    )
