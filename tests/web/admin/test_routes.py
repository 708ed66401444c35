"""Every address under /admin, found by walking the URL map: who may, forms that are believed, no change by GET."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from feeds.model.articles import TopicRule
from feeds.model.people import MAY
from feeds.model.settings import AdminSettings
from tests.web.admin.office import Office, words

OPEN = {
    "admin.sign_in", "admin.do_sign_in", "admin.start", "admin.do_start", "admin.ask_for_passkey", "admin.sign_in_by_passkey",
    "admin.go_to_provider", "admin.come_from_provider",
}  # fmt: skip
VALUES: dict[str, Any] = {
    "slug": "sea",
    "token": "no-such-token",
    "article_id": 1,
    "change_id": 1,
    "job_id": 1,
    "person_id": 1,
    "address_id": 1,
    "receiver_id": 1,
    "host": "nobody.example",
    "rest": "nowhere",
    "author": "somebody",
}


@pytest.fixture
def full(office: Office) -> Office:
    """An office with something at every kind of address."""
    return filled(office)


def filled(office: Office) -> Office:
    """The office with something at every kind of address."""
    office.person("mara")
    office.harbour()
    # The key that forms are signed with is drawn by the first of them.
    office.visitor().token()
    office.store.topics.put(
        slug="sea",
        title="Sea",
        description="",
        rule=TopicRule(phrases=("seals",)),
        origin="admin",
        now=office.clock(),
    )
    return office


def routes(office: Office, method: str) -> list[tuple[str, str]]:
    """Endpoint and an address for each rule of that method."""
    found = []
    for rule in office.app.url_map.iter_rules():
        if rule.rule.startswith("/admin") and method in (rule.methods or ()):
            path = re.sub(r"<(?:[^:<>]+:)?(\w+)>", lambda name: str(VALUES[name[1]]), rule.rule)
            found.append((rule.endpoint, path))
    assert len(found) > 10
    return found


def test_the_walk_sees_every_address(office: Office) -> None:
    every = [one.rule for one in office.app.url_map.iter_rules() if one.rule.startswith("/admin")]
    assert len(every) == len(routes(office, "GET")) + len(routes(office, "POST"))


def test_nobody_sees_anything_without_signing_in(full: Office) -> None:
    visitor = full.visitor()
    for endpoint, path in routes(full, "GET"):
        if endpoint in OPEN:
            continue
        answer = visitor.client.get(path)
        assert answer.status_code == 303, path
        assert answer.headers["Location"].startswith("/admin/sign-in?next="), path


def test_nobody_changes_anything_without_signing_in(full: Office) -> None:
    visitor = full.visitor()
    before = snapshot(full)
    for endpoint, path in routes(full, "POST"):
        if endpoint not in OPEN:
            assert visitor.post(path).status_code == 401, path
    assert snapshot(full) == before


def test_every_form_has_to_be_believed(full: Office) -> None:
    web = full.signed_in()
    before = snapshot(full)
    for _, path in routes(full, "POST"):
        assert web.client.post(path, data={"do": "pause"}).status_code == 400, path
        wrong = {"do": "pause", "csrf_token": full.visitor().token()}
        assert web.client.post(path, data=wrong).status_code == 400, path
    assert snapshot(full) == before


def test_nothing_is_changed_by_looking(full: Office) -> None:
    web = full.signed_in()
    before = snapshot(full)
    for _, path in routes(full, "GET"):
        answer = web.client.get(path, query_string={"do": "pause", "q": "x"})
        assert answer.status_code in (200, 303, 404), path
    assert snapshot(full) == before


@pytest.mark.parametrize("role", ["editor", "viewer"])
def test_roles_keep_to_what_they_may(full: Office, role: str) -> None:
    web = full.signed_in("olav", role)  # type: ignore[arg-type]
    subjects = subjects_of(full)
    before = snapshot(full)
    refused = 0
    for endpoint, path in routes(full, "POST"):
        if endpoint in OPEN or role in MAY[subjects[endpoint]]:
            continue
        answer = web.post(path, {"do": "pause"})
        assert answer.status_code == 403, path
        assert "Ask mara" in answer.text
        refused += 1
    assert refused >= (3 if role == "editor" else 10)
    assert snapshot(full) == before
    assert web.client.get("/admin/people").status_code == 403


def test_every_form_says_what_it_changes(office: Office) -> None:
    subjects = subjects_of(office)
    assert {endpoint for endpoint, _ in routes(office, "POST")} - OPEN <= set(subjects)


def test_a_viewer_reads_every_page_and_finds_no_button_that_is_refused(full: Office) -> None:
    web = full.signed_in("vera", "viewer")
    for endpoint, path in routes(full, "GET"):
        answer = web.client.get(path)
        if answer.status_code != 200 or endpoint in OPEN:
            continue
        forms = re.findall(r'<form[^>]*method="post"[^>]*action="([^"]*)"', answer.text)
        own = {
            "/admin/sign-out",
            "/admin/me/password",
            "/admin/me/sign-ins",
            "/admin/me/second",
            "/admin/me/passkeys",
            "/admin/me/language",
            "/admin/me/tokens",
        }
        assert set(forms) <= own, path


def test_every_page_keeps_to_itself(full: Office) -> None:
    web = full.signed_in()
    for _, path in routes(full, "GET"):
        answer = web.client.get(path)
        policy = answer.headers["Content-Security-Policy"]
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert answer.headers["Cache-Control"] == "no-store", path
        assert not re.search(r'<[^>]+ style="|<[^>]+ on\w+="|<script(?![^>]*src=)', answer.text), path


def test_every_link_of_the_pages_leads_somewhere(full: Office) -> None:
    web = full.signed_in()
    seen: set[str] = set()
    waiting = ["/admin/"]
    while waiting:
        path = waiting.pop()
        if path in seen or len(seen) > 300:
            continue
        seen.add(path)
        answer = web.client.get(path)
        assert answer.status_code in (200, 303), path
        answer.close()
        if path.startswith("/admin") and answer.status_code == 200:
            found = re.findall(r'href="(/[^"#]*)', answer.text)
            waiting += [one.replace("&amp;", "&") for one in found]
    assert len(seen) > 40


def test_switched_off_there_is_nothing(tmp_path: Path, sqlite_template: Path) -> None:
    shut = Office(tmp_path, copied(sqlite_template, tmp_path), admin=AdminSettings(is_on=False))
    assert shut.app.test_client().get("/admin/").status_code == 404
    assert shut.app.test_client().get("/admin/sign-in").status_code == 404
    shut.store.close()


def test_an_empty_site_shows_how_to_begin(office: Office) -> None:
    page = words(office.signed_in().get("/admin/"))
    assert "Add a source" in page
    assert "Make a topic" in page


def subjects_of(office: Office) -> dict[str, str]:
    """What each endpoint changes, as the blueprint holds it."""
    found = office.app.extensions["feedwright_admin"]
    return dict(found.subjects)


def snapshot(office: Office) -> dict[str, list[Any]]:
    """Everything stored but who was where when."""
    tables = [
        row["name"]
        for row in office.store.engine.rows("SELECT name FROM sqlite_master WHERE type = 'table'")
        if not row["name"].startswith(("sqlite_", "_")) and row["name"] not in ("sign_ins", "people", "beats")
    ]
    return {
        name: [tuple(row.values()) for row in office.store.engine.rows(f"SELECT * FROM {name}")]
        for name in tables
    }


def copied(template: Path, folder: Path) -> Path:
    target = folder / "site.db"
    target.write_bytes(template.read_bytes())
    return target


ODD = (
    "%00",
    "%0d%0aX:1",
    "%F0%9F%98%80",
    "%BA%AC",
    "'",
    "%3Cb%3E",
    "a" * 3000,
    "99999999999999999999",
    "-1",
    "%25",
)


def test_no_odd_word_is_a_fault_of_ours(full: Office) -> None:
    web = full.signed_in()
    for rule in full.app.url_map.iter_rules():
        if not rule.rule.startswith("/admin") or "sign-out" in rule.rule:
            continue
        for word in ODD:
            path = re.sub(r"<(?:[^:<>]+:)?\w+>", word, rule.rule)
            if "GET" in (rule.methods or ()):
                query = f"q={word}&page={word}&group={word}&topic={word}&kind={word}&choose={word}&text={word}&mark={word}"
                answer = web.client.get(f"{path}?{query}")
                assert answer.status_code < 500, (path, word)
            if "POST" in (rule.methods or ()):
                data = {
                    "do": word,
                    "article": word,
                    "source": word,
                    "one": word,
                    "tried": word,
                    "topic": word,
                }
                answer = web.post(path, {**data, "name": word, "back": word, "keep": word, "author": word})
                assert answer.status_code < 500, (path, word)
    assert web.client.get("/admin/").status_code == 200


def test_every_page_is_there_on_either_engine(office_anywhere: Office) -> None:
    web = filled(office_anywhere).signed_in()
    for _, path in routes(office_anywhere, "GET"):
        answer = web.client.get(path)
        assert answer.status_code in (200, 303, 404), path
    answers = [
        web.client.get(f"/admin{path}").status_code for path in ("/sources/harbour-example", "/articles/1")
    ]
    assert answers == [200, 200]
    assert (
        web.client.get(
            "/admin/sources?q=a&group=trouble&sort=next&owner=file&kind=feed&topic=sea"
        ).status_code
        == 200
    )
    assert web.client.get("/admin/articles?q=a&topic=sea&source=x&author=y&mark=withdrawn").status_code == 200
    assert web.client.get("/admin/log?who=a&kind=source&q=b").status_code == 200
    assert web.client.get("/admin/authors?q=a").status_code == 200
