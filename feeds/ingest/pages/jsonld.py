"""JSON-LD of a page (schema.org), with `@graph` and `@id` followed, and what can be saved of broken JSON."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from lxml import html

from feeds.ingest.pages.structured import Stated
from feeds.ingest.rules.images import pixels
from feeds.model.incoming import Biography, Byline, Image
from feeds.text.sourcetypes import source_type_of
from feeds.text.urls import absolute_url, canonical_url, same_url_key

MAX_SCRIPT = 500_000
MAX_NODES = 3_000
MOST_COLLECTIVES = 50
MOST_PEOPLE = 100
_ARTICLES = re.compile(
    r"(?:Article|BlogPosting|Report|LiveBlogPosting|SocialMediaPosting|DiscussionForumPosting|Review|Recipe)$"
)
_COLLECTIVES = re.compile(r"(?:Organization|WebSite|Corporation|NewsMedia\w{0,40}|Brand)$")
_PAGES = re.compile(r"(?:WebPage|ItemPage|AboutPage|MedicalWebPage|HowTo|CreativeWork|PodcastEpisode)$")
_WRAPPED = re.compile(
    r"^\s*(?:<!--|/\*\s*<!\[CDATA\[\s*\*/|//\s*<!\[CDATA\[|<!\[CDATA\[)|(?:-->|//\s*\]\]>|\]\]>|;)\s*$"
)
_COMMA = re.compile(r",(\s*[}\]])")
_PAIR = r"\"{}\"\s{{0,20}}:\s{{0,20}}\"((?:[^\"\\]|\\.){{1,600}})\""
_NAMED_AUTHOR = re.compile(
    r"\"author\"\s{0,20}:[\s\[]{0,40}\{[^{}]{0,600}?\"name\"\s{0,20}:\s{0,20}\"([^\"\\]{1,200})\""
)


def read_jsonld(root: html.HtmlElement, url: str) -> Stated:
    """What the article's node of the page's JSON-LD states; empty if there is none."""
    texts = [
        (script.text or "")[:MAX_SCRIPT]
        for script in root.iter("script")
        if "ld+json" in (script.get("type") or "").lower()
    ]
    nodes: list[dict[str, Any]] = []
    broken: list[str] = []
    for text in texts[:20]:
        value = _loaded(text)
        if value is None:
            broken.append(text)
        else:
            nodes.extend(_nodes(value))
    known = {one["@id"]: one for one in reversed(nodes) if isinstance(one.get("@id"), str) and len(one) > 1}
    article = _article(nodes, url)
    if article is None:
        return next((saved for text in broken if (saved := _saved(text)).title or saved.published), Stated())
    return _stated(article, known, url, shut=_publishers(nodes, url))


def _loaded(text: str) -> Any:
    clean = _WRAPPED.sub("", _WRAPPED.sub("", text)).strip()
    for attempt in (clean, _COMMA.sub(r"\1", clean)):
        try:
            return json.loads(attempt, strict=False)
        except (ValueError, RecursionError):
            continue
    return None


def _nodes(value: Any) -> Iterator[dict[str, Any]]:
    """Every object of the document, outer ones first, without recursion."""
    waiting = [value]
    count = 0
    while waiting and count < MAX_NODES:
        one = waiting.pop(0)
        if isinstance(one, dict):
            count += 1
            yield one
            waiting.extend(part for part in one.values() if isinstance(part, dict | list))
        elif isinstance(one, list):
            waiting.extend(part for part in one[:MAX_NODES] if isinstance(part, dict | list))


def _types(node: dict[str, Any]) -> list[str]:
    return [str(one).rsplit("/", 1)[-1] for one in _many(node.get("@type"))]


def _article(nodes: list[dict[str, Any]], url: str) -> dict[str, Any] | None:
    found = [one for one in nodes if any(_ARTICLES.search(kind) for kind in _types(one)) and _speaks(one)]
    here = canonical_url(url)
    for one in found:
        if (
            canonical_url(
                absolute_url(_address(one.get("mainEntityOfPage")) or _address(one.get("url")), url)
            )
            == here
        ):
            return one
    if found:
        return found[0]
    # A page that states a date of publishing is an article in all but its type.
    return next(
        (
            one
            for one in nodes
            if any(_PAGES.search(kind) for kind in _types(one)) and one.get("datePublished")
        ),
        None,
    )


def _speaks(node: dict[str, Any]) -> bool:
    return any(node.get(key) for key in ("headline", "name", "datePublished", "author"))


def _publishers(nodes: list[dict[str, Any]], url: str) -> frozenset[str]:
    """By their keys, the addresses of organizations and sites on the page: those of no author."""
    shut = [one for one in nodes if any(_COLLECTIVES.search(kind) for kind in _types(one))]
    return frozenset(
        same_url_key(address)
        for one in shut[:MOST_COLLECTIVES]
        for key in ("url", "sameAs")
        for part in _many(one.get(key))
        if (address := absolute_url(_address(part), url))
    )


def _stated(node: dict[str, Any], known: dict[str, Any], url: str, *, shut: frozenset[str]) -> Stated:
    publisher = _followed(_first(node.get("publisher")), known)
    people = [
        person
        for key in ("author", "creator")
        for one in _flat(node.get(key))
        for person in _named(_completed(one, known))
    ]
    section = _words(_first(node.get("articleSection")))
    published, modified = _dates(node, "datePublished", "dateCreated"), _dates(node, "dateModified")
    image = next(
        (
            shown
            for key in ("image", "thumbnailUrl")
            for part in _many(node.get(key))
            if (shown := _image(part, known, url))
        ),
        None,
    )
    return Stated(
        title=_words(node.get("headline")) or _words(node.get("name")),
        bylines=tuple(one for person in people if (one := _byline(person, url, shut))),
        published=next(iter(published), None),
        modified=next(iter(modified), None),
        more_published=published,
        more_modified=modified,
        section=section,
        tags=tuple(_tags(node.get("keywords"))),
        image=image,
        description=_words(node.get("description")),
        language=_words(node.get("inLanguage")),
        canonical_url=_address(node.get("mainEntityOfPage")) or _address(node.get("url")),
        site_name=_words(publisher.get("name")) if isinstance(publisher, dict) else None,
        biographies=tuple(biography for person in people if (biography := _biography(person, url))),
        license_url=absolute_url(_address(_followed(_first(node.get("license")), known)), url),
        source_type=source_type_of(_address(_first(node.get("digitalSourceType")))),
        body=_words(node.get("articleBody")),
        is_article=any(_ARTICLES.search(kind) for kind in _types(node)),
    )


def _dates(node: dict[str, Any], *keys: str) -> tuple[str, ...]:
    return tuple(text for key in keys for one in _many(node.get(key)) if (text := _words(one)))


def _followed(value: Any, known: dict[str, Any]) -> Any:
    if (
        isinstance(value, dict)
        and isinstance(value.get("@id"), str)
        and not value.get("name")
        and not value.get("url")
    ):
        return known.get(value["@id"], value)
    return value


def _completed(person: Any, known: dict[str, Any]) -> Any:
    """The person with what another node of that id says: an article often names its author's name and id alone."""
    fuller = (
        known.get(person["@id"]) if isinstance(person, dict) and isinstance(person.get("@id"), str) else None
    )
    return {**fuller, **{key: value for key, value in person.items() if value}} if fuller else person


def _flat(value: Any) -> list[Any]:
    """What a list holds, and the lists in it."""
    return [part for one in _many(value) for part in _many(one)][:MOST_PEOPLE]


def _named(person: Any) -> list[Any]:
    """The person with a name that is a text: it may be a list of names, an object that has one, or given in two parts."""
    if not isinstance(person, dict):
        return [person]
    names = [one.get("name") if isinstance(one, dict) else one for one in _flat(person.get("name"))]
    texts = [one for one in names if _words(one)]
    parts = [_words(person.get(key)) for key in ("givenName", "familyName")]
    if not texts and all(parts):
        texts = [" ".join(one for one in parts if one)]
    if len(texts) > 1:
        return [{"name": one} for one in texts]
    return [{**person, "name": texts[0]}] if texts else [person]


def _byline(person: Any, page_url: str, shut: frozenset[str]) -> Byline | None:
    if isinstance(person, str):
        return Byline(text=person.strip()) if person.strip() and "://" not in person else None
    if not isinstance(person, dict):
        return None
    name = _words(_first(person.get("name")))
    if not name:
        return None
    links = _homes(person, page_url, shut)
    url = _address(person.get("url"))
    return Byline(text=name, url=url or next(iter(links), None), links=links)


def _homes(person: dict[str, Any], page_url: str, shut: frozenset[str]) -> tuple[str, ...]:
    if any(_COLLECTIVES.search(kind) for kind in _types(person)):
        return ()
    homes = [
        address
        for key in ("url", "sameAs")
        for part in _many(person.get(key))
        if (address := absolute_url(_address(part), page_url)) and same_url_key(address) not in shut
    ]
    return tuple(dict.fromkeys(homes))


def _biography(person: Any, url: str) -> Biography | None:
    if not isinstance(person, dict) or "Organization" in _types(person):
        return None
    name, text = _words(_first(person.get("name"))), _words(person.get("description"))
    if not name or not text or len(text) < 20:
        return None
    picture = absolute_url(_address(_first(person.get("image"))), url)
    return Biography(
        name=name, text=text[:2000], url=absolute_url(_address(person.get("url")), url), picture_url=picture
    )


def _image(value: Any, known: dict[str, Any], url: str) -> Image | None:
    one = _followed(value, known)
    address = absolute_url(_address(one), url)
    if address is None:
        return None
    if not isinstance(one, dict):
        return Image(url=address)
    maker = _first(one.get("creator")) or _first(one.get("author"))
    return Image(
        url=address,
        credit=_words(one.get("creditText"))
        or _words(maker.get("name") if isinstance(maker, dict) else maker),
        caption=_words(one.get("caption")) or _words(one.get("description")),
        width=_size(one.get("width")),
        height=_size(one.get("height")),
        source_type=source_type_of(_address(_first(one.get("digitalSourceType")))),
    )


def _size(value: Any) -> int | None:
    """A number, or a QuantitativeValue of pixels."""
    one = _first(value)
    return pixels(one.get("value") if isinstance(one, dict) else one)


def _address(value: Any) -> str | None:
    if isinstance(value, dict):
        for key in ("contentUrl", "url", "@id"):
            if isinstance(value.get(key), str):
                return str(value[key])
        return None
    return value if isinstance(value, str) and value else None


def _tags(value: Any) -> Iterator[str]:
    for one in _many(value):
        text = _words(one.get("name") if isinstance(one, dict) else one)
        yield from (part.strip() for part in (text or "").split(",") if part.strip())


def _words(value: Any) -> str | None:
    return value.strip() or None if isinstance(value, str) else None


def _many(value: Any) -> list[Any]:
    return value[:50] if isinstance(value, list) else [] if value is None else [value]


def _first(value: Any) -> Any:
    return next(iter(_many(value)), None)


def _saved(text: str) -> Stated:
    """What can be told of JSON that cannot be read: pairs of a key and a plain text."""

    def pair(key: str) -> str | None:
        found = re.search(_PAIR.format(key), text)
        if not found:
            return None
        try:
            return _words(json.loads(f'"{found[1]}"', strict=False))
        except ValueError:
            return found[1]

    author = _NAMED_AUTHOR.search(text)
    return Stated(
        title=pair("headline"),
        bylines=(Byline(text=author[1]),) if author else (),
        published=pair("datePublished"),
        modified=pair("dateModified"),
        is_article=bool(re.search(r"\"(?:\w{0,20}Article|BlogPosting)\"", text)),
    )
