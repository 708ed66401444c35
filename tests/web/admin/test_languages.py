"""The admin pages in another language: whole ones, for the site or for one person, with English left as it was."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from gettext import NullTranslations
from pathlib import Path
from typing import Any

import pytest
from lxml import html

from feeds.model.kept import ArticleFilter
from tests.fakes import item, rss
from tests.web.admin.office import FEED, Office, Visitor, words
from tests.web.admin.test_routes import filled, routes
from tests.web.messages import messages
from web.language import Texts, languages, texts_in

LOST = "https://lost.example/feed"
GERMAN = "/admin/me/language"


@pytest.fixture
def german(tmp_path: Path, sqlite_template: Path) -> Iterator[Office]:
    """A site in German."""
    made = Office(tmp_path, Path(shutil.copy(sqlite_template, tmp_path / "site.db")), language="de-AT")
    yield made
    made.store.close()


def found(page: html.HtmlElement, path: str) -> list[Any]:
    """What an XPath finds."""
    several: Any = page.xpath(path)
    return list(several)


def language_of(page: html.HtmlElement) -> str:
    return str(found(page, "/html/@lang")[0])


def test_a_site_in_german_speaks_german_before_and_after_signing_in(german: Office) -> None:
    german.person()
    visitor = german.visitor()
    page = visitor.get("/admin/sign-in")
    assert language_of(page) == "de"
    assert "Code Ihrer App" in words(page)
    wrong = visitor.shown("/admin/sign-in", {"name": "", "password": "x"}, 400)
    assert "Bitte 1 Angabe korrigieren" in words(wrong)
    assert "Name: Ihr Name fehlt." in words(wrong)
    wrong = visitor.shown("/admin/sign-in", {"name": "mara", "password": "x"}, 403)
    assert "Name und Passwort (und Code, falls Sie einen nutzen) passen nicht zusammen." in words(wrong)
    german.harbour()
    german.web.put(FEED, "", status=404)
    german.room.again()
    german.store.kept.beat("scheduler", german.clock())
    page = german.signed_in().get("/admin/")
    assert "Nichts da. Unter dieser Adresse ist nichts (Status 404)." in words(page)
    assert "Suchen Sie ihre neue Adresse." in words(page)
    # What is stored, logged and told to scripts is English, as it was.
    assert (
        german.store.sources.every()[0].poll.status_detail == "There is nothing at this address (status 404)."
    )
    problem = german.visitor().client.get("/api/v1/sources/nowhere").json
    assert problem is not None
    assert problem["detail"].startswith("There is no feed sources/nowhere here")


def test_a_person_chooses_a_language_that_lasts(office_anywhere: Office) -> None:
    office = office_anywhere
    office.person("olav", "editor")
    web, other = office.signed_in(), office.signed_in("olav")
    page = web.get("/admin/me")
    assert found(page, "//select[@name='language']/option/text()") == [
        "as the site: English",
        "English",
        "Deutsch",
    ]
    page = web.send(GERMAN, {"language": "de"})
    assert "Ab jetzt lesen Sie diese Seiten in dieser Sprache." in words(page)
    assert language_of(page) == "de"
    assert found(page, "//select[@name='language']/option[@selected]/@value") == ["de"]
    assert language_of(web.get("/admin/sources")) == "de"
    assert language_of(other.get("/admin/sources")) == "en"
    web.send("/admin/sign-out")
    assert language_of(web.get("/admin/sign-in")) == "en"
    assert language_of(office.signed_in().get("/admin/")) == "de"
    again = office.signed_in().send(GERMAN, {"language": ""})
    assert language_of(again) == "en"
    assert office.store.people.get("mara").language is None  # type: ignore[union-attr]


@pytest.mark.parametrize("unknown", ["nn", "../de", "de-AT", "<b>"])
def test_a_language_without_pages_is_refused(office: Office, unknown: str) -> None:
    web = office.signed_in()
    page = web.shown(GERMAN, {"language": unknown}, 409)
    assert "choose one of en, de." in words(page)
    assert office.store.people.get("mara").language is None  # type: ignore[union-attr]


def test_the_choice_may_be_english_on_a_german_site(german: Office) -> None:
    web = german.signed_in()
    assert "wie die Website: Deutsch" in web.client.get("/admin/me").text
    assert language_of(web.send(GERMAN, {"language": "en"})) == "en"
    assert "Nothing needs you." in words(web.get("/admin/"))
    assert 'lang="en"' not in web.client.get("/admin/settings").text.replace('<html lang="en">', "")


def test_what_stays_english_is_marked(german: Office) -> None:
    german.harbour()
    web = german.signed_in()
    web.send("/admin/sources/harbour-example", {"do": "pause"})
    unknown = "said what no catalogue holds"
    german.store.changes.add_change(german.actor(), kind="source", what=unknown, steps=(), now=german.clock())
    lines = [(one.get("lang"), one.text) for one in found(web.get("/admin/log"), "//tbody//th/a")]
    assert lines == [("en", "said what no catalogue holds"), (None, "hat Harbour News angehalten")]
    assert german.store.changes.changes(most=2)[1].what == "paused Harbour News"
    meaning = found(web.get("/admin/settings"), "//td[@data-label='Bedeutung']")[0]
    assert meaning.get("lang") == "en"


def test_numbers_are_written_as_the_language_does(german: Office) -> None:
    for number in range(55):
        german.room.add(f"https://s{number:02}.example/feed")
    german.store.engine.run("UPDATE feeds SET article_count = 12345 WHERE kind = 'source'")
    web = german.signed_in()
    assert "1 bis 50 von 55" in words(web.get("/admin/sources"))
    assert "12.345" in words(web.get("/admin/feeds?kind=source"))


def test_forms_say_what_is_wrong_in_german(german: Office) -> None:
    german.harbour()
    web = german.signed_in()
    kept = {"url": FEED, "share": "full", "pictures": "all"}
    page = web.shown("/admin/sources/harbour-example/settings", {**kept, "interval": "often"}, 400)
    assert page.get_element_by_id("interval-err").text_content().startswith("erwartet wird eine Dauer")
    # WTForms has a catalogue of its own; what comes from there is not marked as English.
    page = web.shown("/admin/add/source", {"address": "harbour.example", "kind": "x"}, 400)
    fault = page.get_element_by_id("kind-err")
    assert "Keine gültige Auswahl." in fault.text_content()
    assert fault.find("span") is None
    partner = {"name": "The Daily", "slug": "daily", "share": "full", "webhook_form": "json", "ends": "soon"}
    page = web.shown("/admin/feeds/partners", partner, 400)
    assert page.get_element_by_id("ends-err").text == "Erwartet wird ein Tag wie 2027-12-31, nicht 'soon'."
    refused = web.shown("/admin/people/1", {"do": "remove"}, 409)
    assert "mara ist der letzte Admin: Machen Sie erst jemand anders zum Admin." in words(refused)
    editor = german.signed_in("olav", "editor")
    refused = editor.shown("/admin/sources", {"do": "pause"}, 403)
    assert "Das dürfen Redakteure nicht: Quellen ändern. Fragen Sie mara." in words(refused)


class _Wrapped(NullTranslations):
    """A catalogue that only shows which texts went through one."""

    def gettext(self, message: str) -> str:
        return f"⟦{message}⟧"

    def ngettext(self, one: str, several: str, count: int) -> str:
        return f"⟦{one if count == 1 else several}⟧"

    def pgettext(self, context: str, message: str) -> str:
        return f"⟦{message}⟧"


DATA = re.compile(
    r"\b(?:Skerry Reader|Harbour News|Lost|The sea|The coast|Daily|Mara|mara|olav|vera|admin|editor|viewer|Sea|Werkzeug"
    r"|Deutsch|English|Keine gültige Auswahl|held|Atom|RSS|JSON Feed|ninjs|page|rss20|config\.toml|Europe/Oslo|fw\w_\w+|lang|Ferries|ferries"
    r"|all|MSN Partner Hub|SmartNews SmartFormat|Google News sitemap|Apple-style RSS|Plain RSS|changed|information|selector"
    r"|\w+\.(?:un)?held|entered|left|corrected|withdrawn|released|updated|sitemap|feed)\b"
    r"|\S*[/.@]\S*|\[[\w.]+\]|\b\w+-example\b|\d+ (?:d|h|min|s)\b"
)
"""Names, roles, and words that are typed: the same in every language."""
OURS = "//title|//script|//style|//code|//pre|//time|//*[@lang='en']|//*[@dir='auto']|//kbd|//textarea|//table[contains(@class, 'settings')]//td[@data-label]"


def left_over(page: str) -> set[str]:
    """What a page says past every catalogue."""
    tree = html.document_fromstring(page)
    said = [str(one) for one in found(tree, "//@aria-label|//@placeholder|//@data-label|//@data-chosen")]
    for one in found(tree, OURS):
        tail = one.tail
        one.clear()
        one.tail = tail
    text = "\n".join([" ".join(str(one) for one in tree.itertext()), *said])
    while (shorter := re.sub(r"⟦[^⟦⟧]*⟧", " ", text)) != text:
        text = shorter
    return set(re.findall(r"[^\W\d_]{2,}", DATA.sub(" ", text)))


def busy(office: Office) -> Visitor:
    """An office in which much has happened, seen by an admin."""
    filled(office)
    office.room.add(LOST)
    office.web.put(FEED, rss(item(1, title="Ferry sails"), item(4, title="Gangway light mended")))
    office.room.again()
    office.store.kept.beat("scheduler", office.clock())
    web = office.signed_in()
    web.post("/admin/people", {"name": "olav", "role": "editor"})
    partner = {"name": "Daily", "slug": "daily", "share": "excerpt", "webhook_form": "json", "feeds": "all"}
    hook = {"webhooks": "https://daily.example/hook", "webhook_events": "entered"}
    web.send("/admin/feeds/partners", {**partner, **hook})
    web.post("/admin/feeds/partners/daily", {"do": "key"})
    web.post("/admin/feeds/private", {"name": "Mara", "share": "headline", "feeds": "all"})
    web.post("/admin/feeds/mixes", {"path": "topics/sea", "slug": "coast", "title": "The coast"})
    web.post("/admin/me/tokens", {"role": "editor", "password": "nine herrings and a gale"})
    for article, verb in ((1, "pin"), (2, "hold"), (3, "put")):
        web.post("/admin/articles", {"article": article, "do": verb, "topic": "sea"})
    web.post("/admin/articles", {"article": 4, "do": "withdraw", "sure": "yes", "reason": "It was wrong."})
    web.post("/admin/articles/1/change", {"title": "Ferry stays", "summary": "", "authors": "Mara"})
    web.post("/admin/articles/1/correct", {"title": "Ferry stays in", "note": "It was not so."})
    web.post("/admin/sources/harbour-example", {"do": "pause"})
    office.work()
    # Whatever was still to be said is said.
    web.get("/admin/")
    return web


def pages(office: Office, web: Visitor) -> Iterator[tuple[str, str]]:
    """Every page of the office, and what its forms answer to nothing and to nonsense."""
    articles = [one.id for one in office.store.changes.article_page(ArticleFilter(), most=20, offset=0)]
    more = [
        *(f"/admin/articles/{one}{rest}" for one in (*articles, 4) for rest in ("", "/change", "/correct")),
        *(f"/admin/sources/harbour-example{rest}" for rest in ("", "/articles", "/settings")),
        *(f"/admin/sources/lost-example{rest}" for rest in ("", "/settings")),
        *(f"/admin/log/{number}" for number in range(1, 20)),
        *(f"/admin/feeds?kind={kind}" for kind in ("all", "author", "source", "mix")),
        *(f"/admin/articles?mark={mark}" for mark in ("held", "withdrawn", "changed", "picked", "pinned")),
        "/admin/topics?labels=yes", "/admin/feeds/partners/daily", "/admin/sources?q=nobody", "/admin/log?q=nobody",
        "/admin/feeds/push/daily.example", "/admin/feeds/lint?feed=topics/sea", "/admin/hosts?q=nobody", "/admin/hosts?page=9",
    ]  # fmt: skip
    for path in (*(path for _, path in routes(office, "GET")), *more):
        answer = web.client.get(path)
        if answer.mimetype == "text/html" and answer.status_code != 303:
            yield path, answer.text
    for _, path in routes(office, "POST"):
        if "sign-out" in path or "sign-in" in path or path.endswith("/language"):
            continue
        for data in (
            {},
            {"do": "remove"},
            {"address": "x", "slug": "X", "title": "x", "path": "x", "name": "x"},
        ):
            answer = web.post(path, data)
            if answer.mimetype == "text/html" and answer.status_code != 303:
                yield f"POST {path}", answer.text
    web.send("/admin/sign-out")
    yield "/admin/sign-in", web.client.get("/admin/sign-in").text
    yield "start", web.client.get(office.link("olav")).text


def test_no_page_says_a_word_past_the_catalogue(office: Office) -> None:
    known = [one.id for one in messages() if isinstance(one.id, str) and one.id]
    web = busy(office)
    office.app.extensions["feedwright_texts"] = Texts(
        "de", _Wrapped(), known, [one for one in known if "%(" in one]
    )
    left: dict[str, set[str]] = {}
    english: set[str] = set()
    count = 0
    for path, page in pages(office, web):
        count += 1
        if past := left_over(page):
            left[path] = past
        tree = html.document_fromstring(page)
        english |= {one.text_content() for one in found(tree, "//span[@lang='en']")}
    assert left == {}
    assert count > 120
    # A checker's rules are the partners' own words.
    assert {one for one in english if "title" not in one and "channel" not in one} == set()


def test_no_request_reads_a_catalogue(german: Office) -> None:
    web = german.signed_in()
    web.get("/admin/me")
    before = (texts_in.cache_info().misses, languages.cache_info().misses)
    for path in ("/admin/", "/admin/me", "/admin/add/source", "/admin/log"):
        web.get(path)
    assert (texts_in.cache_info().misses, languages.cache_info().misses) == before


def test_readers_are_told_of_withdrawals_and_corrections_in_the_sites_language(german: Office) -> None:
    german.harbour()
    web = german.signed_in()
    web.send(
        "/admin/articles", {"do": "withdraw", "article": "1", "reason": "Doppelt erschienen", "sure": "yes"}
    )
    web.send("/admin/articles/2/correct", {"title": "Anders", "note": "Der Titel war falsch."})
    told = words(web.get("/changes"))
    assert re.search(r"Dieser Artikel wurde am \d+\. \w+ \d{4} zurückgezogen: Doppelt erschienen\.", told)
    assert re.search(r"„Anders“ \(Harbour News\) wurde am .* korrigiert\. Der Titel war falsch\.", told)
    gone = web.get("/articles/1", 410)
    assert "zurückgezogen: Doppelt erschienen." in words(gone)
    assert "korrigiert: Titel" in words(web.get("/admin/log"))
    feed = web.client.get("/changes.atom").text
    assert "zurückgezogen: Doppelt erschienen." in feed
    assert "withdrawn" not in feed


def test_what_an_address_would_bring_and_why_it_brings_nothing_is_german(german: Office) -> None:
    web = german.signed_in()
    german.web.put(FEED, rss(item(1), title="Der Hafen"))
    answer = web.post("/admin/add/source", {"address": FEED, "kind": ""})
    german.work()
    shown = words(web.follow(web.client.get(answer.headers["Location"])))
    assert "RSS 2.0 · 1 Eintr" in shown
    assert re.search(r"\d+\. Nov\. 2026", shown)
    german.web.put("https://locked.example/feed", "", status=401)
    answer = web.post("/admin/add/source", {"address": "https://locked.example/feed", "kind": ""})
    german.work()
    page = web.get(answer.headers["Location"])
    assert "Der Host verlangt Benutzernamen und Passwort. Geben Sie den Benutzernamen an" in words(page)
    again = web.get(str(page.xpath("//p[@class='go']/a/@href")[0]))
    assert again.xpath("//details[@open]//input[@name='password']"), "where a password is typed"
    assert again.xpath("//input[@name='address']/@value") == ["https://locked.example/feed"]


def test_the_log_says_in_german_what_became_of_a_partners_keys(german: Office) -> None:
    web = german.signed_in()
    new = {
        "name": "The Daily",
        "slug": "daily",
        "share": "excerpt",
        "webhook_form": "json",
        "ends": "2027-12-31",
    }
    web.send("/admin/feeds/partners", new)
    web.post("/admin/feeds/partners/daily", {"do": "key"})
    (begin,) = re.findall(r"fwk_[\w-]+…", words(web.get("/admin/feeds/partners/daily")))
    assert "31. Dez. 2027" in words(web.get("/admin/feeds/partners/daily"))
    web.post("/admin/feeds/partners/daily", {"do": f"take-back {begin.removesuffix('…')}"})
    log = words(web.get("/admin/log"))
    assert f"hat für The Daily den Schlüssel {begin} angelegt" in log
    assert f"hat den Schlüssel {begin} von The Daily zurückgenommen" in log
