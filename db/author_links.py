"""Addresses that stood beside names (table `author_links`): profiles and e-mail, and whom one speaks for.

A web address speaks for nobody once two authors have it: it is their publisher's, or a page of many.
"""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlsplit, urlunsplit

from db.engines.engine import Engine, chunks

MOST_KEPT = 50
"""Addresses of one author; a source that tells another one with each article adds none after these."""


def note(engine: Engine, author_id: int, folded: str, links: Sequence[str]) -> None:
    """Keeps that these addresses stood beside that name."""
    if not links:
        return
    known = engine.rows(
        "SELECT link FROM author_links WHERE folded = :folded AND link IN (:links*)",
        {"folded": folded, "links": list(links)},
    )
    fresh = [link for link in links if link not in {row["link"] for row in known}]
    if not fresh:
        return
    count = engine.rows(
        "SELECT count(*) AS several FROM author_links WHERE author_id = :id", {"id": author_id}
    )
    engine.run_many(
        "INSERT INTO author_links (link, folded, author_id) VALUES (:link, :folded, :id)"
        " ON CONFLICT (link, folded) DO NOTHING",
        [
            {"link": link, "folded": folded, "id": author_id}
            for link in fresh[: max(0, MOST_KEPT - count[0]["several"])]
        ],
    )


def holder(engine: Engine, folded: str, links: Sequence[str]) -> int | None:
    """The author of that name with one of the addresses, where it is nobody else's."""
    own = [link for link in links if not _is_web(link)]
    every = [*own, *(other for link in links if _is_web(link) for other in spellings(link))]
    found = _holders(engine, every)
    for link in links:
        rows = [
            row for other in (spellings(link) if _is_web(link) else (link,)) for row in found.get(other, ())
        ]
        named = [author_id for name, author_id in rows if name == folded]
        if named and (not _is_web(link) or len({author_id for _, author_id in rows}) == 1):
            return min(named)
    return None


def unshared(engine: Engine, author_id: int, links: Sequence[str]) -> list[str]:
    """The web addresses that stand beside no other author's name."""
    found = _holders(engine, [other for link in links for other in spellings(link)])
    return [
        link
        for link in links
        if all(owner == author_id for other in spellings(link) for _, owner in found.get(other, ()))
    ]


def spellings(link: str) -> tuple[str, ...]:
    """The address, and its forms with another scheme, with or without `www.` or a slash at the end."""
    parts = urlsplit(link)
    host, path = parts.netloc.removeprefix("www."), parts.path.rstrip("/")
    forms = [
        urlunsplit((scheme, name, way, parts.query, parts.fragment))
        for scheme in ("https", "http")
        for name in (host, f"www.{host}")
        for way in ((path, f"{path}/") if path else ("/",))
    ]
    return tuple(dict.fromkeys((link, *forms)))


def of_authors(engine: Engine, ids: Sequence[int]) -> dict[int, list[str]]:
    """The addresses of each author, in order."""
    links: dict[int, list[str]] = {}
    for part in chunks(ids):
        for row in engine.rows(
            "SELECT DISTINCT author_id, link FROM author_links WHERE author_id IN (:ids*) ORDER BY author_id, link",
            {"ids": part},
        ):
            links.setdefault(row["author_id"], []).append(row["link"])
    return links


def _holders(engine: Engine, links: Sequence[str]) -> dict[str, list[tuple[str, int]]]:
    """For each address the names that it stood beside, and whose they are."""
    found: dict[str, list[tuple[str, int]]] = {}
    for part in chunks(links):
        for row in engine.rows(
            "SELECT link, folded, author_id FROM author_links WHERE link IN (:links*)", {"links": part}
        ):
            found.setdefault(row["link"], []).append((row["folded"], row["author_id"]))
    return found


def _is_web(link: str) -> bool:
    return link.startswith(("http://", "https://"))
