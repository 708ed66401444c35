"""Single sign-on against a provider on loopback: in by it, and what a lying provider or an attacker would send."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from werkzeug.test import TestResponse

from feeds.model.settings import FetchSettings, OidcSettings
from tests.provider import CLIENT, OTHER_KEY, SECRET, FakeProvider, number, running
from tests.web.admin.office import Office, Visitor, html_text, words
from web.admin.cookies import SIGNED_IN

BASE = "http://localhost"
ROOT = Path(__file__).resolve().parents[3]
RETURN = "/admin/sign-in/oidc/return"
MARA = {"sub": "u-17", "preferred_username": "mara", "email": "mara@news.example", "email_verified": True}


@dataclass(slots=True)
class Desk:
    """A site with single sign-on, and its provider."""

    office: Office
    provider: FakeProvider

    def settle(self, **more: Any) -> Office:
        """The site anew, with other settings of `[admin.oidc]`."""
        office = self.office
        oidc = OidcSettings(
            issuer=self.provider.issuer,
            client_id=CLIENT,
            client_secret="env:OIDC_TEST",
            button="Harbour ID",
            **more,
        )
        self.office = Office(
            office.folder, office.database, base_url=BASE, clock=office.clock, oidc=oidc,
            fetch=FetchSettings(allow=("127.0.0.0/8",)),
        )  # fmt: skip
        office.store.close()
        return self.office

    def expect(self, name: str = "mara", role: Any = "editor", email: str = "mara@news.example") -> None:
        """Somebody whom an admin added, with the address."""
        store = self.office.store
        person = store.people.add(name, role, None, self.office.clock())
        store.people.set_email(person.id, email)

    def out(self, web: Visitor, query: str = "") -> str:
        """Where the browser is sent."""
        answer = web.post(f"/admin/sign-in/oidc{query}")
        assert answer.status_code == 200, html_text(answer.text)
        return answer.headers["Refresh"].removeprefix("0; url=")

    def enter(self, web: Visitor, query: str = "", **more: str) -> TestResponse:
        """The answer to who went there and came back."""
        back = self.provider.sign_in(self.out(web, query))
        return web.client.get(RETURN, query_string={**back, **more})

    def refused(self, web: Visitor | None = None, **more: str) -> str:
        """The words that come of it, where nobody is let in."""
        web = web or self.office.visitor()
        answer = self.enter(web, **more)
        assert answer.status_code == 403, answer.headers
        assert web.client.get_cookie(SIGNED_IN, path="/admin") is None
        assert web.client.get("/admin/").status_code == 303
        return html_text(answer.text)


@pytest.fixture
def desk(tmp_path: Path, sqlite_template: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    monkeypatch.setenv("OIDC_TEST", SECRET)
    first = Office(tmp_path, Path(shutil.copy(sqlite_template, tmp_path / "site.db")))
    with running(FakeProvider(clock=first.clock, claims=dict(MARA))) as provider:
        made = Desk(first, provider)
        made.settle()
        yield made
        made.office.store.close()


def test_who_was_added_enters_and_is_bound(
    tmp_path: Path, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OIDC_TEST", SECRET)
    first = Office(tmp_path, database_url)
    with running(FakeProvider(clock=first.clock, claims=dict(MARA))) as provider:
        desk = Desk(first, provider)
        office = desk.settle()
        desk.expect()
        web = office.visitor()
        assert "Harbour ID" in words(web.get("/admin/sign-in"))
        answer = desk.enter(web, "?next=/admin/topics")
        assert (answer.status_code, answer.headers["Location"]) == (303, "/admin/topics")
        assert web.client.get("/admin/").status_code == 200
        person = office.store.people.get("mara")
        assert person
        assert (person.subject, person.issuer, person.role) == ("u-17", provider.issuer, "editor")
        assert "was bound to single sign-on by mara@news.example" in words(
            office.signed_in("olav").get("/admin/log")
        )
        # From now on it is the same person, whatever becomes of the address.
        provider.claims = {"sub": "u-17", "email": "other@news.example"}
        assert desk.enter(office.visitor()).status_code == 303
        office.store.close()
        office.app.extensions["feedwright"].stores.drop()
        first.app.extensions["feedwright"].stores.drop()


def test_an_address_that_was_given_to_somebody_else_opens_nothing(desk: Desk) -> None:
    desk.expect()
    assert desk.enter(desk.office.visitor()).status_code == 303
    desk.provider.claims = {**MARA, "sub": "u-99"}
    assert "bound to another account" in desk.refused()
    person = desk.office.store.people.get("mara")
    assert person
    desk.office.store.people.set_email(person.id, "mara@news.example")
    assert desk.enter(desk.office.visitor()).status_code == 303, "an admin bound it anew"


@pytest.mark.parametrize("verified", [False, None, "true", 1])
def test_an_address_that_is_not_verified_is_nobodys(desk: Desk, verified: Any) -> None:
    desk.expect()
    desk.provider.claims = {**MARA, "email_verified": verified}
    assert "or as sub:u-17" in desk.refused()
    admin, person = desk.office.signed_in("olav", "admin"), desk.office.store.people.get("mara")
    assert person
    page = words(admin.send(f"/admin/people/{person.id}", {"do": "email", "email": "sub:u-17"}))
    assert "mara signs in as sub:u-17" in page
    assert desk.enter(desk.office.visitor()).status_code == 303
    taken = admin.post("/admin/people", {"name": "eve", "role": "viewer", "email": "sub:u-17"})
    assert (taken.status_code, "Somebody else" in taken.text) == (400, True)
    assert desk.office.store.people.get("eve") is None


def test_the_only_way_in_of_the_last_admin_is_not_taken(desk: Desk) -> None:
    desk.expect(role="admin")
    web = desk.office.visitor()
    assert desk.enter(web).status_code == 303
    person = desk.office.store.people.get("mara")
    assert person
    assert "You have none." in words(web.get("/admin/me"))
    answer = web.post(f"/admin/people/{person.id}", {"do": "email", "email": ""})
    assert (answer.status_code, "mara is the last admin" in answer.text) == (409, True)
    assert desk.enter(desk.office.visitor()).status_code == 303


def test_unknown_persons_are_refused_unless_the_settings_say_otherwise(desk: Desk) -> None:
    assert "this site does not" in desk.refused()
    assert desk.office.store.people.every() == ()
    office = desk.settle(
        role_claim="realm_access.roles", roles=("chiefs=admin", "newsroom=editor"), default_role="viewer"
    )
    assert desk.enter(office.visitor()).status_code == 303
    desk.provider.claims = {"sub": "u-18", "name": "Olav", "realm_access": {"roles": ["x", "newsroom"]}}
    assert desk.enter(office.visitor()).status_code == 303
    desk.provider.claims = {"sub": "u-19", "name": "Ada", "realm_access": "chiefs"}
    assert desk.enter(office.visitor()).status_code == 303
    assert {one.name: one.role for one in office.store.people.every()} == {
        "mara": "viewer", "Olav": "editor", "Ada": "viewer",
    }  # fmt: skip
    # A role that an admin set is not set back.
    person = office.store.people.get("Ada")
    assert person
    office.store.people.set_role(person.id, "editor")
    desk.provider.claims = {"sub": "u-19", "name": "Ada", "realm_access": {"roles": ["chiefs"]}}
    assert desk.enter(office.visitor()).status_code == 303
    assert office.store.people.get("Ada").role == "editor"  # type: ignore[union-attr]


def test_nobody_becomes_somebody_by_choosing_their_name(desk: Desk) -> None:
    office = desk.settle(default_role="admin")
    office.person("Mara", "admin")
    desk.provider.claims = {"sub": "u-66", "preferred_username": "mara"}
    assert "somebody called mara here already" in desk.refused()


def test_who_was_removed_does_not_come_back_alone(desk: Desk) -> None:
    office = desk.settle(default_role="viewer")
    assert desk.enter(office.visitor()).status_code == 303
    person = office.store.people.get("mara")
    assert person
    office.store.people.remove(person.id)
    assert "removed you" in desk.refused()
    desk.provider.claims = {"sub": "u-20", "preferred_username": "Mara"}
    assert "or was, somebody called Mara" in desk.refused()
    desk.provider.claims = dict(MARA)
    desk.expect("mara")
    assert desk.enter(office.visitor()).status_code == 303
    assert [one.name for one in office.store.people.every()] == ["mara"]


def test_a_planted_token_is_worth_nothing(desk: Desk) -> None:
    desk.expect()
    web = desk.office.visitor()
    web.client.set_cookie(SIGNED_IN, "planted-by-eve", path="/admin")
    assert desk.enter(web).status_code == 303
    kept = web.client.get_cookie(SIGNED_IN, path="/admin")
    assert kept
    assert kept.value != "planted-by-eve"


LIES: dict[str, tuple[Callable[[FakeProvider], object], str]] = {
    "signed by another key": (lambda one: setattr(one, "key", OTHER_KEY), "signature does not fit"),
    "not signed": (lambda one: setattr(one, "alg", "none"), "not made as it should be"),
    "signed by the public key": (lambda one: setattr(one, "alg", "HS256"), "not made as it should be"),
    "another algorithm": (lambda one: setattr(one, "alg", "RS1"), "not made as it should be"),
    "another nonce": (lambda one: one.token_claims.update(nonce="x" * 43), "`nonce`"),
    "no nonce": (lambda one: one.token_claims.update(nonce=None), "`nonce`"),
    "another audience": (lambda one: one.token_claims.update(aud="elsewhere"), "`aud`"),
    "several audiences": (lambda one: one.token_claims.update(aud=[CLIENT, "elsewhere"]), "`azp`"),
    "no audience": (lambda one: one.token_claims.update(aud=None), "`aud`"),
    "for another": (lambda one: one.token_claims.update(azp="elsewhere"), "`azp`"),
    "another issuer": (lambda one: one.token_claims.update(iss="https://evil.example"), "`iss`"),
    "no issuer": (lambda one: one.token_claims.update(iss=None), "`iss`"),
    "ended": (lambda one: one.token_claims.update(exp=int(one.clock().timestamp()) - 61), "too old"),
    "without an end": (lambda one: one.token_claims.update(exp=None), "`exp`"),
    "not begun": (lambda one: one.token_claims.update(nbf=int(one.clock().timestamp()) + 999), "not"),
    "nobody": (lambda one: one.token_claims.update(sub=None), "`sub`"),
    "a number": (lambda one: one.token_claims.update(sub=17), "`sub`"),
    "empty": (lambda one: one.token_claims.update(sub=""), "sub"),
    "another access token": (lambda one: one.token_claims.update(at_hash="wrong"), "`at_hash`"),
    "no token": (lambda one: one.answers.update({"/token": (200, b'{"access_token": "x"}')}), "no ID token"),
    "nonsense": (lambda one: one.answers.update({"/token": (200, b'{"id_token": "a.b.c"}')}), "not made as"),
    "deep": (lambda one: one.answers.update({"/token": (200, b"[" * 90_000)}), "did not answer with JSON"),
    "long": (lambda one: one.answers.update({"/token": (200, b" " * 1_100_000)}), "too long"),
    "code refused": (
        lambda one: one.answers.update(
            {"/token": (400, b'{"error": "invalid_grant", "error_description": "<b>no"}')}
        ),
        "“invalid_grant <b>no”",
    ),
    "no keys": (
        lambda one: one.answers.update({"/keys": (200, b'{"keys": []}')}),
        "not made as it should be",
    ),
    "keys of a wrong kind": (
        lambda one: one.answers.update({"/keys": (200, b'{"keys": {"a": 1}}')}),
        "not made as",
    ),
    "keys fail": (lambda one: one.answers.update({"/keys": (500, b"")}), "answers 500"),
    "keys elsewhere": (
        lambda one: one.answers.update({"/keys": (302, b"http://127.0.0.1:1/keys")}),
        "answers 302",
    ),
    "another name": (lambda one: one.published.update(issuer="https://evil.example"), "calls itself"),
    "a strange place": (
        lambda one: one.published.update(token_endpoint="file:///etc/passwd"),
        "no token_endpoint",
    ),
    "no place": (lambda one: one.published.update(jwks_uri=None), "no jwks_uri"),
    "a forbidden place": (
        lambda one: one.published.update(token_endpoint="http://10.1.2.3/token"),
        "not at a public",
    ),
}


@pytest.mark.parametrize("name", LIES)
def test_lies_let_nobody_in_and_are_told_in_words(desk: Desk, name: str) -> None:
    desk.expect()
    web = desk.office.visitor()
    back = desk.provider.sign_in(desk.out(web))
    bend, told = LIES[name]
    bend(desk.provider)
    answer = web.client.get(RETURN, query_string=back)
    assert (answer.status_code, told in html_text(answer.text)) == (403, True), html_text(answer.text)
    assert web.client.get("/admin/").status_code == 303


def test_keys_of_a_shared_secret_are_not_looked_at(desk: Desk) -> None:
    desk.expect()
    numbers = OTHER_KEY.public_key().public_numbers()
    desk.provider.keys = [{"kty": "oct", "kid": "one", "k": number(numbers.n)}, {"kty": "strange"}, 3]  # type: ignore[list-item]
    assert desk.enter(desk.office.visitor()).status_code == 303
    desk.provider.alg = "HS256"
    assert "not made as it should be" in desk.refused()


def test_an_answer_is_good_once_and_for_its_browser(desk: Desk) -> None:
    desk.expect()
    web, thief = desk.office.visitor(), desk.office.visitor()
    back = desk.provider.sign_in(desk.out(web))
    stolen = thief.client.get(RETURN, query_string=back)
    assert (stolen.status_code, "of this browser" in stolen.text) == (403, True)
    busy = desk.office.visitor()
    desk.out(busy)
    foreign = busy.client.get(RETURN, query_string=back)
    assert (foreign.status_code, "of this browser" in foreign.text) == (403, True)
    bent = {**back, "state": back["state"][:-1] + "é"}
    assert thief.client.get(RETURN, query_string=bent).status_code == 403
    cookie = web.client.get_cookie("feedwright_forms", path="/admin")
    assert cookie
    assert web.client.get(RETURN, query_string=back).status_code == 303
    # Whoever has copied the browser's cookie before, too, comes too late.
    again = desk.office.visitor()
    again.client.set_cookie("feedwright_forms", cookie.value, path="/admin")
    answer = again.client.get(
        RETURN, query_string=desk.provider.sign_in(desk.out(desk.office.visitor())) | {"state": back["state"]}
    )
    assert (answer.status_code, "was sent twice" in answer.text) == (403, True)


def test_an_answer_comes_within_ten_minutes_and_from_who_was_asked(desk: Desk) -> None:
    desk.expect()
    web = desk.office.visitor()
    back = desk.provider.sign_in(desk.out(web))
    desk.office.clock.move(minutes=10)
    assert "longer than ten minutes" in web.client.get(RETURN, query_string=back).text
    assert "from another provider" in desk.refused(iss="https://evil.example")
    assert desk.enter(desk.office.visitor(), iss=desk.provider.issuer).status_code == 303


def test_what_the_provider_refuses_is_told(desk: Desk) -> None:
    web = desk.office.visitor()
    back = desk.provider.sign_in(desk.out(web))
    said = {"state": back["state"], "error": "access_denied", "error_description": "<script>\n no"}
    answer = web.client.get(RETURN, query_string=said)
    assert answer.status_code == 403
    assert "“access_denied <script> no”" in html_text(answer.text)
    assert "<script>\n" not in answer.text
    assert web.client.get(RETURN).status_code == 403


def test_a_provider_that_is_down_is_told(desk: Desk) -> None:
    desk.provider.answers["/.well-known/openid-configuration"] = (503, b"")
    answer = desk.office.visitor().post("/admin/sign-in/oidc")
    assert (answer.status_code, "answers 503" in answer.text) == (502, True)
    desk.provider.issuer = "http://127.0.0.1:9"
    desk.settle()
    answer = desk.office.visitor().post("/admin/sign-in/oidc")
    assert (answer.status_code, "cannot be reached" in html_text(answer.text)) == (502, True)
    desk.office.store.close()
    desk.provider.issuer = "http://10.255.255.1"
    desk.settle()
    assert "not at a public address" in html_text(desk.office.visitor().post("/admin/sign-in/oidc").text)


def test_the_secret_is_proved_and_told_to_nobody(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.expect()
    page = words(desk.office.signed_in("olav", "admin").get("/admin/settings"))
    assert "env:OIDC_TEST" in page
    monkeypatch.setenv("OIDC_TEST", "another")
    assert "invalid_client" in desk.refused()
    monkeypatch.delenv("OIDC_TEST")
    answer = desk.office.visitor().post("/admin/sign-in/oidc")
    assert (answer.status_code, "OIDC_TEST is not set" in answer.text) == (502, True)


def test_what_the_token_leaves_out_is_asked_for(desk: Desk) -> None:
    desk.expect()
    desk.provider.claims = {"sub": "u-17"}
    desk.provider.userinfo = {**MARA, "sub": "u-18"}
    assert "somebody else than the person" in desk.refused()
    desk.provider.userinfo = dict(MARA)
    assert desk.enter(desk.office.visitor()).status_code == 303


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example", "/admin/../../x", "/\\evil.example"]
)
def test_nobody_is_led_elsewhere(desk: Desk, target: str) -> None:
    desk.expect()
    web = desk.office.visitor()
    answer = desk.enter(web, f"?next={target}", next=target)
    assert answer.headers["Location"] == "/admin/"


def test_the_host_of_a_request_says_nothing(desk: Desk) -> None:
    answer = desk.office.visitor().post("/admin/sign-in/oidc", headers={"Host": "evil.example"})
    if answer.status_code == 200:
        assert "redirect_uri=http%3A%2F%2Flocalhost%2F" in answer.headers["Refresh"]
    assert "evil.example" not in answer.text


def test_forms_have_to_be_believed_and_tries_are_limited(desk: Desk) -> None:
    web = desk.office.visitor()
    assert web.client.post("/admin/sign-in/oidc").status_code == 400
    desk.provider.answers["/.well-known/openid-configuration"] = (503, b"")
    statuses = [web.post("/admin/sign-in/oidc").status_code for _ in range(26)]
    assert (statuses[0], statuses[-1]) == (502, 429)
    assert len(desk.provider.asked) == 24


def test_an_admin_adds_somebody_with_an_address(desk: Desk) -> None:
    admin = desk.office.signed_in("olav", "admin")
    wrong = admin.shown("/admin/people", {"name": "mara", "role": "editor", "email": "no address"}, 400)
    assert "is not an e-mail address" in words(wrong)
    assert desk.office.store.people.get("mara") is None
    admin.shown("/admin/people", {"name": "mara", "role": "editor", "email": "Mara@News.example"})
    assert "waits for the first sign-in" in words(admin.get("/admin/people"))
    assert desk.enter(desk.office.visitor()).status_code == 303
    assert "bound" in words(admin.get("/admin/people"))
    person, other = desk.office.store.people.get("mara"), desk.office.store.people.get("olav")
    assert person and other  # noqa: PT018
    taken = admin.post(f"/admin/people/{other.id}", {"do": "email", "email": "mara@news.example"})
    assert (taken.status_code, "Somebody else" in taken.text) == (409, True)
    page = words(admin.send(f"/admin/people/{person.id}", {"do": "email", "email": ""}))
    assert "has no single sign-on any more" in page
    assert "ask an admin" in desk.refused()


def test_without_a_provider_there_is_nothing(office: Office) -> None:
    web = office.visitor()
    assert "Single sign-on" not in words(web.get("/admin/sign-in"))
    assert web.post("/admin/sign-in/oidc").status_code == 404
    assert web.client.get(RETURN).status_code == 404


def test_libraries_are_loaded_at_the_first_use_only() -> None:
    heavy = "{'webauthn', 'authlib', 'joserfc', 'cryptography', 'aiohttp'}"
    code = f"import sys, web.app; print({heavy} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.strip() == "set()"
