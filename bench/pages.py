"""Pages read as articles, ours beside trafilatura alone: author, date, title, body, and what a page costs.

.venv/bin/python -m bench.pages --corpus CORPUS [--misses FIELD] [--passes N]

The folder holds `ground-truth.jsonl` (a page a line: file, url, title, author, date, with, without), the pages, and
`NAME.expected.html` beside those whose whole body is known. Only what the truth states is asked.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import time
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from trafilatura import bare_extraction

from feeds.errors import ParseError
from feeds.ingest.pages.page import read_page
from feeds.ingest.people.authors import judge_bylines
from feeds.ingest.rules.normalize import normalize
from feeds.model.incoming import Byline, ParsedFeed, Source
from feeds.text.dates import parse_date
from feeds.text.markup import text_of_html

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
_WORD = re.compile(r"\w+")
_SITE_TAIL = re.compile(r"\s+[|–—·:_-]+\s+[^|–—·]{1,60}$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What one reader says of a page."""

    title: str = ""
    authors: tuple[str, ...] = ()
    day: str = ""
    """The day as it is written on the page, in the page's own zone."""
    moment: datetime | None = None
    text: str = ""


@dataclass(slots=True)
class Score:
    """True and false answers of one field."""

    right: float = 0
    given: float = 0
    asked: float = 0

    @property
    def line(self) -> str:
        """Precision, recall and their harmonic mean."""
        precision, recall = self.right / max(1, self.given), self.right / max(1, self.asked)
        both = 2 * precision * recall / max(1e-9, precision + recall)
        return f"{precision:10.3f}{recall:10.3f}{both:10.3f}{int(self.asked):9}"


@dataclass(slots=True)
class Tally:
    """One reader's scores, by field, and its seconds."""

    scores: dict[str, Score] = field(default_factory=lambda: defaultdict(Score))
    seconds: list[float] = field(default_factory=list)
    misses: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))


def ours(body: bytes, url: str) -> Reading:
    """The page by our own reader, through the same normalizing as a feed's entry."""
    try:
        page = read_page(body, url=url, content_type="text/html", now=NOW)
    except ParseError:
        return Reading()
    source = Source(
        id=1, slug="s", title="A name that no site has", fetch_url=url, first_url=url, public_url=url, domain="a.example"
    )  # fmt: skip
    parsed = ParsedFeed(format="page", entries=(page.entry,))
    (draft,) = normalize(parsed, source=source, url=url, now=NOW, max_entries=1).drafts
    written = page.entry.published or ""
    is_iso = re.match(r"\d{4}-\d\d-\d\d", written)
    day = written[:10] if is_iso else draft.published_at.strftime("%Y-%m-%d") if draft.published_at else ""
    return Reading(
        title=draft.title,
        authors=tuple(one.name for one in draft.authors),
        day=day,
        moment=draft.published_at if len(written) > 10 else None,
        text=text_of_html(draft.content_html),
    )


def alone(body: bytes, url: str) -> Reading:
    """The page by trafilatura with its own settings, comments left out."""
    found: Any = bare_extraction(body, url=url or None, with_metadata=True, include_comments=False)
    if found is None:
        return Reading()
    return Reading(
        title=found.title or "",
        authors=tuple(one.strip() for one in (found.author or "").split(";") if one.strip()),
        day=found.date or "",
        text=found.text or "",
    )


def as_much(body: bytes, url: str) -> Reading:
    """The page by trafilatura asked for what we keep: links, emphasis and pictures."""
    bare_extraction(
        body, url=url or None, with_metadata=True, include_comments=False,
        include_links=True, include_formatting=True, include_images=True,
    )  # fmt: skip
    return Reading()


def main(folder: Path, *, misses: str | None, passes: int) -> int:
    """Prints the table; always 0, since it measures."""
    readers: dict[str, Callable[[bytes, str], Reading]] = {"ours": ours, "trafilatura alone": alone}
    tallies = {name: Tally() for name in readers}
    told = list(pages(folder))
    for truth, body in told:
        expected = folder / truth["file"].replace(".html", ".expected.html")
        words = _words(text_of_html(expected.read_text("utf-8"))) if expected.is_file() else None
        for name, read in readers.items():
            _count(tallies[name], truth, read(body, _address(truth)), words)
    _time(told, {**readers, "trafilatura asked for as much": as_much}, tallies, passes)
    _print(tallies)
    for name, tally in tallies.items():
        if misses:
            print(f"\n## {name}: {misses}", *tally.misses[misses], sep="\n")
    return 0


def _time(
    told: Sequence[tuple[dict[str, Any], bytes]],
    readers: Mapping[str, Callable[[bytes, str], Reading]],
    tallies: dict[str, Tally],
    passes: int,
) -> None:
    """The least CPU of several readings of each page, by turns: what is loaded once is not the page's."""
    for truth, body in told:
        for name, read in readers.items():
            spent = []
            for _ in range(passes):
                started = time.process_time()
                read(body, _address(truth))
                spent.append(time.process_time() - started)
            tallies.setdefault(name, Tally()).seconds.append(min(spent))


def _address(truth: dict[str, Any]) -> str:
    return truth.get("url") or "https://page.example/a"


def pages(folder: Path) -> Iterator[tuple[dict[str, Any], bytes]]:
    """Every page of the truth with its bytes."""
    for line in (folder / "ground-truth.jsonl").read_text("utf-8").splitlines():
        truth = json.loads(line)
        path = folder / truth["file"]
        if path.is_file():
            yield truth, path.read_bytes()


def _count(tally: Tally, truth: dict[str, Any], reading: Reading, words: Counter[str] | None) -> None:
    def add(field: str, right: float, given: float, asked: float, detail: str = "") -> None:
        score = tally.scores[field]
        score.right, score.given, score.asked = score.right + right, score.given + given, score.asked + asked
        if right < asked or right < given:
            tally.misses[field].append(f"{truth['file']}: {detail}"[:300])

    names = {_folded(name) for name in _true_names(truth.get("author"))}
    if names:
        said = {_folded(name) for name in reading.authors}
        add("author", len(names & said), len(said), len(names), f"{sorted(names)} · {sorted(said)}")
    if truth.get("date"):
        day = truth["date"][:10]
        add("date (day)", reading.day == day, bool(reading.day), 1, f"{day} · {reading.day}")
        if len(truth["date"]) > 10:
            meant = parse_date(truth["date"])
            same = (
                reading.moment is not None
                and meant is not None
                and abs((reading.moment - meant).total_seconds()) < 1
            )
            add("date (exact)", same, reading.moment is not None, 1, f"{meant} · {reading.moment}")
    if truth.get("title"):
        same = not _titles(truth["title"]).isdisjoint(_titles(reading.title))
        add("title", same, bool(reading.title), 1, f"{truth['title']} · {reading.title}")
    if words is not None:
        found = _words(reading.text)
        common = (words & found).total()
        if words.total():
            precision, recall = common / max(1, found.total()), common / words.total()
            add("body (mean of pages)", 2 * precision * recall / max(1e-9, precision + recall), 1, 1,
                f"{precision:.2f} {recall:.2f}")  # fmt: skip
        add(
            "body (tokens)", common, found.total(), words.total(), f"{common} {found.total()} {words.total()}"
        )
    if truth.get("with"):
        flat = _flat(reading.text)
        met = [one for one in truth["with"] if _flat(one) in flat]
        wrong = [one for one in truth.get("without", ()) if _flat(one) in flat]
        missed = [one for one in truth["with"] if one not in met]
        add(
            "body (snippets)",
            len(met),
            len(met) + len(wrong),
            len(truth["with"]),
            f"missed {missed} kept {wrong}",
        )


def _true_names(author: object) -> tuple[str, ...]:
    """The names of the truth; what is written around them is taken off by the rules for any byline."""
    if not author:
        return ()
    text = str(author)
    text = re.sub(r"^(by|par|von|written by)\s+", "", text.strip(), flags=re.IGNORECASE)
    lines = re.findall(r"'([^']+)'", text) if text.startswith("[") else [text.split("\n", 1)[0]]
    lines = [re.sub(r"\s*\(.*\)$", "", one.strip()) for one in lines]
    return tuple(
        one.name for line in lines
        for one in judge_bylines([Byline(text=line)], titles=(), fallback=line, base_url=None)
    )  # fmt: skip


def _folded(text: str) -> str:
    bare = unicodedata.normalize("NFKD", text.casefold())
    return " ".join(sorted(_WORD.findall("".join(one for one in bare if not unicodedata.combining(one)))))


def _titles(text: str) -> set[str]:
    """The title, and without a site's name behind a stroke: some truths are the `<title>` as it stands."""
    folded = {" ".join(_WORD.findall(one.casefold())) for one in (text, _SITE_TAIL.sub("", text))}
    return {one for one in folded if one}


def _words(text: str) -> Counter[str]:
    return Counter(_WORD.findall(text.casefold()))


def _flat(text: str) -> str:
    return "".join(_WORD.findall(text.casefold()))


def _print(tallies: dict[str, Tally]) -> None:
    print(f"{'field':24}{'reader':32}{'precision':>10}{'recall':>10}{'F1':>10}{'asked':>9}")
    for name in ("author", "date (day)", "date (exact)", "title", "body (mean of pages)", "body (tokens)", "body (snippets)"):  # fmt: skip
        for reader, tally in tallies.items():
            if name in tally.scores:
                print(f"{name:24}{reader:32}{tally.scores[name].line}")
    ours_mean = sum(tallies["ours"].seconds)
    for reader, tally in tallies.items():
        spent = sorted(tally.seconds)
        mean, median = 1000 * sum(spent) / len(spent), 1000 * spent[len(spent) // 2]
        ratio = ours_mean / sum(spent)
        print(
            f"{'CPU per page':24}{reader:32}mean {mean:.1f} ms, median {median:.1f} ms, ours {ratio:.2f} of it"
        )


if __name__ == "__main__":
    asking = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    asking.add_argument("--corpus", type=Path, required=True)
    asking.add_argument("--misses", help="print what was missed in this field")
    asking.add_argument(
        "--passes", type=int, default=5, help="readings of each page, of which the quickest counts"
    )
    chosen = asking.parse_args()
    sys.exit(main(chosen.corpus, misses=chosen.misses, passes=chosen.passes))
