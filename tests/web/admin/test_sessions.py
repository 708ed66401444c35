"""Signing in as attackers would: planted tokens, tokens after the end, guessing, leading astray."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from feeds.actions.accounts import totp
from feeds.model.settings import AdminSettings, WebSettings
from tests.web.admin.office import PASSWORD, Office, Visitor, html_text, words
from tests.web.admin.test_routes import copied
from web.admin.cookies import SIGNED_IN


def test_the_first_link_works_once_and_only_without_an_admin(office: Office) -> None:
    link = office.link()
    page = office.visitor().shown(link, {"name": "mara", "password": "short"}, 400)
    assert "12 characters or more; this has 5." in words(page)
    assert office.visitor().post(link, {"name": "mara", "password": PASSWORD}).status_code == 303
    assert office.visitor().client.get(link).status_code == 404
    assert office.visitor().post(link, {"name": "eve", "password": PASSWORD}).status_code == 404
    assert [one.name for one in office.store.people.every()] == ["mara"]


def test_a_first_link_ends_when_there_is_an_admin_or_after_a_day(office: Office) -> None:
    link = office.link()
    office.clock.move(hours=25)
    assert office.visitor().client.get(link).status_code == 404
    link = office.link()
    office.person("mara")
    assert office.visitor().client.get(link).status_code == 404


def test_a_planted_token_is_worth_nothing(office: Office) -> None:
    office.person()
    victim = office.visitor()
    victim.client.set_cookie(SIGNED_IN, "planted-by-eve", path="/admin")
    assert victim.sign_in().status_code == 303
    eve = office.visitor()
    eve.client.set_cookie(SIGNED_IN, "planted-by-eve", path="/admin")
    assert eve.client.get("/admin/").status_code == 303
    assert token_of(victim) != "planted-by-eve"


def test_signing_in_again_draws_a_new_token(office: Office) -> None:
    web = office.signed_in()
    first = token_of(web)
    web.post("/admin/sign-out")
    web.sign_in()
    assert token_of(web) not in (first, None)


def test_a_stolen_token_ends_with_the_sign_out(office: Office) -> None:
    web = office.signed_in()
    thief = office.visitor()
    thief.client.set_cookie(SIGNED_IN, token_of(web) or "", path="/admin")
    assert thief.client.get("/admin/").status_code == 200
    web.post("/admin/sign-out")
    assert thief.client.get("/admin/").status_code == 303
    assert thief.post("/admin/sources", {"do": "pause"}).status_code == 401


def test_tokens_are_stored_as_hashes(office: Office) -> None:
    web = office.signed_in()
    rows = office.store.engine.rows("SELECT token_hash FROM sign_ins")
    assert token_of(web) not in [row["token_hash"] for row in rows]
    assert PASSWORD not in str(office.store.engine.rows("SELECT * FROM people"))


def test_a_changed_password_ends_the_other_sign_ins(office: Office) -> None:
    web, other = office.signed_in(), office.signed_in()
    new = "another gale, more herrings"
    page = words(web.send("/admin/me/password", {"old": PASSWORD, "new": new}))
    assert "1 other sign-in ended" in page
    assert other.client.get("/admin/").status_code == 303
    assert web.client.get("/admin/").status_code == 200
    assert office.visitor().sign_in().status_code == 403
    assert office.visitor().sign_in(password=new).status_code == 303


def test_all_other_sign_ins_can_be_ended(office: Office) -> None:
    web, other = office.signed_in(), office.signed_in()
    web.send("/admin/me/sign-ins")
    assert other.client.get("/admin/").status_code == 303
    assert web.client.get("/admin/").status_code == 200


def test_a_code_of_an_app_is_asked_for_and_works_once(office: Office) -> None:
    web = office.signed_in()
    page = web.get("/admin/me/second")
    secret = str(page.xpath("//input[@name='secret']/@value")[0])
    wrong = web.shown("/admin/me/second", {"secret": secret, "code": "000000", "do": "on"}, 400)
    assert "The app shows another code" in words(wrong)
    assert wrong.xpath("//input[@name='secret']/@value") == [secret]
    now = totp.step_of(office.clock())
    code = totp.code_of(secret, now)
    assert "a code from your app" in words(
        web.send("/admin/me/second", {"secret": secret, "code": code, "do": "on"})
    )
    assert office.visitor().sign_in().status_code == 403
    form = {"name": "mara", "password": PASSWORD}
    assert office.visitor().post("/admin/sign-in", {**form, "code": code}).status_code == 403, "it was used"
    office.clock.move(seconds=30)
    fresh = totp.code_of(secret, now + 1)
    assert (
        office.visitor().post("/admin/sign-in", {**form, "code": f"{fresh[:3]} {fresh[3:]}"}).status_code
        == 303
    )
    assert office.visitor().post("/admin/sign-in", {**form, "code": fresh}).status_code == 403
    assert "The password is wrong" in words(web.shown("/admin/me/second", {"code": "x", "do": "off"}, 400))
    web.send("/admin/me/second", {"code": PASSWORD, "do": "off"})
    assert office.visitor().sign_in().status_code == 303


def test_a_link_takes_off_a_second_factor_that_was_lost(office: Office) -> None:
    web = office.signed_in()
    secret = totp.secret_from(b"12345678901234567890")
    code = totp.code_of(secret, totp.step_of(office.clock()))
    web.send("/admin/me/second", {"secret": secret, "code": code, "do": "on"})
    assert office.visitor().post(office.link("mara"), {"password": PASSWORD}).status_code == 303
    assert office.visitor().sign_in().status_code == 303


def test_codes_are_those_of_the_standard() -> None:
    secret = totp.secret_from(b"12345678901234567890")
    told = {59: "287082", 1111111109: "081804", 1234567890: "005924", 20000000000: "353130"}
    assert {moment: totp.code_of(secret, moment // 30) for moment in told} == told
    assert not totp.is_secret("ABCD")
    assert not totp.is_secret("not base32!")


def test_nobody_ends_the_sign_ins_of_others(office: Office) -> None:
    web = office.signed_in()
    eve = office.signed_in("eve", "viewer")
    person = office.store.people.get("mara")
    assert person
    one = office.store.people.sign_ins(person.id)[0]
    eve.send("/admin/me/sign-ins", {"one": str(one.id)})
    assert web.client.get("/admin/").status_code == 200


def test_an_unused_sign_in_ends(office: Office) -> None:
    web = office.signed_in()
    office.clock.move(days=13)
    assert web.client.get("/admin/").status_code == 200
    office.clock.move(days=15)
    assert web.client.get("/admin/").status_code == 303


def test_guessing_a_password_is_stopped_and_told(office: Office) -> None:
    office.person()
    eve = office.visitor()
    statuses = [eve.sign_in(password=f"guess number {number}").status_code for number in range(12)]
    assert statuses[:8] == [403] * 8
    assert statuses[-1] == 429
    answer = office.visitor().sign_in()
    assert answer.status_code == 429, "the right password is not looked at either"
    assert "Too many tries. Passwords are looked at again in 15 minutes" in html_text(answer.text)
    office.clock.move(minutes=16)
    assert office.visitor().sign_in().status_code == 303


def test_guessing_names_from_one_address_is_stopped(office: Office) -> None:
    office.person()
    statuses = [office.visitor().sign_in(f"name{number}", "guess").status_code for number in range(30)]
    assert statuses[0] == 403
    assert statuses[-1] == 429


def test_an_unknown_name_and_a_wrong_password_are_told_alike(office: Office) -> None:
    office.person()
    wrong = html_text(office.visitor().sign_in(password="something else").text)
    unknown = html_text(office.visitor().sign_in("nobody", "something else").text)
    assert "do not match" in wrong
    assert wrong == unknown


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example/", "//evil.example/", "/\\evil.example", "/admin/../../x", "javascript:alert(1)",
        "/admin/%0d%0aX", "/admin//evil.example", "/other", "http:/admin/x", "\t//evil.example",
    ],
)  # fmt: skip
def test_nobody_is_led_elsewhere_after_signing_in(office: Office, target: str) -> None:
    office.person()
    web = office.visitor()
    answer = web.post("/admin/sign-in", {"name": "mara", "password": PASSWORD}, query_string={"next": target})
    place = answer.headers["Location"]
    assert place.startswith("/admin/")
    assert not place.startswith("/admin//")
    assert "evil" not in place or place.startswith("/admin/")


def test_whoever_was_sent_to_sign_in_comes_back(office: Office) -> None:
    office.person()
    web = office.visitor()
    place = web.client.get("/admin/sources?group=trouble&q=a%26b").headers["Location"]
    answer = web.sign_in(query="?" + place.split("?", 1)[1])
    assert answer.headers["Location"] == "/admin/sources?group=trouble&q=a%26b"


def test_cookies_stay_where_they_belong(tmp_path: Path, sqlite_template: Path) -> None:
    for base, is_secure in (("https://news.example", True), ("http://news.example", False)):
        folder = tmp_path / base[:5].strip(":")
        folder.mkdir()
        office = Office(folder, copied(sqlite_template, folder), base_url=base)
        office.person()
        answer = office.app.test_client().get("/admin/sign-in", base_url=base)
        answers = [answer, signed_in_at(office, base)]
        for cookie in [line for one in answers for line in one.headers.getlist("Set-Cookie")]:
            assert "HttpOnly" in cookie
            assert "SameSite=Lax" in cookie
            assert "Path=/admin" in cookie
            assert ("Secure" in cookie) == is_secure
        office.store.close()


def signed_in_at(office: Office, base: str):  # type: ignore[no-untyped-def]
    client = office.app.test_client()
    page = client.get("/admin/sign-in", base_url=base).text
    token = page.split('name="csrf_token" value="')[1].split('"')[0]
    form = {"name": "mara", "password": PASSWORD, "csrf_token": token}
    # Over https a form also tells which page it stands on.
    headers = {"Referer": f"{base}/admin/sign-in"}
    answer = client.post("/admin/sign-in", data=form, base_url=base, headers=headers)
    assert answer.status_code == 303, answer.text
    return answer


def test_public_pages_set_no_cookie(office: Office) -> None:
    office.harbour()
    client = office.app.test_client()
    for path in ("/", "/all", "/all.atom", "/search?q=ferry"):
        with client.get(path) as answer:
            assert "Set-Cookie" not in answer.headers, path
            assert "Cookie" not in answer.headers.get("Vary", ""), path


def test_only_named_networks_open_the_pages(tmp_path: Path, sqlite_template: Path) -> None:
    office = Office(
        tmp_path,
        copied(sqlite_template, tmp_path),
        admin=AdminSettings(networks=("10.1.0.0/16",)),
        web_settings=WebSettings(trusted_proxies=("127.0.0.1",)),
    )

    def status(address: str, forwarded: str = "") -> int:
        headers = {"X-Forwarded-For": forwarded} if forwarded else {}
        client = office.app.test_client()
        return client.get(
            "/admin/sign-in", headers=headers, environ_base={"REMOTE_ADDR": address}
        ).status_code

    assert status("10.1.2.3") == 200
    assert status("192.0.2.1") == 403
    assert status("192.0.2.1", "10.1.2.3") == 403, "nobody but our proxies is believed"
    assert status("127.0.0.1", "10.1.2.3") == 200
    assert status("127.0.0.1", "10.1.2.3, 192.0.2.1") == 403, "what stands further left may be made up"
    office.store.close()


def test_behind_a_proxy_the_real_address_is_counted(tmp_path: Path, sqlite_template: Path) -> None:
    office = Office(
        tmp_path,
        copied(sqlite_template, tmp_path),
        web_settings=WebSettings(trusted_proxies=("127.0.0.0/8",)),
    )
    office.person()
    web = office.visitor()
    for number in range(30):
        web.post(
            "/admin/sign-in",
            {"name": f"n{number}", "password": "guess"},
            headers={"X-Forwarded-For": "192.0.2.66"},
        )
    honest = office.visitor().post(
        "/admin/sign-in", {"name": "mara", "password": PASSWORD}, headers={"X-Forwarded-For": "192.0.2.7"}
    )
    assert honest.status_code == 303
    person = office.store.people.get("mara")
    assert person
    assert office.store.people.sign_ins(person.id)[0].address == "192.0.2.7"
    office.store.close()


def test_the_last_admin_stays(office: Office) -> None:
    web = office.signed_in()
    person = office.store.people.get("mara")
    assert person
    answer = web.post(f"/admin/people/{person.id}", {"do": "remove"})
    assert answer.status_code == 409
    assert "mara is the last admin" in answer.text
    assert web.post(f"/admin/people/{person.id}", {"do": "role", "role": "viewer"}).status_code == 409


def test_a_removed_person_is_out_at_once_and_stays_in_the_log(office: Office) -> None:
    web = office.signed_in()
    olav = office.signed_in("olav", "editor")
    person = office.store.people.get("olav")
    assert person
    web.send(f"/admin/people/{person.id}", {"do": "remove"})
    assert olav.client.get("/admin/").status_code == 303
    assert "removed olav" in words(web.get("/admin/log"))


def test_somebody_new_chooses_a_password_by_a_link(office: Office) -> None:
    web = office.signed_in()
    page = words(web.shown("/admin/people", {"name": "olav", "role": "editor"}))
    link = page.split("http://")[1].split()[0]
    path = "/" + link.split("/", 1)[1]
    olav = office.visitor()
    assert olav.post(path, {"password": PASSWORD}).status_code == 303
    assert "change topics, authors and articles" in olav.client.get("/admin/").text


def test_a_second_process_and_a_moved_clock_know_the_same_sign_ins(office: Office) -> None:
    web = office.signed_in()
    again = Office(office.folder, office.database, clock=office.clock)
    other = Visitor(again, again.app.test_client())
    other.client.set_cookie(SIGNED_IN, token_of(web) or "", path="/admin")
    assert other.client.get("/admin/").status_code == 200
    form = other.token()
    assert form
    again.clock.now += timedelta(minutes=5)
    assert other.post("/admin/sign-out").status_code == 303
    assert web.client.get("/admin/").status_code == 303
    again.store.close()


def token_of(web: Visitor) -> str | None:
    cookie = web.client.get_cookie(SIGNED_IN, path="/admin")
    return cookie.value if cookie else None


def test_a_site_below_a_path_keeps_its_admin_pages_there(tmp_path: Path, sqlite_template: Path) -> None:
    office = Office(tmp_path, copied(sqlite_template, tmp_path), base_url="http://news.example/reader")
    office.person()
    client = office.app.test_client()
    place = client.get("/admin/sources?group=odd").headers["Location"]
    assert place == "/reader/admin/sign-in?next=/reader/admin/sources%3Fgroup=odd"
    answer = client.get("/admin/sign-in")
    assert "Path=/reader/admin" in answer.headers["Set-Cookie"]
    assert 'action="/reader/admin/sign-in"' in answer.text
    office.store.close()


def test_guessing_from_a_stopped_address_fills_no_table(office: Office) -> None:
    for number in range(60):
        office.visitor().sign_in(f"name{number}", "guess")
    rows = office.store.engine.rows("SELECT count(*) AS found FROM sign_in_tries")
    assert rows[0]["found"] <= 26
