"""A page becomes an article: what it states for machines, what it marks, what trafilatura takes, and our own rules.

    bytes ─tree─▸ bounded tree ─jsonld, hentry, metadata─▸ Stated ─figures─▸ marks for pictures
      ─boilerplate─▸ pruned tree ─body─▸ blocks ─surroundings─▸ text without title, byline, credit, navigation, biography

Pure; fetches nothing. Every field is answered with where it came from.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice
from urllib.parse import urlsplit

from htmldate import find_date
from lxml import etree, html
from trafilatura.metadata import examine_meta, extract_author

from feeds.errors import ParseError
from feeds.ingest.pages.body import Block, Body, length, lists_others, read_body, stated_body
from feeds.ingest.pages.boilerplate import of_others, prune
from feeds.ingest.pages.dates_in_words import labelled_date, opening_date
from feeds.ingest.pages.figures import Figure, take_figures
from feeds.ingest.pages.frames import keep_frames
from feeds.ingest.pages.hentry import read_hentry
from feeds.ingest.pages.hiddenparts import drop_hidden
from feeds.ingest.pages.jsonld import read_jsonld
from feeds.ingest.pages.kept_words import keep_words
from feeds.ingest.pages.leaflines import leaf_lines, lines_between
from feeds.ingest.pages.localday import first_published
from feeds.ingest.pages.metadata import read_meta, read_microdata
from feeds.ingest.pages.pagechoice import (
    choose_bylines,
    choose_date,
    choose_image,
    join_biographies,
    read_date,
    split_names_of,
    with_legible_dates,
)
from feeds.ingest.pages.pagescope import body_node, is_agreed, name_links, scope_of, title_node
from feeds.ingest.pages.pagetitle import choose_title, is_akin, site_of_title
from feeds.ingest.pages.profilelinks import profiled_bylines
from feeds.ingest.pages.semantic_hints import (
    Hinted,
    Neighbouring,
    author_boxes,
    date_of_path,
    marked_bylines,
    marked_categories,
    marked_date,
    neighbours,
)
from feeds.ingest.pages.structured import Stated, joined
from feeds.ingest.pages.surroundings import MOST_ABOVE, Surroundings, folded, read_surroundings
from feeds.ingest.pages.tree import line_of, page_tree
from feeds.ingest.rules.rights import read_page_terms
from feeds.model.incoming import Byline, ParsedEntry, ParsedPage
from feeds.model.rights import Terms
from feeds.text.dateguess import OneDocument
from feeds.text.markup import escape_text, excerpt, text_of_html, weight_of
from feeds.text.urls import absolute_url

LEAST_CHARS = 140
"""A page with less text than this is an article only where it says so itself."""
SHORT_CHARS = 1_200
"""A page in which less is found is looked at twice."""
MAX_STATED = 500_000
_DROPPED = tuple("script style template svg iframe object embed select button input textarea".split())


@OneDocument()
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

    Raises ParseError if the page is empty, too long, or holds no article.
    """
    seen = _seen(page_tree(body, content_type), url, now=now, known_title=known_title)
    host, language = seen.host, seen.stated.language
    known_names = split_names_of(
        [one.text for one in (*seen.stated.bylines, *seen.linked)], (seen.named.site_name, host)
    )
    found = _body(seen, known_names)
    blocks, around = _without_surroundings(
        found.blocks, seen.whole, title=seen.named.title, names=known_names, language=language, now=now
    )
    text = " ".join(one.line for one in blocks)
    if weight_of(text) < LEAST_CHARS and not (seen.stated.is_article and (text or seen.stated.description)):
        raise ParseError("The page holds no article: there is no running text in it.", state="no-article")
    evidence = {**seen.evidence, "title": seen.named.where, "body": found.evidence}
    guesses, fallback = _guesses(seen, blocks, around, now=now, known=known_date)
    nobody = (seen.named.site_name, host.removeprefix("www."), host)
    bylines, evidence["author"] = choose_bylines(seen.statements, around, seen.linked, fallback, nobody)
    published, evidence["date"] = choose_date(
        seen.stated, evidence, around, seen.dated, guesses, language, now, known_date
    )
    image, evidence["image"] = choose_image(seen.stated.image, seen.figures, blocks, around)
    names = split_names_of([one.text for one in bylines], (seen.named.site_name, host))
    if not seen.named.title:
        evidence["title"] = "the first words"
    entry = ParsedEntry(
        url=absolute_url(seen.stated.canonical_url, seen.url_base) or url,
        title_html=escape_text(seen.named.title or excerpt(text, 80)),
        summary_html=escape_text(text_of_html(seen.stated.description)) if seen.stated.description else None,
        content_html="\n".join(one.markup for one in blocks),
        base_url=seen.url_base,
        published=published,
        updated=seen.stated.modified or around.updated,
        bylines=bylines,
        categories=tuple(
            dict.fromkeys(one for one in (seen.stated.section, *(seen.stated.tags or seen.labels)) if one)
        ),
        images=(image,) if image else (),
        language=language,
        rights=seen.stated.rights,
        license_url=absolute_url(seen.stated.license_url, seen.url_base),
        terms=seen.terms,
        source_type=seen.stated.source_type,
        biographies=join_biographies(
            seen.stated.biographies, author_boxes(seen.hinted, names, seen.url_base), around.biographies
        ),
    )
    return _page(entry, seen, around, evidence)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Seen:
    """What a page states and marks, before its text is looked for."""

    url: str
    url_base: str
    root: html.HtmlElement
    """What is left of the page when its pictures are taken out."""
    whole: html.HtmlElement
    """The page without scripts and forms, as it came."""
    statements: tuple[tuple[str, Stated], ...]
    stated: Stated
    evidence: Mapping[str, str]
    named: _Named
    terms: tuple[Terms, ...]
    hinted: Hinted
    """The same, with the elements at which classes hint."""
    scope: html.HtmlElement
    """The element in which the article stands with its head, in what is left of the page."""
    linked: tuple[Byline, ...]
    dated: tuple[str, str] | None
    beside: tuple[Neighbouring, ...]
    labels: tuple[str, ...]
    figures: tuple[Figure, ...]

    @property
    def host(self) -> str:
        """Of the page's address."""
        return urlsplit(self.url).hostname or ""


def _seen(root: html.HtmlElement, url: str, *, now: datetime, known_title: str | None) -> _Seen:
    base = next((node.get("href") for node in root.iter("base") if node.get("href")), None)
    url_base = absolute_url(base, url) or url
    statements = (
        ("JSON-LD", read_jsonld(root, url_base)),
        ("h-entry", read_hentry(root, url_base)),
        ("microdata", read_microdata(root, url_base)),
        ("meta", read_meta(root, url_base)),
    )
    stated, evidence = _joined(statements, now)
    terms = read_page_terms(root, url)
    keep_frames(root)
    keep_words(root)
    etree.strip_elements(root, *_DROPPED, with_tail=False)
    whole, root = root, deepcopy(root)
    named = _named(
        whole, dict(statements), stated.site_name, host=urlsplit(url).hostname or "", known=known_title
    )
    scope = scope_of(whole, named.heading)
    hinted = Hinted(whole, scope)
    place = next(place for place, node in enumerate(whole.iter()) if node is scope)
    return _Seen(
        url=url,
        url_base=url_base,
        root=root,
        whole=whole,
        statements=statements,
        stated=stated,
        evidence=evidence,
        named=named,
        terms=terms,
        hinted=hinted,
        scope=next(islice(root.iter(), place, None)),
        linked=marked_bylines(hinted, stated.language)
        or (() if stated.bylines else profiled_bylines(named.heading, stated.language)),
        dated=marked_date(hinted, language=stated.language, now=now),
        beside=neighbours(whole, url_base),
        labels=marked_categories(hinted),
        figures=take_figures(root, url_base),
    )


def _body(seen: _Seen, names: Sequence[str]) -> Body:
    """The text; a page in which little is found is looked at twice. What is boilerplate is taken out of its tree."""
    drop_hidden(seen.root)
    prune(seen.root, text_chars=len(seen.root.text_content()))
    name_links(seen.root, names)
    found = read_body(seen.root, body_node(seen.scope), seen.figures)
    if length(found.blocks) >= SHORT_CHARS:
        return found
    longer = _longer(found, seen.whole, seen.stated.body, seen.url_base)
    if longer is not found:
        return longer
    # Asked for emphasis too, trafilatura loses some of the text.
    plain = read_body(seen.root, None, seen.figures, is_plain=True)
    return plain if length(plain.blocks) > 1.2 * length(found.blocks) else found


def _guesses(
    seen: _Seen, blocks: Sequence[Block], around: Surroundings, *, now: datetime, known: datetime | None
) -> tuple[tuple[tuple[str | None, str], ...], dict[str, str]]:
    """Dates that a page without a stated or marked one may have, each with where it stands; and trafilatura's opinion."""
    is_dated = bool(seen.stated.published or seen.stated.dated or seen.dated or around.published)
    is_signed = bool(seen.stated.bylines or seen.linked or around.names)
    dated: tuple[tuple[str | None, str], ...] = ()
    language = seen.stated.language
    if not is_dated:
        lines = (one.line for one in blocks if one.kind == "line")
        dated = (
            (opening_date(lines, language=language), "first words"),
            (labelled_date(leaf_lines(seen.whole), language=language, now=now), "labelled line"),
        )
    guesses = (*dated, (date_of_path(seen.url), "address"))
    is_guessed = any(read_date(date, language=language, now=now, known=known) for date, _ in guesses)
    fallback = _fallback(seen, needs_date=not (is_dated or is_guessed), needs_author=not is_signed)
    return (*guesses, (fallback.get("date"), "trafilatura")), fallback


def _page(entry: ParsedEntry, seen: _Seen, around: Surroundings, evidence: Mapping[str, str]) -> ParsedPage:
    previous = next((one for one in seen.beside if one.direction == "previous"), None)
    following = next((one for one in seen.beside if one.direction == "next"), None)
    return ParsedPage(
        entry=entry,
        canonical_url=absolute_url(seen.stated.canonical_url, seen.url_base),
        site_name=seen.named.site_name,
        home_url=absolute_url("/", seen.url),
        language=entry.language,
        previous_url=previous.url if previous else None,
        previous_title=(previous.title if previous else None)
        or (around.previous.title if around.previous else None)
        or None,
        next_url=following.url if following else None,
        next_title=(following.title if following else None)
        or (around.following.title if around.following else None)
        or None,
        is_title_guessed=evidence["title"] == "the first words",
        evidence=tuple((name, where) for name, where in evidence.items() if where),
    )


def _joined(statements: Sequence[tuple[str, Stated]], now: datetime) -> tuple[Stated, dict[str, str]]:
    stated, evidence = joined(statements)
    legible = [(where, with_legible_dates(one, stated.language, now)) for where, one in statements]
    first, evidence["published"] = first_published(legible)
    modified = next(((one.modified, where) for where, one in legible if one.modified), None)
    if modified is not None:
        evidence["modified"] = modified[1]
    return replace(stated, published=first, modified=modified[0] if modified else None), evidence


def _longer(
    found: Body,
    whole: html.HtmlElement,
    stated: str | None,
    url: str,
) -> Body:
    """The text where little was found in a page that has much: what it states for machines, or what stood in boilerplate."""
    have = length(found.blocks)
    if stated and len(stated) > 2 * max(have, LEAST_CHARS):
        return stated_body(stated[:MAX_STATED])
    if len(whole.text_content()) < 4 * have:
        return found
    again = deepcopy(whole)
    figures = take_figures(again, url)
    other = read_body(again, None, figures)
    return other if length(other.blocks) > 2 * have else found


@dataclass(frozen=True, slots=True, kw_only=True)
class _Named:
    """What a page and its site are called, and the heading that says so."""

    title: str
    where: str
    site_name: str | None
    heading: html.HtmlElement | None


def _named(
    root: html.HtmlElement,
    by_place: Mapping[str, Stated],
    site_name: str | None,
    *,
    host: str,
    known: str | None,
) -> _Named:
    page_title = next((line_of(node)[:1000] for node in root.iter("title")), None)
    titles = [one and one[:1000] for one in (known, *(one.title for one in by_place.values()), page_title)]
    heading = title_node(root, titles, site_name)
    h1 = line_of(heading) if heading is not None else None
    is_sure = h1 is not None and is_agreed(h1, titles)
    site = site_name or site_of_title(page_title, h1)
    is_stated = any(one.title for one in by_place.values())
    chosen = choose_title(
        [
            ("JSON-LD", by_place["JSON-LD"].title), ("microdata", by_place["microdata"].title),
            ("heading", h1 if is_sure else None), ("h-entry", by_place["h-entry"].title), ("meta", by_place["meta"].title),
            ("heading", h1 if not is_stated and _is_alone(root, heading) and is_akin(h1, page_title) else None),
            ("title", page_title), ("heading", h1),
        ],
        site_name=site, host=host, known=known,
    )  # fmt: skip
    title, where = chosen if chosen else (known or "", "the feed" if known else "")
    return _Named(title=title, where=where, site_name=site, heading=heading)


def _is_alone(root: html.HtmlElement, heading: html.HtmlElement | None) -> bool:
    """True for the page's only `h1`: what readers see above the text."""
    return heading is not None and [one for one in root.iter("h1") if line_of(one)] == [heading]


def _without_surroundings(
    blocks: Sequence[Block],
    whole: html.HtmlElement,
    *,
    title: str,
    names: Sequence[str],
    language: str | None,
    now: datetime,
) -> tuple[list[Block], Surroundings]:
    """The blocks that are text, and what those around them say, with the page's lines between title and text."""
    wanted = folded(title)
    has_title = bool(title) and any(folded(one.line) == wanted for one in blocks[:MOST_ABOVE])
    first = next((one.line for one in blocks if one.kind == "line"), "")
    above = [] if has_title else lines_between(whole, title, first)
    lines = [*above, *(one.line if one.kind in ("line", "heading") else "" for one in blocks)]
    headings = frozenset(place for place, one in enumerate(blocks, len(above)) if one.kind == "heading")
    around = read_surroundings(
        lines, title=title or None, names=names, language=language, now=now, headings=headings, is_below_title=bool(above)
    )  # fmt: skip
    kept = [
        one
        for place, one in enumerate(blocks, len(above))
        if place not in around.dropped and not lists_others(one)
    ]
    return [one for one in kept if not (one.kind == "heading" and folded(one.line) == wanted)], around


def _fallback(seen: _Seen, *, needs_date: bool, needs_author: bool) -> dict[str, str]:
    """What trafilatura finds in a page that neither states nor marks its author or date; its search for a date is dear."""
    if not (needs_date or needs_author):
        return {}
    own = deepcopy(seen.whole)
    of_others(own)
    found: dict[str, str | None] = {}
    if needs_author:
        stated = examine_meta(own).author or ""
        found["author"] = stated if " " in stated else extract_author(own)
    if needs_date:
        # The page's own address may have a day where the one by which we came, a short or counted one, has none.
        url = absolute_url(seen.stated.canonical_url, seen.url_base) or seen.url
        found["date"] = find_date(own, url=url, original_date=True, extensive_search=True)
    return {name: value for name, value in found.items() if value}
