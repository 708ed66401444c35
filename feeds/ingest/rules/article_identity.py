"""Which stored article a draft is, and the urn of a new one. Pure.

Within a source a guid is believed as far as the document lets us: where it stands on several
entries with different addresses, guid and address together say which is which; an unseen guid on an
address that an article has or had (one article, and once in the document) is that article under
another guid.
Across sources only the same guid together with the same address, or an absolute IRI whose host is
the publisher of the link, says that it is one article seen twice (RFC 4287 section 8.4: nobody may
take over another's id).
"""

from __future__ import annotations

import uuid
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from urllib.parse import urlsplit

from feeds.ingest.rules.fingerprints import RECORD, guid_mark, hashed
from feeds.ingest.rules.versions import major_part
from feeds.model.articles import Draft, Known, KnownArticle
from feeds.model.incoming import Source
from feeds.text.markup import one_line, text_of_clean
from feeds.text.urls import guid_domain, is_iri, same_url_key, url_domain

NAMESPACE = uuid.UUID("5d7c6c5e-61f5-5d5c-9d0b-0f6a3a3c8f4e")
"""The name space of computed urns; fixed for ever."""


@dataclass(slots=True, kw_only=True)
class Matcher:
    """Matches the drafts of one document, one after the other; a stored article is given only once."""

    source: Source
    known: Known
    drafts: Sequence[Draft]
    is_guid_believed: bool = True
    """False if the source's guids proved to be none: then guid and address together tell articles apart."""
    is_alone: bool = False
    """The document holds one entry at a time."""
    prints: bytes = b""
    """Of the whole document (`DraftFeed.prints`): drafts of what the last poll knew are not among ours."""
    _articles: dict[int, KnownArticle] = field(init=False)
    _own: dict[str, list[int]] = field(init=False)
    _elsewhere: dict[str, list[int]] = field(init=False)
    _own_ids: set[int] = field(init=False)
    _by_url: dict[str, list[int]] = field(init=False)
    _by_former_url: dict[str, set[int]] = field(init=False)
    _guids: Counter[str] = field(init=False)
    _urls: Counter[str] = field(init=False)
    _told: set[bytes] = field(init=False)
    _tellings: Counter[str] = field(init=False)
    _shared_guids: frozenset[str] = field(init=False)
    _by_own_urn: dict[str, KnownArticle] = field(init=False)

    def __post_init__(self) -> None:
        self._articles = {article.id: article for article in self.known.articles}
        self._own, self._elsewhere, self._by_url = defaultdict(list), defaultdict(list), defaultdict(list)
        self._by_former_url = defaultdict(set)
        for sighting in self.known.sightings:
            where = self._own if sighting.source_id == self.source.id else self._elsewhere
            where[sighting.guid].append(sighting.article_id)
        self._own_ids = {article_id for ids in self._own.values() for article_id in ids}
        for article in self.known.articles:
            if article.canonical_url:
                self._by_url[page_key(article.canonical_url)].append(article.id)
            for url in article.other_urls:
                self._by_former_url[page_key(url)].add(article.id)
        self._guids = Counter(draft.guid for draft in self.drafts)
        self._tellings = Counter(guid for guid, _, _ in {(one.guid, *telling(one)) for one in self.drafts})
        self._by_own_urn = {article.urn: article for article in self.known.articles}
        self._shared_guids = shared_guids(self.drafts)
        starts = range(0, len(self.prints), RECORD)
        self._told = {self.prints[start + 8 : start + 16] for start in starts}
        self._urls = Counter(page_key(draft.canonical_url) for draft in self.drafts if draft.canonical_url)

    def match(self, draft: Draft) -> KnownArticle | None:
        """The stored article that the draft is; None for a new one."""
        found = self._by_guid(draft)
        if found is None:
            found = self._by_former_guid(draft)
        if found is None:
            found = self._by_urn(draft)
        if found is None:
            found = self._by_address(draft)
        if found is None:
            found = self._from_elsewhere(draft)
        return None if found is None else self._articles[found]

    def is_one_guid_for_several(self) -> bool:
        """True if one guid stands on entries with different addresses: the source's guids are none."""
        pages: dict[str, set[str]] = defaultdict(set)
        for draft in self.drafts:
            if draft.is_guid_given and draft.canonical_url:
                pages[draft.guid].add(page_key(draft.canonical_url))
        return any(len(urls) > 1 for urls in pages.values())

    def is_sighted(self, article_id: int, draft: Draft) -> bool:
        """True if the article is known to have been seen in this source under this guid."""
        return article_id in self._own.get(draft.guid, ())

    def _by_guid(self, draft: Draft) -> int | None:
        candidates = [found for found in self._own.get(draft.guid, ()) if found in self._articles]
        # The very address first: http and https of one page may have become two articles before.
        candidates.sort(key=lambda found: self._articles[found].canonical_url != draft.canonical_url)
        if draft.guid in self._shared_guids:
            return self._by_telling(draft, candidates)
        is_shared = self._is_shared(draft, candidates)
        for candidate in candidates:
            article = self._articles[candidate]
            if self._is_same_url(article, draft) and (not is_shared or _is_same_story(article, draft)):
                return candidate
        is_trusted = self.is_guid_believed and self._guids[draft.guid] == 1 and len(candidates) == 1
        return candidates[0] if is_trusted and draft.is_guid_given and not self._is_site(draft.guid) else None

    def _by_former_guid(self, draft: Draft) -> int | None:
        """The article of an entry that tells no guid, under the one that former rules made of the same words."""
        if not draft.former_guid:
            return None
        found = {one for guid, ids in self._own.items() if hashed(guid) == draft.former_guid for one in ids}
        return min(found) if len(found) == 1 else None

    def _by_urn(self, draft: Draft) -> int | None:
        """The article that we publish under this id, at this address: it came back through a feed of feeds.

        One without an address is published at a page of ours, which is nobody else's.
        """
        found = self._by_own_urn.get(draft.guid) if draft.is_guid_given else None
        if found is None or self._guids[draft.guid] > 1:
            return None
        is_there = found.canonical_url is None or self._is_same_url(found, draft)
        return found.id if is_there else None

    def _by_telling(self, draft: Draft, candidates: Sequence[int]) -> int | None:
        """Of articles under one guid that several entries share, the one of this date, else of this title."""
        there = [self._articles[one] for one in candidates if self._is_same_url(self._articles[one], draft)]
        title, at = telling(draft)
        dated = (one.id for one in there if one.published_at and int(one.published_at.timestamp()) == at)
        return next(dated, None) or next((one.id for one in there if _title(one.title) == title), None)

    def _by_address(self, draft: Draft) -> int | None:
        url = draft.canonical_url
        if not url or not self._own_ids:
            return None
        page = page_key(url)
        # Who is at the address now comes before who was there once.
        candidates = [found for found in self._by_url.get(page, ()) if found in self._own_ids]
        candidates = candidates or sorted(self._by_former_url.get(page, set()) & self._own_ids)
        if len(candidates) != 1 or self._urls[page] != 1 or self._is_site(url):
            return None
        article = self._articles[candidates[0]]
        if self.is_alone and _is_later(draft, article):
            return None
        # Careless pages all name their section's address as their own.
        is_address_only = self.source.kind in ("sitemap", "page") and page_key(draft.guid) != page
        if is_address_only and _title(draft.title) != _title(article.title):
            return None
        # An article whose own guid is still in the document is another one at the same address.
        still = any(
            candidates[0] in ids
            and guid != draft.guid
            and (self._guids[guid] or guid_mark(replace(draft, guid=guid)) in self._told)
            for guid, ids in self._own.items()
        )
        return None if still else candidates[0]

    def _from_elsewhere(self, draft: Draft) -> int | None:
        candidates = self._elsewhere.get(draft.guid)
        if not candidates:
            return None
        publisher = url_domain(draft.canonical_url)
        vouched = (
            is_iri(draft.guid)
            and not self._is_site(draft.guid)
            and publisher is not None
            and guid_domain(draft.guid) == publisher
        )
        is_shared = self._is_shared(draft, candidates)
        for candidate in candidates:
            article = self._articles.get(candidate)
            if (
                article is None
                or candidate in self._own_ids
                or (is_shared and not _is_same_story(article, draft))
            ):
                continue
            same_publisher = publisher is not None and url_domain(article.canonical_url) == publisher
            if self._is_same_url(article, draft) or (vouched and same_publisher):
                return candidate
        return None

    def _is_shared(self, draft: Draft, candidates: Sequence[int]) -> bool:
        """True if an address stands in for the guids of several entries: title and date tell them apart."""
        if draft.is_guid_given or not draft.canonical_url:
            return False
        is_several = self._tellings[draft.guid] > 1 or len(candidates) > 1
        return is_several or self._is_site(draft.guid)

    def _is_same_url(self, article: KnownArticle, draft: Draft) -> bool:
        if article.canonical_url is None or draft.canonical_url is None:
            return article.canonical_url == draft.canonical_url
        return page_key(article.canonical_url) == page_key(draft.canonical_url)

    def _is_site(self, address: str) -> bool:
        """True for an address that names a whole site; it says nothing of one article."""
        parts = urlsplit(address) if address.startswith(("http://", "https://")) else None
        return parts is not None and parts.path in ("", "/") and not parts.query


def _is_later(draft: Draft, article: KnownArticle) -> bool:
    """True for the next thing on a page that always tells the latest one (the word of the day): title and date are new."""
    return (
        draft.is_guid_given
        and _title(draft.title) != _title(article.title)
        and draft.published_at is not None
        and article.published_at is not None
        and draft.published_at > article.first_seen_at
    )


def shared_guids(drafts: Sequence[Draft]) -> frozenset[str]:
    """Guids under which a document tells several entries: at one address, with other dates and other texts.

    An entry that is told twice with another date, or with another text, is still one.
    """
    by_guid: dict[str, list[Draft]] = defaultdict(list)
    for draft in drafts:
        if draft.is_guid_given:
            by_guid[draft.guid].append(draft)
    return frozenset(guid for guid, several in by_guid.items() if len(several) > 1 and _are_several(several))


def _are_several(drafts: Sequence[Draft]) -> bool:
    dates = [one.published_at for one in drafts]
    texts = {text_of_clean(one.content_html) or one.summary or _title(one.title) for one in drafts}
    return None not in dates and len(set(dates)) == len(drafts) == len(texts)


def telling(draft: Draft) -> tuple[str, int]:
    """What tells entries apart that have neither guid nor address of their own: title, and date in seconds."""
    at = draft.published_at
    return _title(draft.title), 0 if at is None else int(at.timestamp())


def _is_same_story(article: KnownArticle, draft: Draft) -> bool:
    title, at = telling(draft)
    known = article.published_at
    return _title(article.title) == title and (known is None or not at or int(known.timestamp()) == at)


def _title(text: str) -> str:
    return one_line(text).casefold()


def page_key(url: str) -> str:
    """What is equal for the spellings of one page's address; `#!/a` and `#!/b` are two pages."""
    return f"{same_url_key(url)}#{url.partition('#')[2]}"


def own_urn(source: Source, draft: Draft) -> str | None:
    """The source's own id where it may be kept: an IRI of its own or of the article's domain, or a UUID."""
    guid = draft.guid
    if not draft.is_guid_given or not is_iri(guid):
        return None
    if guid.lower().startswith("urn:uuid:"):
        try:
            return uuid.UUID(guid[9:]).urn
        except ValueError:
            return None
    domain = guid_domain(guid)
    return guid if domain is not None and domain in (source.domain, url_domain(draft.canonical_url)) else None


def computed_urn(source: Source, draft: Draft, place: int = 0) -> str:
    """A `urn:uuid:` version 5, computed so that a restore or a second import gives the same.

    Over guid and canonical URL; without URL over the source's first address and the guid (which is a
    hash of title and date where there was none). `place` tells apart what is otherwise equal: without a guid
    title and date do so first.
    """
    name = (
        f"{draft.guid}\n{draft.canonical_url}" if draft.canonical_url else f"{source.first_url}\n{draft.guid}"
    )
    if place and source.kind == "folder":
        # The name of a file that was renamed stands on another one now: text and time tell the two apart.
        name, place = f"{name}\n{major_part(draft.hash)}\n{draft.modified_at}", place - 1
    elif place and not draft.is_guid_given:
        name, place = "\n".join((name, *map(str, telling(draft)))), place - 1
    return uuid.uuid5(NAMESPACE, name if not place else f"{name}\n{place}").urn


def candidate_urns(source: Source, drafts: Sequence[Draft]) -> tuple[str, ...]:
    """Every urn that the drafts could claim; the store is asked which of them are taken."""
    found: dict[str, None] = {}
    for draft in drafts:
        own = own_urn(source, draft)
        if own:
            found[own] = None
        found[computed_urn(source, draft)] = None
        if not draft.is_guid_given or source.kind == "folder":
            found[computed_urn(source, draft, 1)] = None
    return tuple(found)
