"""Tokens on the own account's page: shown once, never more than the person may, taken back."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

from feeds.model.settings import AdminSettings
from tests.web.admin.office import PASSWORD, Office, Visitor, words
from web.app import create_app

PATH = "/admin/me/tokens"


def asked(web: Visitor, status: int = 200, **said: str) -> str:
    page = web.shown(PATH, {"role": "editor", "password": PASSWORD, **said}, status)
    found = page.find(".//input[@id='new-token']")
    return words(page) if found is None else found.get("value") or ""


def read(office: Office, token: str, path: str = "/api/v1/articles") -> int:
    return office.visitor().client.get(path, headers={"Authorization": f"Bearer {token}"}).status_code


def test_a_token_is_made_shown_once_and_taken_back(office: Office) -> None:
    web = office.signed_in("olav", "editor")
    token = asked(web, ends="2199-12-31")
    assert re.fullmatch(r"fwt_[\w-]{43}", token)
    assert read(office, token) == 200
    shown = web.client.get("/admin/me").text
    assert token not in shown
    assert f"{token[:10]}…" in shown
    assert "is revoked" in words(web.send(PATH, {"take_back": token[:10]}))
    assert read(office, token) == 401
    logged = [one.what for one in office.store.changes.changes(most=2)]
    assert logged == [
        f"took back the token {token[:10]}… of olav",
        f"made the token {token[:10]}… (editor) of olav",
    ]


def test_nobody_makes_one_that_may_more_or_without_proof(office: Office) -> None:
    web = office.signed_in("olav", "editor")
    assert "cannot be admin" in asked(web, 400, role="admin")
    assert "The password is wrong." in asked(web, 400, password="a guess")
    assert "Choose what" in asked(web, 400, role="king")
    assert "2027-12-31" in asked(web, 400, ends="soon")
    assert "is past" in asked(web, 400, ends="2020-01-01")
    for _ in range(5):
        asked(web)
    assert "5 tokens already" in asked(web, 400)
    # Nobody takes another's back.
    other = office.signed_in("mara")
    begin = office.store.tokens.of_person(office.store.people.get("olav").id)[0].begin  # type: ignore[union-attr]
    assert other.post(PATH, {"take_back": begin}).status_code in (400, 404)
    assert len(office.store.tokens.of_person(office.store.people.get("olav").id)) == 5  # type: ignore[union-attr]


def test_the_last_use_is_kept_once_a_minute(office: Office) -> None:
    token = asked(office.signed_in())
    person = office.store.people.get("mara")
    assert person is not None
    begun = office.clock()
    for seconds, used in ((0, 0), (30, 0), (40, 70)):
        office.clock.move(seconds=seconds)
        assert read(office, token) == 200
        assert office.store.tokens.of_person(person.id)[0].used_at == begun + timedelta(seconds=used)


def test_who_is_signed_in_may_write_nothing_by_the_api_without_a_token(office: Office) -> None:
    office.harbour()
    web = office.signed_in()
    slug = office.store.sources.every()[0].source.slug
    before = len(office.store.changes.changes(most=100))
    for method, path in (
        ("PATCH", f"/sources/{slug}"),
        ("DELETE", f"/sources/{slug}"),
        ("PUT", "/topics/sea"),
    ):
        answer = web.client.open(f"/api/v1{path}", method=method, json={"title": "Mine"})
        assert answer.status_code == 401, answer.text
    assert len(office.store.changes.changes(most=100)) == before


def test_tokens_count_where_the_admin_pages_do(office: Office) -> None:
    token = asked(office.signed_in())
    for admin, status in (
        (AdminSettings(networks=("10.1.0.0/16",)), 403),
        (AdminSettings(networks=("127.0.0.0/8",)), 200),
        (AdminSettings(is_on=False), 403),
    ):
        app = create_app(
            settings=replace(office.settings, admin=admin),
            store_factory=office.open_store,
            clock=office.clock,
            is_refreshing=False,
        )
        sent = {"Authorization": f"Bearer {token}"}
        assert app.test_client().get("/api/v1/articles", headers=sent).status_code == status
        written: Any = app.test_client().patch("/api/v1/sources/none", headers=sent, json={})
        assert written.status_code == 403
        assert ("which may not change sources" in written.json["detail"]) is (status == 200)
        app.extensions["feedwright"].stores.drop()
