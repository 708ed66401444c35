"""Edit pairs: corpus articles changed by named edits; which are told as major, minor or none: precision and recall.

.venv/bin/python -m bench.edits DIR
"""

from __future__ import annotations

import argparse
import html
import random
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

from feeds.errors import ParseError
from feeds.ingest.poll.drafts import parse
from feeds.ingest.rules.normalize import normalize
from feeds.ingest.rules.versions import is_major
from feeds.model.articles import Draft
from feeds.model.incoming import Byline, Image, ParsedEntry, ParsedFeed, Source
from feeds.text.markup import text_of_html
from tests.fakes import NOON

SEED = 11
EVERY = 4
"""One entry in so many is edited."""
Edit = Callable[[ParsedEntry, random.Random], ParsedEntry | None]
_WORD = re.compile(r"[A-Za-zÀ-ÿ]{4,}")
_TEXT = re.compile(r"(>|^)([^<>&]{12,})(?=<|$)")


def body(entry: ParsedEntry, change: Callable[[str], str]) -> ParsedEntry | None:
    """The entry with its content changed; None if that changes nothing."""
    before = entry.content_html or ""
    after = change(before)
    return replace(entry, content_html=after) if after != before else None


def in_text(entry: ParsedEntry, chance: random.Random, change: Callable[[str], str]) -> ParsedEntry | None:
    """One run of the content's text changed."""

    def once(content: str) -> str:
        runs = list(_TEXT.finditer(content))
        if not runs:
            return content
        run = chance.choice(runs)
        return content[: run.start(2)] + change(run[2]) + content[run.end(2) :]

    return body(entry, once)


def word(text: str) -> str:
    """The text with one longer word replaced."""
    return _WORD.sub("zeppelin", text, count=1)


MINOR: dict[str, Edit] = {
    "white space": lambda e, c: in_text(e, c, lambda text: text.replace(" ", "\n  ")),
    "no-break space": lambda e, c: in_text(e, c, lambda text: text.replace(" ", "\u00a0")),
    "tracking": lambda e, c: body(e, lambda t: re.sub(r'(href="https?://[^"?#]+)"', r'\1?utm_source=rss&amp;utm_medium=feed"', t)),
    "image size": lambda e, c: body(e, lambda t: re.sub(r"<img ", '<img width="640" height="480" ', t)),
    "wrapped": lambda e, c: body(e, lambda t: f'<div class="entry"><div>{t}</div></div>' if t else t),
    "classes": lambda e, c: body(e, lambda t: t.replace("<p>", '<p class="x" style="margin:0">')),
    "bold to strong": lambda e, c: body(e, lambda t: re.sub(r"<(/?)b>", r"<\1strong>", t)),
    "entities": lambda e, c: in_text(e, c, lambda text: text.replace("'", "&#39;").replace('"', "&quot;")),
    "curly quotes": lambda e, c: in_text(e, c, lambda text: text.replace("'", "’")),
    "comment": lambda e, c: body(e, lambda t: f"{t}<!-- built 12:03 -->" if t else t),
    "pixel": lambda e, c: body(
        e, lambda t: f'{t}<img src="https://t.example/p.gif" width="1" height="1">' if t else t
    ),
    "category": lambda e, c: replace(e, categories=(*e.categories, "Zeppelins")),
    "title's space": lambda e, c: replace(e, title_html=f" {e.title_html} ") if e.title_html else None,
    "link to https": lambda e, c: replace(e, url=(e.url or "").replace("http://", "https://", 1)) if (e.url or "").startswith("http://") else None,
}  # fmt: skip
MAJOR: dict[str, Edit] = {
    "a word": lambda e, c: in_text(e, c, word),
    "a number": lambda e, c: in_text(e, c, lambda text: re.sub(r"\d", "7", text, count=1) if re.search(r"[0-689]", text) else text),
    "a sentence more": lambda e, c: body(e, lambda t: f"{t}<p>The zeppelin was late again.</p>" if t else t),
    "a correction": lambda e, c: body(e, lambda t: f"<p>Correction: the name was wrong.</p>{t}" if t else t),
    "title": lambda e, c: replace(e, title_html=word(e.title_html)) if e.title_html and _WORD.search(e.title_html) else None,
    "byline": lambda e, c: replace(e, bylines=(Byline(text="Zora Zeppelin"),)),
    "credit": lambda e, c: replace(e, images=tuple(replace(i, credit="Zora Zeppelin") for i in e.images)) if e.images else None,
    "rights": lambda e, c: replace(e, rights="© Zeppelin Press"),
    "first picture with credit": lambda e, c: replace(e, images=(*e.images, Image(url="https://z.example/z.jpg", credit="Zora Zeppelin"))),
}  # fmt: skip


def entries(folder: Path) -> Iterator[tuple[ParsedFeed, ParsedEntry]]:
    """Entries of every document of the folder that can be read."""
    for path in sorted(folder.rglob("*")):
        if not path.is_file():
            continue
        try:
            feed = parse(path.read_bytes(), url="https://corpus.example/feed", content_type="")
        except ParseError:
            continue
        for entry in feed.entries[::EVERY]:
            yield feed, entry


def drafted(feed: ParsedFeed, entry: ParsedEntry, source: Source) -> Draft | None:
    """The entry as a draft by itself."""
    made = normalize(
        replace(feed, entries=(entry,)),
        source=source,
        url="https://corpus.example/feed",
        now=NOON,
        max_entries=1,
    )
    return made.drafts[0] if made.drafts else None


def main(folder: Path) -> int:
    """Prints the table of edits, and precision and recall of major changes."""
    chance = random.Random(SEED)
    source = Source(
        id=1, slug="c", title="c", fetch_url="https://corpus.example/feed",
        first_url="https://corpus.example/feed", public_url=None, domain="corpus.example",
    )  # fmt: skip
    told: dict[str, Counter[str]] = defaultdict(Counter)
    wrong: list[str] = []
    count = 0
    for feed, entry in entries(folder):
        before = drafted(feed, entry, source)
        if before is None:
            continue
        count += 1
        for name, edit in (*MINOR.items(), *MAJOR.items()):
            edited = edit(entry, chance)
            after = drafted(feed, edited, source) if edited is not None else None
            if after is None or (name in MAJOR and _says_the_same(name, before, after)):
                continue
            what = (
                "none"
                if before.hash == after.hash
                else "major"
                if is_major(before.hash, after.hash)
                else "minor"
            )
            told[name][what] += 1
            if (what == "major") != (name in MAJOR):
                wrong.append(f"{name}: {html.unescape(before.title)[:60]} ({what})")
    print(f"{count} articles, one in {EVERY} of {folder.name}")
    print(f"{'edit':<28}{'meant':<8}{'none':>7}{'minor':>7}{'major':>7}")
    for name, counts in told.items():
        meant = "major" if name in MAJOR else "minor"
        print(f"{name:<28}{meant:<8}{counts['none']:>7}{counts['minor']:>7}{counts['major']:>7}")
    right = sum(counts["major"] for name, counts in told.items() if name in MAJOR)
    all_told = sum(counts["major"] for counts in told.values())
    all_meant = sum(sum(counts.values()) for name, counts in told.items() if name in MAJOR)
    print(f"major: precision {right / all_told:.4f}, recall {right / all_meant:.4f}, {len(wrong)} wrong")
    print(*wrong[:20], sep="\n")
    return 0


def _says_the_same(name: str, before: Draft, after: Draft) -> bool:
    """True if the edit met nothing: the text stands where nobody reads it, or said so already."""
    if name == "rights":
        return before.rights == after.rights
    if name == "byline":
        return before.authors == after.authors
    if name in ("credit", "first picture with credit"):
        return before.images == after.images
    words = [
        re.findall(r"\w+", f"{one.title} {text_of_html(one.content_html) or one.summary}")
        for one in (before, after)
    ]
    return words[0] == words[1]


if __name__ == "__main__":
    asking = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    asking.add_argument("folder", type=Path, help="a folder of feeds")
    sys.exit(main(asking.parse_args().folder))
