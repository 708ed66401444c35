"""A page becomes an article: what it states for machines, what it marks, what trafilatura takes, and our own rules.

    bytes ─tree─▸ bounded tree ─jsonld, hentry, metadata─▸ Stated ─figures─▸ marks for pictures
      ─furniture─▸ pruned tree ─body─▸ blocks ─frame─▸ text without title, byline, credit, navigation, biography

Pure; fetches nothing. Every field is answered with where it came from.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from copy import deepcopy
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from lxml import etree, html
from trafilatura.metadata import extract_metadata

from feeds.dateguess import guess_date
from feeds.dates import parse_date
from feeds.errors import ParseError
from feeds.ingest.authors import judge_bylines, looks_like_name
from feeds.ingest.datelines import is_today
from feeds.ingest.frame import MOST_ABOVE, Frame, folded, read_frame
from feeds.ingest.furniture import prune
from feeds.ingest.parse.body import Block, read_body
from feeds.ingest.parse.figures import Figure, take_figures
from feeds.ingest.parse.hentry import read_hentry
from feeds.ingest.parse.jsonld import read_jsonld
from feeds.ingest.parse.leaflines import lines_between
from feeds.ingest.parse.marked import (
    author_boxes,
    body_node,
    date_of_path,
    is_agreed,
    marked_bylines,
    marked_categories,
    marked_date,
    name_links,
    neighbours,
    scope_of,
    title_node,
)
from feeds.ingest.parse.metadata import read_meta, read_microdata
from feeds.ingest.parse.pagetitle import choose_title, site_of_title
from feeds.ingest.parse.structured import Stated, joined
from feeds.ingest.parse.tree import line_of, page_tree
from feeds.markup import escape_text, text_of_html
from feeds.model.incoming import Biography, Byline, Image, ParsedEntry, ParsedPage
from feeds.urls import absolute_url

LEAST_CHARS = 140
"""A page with less text than this is an article only where it says so itself."""
_DROPPED = (
    "script",
    "style",
    "template",
    "svg",
    "iframe",
    "object",
    "embed",
    "select",
    "button",
    "input",
    "textarea",
)


def read_page(
    body: bytes,
    *,
    url: str,
    content_type: str,
    now: datetime,
    known_date: datetime | None = None,
    known_title: str | None = None,
) -> ParsedPage:
    """The page as an article; `known_date` and `known_title` are what a feed already said of it.

    Raises ParseError where the page is empty, too long, or holds no article.
    """
    root = page_tree(body, content_type)
    base = next((node.get("href") for node in root.iter("base") if node.get("href")), None)
    url_base = absolute_url(base, url) or url
    told = [
        ("JSON-LD", read_jsonld(root, url_base)),
        ("h-entry", read_hentry(root, url_base)),
        ("microdata", read_microdata(root, url_base)),
        ("meta", read_meta(root, url_base)),
    ]
    stated, evidence = joined(told)
    etree.strip_elements(root, *_DROPPED, with_tail=False)
    whole = deepcopy(root)
    page_title = next((line_of(node) for node in root.iter("title")), None)
    titles = [known_title, *(one.title for _, one in told), page_title]
    heading = title_node(root, titles, stated.site_name)
    h1 = line_of(heading) if heading is not None else None
    is_sure = h1 is not None and is_agreed(h1, titles)
    site_name = stated.site_name or site_of_title(page_title, h1)
    host = urlsplit(url).hostname or ""
    titled = choose_title(
        [
            ("JSON-LD", told[0][1].title), ("microdata", told[2][1].title), ("heading", h1 if is_sure else None),
            ("h-entry", told[1][1].title), ("meta", told[3][1].title), ("title", page_title), ("heading", h1),
        ],
        site_name=site_name, host=host, known=known_title,
    )  # fmt: skip
    title, evidence["title"] = titled if titled else (known_title or "", "the feed" if known_title else "")
    language = stated.language
    scope = scope_of(root, heading)
    linked = marked_bylines(scope, language)
    dated = marked_date(scope, language=language, now=now)
    beside = neighbours(root, url_base)
    labels = marked_categories(scope)
    figures = take_figures(root, url_base)
    chars = sum(len(text) for text in root.itertext())
    prune(root, text_chars=chars)
    name_links(root, _split([one.text for one in (*stated.bylines, *linked)], (site_name, host)))
    found = read_body(root, body_node(scope), figures)
    evidence["body"] = found.evidence
    has_title = any(folded(one.line) == folded(title) for one in found.blocks[:MOST_ABOVE] if title)
    first = next((one.line for one in found.blocks if one.kind == "line"), "")
    above = [] if has_title else lines_between(whole, title, first)
    lines = [*above, *(one.line if one.kind in ("line", "heading") else "" for one in found.blocks)]
    headings = frozenset(
        len(above) + place for place, one in enumerate(found.blocks) if one.kind == "heading"
    )
    known_names = [one.text for one in (*stated.bylines, *linked)]
    frame = read_frame(
        lines,
        title=title or None,
        names=_split(known_names, (site_name, host)),
        language=language,
        now=now,
        headings=headings,
    )
    blocks = [one for place, one in enumerate(found.blocks, len(above)) if place not in frame.dropped]
    blocks = [one for one in blocks if not (one.kind == "heading" and folded(one.line) == folded(title))]
    text = " ".join(one.line for one in blocks)
    if len(text) < LEAST_CHARS and not (stated.is_article and (text or stated.description)):
        raise ParseError("The page holds no article: there is no running text in it.", state="no-article")
    fallback = (
        _fallback(whole, url)
        if not (stated.published or dated or frame.published) or not (known_names or frame.names)
        else {}
    )
    bylines, evidence["author"] = _bylines(
        told, frame, linked, fallback, (site_name, host.removeprefix("www."), host)
    )
    published, evidence["date"] = _date(
        stated, evidence, frame, dated, fallback, url, language, now, known_date
    )
    names = _split([one.text for one in bylines], (site_name, host))
    image, evidence["image"] = _image(stated.image, figures, blocks, frame)
    biographies = _biographies(stated.biographies, author_boxes(whole, names, url_base), frame.biographies)
    if not title:
        title, evidence["title"] = text[:80], "the first words"
    previous = next((one for one in beside if one.direction == "previous"), None)
    following = next((one for one in beside if one.direction == "next"), None)
    entry = ParsedEntry(
        url=absolute_url(stated.canonical_url, url_base) or url,
        title_html=escape_text(title),
        summary_html=escape_text(text_of_html(stated.description)) if stated.description else None,
        content_html="\n".join(one.markup for one in blocks),
        base_url=url_base,
        published=published,
        updated=stated.modified or frame.updated,
        bylines=bylines,
        categories=tuple(dict.fromkeys(one for one in (stated.section, *(stated.tags or labels)) if one)),
        images=(image,) if image else (),
        language=language,
        rights=stated.rights,
        biographies=biographies,
    )
    return ParsedPage(
        entry=entry,
        canonical_url=absolute_url(stated.canonical_url, url_base),
        site_name=site_name,
        home_url=absolute_url("/", url),
        language=language,
        previous_url=previous.url if previous else None,
        previous_title=(previous.title if previous else None)
        or (frame.previous.title if frame.previous else None)
        or None,
        next_url=following.url if following else None,
        next_title=(following.title if following else None)
        or (frame.following.title if frame.following else None)
        or None,
        is_title_guessed=evidence["title"] == "the first words",
        evidence=tuple((name, where) for name, where in evidence.items() if where),
    )


def _split(names: Sequence[str], titles: Sequence[str | None]) -> tuple[str, ...]:
    judged = judge_bylines([Byline(text=one) for one in names], titles=titles, fallback=None, base_url=None)
    return tuple(one.name for one in judged)


def _fallback(whole: html.HtmlElement, url: str) -> dict[str, str]:
    """What trafilatura finds in a page that neither states nor marks its author or date."""
    found: Any = extract_metadata(
        deepcopy(whole), default_url=url, date_config={"original_date": True, "extensive_search": True}
    )
    return {name: value for name in ("author", "date") if (value := getattr(found, name, None))}


def _bylines(
    told: Sequence[tuple[str, Stated]],
    frame: Frame,
    linked: Sequence[Byline],
    fallback: dict[str, str],
    titles: Sequence[str | None],
) -> tuple[tuple[Byline, ...], str]:
    """The byline with people in it, the most trusted first; one that names all of them and more wins."""
    line = tuple(Byline(text=one) for one in frame.names)
    guessed = tuple(Byline(text=one.strip()) for one in fallback.get("author", "").split(";") if one.strip())
    presented = tuple(Byline(text=one.name) for one in frame.biographies)
    every = [
        *((where, one.bylines) for where, one in told if where != "meta"),
        ("byline", line if frame.is_said else ()), ("marked byline", tuple(linked)), ("meta", told[-1][1].bylines),
        ("closing paragraph", presented), ("name beside the date", () if frame.is_said else line), ("trafilatura", guessed),
    ]  # fmt: skip
    # A site's name is no author, unless nobody else is: a person's own site bears their name.
    for shut in (titles, ()):
        judged = [
            (where, bylines, names)
            for where, bylines in every
            if bylines and (names := _split([one.text for one in bylines], shut))
        ]
        chosen = next(
            (one for one in judged if one[0] == "byline" or any(looks_like_name(name) for name in one[2])),
            next(iter(judged), None),
        )
        if chosen is not None:
            break
    else:
        return (), ""
    for one in judged:
        if one[0] not in ("trafilatura", chosen[0]) and _says_more(one[2], chosen[2]):
            chosen = one
    kept = tuple(one for one in chosen[1] if _split([one.text], shut))
    return kept or tuple(Byline(text=name) for name in chosen[2]), chosen[0]


def _says_more(names: Sequence[str], than: Sequence[str]) -> bool:
    """True where these are full names, and each of the others is one of them or a part of one."""
    words = [set(re.findall(r"\w+", name.casefold())) for name in names]
    others = [set(re.findall(r"\w+", name.casefold())) for name in than]
    return (
        all(looks_like_name(name) for name in names)
        and all(any(other <= one for one in words) for other in others)
        and sum(map(len, words)) > sum(map(len, others))
    )


def _date(
    stated: Stated,
    evidence: dict[str, str],
    frame: Frame,
    dated: tuple[str, str] | None,
    fallback: dict[str, str],
    url: str,
    language: str | None,
    now: datetime,
    known: datetime | None,
) -> tuple[str | None, str]:
    """The date as written and where; never one after `now`, nor one that is newer than what a feed knows of old."""
    told = [
        (stated.published, evidence.get("published", "")),
        (frame.published if not frame.is_today else None, "byline"),
        *([dated] if dated else []),
        (frame.published, "date line"),
        (date_of_path(url), "address"),
        (fallback.get("date"), "trafilatura"),
    ]
    latest = now + timedelta(days=1)
    read: list[tuple[str, str, datetime]] = []
    for written, where in told:
        moment, _ = guess_date(written, language=language, zone="UTC", now=now)
        if (
            written
            and moment is not None
            and moment <= latest
            and (known is None or moment <= known + timedelta(days=1))
        ):
            # Without a place of its own, today's date is that of the page, not of the article.
            if not (where == "trafilatura" and is_today(moment.date(), now)):
                read.append((written, where, moment))
    if not read:
        return (known.isoformat(), "the feed") if known else (None, "")
    written, where, moment = read[0]
    if not _has_time(written):
        more = next((one for one in read[1:] if one[2].date() == moment.date() and _has_time(one[0])), None)
        if more:
            written, where = more[0], more[1]
    return written, where


def _has_time(written: str) -> bool:
    return bool(re.search(r"\d[T ]\d\d:?\d\d|\d:\d\d", written)) and parse_date(written) is not None


def _image(
    stated: Image | None, figures: Sequence[Figure], blocks: Sequence[Block], frame: Frame
) -> tuple[Image | None, str]:
    """The main picture with caption and credit: the stated one, told by its own figure or by the lines above the text."""
    shown = {one.markup for one in blocks if one.kind == "figure"}
    placed = [one.image for one in figures if one.markup in shown]
    main, where = stated, "stated" if stated else ""
    same = next((one.image for one in figures if stated and _stem(one.image.url) == _stem(stated.url)), None)
    if main is None:
        main = next(iter(placed), None) or next(
            (one.image for one in figures if one.image.caption or one.image.credit), None
        )
        where = "first figure" if main else ""
    if main is None:
        return None, ""
    if same is not None and same is not main:
        main = replace(
            main,
            caption=main.caption or same.caption,
            credit=main.credit or same.credit,
            alt=main.alt or same.alt,
        )
    if frame.credit and not main.credit:
        main = replace(main, credit=frame.credit, caption=main.caption or frame.caption)
    return main, where


def _stem(url: str) -> str:
    name = urlsplit(url).path.rsplit("/", 1)[-1].rsplit(".", 1)[0].lower()
    return re.sub(r"[-_](?:\d{2,4}x\d{2,4}|scaled|large|small|medium|thumb|\d{3,4}w?)$", "", name) or url


def _biographies(*told: Sequence[Biography]) -> tuple[Biography, ...]:
    found: dict[str, Biography] = {}
    for one in (one for several in told for one in several):
        before = found.get(one.name.casefold())
        found[one.name.casefold()] = (
            replace(before, url=before.url or one.url, picture_url=before.picture_url or one.picture_url)
            if before
            else one
        )
    return tuple(found.values())
