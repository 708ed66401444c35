"""Numbers that have to be raised when what they stand for changes; this fails with which one, where that was forgotten.

    python -m tests.test_versions --write       after raising one

The golden file holds, for each number, a hash of what it stands for over fixed inputs of our own.
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import MISSING, Field, fields, is_dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from feeds.ingest.rules import fingerprints, versions
from feeds.model.articles import Draft, DraftAuthor
from feeds.model.episodes import Episode, Transcript
from feeds.model.incoming import Enclosure, Image
from feeds.model.outgoing import EndedArticle, FeedKey, SiteInfo
from feeds.model.passed_on import COLUMNS
from feeds.publish import render
from feeds.publish.compose import compose
from feeds.publish.formats.opml import write_opml
from tests.fakestore import HARBOUR, JON, MARA, NOON, FakeStore, article
from tests.feeds.ingest.reading import read

ROOT = Path(__file__).resolve().parent.parent
GOLDEN = ROOT / "tests/golden_versions.json"
SITE = SiteInfo(title="Quay & Reader", base_url="https://reader.example", language="en", ai="answers")
MADE = "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"
MARKED = Image(url="https://harbour.example/m.jpg", source_type=MADE)
EPISODE = Episode(
    is_explicit=False,
    number=3,
    transcripts=(Transcript(url="https://harbour.example/a.vtt", media_type="text/vtt"),),
)
SAMPLES = {
    "harbour.rss": "application/rss+xml",
    "tideline.atom": "application/atom+xml",
    "netloft.json": "application/feed+json",
    "noticeboard.xml": "application/xml",
}


def plain(value: object) -> Any:
    """The value as JSON can hold it; fields at their default are left out, so that a new one changes nothing."""
    if is_dataclass(value) and not isinstance(value, type):
        return {
            one.name: plain(getattr(value, one.name))
            for one in fields(value)
            if getattr(value, one.name) != _default(one)
        }
    if isinstance(value, (list, tuple, set, frozenset)):
        return [plain(one) for one in value]
    return value if isinstance(value, (str, int, float, bool, type(None))) else str(value)


def _default(one: Field[Any]) -> object:
    return one.default_factory() if one.default_factory is not MISSING else one.default


def sample_drafts() -> list[Draft]:
    found: list[Draft] = []
    for name, content_type in SAMPLES.items():
        found += read((ROOT / "sample" / name).read_bytes(), content_type=content_type).drafts
    assert len(found) > 15
    return found


def drafts() -> object:
    """What the rules make of the demonstration's sources."""
    return [plain(one) for one in sample_drafts()]


def verdicts() -> object:
    """Which edits count: for each, whether the hash of what readers notice changes, and that of what shows."""
    first = sample_drafts()[0]
    picture = Image(url="https://quay.example/a.jpg", credit="Ida Storm")
    edits: Sequence[Draft] = (
        replace(first, title=first.title + "!"),
        replace(first, title="Another title"),
        replace(first, summary=first.summary + " More."),
        replace(first, content_html=first.content_html + "<p>More.</p>"),
        replace(first, content_html=first.content_html.replace(". ", ".  ")),
        replace(first, content_html=f"<div>{first.content_html}</div>"),
        replace(first, images=(picture,)),
        replace(first, images=(replace(picture, credit="Somebody else"),)),
        replace(first, images=(replace(picture, caption="Another caption"),)),
        replace(first, authors=(DraftAuthor(name="Somebody Else"),)),
        replace(first, categories=("Other",)),
        replace(first, rights="© Somebody"),
        replace(first, language="nn"),
        replace(first, enclosures=(Enclosure(url="https://quay.example/a.mp3"),)),
        replace(first, canonical_url="https://quay.example/another"),
        replace(first, license_url="https://licence.example/"),
        replace(first, expires_at=NOON),
    )
    before = versions.version_hash(first).split(".")
    found: list[object] = [before[:2]]
    for edit in edits:
        after = versions.version_hash(edit).split(".")
        found.append([before[0] != after[0], before[1] != after[1]])
    return found


def written() -> object:
    """The bytes of a feed with all that can stand in one, in every format."""
    store = FakeStore(
        [
            article(1),
            article(2, source=replace(HARBOUR, is_ours=True), license_url="https://licence.example/"),
            article(3, source=replace(HARBOUR, share="excerpt"), authors=(MARA,)),
            article(4, source=replace(HARBOUR, share="headline"), authors=(JON,), images=()),
            article(6, episode=EPISODE, source_type=MADE, images=(MARKED,)),
            article(7, comments_url="https://harbour.example/2026/11/7#comments"),
            article(5, language="ar", title="العبارة", authors=()),
        ]
    )
    page = store.feed_page(FeedKey(kind="topic", slug="tides"), entries=9, window=timedelta(0), most=9)
    assert page is not None
    missing = [name for name in COLUMNS if not any(getattr(one, name) for one in page.articles)]
    assert not missing, "bytes of these columns would change unseen: add an article that has them"
    ended = EndedArticle(
        id=9, urn="urn:uuid:2b1f0a50-93c4-5f5e-8a43-7f4f1d1d9a99", ended_at=NOON,
        first_seen_at=NOON - timedelta(days=1), is_purged=False, reason="It was wrong",
    )  # fmt: skip
    whole = replace(page, ended=(ended,), info=replace(page.info, archive_count=2))
    archive = replace(whole, info=replace(whole.info, key=replace(page.info.key, archive=1)))
    documents = [compose(one, SITE, excerpt_chars=120) for one in (whole, archive)]
    bodies = [spec.write(one) for spec in render.FORMATS.values() for one in documents]
    return [*(one.decode() for one in bodies), write_opml([page.info], SITE).decode()]


NUMBERS: dict[str, tuple[Callable[[], str], Callable[[], object], str]] = {
    "drafts": (fingerprints.RULES.decode, drafts, "RULES in feeds/ingest/rules/fingerprints.py"),
    "changes": (
        lambda: versions.RULES.partition("-")[0],
        verdicts,
        "RULES in feeds/ingest/rules/versions.py",
    ),
    "bytes": (
        lambda: str(render.SERIALIZER_VERSION),
        written,
        "SERIALIZER_VERSION in feeds/publish/render.py",
    ),
}


def present(name: str) -> dict[str, str]:
    number, made, _ = NUMBERS[name]
    text = json.dumps(made(), sort_keys=True, ensure_ascii=False)
    return {"number": number(), "hash": hashlib.sha256(text.encode()).hexdigest()[:32]}


@pytest.mark.parametrize("name", NUMBERS)
def test_a_number_is_raised_when_what_it_stands_for_changes(name: str) -> None:
    golden, now = json.loads(GOLDEN.read_text())[name], present(name)
    where = NUMBERS[name][2]
    if now["hash"] != golden["hash"]:
        assert now["number"] != golden["number"], f"{name} come out differently: raise {where}"
    assert now == golden, f"{where} was raised: python -m tests.test_versions --write"


@pytest.mark.parametrize("name", NUMBERS)
def test_what_it_stands_for_comes_out_the_same_each_time(name: str) -> None:
    assert present(name) == present(name)


if __name__ == "__main__":
    if sys.argv[1:] == ["--write"]:
        GOLDEN.write_text(json.dumps({name: present(name) for name in NUMBERS}, indent=1) + "\n")
    else:
        sys.exit(__doc__)
