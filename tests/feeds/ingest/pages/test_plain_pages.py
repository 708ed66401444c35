"""The kind of news page whose text comes without marks: words run together, captions below credits, boxes of names."""

from __future__ import annotations

import pytest

from feeds.ingest.pages.boilerplate import is_boilerplate, opens_list, read_navigation
from feeds.ingest.pages.plaintext import read_text
from feeds.ingest.rules.normalize import normalize
from feeds.model.incoming import Biography, ParsedEntry, ParsedFeed
from tests.fakes import NOON
from tests.feeds.ingest.pages.forms import PARAGRAPHS, TITLE
from tests.feeds.ingest.pages.test_page import page
from tests.feeds.ingest.reading import read_one, source

CAPTION = "Forty skiffs return to the harbour on Friday morning."


@pytest.mark.parametrize(
    ("line", "direction", "title"),
    [
        ("Previous articleStorm closes the pier", "previous", "Storm closes the pier"),
        ("Next article“Fog” returns", "next", "“Fog” returns"),
        ("Nächster ArtikelÖltanker gestrandet", "next", "Öltanker gestrandet"),
        ("Next article…", "next", "…"),
        ("Article précédentLe port est fermé", "previous", "Le port est fermé"),
        ("Previous article: Storm closes", "previous", "Storm closes"),
    ],
)
def test_a_title_run_together_with_its_word_leads_away(line: str, direction: str, title: str) -> None:
    found = read_navigation(line)
    assert found is not None
    assert (found.direction, found.title) == (direction, title)


@pytest.mark.parametrize(
    "line",
    ["Previous articles of law were repealed", "Next newsletter comes on Friday", "The next articleship"],
)
def test_longer_words_are_text(line: str) -> None:
    assert read_navigation(line) is None


def test_neither_neighbours_nor_lists_stay_in_the_text() -> None:
    below = (
        "Don’t miss",
        "Ferry waits at the pier",
        "Previous articleStorm closes the pier",
        "Next articleFog returns",
    )
    parsed = read_text("\n\n".join((TITLE, *PARAGRAPHS, *below)), name="x.txt", now=NOON)
    assert parsed.entry.content_html == "\n".join(f"<p>{one}</p>" for one in PARAGRAPHS)
    assert (parsed.previous_title, parsed.next_title) == ("Storm closes the pier", "Fog returns")


@pytest.mark.parametrize("line", ["Don't miss", "Explore further", "More like this:", "Nicht verpassen"])
def test_lists_of_others_are_told(line: str) -> None:
    assert opens_list(line)


@pytest.mark.parametrize(
    "line",
    [
        "Reprinted with permission of the Harbour Post.",
        "This material may not be published, broadcast, rewritten or redistributed.",
        "If you spot an error, please tell us.",
        "Found a typo? Write to the desk.",
        "Report a correction",
        "Fehler gefunden? Schreiben Sie uns.",
    ],
)
def test_notices_of_reprint_and_errors_are_no_text(line: str) -> None:
    assert is_boilerplate(line)
    assert not is_boilerplate(
        "The pilot found an old error in the chart, and nobody had noticed it for nine years."
    )


@pytest.mark.parametrize(
    "picture",
    [
        f'<div><img src="/a.jpg"></div><p class="credit">Photo: Ida Storm</p><p class="caption">{CAPTION}</p>',
        f'<figure><img src="/a.jpg"></figure><div class="photo-credit">Ida Storm/Reuters</div><div>{CAPTION}</div>',
        f'<img src="/a.jpg"><p>Photo: Ida Storm</p><p>{CAPTION}</p>',
        f'<figure><img src="/a.jpg"></figure><div class="caption">{CAPTION}</div>',
    ],
)
def test_a_caption_below_the_credit_is_the_pictures(picture: str) -> None:
    text = "".join(f"<p>{one}</p>" for one in PARAGRAPHS)
    parsed = page(f"<html><body><article><h1>{TITLE}</h1>{picture}{text}</article></body></html>")
    (image,) = parsed.entry.images
    assert image.caption == CAPTION
    assert f"<p>{CAPTION}</p>" not in (parsed.entry.content_html or "")
    assert all(one[:30] in (parsed.entry.content_html or "") for one in PARAGRAPHS)


def test_a_paragraph_above_a_credit_is_not_lost_to_it() -> None:
    lines = (
        TITLE,
        "By Ines Calder",
        PARAGRAPHS[0],
        "Photo: Ida Storm",
        f"{CAPTION} {'They were watched by hundreds. ' * 5}",
        *PARAGRAPHS[1:],
    )
    parsed = read_text("\n\n".join(lines), name="x.txt", now=NOON)
    assert PARAGRAPHS[0] in (parsed.entry.content_html or "")


@pytest.mark.parametrize(
    "text",
    [
        "Ann Lee Ann Lee is a pilot.",
        "Ann Lee: Ann Lee is a pilot.",
        "About the author Ann Lee Ann Lee is a pilot.",
        "Ann Lee is a pilot.",
    ],
)
def test_a_name_in_an_element_of_its_own_is_said_once(text: str) -> None:
    entry = ParsedEntry(title_html="T", content_html="x", biographies=(Biography(name="Ann Lee", text=text),))
    feed = ParsedFeed(format="page", entries=(entry,))
    (draft,) = normalize(feed, source=source(), url="https://a.example/", now=NOON, max_entries=1).drafts
    assert draft.biographies[0].text == "Ann Lee is a pilot."


def test_a_title_that_is_an_address_is_guessed() -> None:
    told = '<rss version="2.0"><channel><title>H</title><item><title>{}</title><link>https://a.example/storm-closes</link><description>{}</description></item></channel></rss>'
    draft = read_one(told.format("https://a.example/storm-closes", "Fog came to the pier."))
    assert (draft.title, draft.is_title_guessed) == ("Fog came to the pier.", True)
    assert read_one(told.format("", "")).is_title_guessed
    assert not read_one(told.format("See www.example.org today", "")).is_title_guessed
