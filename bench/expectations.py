"""Our reading of feeds beside that of five other parsers: shares met per field, every difference with its reason.

.venv/bin/python -m bench.expectations CORPUS [--all]

Exits non-zero where a difference has no reason in `bench.expectation_reasons`.
"""

from __future__ import annotations

import argparse
import html
import re
import sys
from collections import Counter, defaultdict
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from bench.expectation_forms import Statement, statements
from bench.expectation_reasons import Met, Reading, reason_of
from feeds.errors import ParseError
from feeds.ingest.poll.drafts import parse
from feeds.ingest.rules.normalize import normalize
from feeds.model.articles import Draft
from feeds.model.incoming import ParsedEntry, Source
from feeds.text.dates import parse_date
from feeds.text.markup import text_of_html
from feeds.text.urls import absolute_url

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
_VERSIONS = {"rss": "rss20", "cdf": "cdf"}


@dataclass(slots=True)
class Tally:
    """What was met and what was not, by field and by reason."""

    met: Counter[str]
    asked: Counter[str]
    reasons: dict[str, Counter[str]]
    unexplained: list[tuple[Statement, tuple[str, ...]]]


def main(folder: Path, *, is_every: bool = False) -> int:
    """Prints the table; 1 where a difference is unexplained."""
    tally = Tally(Counter(), Counter(), defaultdict(Counter), [])
    examples: dict[str, list[str]] = defaultdict(list)
    for statement in statements(folder):
        reading = _reading(folder, statement.path, statement.url, statement.content_type)
        ours = _ours(statement, reading)
        tally.asked[statement.field.lstrip("-") if statement.field[0] != "-" else "(not kept)"] += 1
        if statement.field[0] != "-" and _is_met(statement, ours, reading):
            tally.met[statement.field] += 1
            continue
        reason = reason_of(Met(statement=statement, ours=ours, reading=reading))
        if reason is None:
            tally.unexplained.append((statement, ours))
        else:
            tally.reasons[reason][statement.field.lstrip("-")] += 1
            examples[reason].append(
                f"{statement.path} {statement.where} {statement.field}: {statement.value[:70]!r} · {ours}"[
                    :300
                ]
            )
    _print(tally)
    if is_every:
        for reason, lines in examples.items():
            print(f"\n## {reason}", *lines[:40], sep="\n")
    return 1 if tally.unexplained else 0


@cache
def _reading(folder: Path, path: str, url: str, content_type: str) -> Reading:
    file = folder / path
    body = file.read_bytes() if file.is_file() else b""
    home = url if url.startswith("http") else "http://127.0.0.1:8097/" + path.rsplit("/", 1)[-1]
    try:
        parsed = parse(body, url=home, content_type=content_type or "application/xml")
    except ParseError as error:
        return Reading(body=body, error=str(error))
    source = Source(
        id=1, slug="s", title="A name that no feed has", fetch_url=home, first_url=home, public_url=home,
        domain="127.0.0.1",
    )  # fmt: skip
    # A case of one field alone would be no article; with a title it is one.
    spoken = replace(
        parsed, entries=tuple(replace(one, title_html=one.title_html or "-") for one in parsed.entries)
    )
    feed = normalize(spoken, source=source, url=home, now=NOW, max_entries=100_000)
    return Reading(body=body, url=home, parsed=parsed, feed=feed)


def _ours(statement: Statement, reading: Reading) -> tuple[str, ...]:
    """What we have in that place, in every form in which it may be compared."""
    parsed, feed, field = reading.parsed, reading.feed, statement.field
    if field == "well-formed":
        return ("no" if parsed is None or parsed.faults else "yes",)
    if parsed is None or feed is None:
        return ()
    if statement.place is None:
        texts: dict[str, tuple[str | None, ...]] = {
            "title": (feed.title, text_of_html(parsed.title or "")), "link": (feed.home_url, parsed.home_url),
            "feed id": (parsed.feed_id,), "language": (feed.language,), "rights": (feed.rights,),
            "subtitle": (text_of_html(parsed.subtitle or ""),), "format": (parsed.format,),
            "ttl": (str(int(feed.ttl.total_seconds() // 60)) if feed.ttl else None,),
            "author": tuple(one.text for one in parsed.bylines),
            "author line": tuple(f"{one.text} {one.email or ''}" for one in parsed.bylines),
            "author email": tuple(one.email or one.text for one in parsed.bylines),
            "author address": tuple(one.url for one in parsed.bylines),
        }  # fmt: skip
        return tuple(one for one in texts.get(field, ()) if one)
    if statement.place >= len(parsed.entries):
        return ()
    draft = dict(zip(feed.places, feed.drafts, strict=True)).get(statement.place)
    return tuple(one for one in _of_entry(field, parsed.entries[statement.place], draft) if one)


def _of_entry(field: str, entry: ParsedEntry, draft: Draft | None) -> tuple[str | None, ...]:
    texts = (entry.title_html, entry.content_html, entry.summary_html)
    raw: dict[str, tuple[str | None, ...]] = {
        "published as written": (entry.published,), "updated as written": (entry.updated,),
        "language": (entry.language,), "author line": tuple(one.text for one in entry.bylines),
        "author email": tuple(one.email or one.text for one in entry.bylines),
        "author address": tuple(one.url for one in entry.bylines),
    }  # fmt: skip
    if draft is None:
        if field in ("text", "title"):
            return tuple(text_of_html(text or "") for text in texts)
        return raw.get(field, ())
    made: dict[str, tuple[str | None, ...]] = {
        "title": (draft.title, text_of_html(entry.title_html or "")),
        "link": (draft.url,), "id": (draft.guid if draft.is_guid_given else None,),
        "text": (text_of_html(draft.content_html), draft.summary, *(text_of_html(text or "") for text in texts)),
        "author": tuple(one.name for one in draft.authors),
        "author line": (*raw["author line"], ", ".join(one.name for one in draft.authors)),
        "author email": (*raw["author email"], *(one.email for one in draft.authors)),
        "author address": (*raw["author address"], *(one.url for one in draft.authors)),
        "published": (str(draft.published_at or ""),), "updated": (str(draft.modified_at or ""),),
        "category": draft.categories,
        "enclosure": (*(one.url for one in draft.enclosures), *(one.url for one in draft.images)),
        "enclosure type": tuple(one.media_type for one in entry.enclosures),
        "enclosure length": tuple(str(one.length) for one in entry.enclosures),
        "image": tuple(one.url for one in draft.images),
        "credit": tuple(one.credit for one in draft.images),
        "rights": (draft.rights,),
    }  # fmt: skip
    return made.get(field) or raw.get(field, ())


def _is_met(statement: Statement, ours: tuple[str, ...], reading: Reading) -> bool:
    field, value = statement.field, statement.value
    if field == "text" and not _words(value):
        # Nothing but markup: there is nothing that could be lost.
        return reading.parsed is not None
    if field in ("published", "updated"):
        meant = parse_date(value)
        return meant is not None and any(
            parse_date(one) == meant.replace(microsecond=0) or one == str(meant) for one in ours
        )
    if field in ("link", "image", "enclosure", "author address"):
        meant_url = absolute_url(value, reading.url) or value
        return any((absolute_url(one, reading.url) or one) == meant_url for one in ours)
    if field == "format":
        return any(_version(one) == _version(value) for one in ours)
    if field == "author line":
        return bool(ours) and all(_words(one) in _words(" ".join(ours)) for one in re.split(r"[()<>]", value))
    if field in (
        "text",
        "title",
        "subtitle",
        "rights",
        "category",
        "author",
        "credit",
        "published as written",
    ):
        have = {"".join(one.split()).casefold() for one in ours} | {_words(one) for one in ours}
        return not have.isdisjoint({_words(value), "".join(html.unescape(value).split()).casefold()})
    if field == "language":
        return value.replace("_", "-").casefold() in [one.casefold() for one in ours]
    return value.strip() in [one.strip() for one in ours]


def _version(text: str) -> str:
    return re.sub(r"[^a-z0-9]", "", text.lower())


def _words(text: str) -> str:
    """The words of a text or of HTML, by our own rules, with nothing between them."""
    return "".join(text_of_html(text).split()).casefold()


def _print(tally: Tally) -> None:
    fields = sorted(
        (field for field in tally.asked if field != "(not kept)"), key=lambda one: -tally.asked[one]
    )
    print(f"{'field':24}{'asked':>7}{'met':>7}{'share':>8}")
    for field in fields:
        print(
            f"{field:24}{tally.asked[field]:7}{tally.met[field]:7}{tally.met[field] / tally.asked[field]:8.1%}"
        )
    asked = sum(tally.asked[field] for field in fields)
    print(f"{'all':24}{asked:7}{tally.met.total():7}{tally.met.total() / max(1, asked):8.1%}\n")
    for reason, counts in sorted(tally.reasons.items(), key=lambda one: -one[1].total()):
        named = ", ".join(f"{count} {field}" for field, count in counts.most_common(6))
        print(f"{counts.total():5}  {reason} ({named})")
    print(f"\n{len(tally.unexplained)} unexplained")
    for statement, ours in tally.unexplained:
        where = f"entry {statement.place} " if statement.place is not None else ""
        print(
            f"{statement.path}: {where}{statement.field}: {statement.value[:160]!r}; ours: {[one[:160] for one in ours]}"
        )


if __name__ == "__main__":
    asking = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    asking.add_argument("folder", type=Path, help="the corpus")
    asking.add_argument("--all", action="store_true", help="print examples of every kind of difference, too")
    chosen = asking.parse_args()
    sys.exit(main(chosen.folder, is_every=chosen.all))
