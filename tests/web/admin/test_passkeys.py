"""Passkeys: in without a password, and what attackers would send instead."""

from __future__ import annotations

import json
import logging
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from werkzeug.test import TestResponse

from feeds.actions.accounts.passkeys import place_of, why_none
from feeds.model.people import NewPasskey
from tests.authenticator import PRESENT, VERIFIED, Device, packed, unpacked
from tests.web.admin.office import PASSWORD, Office, Visitor, html_text, words
from tests.web.admin.test_routes import copied

BASE = "http://localhost"
NOT_PROVED = "does not prove who you are"


@pytest.fixture
def local(tmp_path: Path, sqlite_template: Path) -> Iterator[Office]:
    """A site where browsers offer passkeys."""
    made = Office(tmp_path, Path(shutil.copy(sqlite_template, tmp_path / "site.db")), base_url=BASE)
    yield made
    made.store.close()


def ask_to_add(web: Visitor, password: str = PASSWORD) -> dict[str, Any]:
    answer = web.post("/admin/me/passkeys/ask", {"password": password})
    assert answer.status_code == 200, answer.text
    return json.loads(answer.text)  # type: ignore[no-any-return]


def ask(web: Visitor) -> dict[str, Any]:
    answer = web.post("/admin/sign-in/passkey/ask")
    assert answer.status_code == 200, answer.text
    return json.loads(answer.text)  # type: ignore[no-any-return]


def add(web: Visitor, device: Device, name: str = "phone") -> None:
    page = words(web.send("/admin/me/passkeys", {"credential": device.make(ask_to_add(web)), "name": name}))
    assert f"The passkey “{name}” was added" in page


def enter(web: Visitor, answer: str, query: str = "") -> TestResponse:
    return web.post(f"/admin/sign-in/passkey{query}", {"credential": answer})


def keys(office: Office, name: str = "mara") -> Any:
    person = office.store.people.get(name)
    assert person
    return office.store.people.passkeys(person.id)


def test_a_passkey_is_added_used_and_removed(tmp_path: Path, database_url: str) -> None:
    office = Office(tmp_path, database_url, base_url=BASE)
    web, device = office.signed_in(), Device()
    options = ask_to_add(web)
    assert options["rp"] == {"name": "Skerry Reader", "id": "localhost"}
    assert options["authenticatorSelection"]["residentKey"] == "required"
    assert options["authenticatorSelection"]["userVerification"] == "required"
    assert "mara" not in str(unpacked(options["user"]["id"]))
    add(web, device)
    assert [one["id"] for one in ask_to_add(web)["excludeCredentials"]] == [packed(device.credential)]

    visitor, device.count = office.visitor(), 1
    options = ask(visitor)
    assert options["allowCredentials"] == []
    assert (options["rpId"], options["userVerification"]) == ("localhost", "required")
    answer = enter(visitor, device.prove(options), "?next=/admin/topics")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/admin/topics")
    assert visitor.client.get("/admin/").status_code == 200
    assert keys(office)[0].used_at == office.clock()
    assert (keys(office)[0].sign_count, office.store.people.get("mara").passkeys) == (1, 1)  # type: ignore[union-attr]

    page = words(web.send("/admin/me/passkeys", {"remove": str(keys(office)[0].id)}))
    assert "“phone” is removed" in page
    assert keys(office) == ()
    device.count = 2
    assert "does not know that passkey" in enter(office.visitor(), device.prove(ask(visitor))).text
    log = words(web.get("/admin/log"))
    assert "added the passkey “phone”" in log
    assert "removed the passkey “phone”" in log
    office.store.close()
    office.app.extensions["feedwright"].stores.drop()


def test_a_passkey_asks_for_no_code(local: Office) -> None:
    web, device = local.signed_in(), Device()
    add(web, device)
    person = local.store.people.get("mara")
    assert person
    local.store.people.set_totp(person.id, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", 0)
    visitor = local.visitor()
    assert enter(visitor, device.prove(ask(visitor))).status_code == 303


def test_a_challenge_is_good_once(local: Office) -> None:
    web, device = local.signed_in(), Device()
    add(web, device)
    visitor, thief = local.visitor(), local.visitor()
    answer = device.prove(ask(visitor))
    assert enter(visitor, answer).status_code == 303
    again = enter(thief, answer)
    assert again.status_code == 403
    assert "sent twice" in html_text(again.text)
    assert thief.client.get("/admin/").status_code == 303
    made = Device().make(ask_to_add(web))
    assert web.post("/admin/me/passkeys", {"credential": made, "name": "one"}).status_code == 303
    assert web.post("/admin/me/passkeys", {"credential": made, "name": "two"}).status_code == 400


def test_a_challenge_ends_after_five_minutes(local: Office) -> None:
    web, device = local.signed_in(), Device()
    add(web, device)
    visitor = local.visitor()
    options, adding = ask(visitor), ask_to_add(web)
    local.clock.move(minutes=5)
    assert "longer than five minutes" in html_text(enter(visitor, device.prove(options)).text)
    late = web.shown("/admin/me/passkeys", {"credential": Device().make(adding), "name": "late"}, 400)
    assert "longer than five minutes" in words(late)
    options = ask(visitor)
    left = local.store.engine.rows("SELECT challenge_hash FROM challenges")
    assert len(left) == 1, "those that ended are gone"
    assert left[0]["challenge_hash"] not in (options["challenge"], unpacked(options["challenge"]).decode())


def test_a_challenge_serves_its_own_purpose_and_person(local: Office) -> None:
    web, device = local.signed_in(), Device()
    add(web, device)
    olav = local.signed_in("olav", "viewer")
    made = Device().make(ask_to_add(web))
    assert olav.post("/admin/me/passkeys", {"credential": made, "name": "x"}).status_code == 400
    assert enter(local.visitor(), device.prove(ask_to_add(web))).status_code == 403
    forged = Device()
    signing = {**ask_to_add(web), "challenge": ask(local.visitor())["challenge"]}
    assert (
        web.post("/admin/me/passkeys", {"credential": forged.make(signing), "name": "x"}).status_code == 400
    )
    invented = {"challenge": packed(b"invented by eve")}
    assert enter(local.visitor(), device.prove(invented)).status_code == 403
    assert len(keys(local)) == 1


FORGED: dict[str, Callable[[Device], None]] = {
    "another origin": lambda one: setattr(one, "origin", "https://evil.example"),
    "another port": lambda one: setattr(one, "origin", "http://localhost:81"),
    "another site": lambda one: setattr(one, "domain", "evil.example"),
    "nobody verified": lambda one: setattr(one, "flags", PRESENT),
    "nobody present": lambda one: setattr(one, "flags", VERIFIED),
    "inside another page": lambda one: one.client.update(crossOrigin=True),
    "another type": lambda one: one.client.update(type="payment.get"),
}


@pytest.mark.parametrize("name", FORGED)
def test_what_is_not_of_this_place_proves_nothing(local: Office, name: str) -> None:
    web, device = local.signed_in(), Device()
    add(web, device)
    FORGED[name](device)
    visitor = local.visitor()
    answer = enter(visitor, device.prove(ask(visitor)))
    assert (answer.status_code, NOT_PROVED in answer.text) == (403, True)
    new = Device()
    FORGED[name](new)
    page = web.shown("/admin/me/passkeys", {"credential": new.make(ask_to_add(web)), "name": "new"}, 400)
    assert NOT_PROVED in words(page)
    assert len(keys(local)) == 1


def test_nobody_signs_in_with_the_credential_of_another(local: Office) -> None:
    """Eve signs with her own key, and names mara's credential, mara's handle, or both."""
    web, marasphone = local.signed_in(), Device()
    add(web, marasphone)
    eve, hers = local.signed_in("eve", "viewer"), Device()
    add(eve, hers)
    for credential, handle in (
        (marasphone.credential, marasphone.handle),
        (hers.credential, marasphone.handle),
        (marasphone.credential, hers.handle),
        (hers.credential, ""),
    ):
        forger = replace(hers, credential=credential, handle=handle)
        visitor = local.visitor()
        assert enter(visitor, forger.prove(ask(visitor))).status_code == 403
        assert visitor.client.get("/admin/").status_code == 303


def test_a_credential_that_somebody_has_is_not_added_to_another(local: Office) -> None:
    web, device = local.signed_in(), Device()
    add(web, device)
    eve = local.signed_in("eve", "viewer")
    stolen = replace(device, key=Device().key)
    page = eve.shown("/admin/me/passkeys", {"credential": stolen.make(ask_to_add(eve)), "name": "x"}, 400)
    assert "known here already" in words(page)
    assert keys(local, "eve") == ()


@pytest.mark.parametrize(("held", "told"), [(5, 5), (5, 4), (5, 0)])
def test_a_counter_that_goes_back_refuses_and_is_logged(
    local: Office, caplog: pytest.LogCaptureFixture, held: int, told: int
) -> None:
    web, device = local.signed_in(), Device(count=held)
    add(web, device)
    visitor, device.count = local.visitor(), told
    with caplog.at_level(logging.WARNING, "feedwright.admin"):
        answer = enter(visitor, device.prove(ask(visitor)))
    assert (answer.status_code, "counted back" in answer.text) == (403, True)
    assert "its counter went back" in caplog.text
    assert "was refused with the passkey “phone”" in words(web.get("/admin/log"))
    assert keys(local)[0].sign_count == held
    device.count = held + 1
    assert enter(visitor, device.prove(ask(visitor))).status_code == 303


def test_a_counter_is_no_way_to_fill_the_log(local: Office) -> None:
    """Whoever does not hold the key is refused before its counter is judged."""
    web, device = local.signed_in(), Device(count=5)
    add(web, device)
    forger = replace(device, key=Device().key, count=1)
    visitor = local.visitor()
    assert NOT_PROVED in enter(visitor, forger.prove(ask(visitor))).text
    assert "was refused" not in words(web.get("/admin/log"))


def test_a_form_that_is_not_believed_uses_nothing_up(local: Office) -> None:
    web, device = local.signed_in(), Device()
    add(web, device)
    visitor = local.visitor()
    answer = device.prove(ask(visitor))
    for path in (
        "/admin/sign-in/passkey",
        "/admin/sign-in/passkey/ask",
        "/admin/me/passkeys",
        "/admin/me/passkeys/ask",
    ):
        assert web.client.post(path, data={"credential": answer}).status_code == 400, path
    assert visitor.client.post("/admin/sign-in/passkey", data={"credential": answer}).status_code == 400
    assert enter(visitor, answer).status_code == 303


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example", "/admin/../../x"])
def test_nobody_is_led_elsewhere_by_a_passkey(local: Office, target: str) -> None:
    web, device = local.signed_in(), Device()
    add(web, device)
    visitor = local.visitor()
    answer = enter(visitor, device.prove(ask(visitor)), f"?next={target}")
    assert answer.headers["Location"] == "/admin/"


def test_the_host_of_a_request_says_nothing(local: Office) -> None:
    web, device = local.signed_in(), Device(origin="http://evil.example", domain="evil.example")
    evil = {"headers": {"Host": "evil.example"}}
    answer = web.post("/admin/me/passkeys/ask", {"password": PASSWORD}, **evil)
    assert "evil.example" not in answer.text
    if answer.status_code == 200:
        made = device.make(json.loads(answer.text))
        assert web.post("/admin/me/passkeys", {"credential": made, "name": "x"}, **evil).status_code == 400
    assert keys(local) == ()


def test_tries_from_one_address_are_limited(local: Office) -> None:
    visitor = local.visitor()
    statuses = [visitor.post("/admin/sign-in/passkey/ask").status_code for _ in range(26)]
    assert (statuses[0], statuses[-1]) == (200, 429)
    assert "looked at again in 15 minutes" in visitor.post("/admin/sign-in/passkey/ask").text
    assert len(local.store.engine.rows("SELECT * FROM challenges")) == 24


def test_guessing_the_password_by_adding_a_passkey_is_limited(local: Office) -> None:
    web = local.signed_in()
    for _ in range(8):
        answer = web.post("/admin/me/passkeys/ask", {"password": "a guess"})
        assert (answer.status_code, "password is wrong" in answer.text) == (400, True)
    assert web.post("/admin/me/passkeys/ask", {"password": PASSWORD}).status_code == 429


def test_the_only_way_in_is_not_removed(local: Office) -> None:
    web, device = local.signed_in(), Device()
    add(web, device, "phone")
    local.store.engine.run("UPDATE people SET password = NULL")
    page = web.shown("/admin/me/passkeys", {"remove": str(keys(local)[0].id)}, 409)
    assert "your only passkey" in words(page)
    assert len(keys(local)) == 1
    add(web, Device(), "laptop")
    assert web.post("/admin/me/passkeys", {"remove": str(keys(local)[0].id)}).status_code == 303
    local.clock.move(minutes=11)
    answer = web.post("/admin/me/passkeys/ask")
    assert (answer.status_code, "sign out, sign in" in answer.text) == (400, True)


def test_what_a_device_may_call_itself_is_limited(local: Office) -> None:
    web = local.signed_in()
    for device, name in (
        (Device(credential=bytes(1024)), "x"),
        (Device(), "x" * 61),
        (Device(), " "),
        (Device(), "\u202e"),
    ):
        made = device.make(ask_to_add(web))
        assert web.post("/admin/me/passkeys", {"credential": made, "name": name}).status_code == 400
    assert keys(local) == ()
    for number in range(20):
        local.store.people.add_passkey(
            1, NewPasskey(credential=str(number), public_key="x", sign_count=0), name="x", now=local.clock()
        )
    answer = web.post("/admin/me/passkeys/ask", {"password": PASSWORD})
    assert (answer.status_code, "remove one first" in answer.text) == (400, True)


def test_nobody_removes_the_passkey_of_another(local: Office) -> None:
    web, device = local.signed_in(), Device()
    add(web, device)
    eve = local.signed_in("eve", "viewer")
    assert eve.post("/admin/me/passkeys", {"remove": str(keys(local)[0].id)}).status_code == 409
    assert len(keys(local)) == 1


def test_who_was_removed_and_comes_back_has_no_former_passkeys(local: Office) -> None:
    local.person()
    web, device = local.signed_in("eve", "viewer"), Device()
    add(web, device)
    person = local.store.people.get("eve")
    assert person
    local.store.people.remove(person.id)
    local.store.people.add("eve", "admin", None, local.clock())
    visitor = local.visitor()
    assert enter(visitor, device.prove(ask(visitor))).status_code == 403


@pytest.mark.parametrize(
    "answer",
    [
        "", "{", "[]", "null", "{}", '{"rawId": 1, "response": {}}', '{"rawId": "a", "response": {"clientDataJSON": "e30"}}',
        '{"rawId": "a", "response": []}', "[" * 15_000, "x" * 30_000, '{"rawId": "\u2028", "response": {"clientDataJSON": "\u2028"}}',
    ],
)  # fmt: skip
def test_nonsense_is_refused_in_words(local: Office, answer: str) -> None:
    web = local.signed_in()
    assert enter(local.visitor(), answer).status_code == 403
    assert web.post("/admin/me/passkeys", {"credential": answer, "name": "x"}).status_code == 400


@pytest.mark.parametrize("bent", ["", "oA", "g" * 8000, 7, None, [], "cut"])
def test_bent_answers_are_refused_in_words(local: Office, bent: Any) -> None:
    """Each part of a right answer in turn cut short, or replaced."""
    web, visitor, device = local.signed_in(), local.visitor(), Device()
    add(web, device)
    for part in ("clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"):
        local.store.engine.run("DELETE FROM sign_in_tries")
        for answer, who, path in (
            (Device().make(ask_to_add(web)), web, "/admin/me/passkeys"),
            (device.prove(ask(visitor)), visitor, "/admin/sign-in/passkey"),
        ):
            read = json.loads(answer)
            if part in read["response"]:
                read["response"][part] = read["response"][part][:-9] if bent == "cut" else bent
                sent = who.post(path, {"credential": json.dumps(read), "name": "x"})
                assert sent.status_code in (400, 403), (part, sent.status_code)
    assert len(keys(local)) == 1


def test_without_a_fit_address_the_page_says_why(tmp_path: Path, sqlite_template: Path) -> None:
    for number, base in enumerate((None, "http://news.example", "https://192.0.2.7")):
        folder = tmp_path / str(number)
        folder.mkdir()
        office = Office(folder, copied(sqlite_template, folder), base_url=base)
        assert place_of(base, "x") is None
        office.person()
        client = office.app.test_client()
        assert "passkey" not in client.get("/admin/sign-in").text, "nobody has one, nobody looks for it"
        if base is None:
            web = office.signed_in()
            page = words(web.get("/admin/me"))
            assert why_none(None) in page
            refused = web.post("/admin/me/passkeys/ask", {"password": PASSWORD})
            assert (refused.status_code, "[site] base_url is not set" in refused.text) == (400, True)
        office.store.close()


@pytest.mark.parametrize(
    ("base", "origin", "domain"),
    [
        ("https://news.example", "https://news.example", "news.example"),
        ("https://news.example:8443/reader", "https://news.example:8443", "news.example"),
        ("https://blåbær.example/", "https://xn--blbr-roah.example", "xn--blbr-roah.example"),
        ("http://localhost:8080", "http://localhost:8080", "localhost"),
    ],
)
def test_where_passkeys_belong_to(base: str, origin: str, domain: str) -> None:
    place = place_of(base, "Skerry Reader")
    assert place
    assert (place.origin, place.domain) == (origin, domain)
