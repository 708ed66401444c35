"""An article seen in a source under a guid (tables `sightings`, `aliases`), and what deciding needs."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from db import withdrawals
from db.engines.engine import Engine, Row, chunks
from feeds.clock import from_ms, to_ms
from feeds.model.articles import Draft, DraftFeed, Known, KnownArticle, KnownSighting
from feeds.model.incoming import Source
from feeds.text.urls import guid_domain, is_iri, same_url_key, stored_url_keys

_ARTICLE = (
    "a.id, a.urn, a.source_id, a.canonical_url, a.hash, a.status, a.updated_at, a.first_seen_at, a.title,"
    " a.published_at, a.taken_back, o.domain AS source_domain, o.state AS source_state"
)
_OWNER = "JOIN sources o ON o.id = a.source_id"
_OWN = "CASE WHEN source_id = :source THEN 1 ELSE 0 END"
_CARRIER = "min(source_id) AS source_id, guid, article_id"
"""The source itself, and one of all others: a wire's story has hundreds of carriers, and deciding asks for no more."""
RECENT = 500
"""Articles of a source that its drafts are held against where its ids may have changed."""
FORMER = 5


def known(engine: Engine, source: Source, feed: DraftFeed, urns: Iterable[str]) -> Known:
    """What deciding about the document needs: by guid, by address, and which urns are taken."""
    guids = [draft.guid for draft in feed.drafts]
    addresses = [draft.canonical_url for draft in feed.drafts if draft.canonical_url]
    sightings = _sightings(engine, source.id, guids + _made_guids(engine, source, feed))
    articles = _by_address(engine, addresses)
    for part in chunks({one.article_id for one in sightings} - articles.keys()):
        rows = engine.rows(f"SELECT {_ARTICLE} FROM articles a {_OWNER} WHERE a.id IN (:ids*)", {"ids": part})
        articles.update({row["id"]: _known(row) for row in rows})
    articles.update(_by_urn(engine, [guid for guid in guids if is_iri(guid)]))
    articles.update(_of_text(engine, source, feed, {one.guid for one in sightings}))
    carriers = {(one.source_id, one.guid, one.article_id) for one in sightings}
    for part in chunks(articles):
        rows = engine.rows(
            f"SELECT {_CARRIER} FROM sightings WHERE article_id IN (:ids*) GROUP BY {_OWN}, guid, article_id",
            {"ids": part, "source": source.id},
        )
        carriers.update((row["source_id"], row["guid"], row["article_id"]) for row in rows)
    addresses_before = _former_addresses(engine, articles)
    listed = {draft.hash for draft in feed.drafts}
    hashes = _former_hashes(engine, [key for key, one in articles.items() if one.hash not in listed])
    return Known(
        articles=tuple(
            replace(
                articles[key],
                other_urls=tuple(addresses_before.get(key, ())),
                former_hashes=tuple(hashes.get(key, ())),
            )
            for key in sorted(articles)
        ),
        recent=_recent(engine, source, feed, {one.guid for one in sightings if one.source_id == source.id}),
        graves=_graves(engine, source, feed),
        sightings=tuple(
            KnownSighting(source_id=source_id, guid=guid, article_id=article_id)
            for source_id, guid, article_id in sorted(carriers)
        ),
        taken_urns=_taken(engine, urns),
    )


def add(engine: Engine, source_id: int, rows: Iterable[tuple[int, Draft]], now: datetime) -> None:
    """Notes that the articles were seen in the source under their drafts' guids."""
    at = to_ms(now)
    engine.run_many(
        "INSERT INTO sightings (source_id, guid, article_id, is_guid_given, first_seen_at, last_seen_at)"
        " VALUES (:source, :guid, :article, :given, :now, :now)"
        " ON CONFLICT (source_id, guid, article_id) DO UPDATE SET last_seen_at = excluded.last_seen_at",
        [
            {
                "source": source_id,
                "guid": draft.guid,
                "article": article_id,
                "given": int(draft.is_guid_given),
                "now": at,
            }
            for article_id, draft in rows
        ],
    )


def forget(engine: Engine, source_id: int, several: Iterable[tuple[str, int]]) -> None:
    """The articles have these guids in the source no more, and another article may."""
    engine.run_many(
        "DELETE FROM sightings WHERE source_id = :source AND guid = :guid AND article_id = :article",
        [{"source": source_id, "guid": guid, "article": article_id} for guid, article_id in several],
    )


def add_former_address(engine: Engine, address: str, article_id: int) -> None:
    """Notes an address that the article had, as it was and by what is equal for its other spellings."""
    engine.run_many(
        "INSERT INTO aliases (kind, value, article_id) VALUES (:kind, :value, :id)"
        " ON CONFLICT (kind, value, article_id) DO NOTHING",
        [
            {"kind": kind, "value": value, "id": article_id}
            for kind, value in (("url", address), ("url_key", same_url_key(address)))
        ],
    )


def sources_of(engine: Engine, article_id: int) -> list[int]:
    """The sources that the article was seen in."""
    rows = engine.rows("SELECT DISTINCT source_id FROM sightings WHERE article_id = :id", {"id": article_id})
    return [row["source_id"] for row in rows]


def _sightings(engine: Engine, source_id: int, guids: list[str]) -> list[KnownSighting]:
    rows: list[Row] = []
    for part in chunks(guids):
        rows += engine.rows(
            "SELECT source_id, guid, article_id FROM sightings WHERE source_id = :source AND guid IN (:guids*)",
            {"source": source_id, "guids": part},
        )
    # A bare number is a guid in many sources; only an IRI says something across them.
    for part in chunks(guid for guid in guids if is_iri(guid)):
        rows += engine.rows(
            f"SELECT {_CARRIER} FROM sightings WHERE guid IN (:guids*) AND source_id <> :source"
            f" GROUP BY {_OWN}, guid, article_id",
            {"source": source_id, "guids": part},
        )
    return [KnownSighting(source_id=r["source_id"], guid=r["guid"], article_id=r["article_id"]) for r in rows]


def _made_guids(engine: Engine, source: Source, feed: DraftFeed) -> list[str]:
    """The source's latest guids that are none of its own, where former rules made others than ours."""
    if not any(draft.former_guid for draft in feed.drafts):
        return []
    rows = engine.rows(
        "SELECT guid FROM sightings WHERE source_id = :source AND is_guid_given = 0 ORDER BY last_seen_at DESC LIMIT :most",
        {"source": source.id, "most": max(RECENT, 2 * len(feed.drafts))},
    )
    return [row["guid"] for row in rows]


def _by_address(engine: Engine, addresses: list[str]) -> dict[int, KnownArticle]:
    asked = {
        # Rows from before schema 5 have no key: those are found by the very address only.
        "url": (addresses, "a.canonical_url"),
        "url_key": ([key for address in addresses for key in stored_url_keys(address)], "a.url_key"),
    }
    found: dict[int, KnownArticle] = {}
    for kind, (values, column) in asked.items():
        for part in chunks(values):
            rows = engine.rows(
                f"SELECT {_ARTICLE} FROM articles a {_OWNER} WHERE {column} IN (:values*)", {"values": part}
            )
            rows += engine.rows(
                f"SELECT {_ARTICLE} FROM aliases l JOIN articles a ON a.id = l.article_id {_OWNER}"
                " WHERE l.kind = :kind AND l.value IN (:values*)",
                {"kind": kind, "values": part},
            )
            found.update({row["id"]: _known(row) for row in rows})
    return found


def _by_urn(engine: Engine, guids: list[str]) -> dict[int, KnownArticle]:
    """Articles of ours that somebody tells under the ids that we publish."""
    found: dict[int, KnownArticle] = {}
    for part in chunks(guids):
        rows = engine.rows(
            f"SELECT {_ARTICLE} FROM articles a {_OWNER} WHERE a.urn IN (:urns*)", {"urns": part}
        )
        found.update({row["id"]: _known(row) for row in rows})
    return found


def _of_text(
    engine: Engine, source: Source, feed: DraftFeed, known_guids: set[str]
) -> dict[int, KnownArticle]:
    """Of a folder with new names, its articles of the very texts: their files may have been renamed."""
    if not feed.names:
        return {}
    texts = {draft.hash.partition(".")[0] for draft in feed.drafts if draft.guid not in known_guids}
    found: dict[int, KnownArticle] = {}
    for part in chunks(texts):
        rows = engine.rows(
            f"SELECT {_ARTICLE} FROM articles a {_OWNER} WHERE a.source_id = :source AND substr(a.hash, 1, :size) IN (:texts*)",
            {"source": source.id, "texts": part, "size": len(part[0])},
        )
        found.update({row["id"]: _known(row) for row in rows})
    if any(draft.is_title_guessed and draft.guid not in known_guids for draft in feed.drafts):
        # Their titles were made of the names of their files, and stand in their hashes.
        rows = engine.rows(
            f"SELECT {_ARTICLE} FROM articles a {_OWNER} WHERE a.source_id = :source AND a.is_title_guessed = 1"
            " ORDER BY a.sort_at DESC, a.id DESC LIMIT :most",
            {"source": source.id, "most": RECENT},
        )
        found.update({row["id"]: _known(row) for row in rows})
    return found


def _former_addresses(engine: Engine, ids: Iterable[int]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    for part in chunks(ids):
        rows = engine.rows(
            "SELECT article_id, value FROM aliases WHERE kind = 'url' AND article_id IN (:ids*) ORDER BY value",
            {"ids": part},
        )
        for row in rows:
            found.setdefault(row["article_id"], []).append(row["value"])
    return found


def _former_hashes(engine: Engine, ids: Sequence[int]) -> dict[int, list[str]]:
    """The hashes of the last versions, newest first."""
    found: dict[int, list[str]] = {}
    for part in chunks(ids):
        rows = engine.rows(
            "SELECT article_id, hash FROM versions WHERE article_id IN (:ids*) ORDER BY article_id, number DESC",
            {"ids": part},
        )
        for row in rows:
            several = found.setdefault(row["article_id"], [])
            if len(several) < FORMER:
                several.append(row["hash"])
    return found


def _recent(
    engine: Engine, source: Source, feed: DraftFeed, known_guids: set[str]
) -> tuple[KnownArticle, ...]:
    """The source's latest articles, where at least three drafts and half of what is told have unknown guids."""
    unknown = sum(draft.guid not in known_guids for draft in feed.drafts)
    if unknown < 3 or unknown * 2 < feed.read_count:
        return ()
    rows = engine.rows(
        f"SELECT {_ARTICLE} FROM articles a {_OWNER} WHERE a.source_id = :source ORDER BY a.sort_at DESC, a.id DESC"
        " LIMIT :most",
        {"source": source.id, "most": RECENT},
    )
    hashes = _former_hashes(engine, [row["id"] for row in rows])
    return tuple(replace(_known(row), former_hashes=tuple(hashes.get(row["id"], ()))) for row in rows)


def _graves(engine: Engine, source: Source, feed: DraftFeed) -> tuple[tuple[str, KnownArticle, bool], ...]:
    """Articles that were met here under an id that the document takes back, or elsewhere under one of its domain."""
    refs = dict.fromkeys(one.ref for one in feed.deleted)
    vouched = [ref for ref in refs if guid_domain(ref) == source.domain]
    graves: dict[tuple[str, int], tuple[KnownArticle, bool]] = {}
    # What was met here comes last, so that it is what counts.
    for comparison, asked in (("<>", vouched), ("=", list(refs))):
        for part in chunks(asked):
            rows = engine.rows(
                f"SELECT g.guid, {_ARTICLE} FROM sightings g JOIN articles a ON a.id = g.article_id {_OWNER}"
                f" WHERE g.source_id {comparison} :source AND g.guid IN (:refs*)"
                " ORDER BY a.id",
                {"source": source.id, "refs": part},
            )
            graves |= {(row["guid"], row["id"]): (_known(row), comparison == "=") for row in rows}
    return tuple((ref, article, is_sighted) for (ref, _), (article, is_sighted) in graves.items())


def _taken(engine: Engine, urns: Iterable[str]) -> frozenset[str]:
    taken: set[str] = set()
    for part in chunks(urns):
        rows = engine.rows("SELECT urn FROM articles WHERE urn IN (:urns*)", {"urns": part})
        taken.update(row["urn"] for row in rows)
    return frozenset(taken)


def _known(row: Row) -> KnownArticle:
    return KnownArticle(
        id=row["id"],
        urn=row["urn"],
        source_id=row["source_id"],
        canonical_url=row["canonical_url"],
        hash=row["hash"],
        # What its source says of an article that an admin holds back counts as ever.
        status="published" if row["status"] == "held" else row["status"],
        updated_at=from_ms(row["updated_at"]),
        first_seen_at=from_ms(row["first_seen_at"]),
        title=row["title"],
        published_at=None if row["published_at"] is None else from_ms(row["published_at"]),
        taken_back=withdrawals.words_of(row["taken_back"]),
        source_domain=row["source_domain"],
        is_source_removed=row["source_state"] == "removed",
    )


def absent(
    engine: Engine, source_id: int, guids: Collection[str], *, most: int
) -> list[tuple[int, tuple[str, ...]]]:
    """Published articles of the source that were told under none of these guids, with what took them back before."""
    rows = engine.rows(
        "SELECT a.id, a.taken_back, g.guid FROM articles a"
        " JOIN sightings g ON g.article_id = a.id AND g.source_id = a.source_id"
        " WHERE a.source_id = :source AND a.status = 'published' ORDER BY a.id LIMIT :most",
        {"source": source_id, "most": most},
    )
    listed = {row["id"] for row in rows if row["guid"] in guids}
    gone = {row["id"]: withdrawals.words_of(row["taken_back"]) for row in rows if row["id"] not in listed}
    return sorted(gone.items())


def returned(engine: Engine, source_id: int, guids: Collection[str], *, word: str) -> list[int]:
    """Withdrawn articles of the source that by that word alone were taken back, and are told again."""
    rows = engine.rows(
        "SELECT a.id, a.taken_back, g.guid FROM articles a"
        " JOIN sightings g ON g.article_id = a.id AND g.source_id = a.source_id"
        " WHERE a.source_id = :source AND a.status = 'withdrawn' AND a.taken_back LIKE :part",
        {"source": source_id, "part": f'%"{word}"%'},
    )
    return sorted(
        {
            row["id"]
            for row in rows
            if row["guid"] in guids and withdrawals.words_of(row["taken_back"]) == (word,)
        }
    )
