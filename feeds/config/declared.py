"""What declarations may not say of each other: two of one name, or names that nobody declares."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import get_close_matches

from feeds.config.values import is_web_address
from feeds.model.declarations import Declarations, SourceDeclaration
from feeds.model.mixes import parse_mix
from feeds.text.urls import same_url_key, slugify

Problem = tuple[int, str]


def declared_problems(declared: Declarations) -> list[Problem]:
    """Lines and sentences about declarations that contradict each other; empty if none does."""
    return [
        *_twice("source.slug", ((one.slug, one.line) for one in declared.sources)),
        *_twice("source.url", ((same_url_key(one.url), one.line) for one in declared.sources)),
        *_twice("topic.slug", ((one.slug, one.line) for one in declared.topics)),
        *_twice("author.slug", ((one.slug or slugify(one.name), one.line) for one in declared.authors)),
        *_still_used(declared),
        *_undeclared(declared),
        *_kinds(declared),
        *_circles(declared),
        *_twice("list.slug", ((one.slug, one.line) for one in declared.lists)),
        *_twice("list.url", ((same_url_key(one.url), one.line) for one in declared.lists)),
        *_twice("mix.slug", ((one.slug, one.line) for one in declared.mixes)),
        *_twice("partner.slug", ((one.slug, one.line) for one in declared.partners)),
        *_hooks(declared),
        *_twice("proxy.name", ((one.name, one.line) for one in declared.proxies)),
    ]


def _twice(what: str, named: Iterator[tuple[str | None, int]]) -> Iterator[Problem]:
    first: dict[str, int] = {}
    for name, line in named:
        if name is None:
            continue
        if name in first:
            yield line, f"{what}: {name} is declared twice, first in line {first[name]}"
        first.setdefault(name, line)


def _hooks(declared: Declarations) -> Iterator[Problem]:
    for one in declared.partners:
        problem = one.spec().hook_problem()
        if problem is not None:
            yield one.line, f"partner.{problem}"


def _still_used(declared: Declarations) -> Iterator[Problem]:
    groups = (
        ("source", [({one.slug, one.url}, one.was, one.line) for one in declared.sources]),
        ("topic", [({one.slug}, one.was, one.line) for one in declared.topics]),
        ("author", [({one.slug}, one.was, one.line) for one in declared.authors]),
        ("mix", [({one.slug}, one.was, one.line) for one in declared.mixes]),
    )
    for kind, rows in groups:
        present = {name: line for names, _, line in rows for name in names if name}
        claimed: dict[str, int] = {}
        for _, was, line in rows:
            for name in was:
                if name in present:
                    yield line, f"{kind}.was: {name} is still declared in line {present[name]}"
                elif name in claimed:
                    yield line, f"{kind}.was: {name} is claimed by line {claimed[name]} too"
                claimed.setdefault(name, line)


def _undeclared(declared: Declarations) -> Iterator[Problem]:
    topics = [one.slug for one in declared.topics]
    sources = [one.slug or slugify(one.title or "") for one in declared.sources]
    for source in declared.sources:
        for slug in source.topics:
            if slug not in topics:
                yield source.line, f"source.topics: no [[topic]] has the slug {slug}{_nearest(slug, topics)}"
    for topic in declared.topics:
        if topic.parent is not None and topic.parent not in topics:
            near = _nearest(topic.parent, topics)
            yield topic.line, f"topic.parent: no [[topic]] has the slug {topic.parent}{near}"
        for slug in topic.sources:
            if slug not in sources:
                yield topic.line, f"topic.sources: no [[source]] has the slug {slug}{_nearest(slug, sources)}"
    for listed in declared.lists:
        for slug in listed.topics:
            if slug not in topics:
                yield listed.line, f"list.topics: no [[topic]] has the slug {slug}{_nearest(slug, topics)}"
    for mix in declared.mixes:
        for term in parse_mix(mix.path).terms:
            for slug in term.words if term.kind == "topics" else ():
                if slug not in topics and not any(slug in one.was for one in declared.topics):
                    near = _nearest(slug, topics)
                    yield mix.line, f"mix.path: no [[topic]] has the slug {slug}{near}"


def _circles(declared: Declarations) -> Iterator[Problem]:
    parents = {one.slug: one.parent for one in declared.topics}
    for one in declared.topics:
        seen = {one.slug}
        parent = one.parent
        while parent is not None and parent not in seen:
            seen.add(parent)
            parent = parents.get(parent)
        if parent == one.slug:
            yield one.line, f"topic.parent: {one.slug} would stand above itself"


def _kinds(declared: Declarations) -> Iterator[Problem]:
    """What a kind of source needs, and what makes no sense with it."""
    proxies = [one.name for one in declared.proxies]
    for one in declared.sources:
        yield from ((one.line, f"source.{text}") for text in kind_problems(one, proxies))


def kind_problems(one: SourceDeclaration, proxies: Sequence[str]) -> Iterator[str]:
    """Sentences about one source's settings that do not go together."""
    if one.kind == "folder":
        if is_web_address(one.url):
            yield "url: a folder's url is a path, such as articles/"
    elif not is_web_address(one.url):
        yield f"url: expected an address that begins with http:// or https://, not {one.url!r}"
    if one.kind == "page" and one.links is None:
        yield "links: a page needs the CSS selector of its links to articles, such as `main h2 a`"
    if one.kind != "page" and one.links is not None:
        yield "links: only a source of kind page has links to select"
    if one.only and one.kind not in ("page", "sitemap"):
        yield "only: it is for sitemaps and pages"
    if one.full_text and one.kind == "folder":
        yield "full_text: a folder's files are whole already"
    if (one.user is None) != (one.password is None):
        yield "user: user and password belong together"
    if one.proxy is not None and one.proxy not in proxies:
        yield f"proxy: no [[proxy]] has the name {one.proxy}{_nearest(one.proxy, list(proxies))}"


def _nearest(name: str, known: list[str]) -> str:
    near = get_close_matches(name, known, 1)
    return f"; did you mean {near[0]}?" if near else ""
