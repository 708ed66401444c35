"""Meta elements (OpenGraph, article:, Dublin Core, parsely, sailthru, citation) and microdata of a page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from lxml import etree, html

from feeds.ingest.pages.structured import Stated
from feeds.ingest.pages.tree import line_of
from feeds.ingest.rules.images import pixels
from feeds.model.incoming import Byline, Image
from feeds.text.sourcetypes import source_type_of
from feeds.text.urls import absolute_url

_SCOPES = "descendant-or-self::*/@itemscope/.."
_TITLES = (
    "og:title",
    "citation_title",
    "parsely-title",
    "sailthru.title",
    "dc.title",
    "dcterms.title",
    "twitter:title",
)
_AUTHORS = (
    "citation_author", "parsely-author", "sailthru.author", "article:author", "author", "dc.creator", "dcterms.creator",
    "byl", "byline", "article:author_name", "og:article:author", "twitter:data1",
)  # fmt: skip
_PUBLISHED = (
    "article:published_time", "og:article:published_time", "article:published", "datepublished", "date.published",
    "parsely-pub-date", "sailthru.date", "citation_publication_date", "citation_date", "citation_online_date",
    "dc.date.issued", "dcterms.issued", "dcterms.created", "dc.date.created", "pubdate",
    "publishdate", "publish-date", "publish_date", "publication_date", "og:published_time", "rnews:datepublished",
    "shareaholic:article_published_time", "cxenseparse:recs:publishtime", "bt:pubdate", "originalpublicationdate",
)  # fmt: skip
_DATED = ("dc.date", "dcterms.date", "date")
_MODIFIED = (
    "article:modified_time", "og:updated_time", "og:article:modified_time", "dcterms.modified", "dc.date.modified",
    "last-modified", "lastmod", "datemodified", "shareaholic:article_modified_time",
)  # fmt: skip
_SECTIONS = (
    "article:section",
    "og:article:section",
    "parsely-section",
    "sailthru.section",
    "article.section",
)
_TAGS = (
    "article:tag",
    "og:article:tag",
    "parsely-tags",
    "sailthru.tags",
    "news_keywords",
    "keywords",
    "citation_keywords",
)
_IMAGES = ("og:image:secure_url", "og:image", "og:image:url", "twitter:image", "twitter:image:src", "parsely-image-url",
           "sailthru.image.full", "thumbnail")  # fmt: skip
_DESCRIPTIONS = (
    "og:description",
    "description",
    "twitter:description",
    "dc.description",
    "sailthru.description",
)
MOST = 50


def read_meta(root: html.HtmlElement, url: str) -> Stated:
    """What the page's `meta`, `link` and `html` elements state."""
    given: dict[str, list[str]] = {}
    for node in root.iter("meta"):
        name = (node.get("property") or node.get("name") or node.get("itemprop") or "").strip().lower()
        text = (node.get("content") or "").strip()
        if name and text and not _is_of_microdata(node):
            given.setdefault(name, []).append(text)

    def first(names: tuple[str, ...]) -> str | None:
        return next((given[name][0] for name in names if name in given), None)

    def every(names: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(text for name in names for text in given.get(name, ()))[:MOST]

    links = {
        rel: node.get("href") for node in root.iter("link") for rel in (node.get("rel") or "").lower().split()
    }
    return Stated(
        title=first(_TITLES),
        bylines=_meta_bylines(given),
        published=first(_PUBLISHED),
        modified=first(_MODIFIED),
        more_published=every(_PUBLISHED),
        more_modified=every(_MODIFIED),
        dated=first(_DATED),
        section=first(_SECTIONS),
        tags=_tags(given),
        image=_meta_image(given, url),
        description=first(_DESCRIPTIONS),
        language=root.get("lang") or root.get("{http://www.w3.org/XML/1998/namespace}lang") or first(("og:locale", "language", "content-language")),
        canonical_url=absolute_url(links.get("canonical") or first(("og:url",)), url),
        site_name=first(("og:site_name", "application-name", "dc.publisher", "citation_journal_title")),
        rights=first(("dc.rights", "dcterms.rights", "copyright")),
        license_url=absolute_url(links.get("license") or first(("dcterms.license",)), url),
        is_article=first(("og:type",)) == "article" or "article:published_time" in given,
    )  # fmt: skip


def read_microdata(root: html.HtmlElement, url: str) -> Stated:
    """What the first article in the page's microdata (`itemscope`, schema.org) states."""
    scope = next(
        (
            node
            for node in root.xpath(_SCOPES)
            if re.search(r"(?:Article|BlogPosting|Report|Review|Recipe)\b", node.get("itemtype") or "")
        ),
        None,
    )
    if scope is None:
        return Stated()
    props: dict[str, list[html.HtmlElement]] = {}
    for node in _own(scope):
        for name in node.get("itemprop").lower().split():
            props.setdefault(name, []).append(node)

    def value(name: str) -> str | None:
        return next((text for node in props.get(name, ()) if (text := _value(node))), None)

    def values(*names: str) -> tuple[str, ...]:
        return tuple(text for name in names for node in props.get(name, ())[:MOST] if (text := _value(node)))

    image = next((node for node in props.get("image", ())), None)
    address = absolute_url(_image_address(image), url) if image is not None else None
    return Stated(
        title=value("headline") or value("name"),
        bylines=tuple(one for node in props.get("author", [])[:MOST] if (one := _person(node))),
        published=value("datepublished") or value("datecreated"),
        modified=value("datemodified"),
        more_published=values("datepublished", "datecreated"),
        more_modified=values("datemodified"),
        section=value("articlesection"),
        tags=tuple(text for node in props.get("keywords", ())[:MOST] if (text := _value(node))),
        image=_with_size(Image(url=address), image) if address and image is not None else None,
        description=value("description"),
        source_type=_source_type(next(iter(props.get("digitalsourcetype", ())), None)),
        is_article=True,
    )


def _own(scope: html.HtmlElement) -> Iterator[html.HtmlElement]:
    """The elements with an itemprop of this scope, not of scopes within it."""
    waiting = list(scope)[::-1]
    while waiting:
        node = waiting.pop()
        if not isinstance(node.tag, str):
            continue
        if node.get("itemprop"):
            yield node
        if node.get("itemscope") is None:
            waiting.extend(list(node)[::-1])


def _value(node: html.HtmlElement) -> str | None:
    text = node.get("content") or node.get("datetime") or _machine_date(node)
    text = text or (line_of(node) if node.tag != "meta" else "")
    return text.strip()[:1000] or None


def _machine_date(node: html.HtmlElement) -> str | None:
    """The date in the title of an `abbr` (microformats): what it shows may be the hour alone."""
    text = node.get("title") or ""
    return text if node.tag == "abbr" and re.match(r"\d{4}-\d\d-\d\d", text) else None


def _person(node: html.HtmlElement) -> Byline | None:
    within = next(
        (one for one in node.iter(etree.Element) if "name" in (one.get("itemprop") or "").split()), None
    )
    name = _value(within) if within is not None else _value(node)
    link = next((one.get("href") for one in node.iter("a", "link") if one.get("href")), None)
    return Byline(text=name, url=link) if name and len(name) <= 200 else None


def _image_address(node: html.HtmlElement) -> str | None:
    for one in node.iter(etree.Element):
        if "url" in (one.get("itemprop") or "").lower() or one is node or one.tag == "img":
            found = one.get("content") or one.get("src") or one.get("href")
            if found:
                return str(found)
    return None


def _with_size(image: Image, node: html.HtmlElement) -> Image:
    """The picture with the width, height and means of making that its ImageObject, or its element, states."""
    named = {one.get("itemprop"): one for one in node.iter(etree.Element) if one.get("itemprop")}

    def size(name: str) -> int | None:
        return pixels(_value(named[name]) if name in named else node.get(name))

    made = named.get("digitalSourceType")
    return replace(
        image,
        width=size("width"),
        height=size("height"),
        source_type=_source_type(made),
    )


def _source_type(node: html.HtmlElement | None) -> str | None:
    return source_type_of(node.get("href") or _value(node)) if node is not None else None


def _is_of_microdata(node: html.HtmlElement) -> bool:
    return node.get("itemprop") is not None and node.get("name") is None and node.get("property") is None


def _meta_bylines(given: dict[str, list[str]]) -> tuple[Byline, ...]:
    for name in _AUTHORS:
        if name == "twitter:data1" and not re.search(
            r"(?i)by|author|von|par|autor", " ".join(given.get("twitter:label1", ()))
        ):
            continue
        people = tuple(
            Byline(text=text)
            for text in given.get(name, ())
            if "://" not in text and not text.startswith("/") and len(text) <= 200
        )
        if people:
            return people[:MOST]
    return ()


def _tags(given: dict[str, list[str]]) -> tuple[str, ...]:
    for name in _TAGS:
        tags = [
            part.strip() for text in given.get(name, ()) for part in re.split(r"[,;]", text) if part.strip()
        ]
        if tags:
            return tuple(dict.fromkeys(tags))[:MOST]
    return ()


def _meta_image(given: dict[str, list[str]], url: str) -> Image | None:
    named = next(
        (
            (name, found)
            for name in _IMAGES
            for text in given.get(name, ())
            if (found := absolute_url(text, url))
        ),
        None,
    )
    if named is None:
        return None
    # What OpenGraph says of its picture is not said of one that stands elsewhere only.
    about = given if named[0].startswith("og:") else {}
    return Image(
        url=named[1],
        alt=next(iter(given.get("og:image:alt" if about else "twitter:image:alt", ())), None),
        width=pixels(next(iter(about.get("og:image:width", ())), None)),
        height=pixels(next(iter(about.get("og:image:height", ())), None)),
        media_type=next((kind.lower() for kind in about.get("og:image:type", ()) if "/" in kind), None),
    )
