"""One article with all that can go wrong, and what each client shows of it: lost, found only in the text, or wrong."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from bench.clients.entries import Entry
from feeds.actions.editing import article_edits
from feeds.model.kept import ArticleFilter
from tests.fakes import NOON, Newsroom, item, rss
from tests.walk import FEED, Site, desk_of

TITLE, CORRECTED = "Cats & dogs <here>", "Cats & dogs <there>"
NAMES = ("Jane Roe", "Ann Poe")
SUMMARY = "Both sail & swim, if n < 3."
WORDS = "Nobody had planned it."
LATER = "It was seven o'clock, not six, when the boat left."
PICTURES = ("https://harbour.example/crane.jpg", "https://harbour.example/quay.jpg")
CREDITS = ("Ada Lindqvist", "Ben Holm")
FILE = ("https://harbour.example/talk.mp3", "audio/mpeg", "123456")
LABELS = ("Ferries", "Sea")
"""Our topic, and a label of the source's own."""
LANGUAGE, RIGHTS = "de", "© Harbour News, all rights reserved"
WRITTEN = NOON - timedelta(days=1)
GONE, REASON = "A mistake of ours", "It was wrong."
PATH = "/topics/ferries"


@dataclass(frozen=True, slots=True)
class Findings:
    """What is not as it should be."""

    lost: tuple[str, ...]
    in_text: tuple[str, ...]
    wrong: tuple[str, ...]

    def __str__(self) -> str:
        parts = (("lost", self.lost), ("only in the text", self.in_text), ("wrong", self.wrong))
        return "; ".join(f"{name}: {', '.join(words)}" for name, words in parts if words) or "all there"


def tell(room: Newsroom, *, is_corrected: bool) -> None:
    """The source tells the article, and a second one."""
    text = f"<p>The crane held <em>apples</em>. {WORDS}</p>" + (f"<p>{LATER}</p>" if is_corrected else "")
    pictures = "".join(
        f'<media:content url="{url}" medium="image" type="image/jpeg" width="960" height="600">'
        f'<media:description>Picture {number}</media:description><media:credit role="photographer">{name}</media:credit>'
        "</media:content>"
        for number, (url, name) in enumerate(zip(PICTURES, CREDITS, strict=True))
    )
    extra = (
        "".join(f"<dc:creator>{name}</dc:creator>" for name in NAMES)
        + f"<category>ferry</category><category>{LABELS[1]}</category>{pictures}"
        + f'<enclosure url="{FILE[0]}" type="{FILE[1]}" length="{FILE[2]}"/>'
        + f"<dc:language>{LANGUAGE}</dc:language><dc:rights>{RIGHTS}</dc:rights>"
        + f"<content:encoded><![CDATA[{text}]]></content:encoded>"
    )
    title = CORRECTED if is_corrected else TITLE
    whole = item(
        1,
        title=html.escape(title),
        date=WRITTEN,
        body=html.escape(html.escape(SUMMARY, quote=False), quote=False),
        extra=extra,
    )
    other = item(2, title=GONE, date=WRITTEN, extra="<category>ferry</category>")
    room.web.put(FEED, rss(whole, other))
    room.again()


def stages(site: Site) -> Iterator[str]:
    """The article as it was first; then corrected, and the other one withdrawn."""
    tell(site.room, is_corrected=False)
    site.show()
    yield "new"
    tell(site.room, is_corrected=True)
    page = site.room.store.changes.article_page(ArticleFilter(), most=9, offset=0)
    article_edits.withdraw(desk_of(site.room), [one.id for one in page if one.title == GONE], REASON)
    site.show()
    yield "corrected"


def judged(format: str, first: Sequence[Entry], then: Sequence[Entry]) -> Findings:
    """What the client shows of the article, by what it showed first and after the correction."""
    lost: list[str] = []
    in_text: list[str] = []
    wrong: list[str] = []
    now = _of(then, "/1")
    if now is None:
        return Findings(("the article",), (), ())
    before = _of(first, "/1")
    text = html.unescape(now.content + now.summary)

    def held(name: str, is_held: bool, *words: str) -> None:
        if not is_held:
            (in_text if words and all(word in text for word in words) else lost).append(name)

    for entry, title in ((before, TITLE), (now, CORRECTED)):
        if entry is not None and title not in entry.title:
            wrong.append(f"title {entry.title!r} for {title!r}")
    by = ", ".join(now.authors)
    if missing := [name for name in NAMES if name not in by]:
        lost.append(f"author {' and '.join(missing)}" if by else "authors")
    if not _is_said(now.summary):
        lost.append("summary")
    elif format == "rss" and SUMMARY in now.summary:
        wrong.append("summary not escaped as HTML")
    held("text", WORDS in now.content)
    held("pictures", set(PICTURES) <= set(now.pictures), *PICTURES)
    if PICTURES[0] in now.pictures and PICTURES[1] not in now.pictures:
        wrong.append("the first picture alone")
    held("credits", now.credits == CREDITS, *CREDITS)
    _files(now, lost, wrong)
    for label in LABELS:
        if label not in now.labels:
            lost.append(f"label {label}")
    if odd := [label for label in now.labels if label not in LABELS and label != "ferry"]:
        wrong.append(f"label {odd[0]!r}")
    held("language", now.language == LANGUAGE)
    held("rights", now.rights == RIGHTS)
    _dates(before, now, lost, wrong)
    held("correction", LATER in text)
    _withdrawn(then, lost, wrong)
    return Findings(tuple(lost), tuple(in_text), tuple(wrong))


def _of(entries: Sequence[Entry], ending: str) -> Entry | None:
    return next((one for one in reversed(entries) if one.link.endswith(ending)), None)


def _is_said(summary: str) -> bool:
    return SUMMARY in summary or SUMMARY in html.unescape(re.sub(r"<[^<>]+>", "", summary))


def _files(now: Entry, lost: list[str], wrong: list[str]) -> None:
    found = [file for file in now.files if file[0] == FILE[0]]
    if not found:
        lost.append("audio file")
        return
    if found[0] != FILE:
        wrong.append(f"audio file as {found[0][1:]}")
    if len(found) > 1:
        wrong.append("audio file twice")


def _dates(before: Entry | None, now: Entry, lost: list[str], wrong: list[str]) -> None:
    if _moment(now.published) != WRITTEN:
        wrong.append(f"published {now.published!r}")
    if not now.updated:
        lost.append("date of the correction")
    elif before is not None and not _moment(now.updated) > _moment(before.updated):
        wrong.append("the correction moves no date")


def _withdrawn(then: Sequence[Entry], lost: list[str], wrong: list[str]) -> None:
    gone = [one for one in then if one.title == GONE or REASON in one.content + one.summary]
    if any(one.title == GONE for one in gone):
        wrong.append("the withdrawn article's title stays")
    if not any(REASON in one.content + one.summary for one in gone):
        lost.append("the sentence of the withdrawn article")
    if not any(one.ended for one in gone):
        lost.append("the sign of the withdrawal")


def _moment(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text).astimezone(UTC)
    except ValueError:
        pass
    try:
        return parsedate_to_datetime(text).astimezone(UTC)
    except ValueError:
        return datetime.min.replace(tzinfo=UTC)
