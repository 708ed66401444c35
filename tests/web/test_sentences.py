"""Sentences of rules and actions, found again by their form; what is not known stays as it is."""

from __future__ import annotations

import pytest

from tests.web.messages import messages
from web.language import ENGLISH, languages, texts_in, translated
from web.sentences import Sentences, form_of

GERMAN = {
    "There is no topic %(slug)s: add it first, or choose %(known)s.": "Kein Thema %(slug)s; es gibt %(known)s.",
    "There is no topic %(slug)s.": "Kein Thema %(slug)s.",
    "%(title)s cannot be read (%(label)s). %(detail)s": "%(title)s: nicht lesbar (%(label)s). %(detail)s",
    "%(share)s%% of %(name)s": "%(name)s: %(share)s%%",
    "%(name)s and %(name)s": "zweimal %(name)s",
    "paused %(several)s": "hielt %(several)s an",
    "withdrew %(several)s: %(value)s": "zog %(several)s zurück: %(value)s",
    "merged %(name)s into %(other)s": "führte %(name)s und %(other)s zusammen",
    "“%(quoted)s”": "„%(quoted)s“",
    "%(count)s sources": "%(count)s Quellen",
    "took back: %(who)s %(what)s": "zurück: %(who)s %(what)s",
    "not found": "nicht gefunden",
    "set %(keys)s of %(title)s": "%(title)s: %(keys)s",
    "title": "Titel",
    " and ": " und ",
    "Nothing there.": "Nichts da.",
    "Try again.": "Noch einmal.",
}


@pytest.fixture
def german() -> Sentences:
    return Sentences(GERMAN, [one for one in GERMAN if "%(" in one], lambda text: GERMAN.get(text, text))


@pytest.mark.parametrize(
    ("english", "translated"),
    [
        ("There is no topic 'sea'.", "Kein Thema 'sea'."),
        # Of two forms that fit, the one that says more.
        (
            "There is no topic 'sea': add it first, or choose fog, ice.",
            "Kein Thema 'sea'; es gibt fog, ice.",
        ),
        ("Nothing there. Try again.", "Nichts da. Noch einmal."),
        ("Tideline: Nothing there.", "Tideline: Nichts da."),
        (
            "https://tide.example/: Nothing there. Try again.",
            "https://tide.example/: Nichts da. Noch einmal.",
        ),
        ("set title and slug, title of title", "title: Titel und slug, Titel"),
        (
            "Tideline cannot be read (not found). Nothing there. Try again.",
            "Tideline: nicht lesbar (nicht gefunden). Nichts da. Noch einmal.",
        ),
        # A name that happens to be a message is a name.
        ("There is no topic not found.", "Kein Thema not found."),
        ("12% of all", "all: 12%"),
        # A title ends at its last quote, whatever it holds, and has the quotes of the language.
        ("withdrew “Seals: a “visit”: now”: told: twice", "zog „Seals: a “visit”: now“ zurück: told: twice"),
        ("withdrew 3 sources: told twice", "zog 3 Quellen zurück: told twice"),
        ("withdrew “Seals: it never ends", None),
        ("merged “Into into” into Ada", "führte „Into into“ und Ada zusammen"),
        ("a and a", "zweimal a"),
        ("a and b", None),
        ("Mara paused 3 sources", None),
        ("took back: Mara paused 3 sources", "zurück: Mara hielt 3 Quellen an"),
        ("took back: Mara wrote a poem", None),
        ("paused all sources", "hielt all sources an"),
        ("Nothing there. Whatever this is.", None),
        ("", None),
        ("There is no topic " + "a" * 3000 + ".", None),
    ],
)
def test_a_sentence_is_told_by_its_form(german: Sentences, english: str, translated: str | None) -> None:
    assert german.translated(english) == translated


def test_a_value_is_laid_in_as_it_is(german: Sentences) -> None:
    assert german.translated("There is no topic %(known)s %s.") == "Kein Thema %(known)s %s."


def test_every_sentence_of_the_code_is_found_again() -> None:
    """Filled with values that hold nothing of another form, each is told as itself, or as one that says the same."""
    said_in_code = [
        one.id
        for one in messages()
        if isinstance(one.id, str)
        and "%(" in one.id
        and any(
            place.startswith(("feeds/", "web/admin/")) and place.endswith(".py") for place, _ in one.locations
        )
    ]
    assert len(said_in_code) > 150
    sentences = Sentences(said_in_code, said_in_code, lambda text: f"[{text}]")
    for message in said_in_code:
        names = form_of(message).names
        values = {name: "7" if name == "count" else f"⟨{place}⟩" for place, name in enumerate(names)}
        inner = {name: "wrote ⟨0⟩" for name in values if name == "what"}
        outer = {name: "[wrote %(title)s]".replace("%(title)s", "⟨0⟩") for name in inner}
        assert sentences.translated(message % (values | inner)) == f"[{message}]" % (values | outer), message


@pytest.mark.parametrize("language", [one for one in languages() if one != ENGLISH])
def test_a_catalogue_finds_what_is_stored_as_text(language: str) -> None:
    texts = texts_in(language)
    for english in (
        "There is nothing at this address (status 404).",
        "The host asks to wait (status 503).",
        "https://lights.example/feed is neither a feed nor a web page.",
        "https://lights.example/: The host answers with status 418. Try again later.",
        "Lighthouse Log cannot be read (not found). There is nothing at this address (status 404). Open the site and"
        " look for its feed; set the new address. It is declared in config.toml: change it there.",
        "'harbor' is no address: it must begin with http:// or https://.",
    ):
        found = texts.sentence(english)
        assert found is not None, english
        assert found != english
    assert texts.sentence("A sentence that nobody wrote.") is None
    assert texts_in(ENGLISH).sentence("A sentence that nobody wrote.") == "A sentence that nobody wrote."


def test_english_pages_show_every_text_as_it_is() -> None:
    assert translated("<b> and a sentence that nobody wrote.") == "<b> and a sentence that nobody wrote."


def test_a_text_that_nests_is_taken_apart_once(monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[str] = []
    whole = Sentences._whole

    def counted(sentences: Sentences, text: str) -> str | None:
        looked.append(text)
        return whole(sentences, text)

    monkeypatch.setattr(Sentences, "_whole", counted)
    sentences = Sentences(GERMAN, [one for one in GERMAN if "%(" in one], lambda message: GERMAN[message])
    # A text of strangers may be of that form; each level more took nearly twice as long.
    assert sentences.translated("took back: mara " * 16 + "x") is None
    assert len(looked) == len(set(looked))
