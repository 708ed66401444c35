"""What feeds and digests say by themselves on a site in another language; on an English one nothing is other than it was."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from feeds.model.mixes import parse_mix
from feeds.model.outgoing import ArticleChange, EndedArticle, FeedDocument, FeedInfo, FeedKey, FeedPage
from feeds.publish import render
from feeds.publish.compose import compose
from feeds.publish.digests import write_question
from feeds.publish.formats.opml import write_opml
from feeds.publish.titles import feed_description, feed_title, own_title
from feeds.text import feedwords
from feeds.text.feedwords import WORDS, day_in, words_in
from tests.fakes import NOON
from tests.fakestore import HARBOUR, MARA, article
from tests.feeds.publish.test_compose import SITE
from web.language import languages, texts_in
from web.public.endings import change_words, ended_words

GERMAN = replace(SITE, language="de-AT")
PLACES = re.compile(r"%\(\w+\)s")


def info(key: FeedKey, **values: object) -> FeedInfo:
    made = FeedInfo(key=key, feed_urn="urn:uuid:0", title="Sea", changed_at=NOON)
    return replace(made, **values)  # type: ignore[arg-type]


def composed(page: FeedPage) -> FeedDocument:
    return compose(page, GERMAN, excerpt_chars=200)


def test_feeds_have_words_in_each_language_that_pages_have() -> None:
    assert set(WORDS) == {one for one in languages() if one != "en"}


@pytest.mark.parametrize("language", sorted(WORDS))
def test_words_keep_their_places_and_are_those_of_pages(language: str) -> None:
    pages = texts_in(language)
    for message, text in WORDS[language].items():
        assert sorted(PLACES.findall(text)) == sorted(PLACES.findall(message)), message
        of_pages = pages.gettext(message)
        assert of_pages in (message, text), message


def test_a_mix_is_named_in_the_language_of_the_site() -> None:
    mix = parse_mix(
        "topics/sea,pier/not-topics/fog/authors/ada/not-authors/jo/not-sources/notices/languages/en"
    )
    terms = tuple((one, tuple(word.title() for word in one.words)) for one in mix.terms)
    named = info(FeedKey(kind="query", slug=mix.path()), title="In English", terms=terms)
    wanted = "Pier oder Sea, ohne Fog, von Ada, nicht von Jo, nicht aus Notices, auf En"
    assert own_title(named, GERMAN) == wanted
    assert feed_title(named, GERMAN) == f"{wanted} · {SITE.title}"
    assert feed_description(named, GERMAN) == (
        f"Eine Mischung aus dem, was {SITE.title} zusammenträgt: {wanted}."
    )
    assert own_title(named, SITE) == "Pier or Sea, without Fog, by Ada, not by Jo, not from Notices, in En"
    assert own_title(info(FeedKey(kind="topic", slug="topics"), title="Topics"), GERMAN) == "Topics"
    # What somebody gave a name to keeps it.
    assert own_title(info(FeedKey(kind="mix", slug="x"), title="From afar"), GERMAN) == "From afar"
    assert own_title(info(FeedKey(kind="search", slug="fog"), title="“fog”"), GERMAN) == "„fog“"


def test_nothing_of_ours_in_a_german_feed_is_english() -> None:
    ended = EndedArticle(
        id=9, urn="urn:uuid:9", ended_at=NOON, first_seen_at=NOON - timedelta(days=1), is_purged=False,
        reason="its page is gone for good",
    )  # fmt: skip
    corrected = article(
        1, content_html="<p>Text.</p><p><strong>Correction, 2 November 2026:</strong> No.</p>"
    )
    headline = article(2, source=replace(HARBOUR, share="headline"), authors=(MARA,), images=())
    changes = tuple(
        ArticleChange(urn=f"urn:uuid:{what}", article_id=1, at=NOON, what=what, note="", article=held)  # type: ignore[arg-type]
        for what, held in (("corrected", corrected), ("changed", corrected), ("withdrawn", None))
    )
    page = FeedPage(
        info=info(FeedKey(kind="topic", slug="sea")),
        articles=(corrected, headline),
        ended=(ended,),
        changes=changes,
    )
    made = composed(page)
    first, second, gone, *told = made.entries
    assert made.description == f"Artikel zu Sea, zusammengetragen von {SITE.title}."
    assert "<strong>Korrektur, 2. November 2026:</strong> No." in first.content_html
    assert "Bild: " in first.content_html
    assert "Zuerst erschienen bei" in first.content_html
    assert second.summary.startswith("Zuerst erschienen bei ")
    day = day_in("de", NOON)
    assert (gone.title, gone.summary) == (
        "Zurückgezogen", f"Dieser Artikel wurde am {day} zurückgezogen: seine Seite gibt es nicht mehr.",
    )  # fmt: skip
    assert [one.title.partition(":")[0] for one in told] == [
        "Korrigiert",
        "Geändert",
        "Ein Artikel wurde zurückgezogen",
    ]
    bodies = " ".join(spec.write(made).decode() for spec in render.FORMATS.values())
    bodies += write_opml([page.info], GERMAN).decode()
    for word in (
        "First published",
        "Correction",
        "gathered",
        "Picture: ",
        "withdrawn on",
        "was c",
        "Topics",
        "Feeds of",
    ):
        assert word not in bodies, word


@pytest.mark.parametrize("day", ["31 February 2026", "0 May 2026", "3 May 0000"])
def test_a_source_that_states_a_correction_on_no_day_breaks_no_feed(day: str) -> None:
    odd = article(1, content_html=f"<p>Text.</p><p><strong>Correction, {day}:</strong> No.</p>")
    (entry,) = composed(FeedPage(info=info(FeedKey(kind="all")), articles=(odd,))).entries
    assert f"<strong>Correction, {day}:</strong> No." in entry.content_html


def test_pages_and_feeds_tell_of_the_same_change_alike(monkeypatch: pytest.MonkeyPatch) -> None:
    german = texts_in("de")
    monkeypatch.setattr("web.language.spoken", lambda: german)
    monkeypatch.setattr("web.public.endings.spoken", lambda: german)
    change = ArticleChange(urn="u", article_id=1, at=NOON, what="corrected", note="So.", article=article(1))
    page = FeedPage(info=info(FeedKey(kind="changes")), articles=(), changes=(change,))
    assert composed(page).entries[0].summary == change_words(change)
    purged = ended_words(NOON, is_purged=True)
    assert purged == words_in("de")("This article is no longer kept here (since %(day)s).") % {
        "day": day_in("de", NOON)
    }


def test_the_words_are_part_of_what_bytes_are_known_by(monkeypatch: pytest.MonkeyPatch) -> None:
    def recipes() -> list[str]:
        return [render.recipe_of(site, entries=9, excerpt_chars=9) for site in (SITE, GERMAN)]

    english, german = recipes()
    monkeypatch.setattr(feedwords, "WORDS", {"de": {"Topics": "Rubriken"}})
    assert recipes()[0] == english
    assert recipes()[1] != german


def test_whoever_asked_for_a_digest_is_asked_in_german() -> None:
    made = write_question("Sea", is_daily=False, confirm_url="https://x.example/", site=GERMAN)
    assert made.subject == "Bitte bestätigen: Sea per E-Mail"
    assert "einmal in der Woche" in made.text
    made = write_question("Sea", is_daily=True, confirm_url="https://x.example/", site=SITE)
    assert "to send Sea to this address, once a day." in made.text


def test_every_message_that_is_said_has_words() -> None:
    """Each is written in code as it stands here: a message that is reworded there would stay English without a word."""
    root = Path(feedwords.__file__).parents[1]
    code = "\n".join(
        path.read_text("utf-8")
        for folder in ("publish", "model", "actions")
        for path in sorted((root / folder).rglob("*.py"))
    )
    made = {f"{one} of %(site)s" for one in ("Topics", "Authors", "Sources", "Mixes")}
    made |= {"Corrected: %(title)s", "Changed: %(title)s"}
    made |= {f"“%(title)s” (%(source)s) was {one} on %(day)s." for one in ("corrected", "changed")}
    made |= {one for one in WORDS["de"] if one.startswith("Somebody, most likely you")}
    joined = re.sub(r'"\s*\n\s*f?"', "", code)
    assert {one for one in WORDS["de"] if one not in joined} - made == set()
