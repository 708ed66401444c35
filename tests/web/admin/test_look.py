"""The look set in the browser: shown at once, taken back, never over what config.toml says."""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO
from pathlib import Path

from feeds.actions.publishing.site_look import LookWatch, site_look
from tests.web.admin.office import Office, words
from tests.web.admin.test_routes import copied
from web.app import create_app
from web.public.look import ASKED_EVERY

PAGE = "/admin/settings/look"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(20)
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 7 1"><path d="M0 0h7v1z"/></svg>'


def test_colour_and_welcome_are_set_shown_and_undone(office_anywhere: Office) -> None:
    office = office_anywhere
    web = office.signed_in()
    assert "/look/accent.css" not in web.client.get("/").text
    page = web.send(PAGE, {"accent": "#8b0000", "welcome": "Along the *coast*"})
    assert "Saved; it is shown within half a minute." in words(page)
    office.clock.move(seconds=ASKED_EVERY.total_seconds())
    home = web.client.get("/").text
    assert "<em>coast</em>" in home
    assert "/look/accent.css?v=" in home
    assert "--accent: #8b0000" in web.client.get("/look/accent.css").text
    assert "set here" in words(web.get("/admin/settings"))
    assert "Nothing was changed" in words(
        web.send(PAGE, {"accent": "#8b0000", "welcome": "Along the *coast*"})
    )
    web.send(str(page.xpath("//div[@class='notice']//form/@action")[0]))
    office.clock.move(seconds=ASKED_EVERY.total_seconds())
    assert "coast" not in web.client.get("/").text
    assert web.client.get("/look/accent.css").status_code == 404


def test_a_pale_colour_is_refused_at_its_field_with_the_nearest_that_can_be_read(office: Office) -> None:
    web = office.signed_in()
    page = web.shown(PAGE, {"accent": "#ffcc00", "welcome": "kept"}, 400)
    assert "too pale" in page.get_element_by_id("accent-err").text
    assert page.get_element_by_id("welcome").text.strip() == "kept"
    assert office.store.looks.values() == {}


def test_what_the_file_says_holds_and_cannot_be_set(tmp_path: Path, sqlite_template: Path) -> None:
    office = Office(tmp_path, copied(sqlite_template, tmp_path))
    office.store.looks.put("accent", "#8b0000", office.clock())
    office.settings = replace(office.settings, site=replace(office.settings.site, accent="#0b5d5e"))
    office.app = create_app(
        settings=office.settings, store_factory=office.open_store, clock=office.clock, is_refreshing=False
    )
    web = office.signed_in()
    assert "--accent: #0b5d5e" in web.client.get("/look/accent.css").text
    page = web.get(PAGE)
    assert "config.toml owns this" in words(page)
    assert not page.xpath("//input[@name='accent']")
    web.send(PAGE, {"accent": "#111111", "welcome": "Hello"})
    assert office.store.looks.values() == {"accent": "#8b0000", "welcome": "Hello"}
    office.store.close()


def test_only_admins_set_it(office: Office) -> None:
    office.person("mara")
    web = office.signed_in("olav", "editor")
    assert "You may look." in words(web.get(PAGE))
    assert web.post(PAGE, {"accent": "#8b0000"}).status_code == 403


def named_nothing(tmp_path: Path, sqlite_template: Path) -> Office:
    """An office whose config file says neither title nor logo."""
    office = Office(tmp_path, copied(sqlite_template, tmp_path))
    office.settings = replace(office.settings, site=replace(office.settings.site, title=None))
    begin(office)
    return office


def begin(office: Office) -> None:
    """A web process that begins now."""
    office.app = create_app(
        settings=office.settings,
        store_factory=office.open_store,
        clock=office.clock,
        is_refreshing=False,
        begun=site_look(office.settings.site, office.store),
    )


def test_a_title_stands_in_every_feed_once_processes_have_begun_anew(
    tmp_path: Path, sqlite_template: Path
) -> None:
    office = named_nothing(tmp_path, sqlite_template)
    assert "<title>Feedwright</title>" in office.signed_in().client.get("/all.atom").text
    begun = site_look(office.settings.site, office.store)
    watch = LookWatch(office.settings.site, begun)
    assert not watch.has_changed(office.store, office.clock())
    office.signed_in().send(PAGE, {"title": "  The\n Quay ", "accent": "", "welcome": ""})
    office.clock.move(seconds=1)
    assert not watch.has_changed(office.store, office.clock()), "asked a moment ago"
    office.clock.move(seconds=1)
    assert watch.has_changed(office.store, office.clock())
    office.clock.move(seconds=2)
    assert not watch.has_changed(office.store, office.clock())
    begin(office)
    web = office.signed_in()
    assert "<title>The Quay</title>" in web.client.get("/all.atom").text
    assert "The Quay" in web.client.get("/").text
    page = web.shown(PAGE, {"title": "x" * 201, "accent": "", "welcome": ""}, 400)
    assert "200" in page.get_element_by_id("title-err").text
    office.store.close()


def test_a_logo_is_handed_in_shown_taken_back_and_undone(tmp_path: Path, sqlite_template: Path) -> None:
    office = named_nothing(tmp_path, sqlite_template)
    web = office.signed_in()
    assert "Choose a picture first" in words(web.shown(f"{PAGE}/logo", {"do": "set"}, 400))
    for body, said in (
        (b"<script>alert(1)</script>", "no picture of a kind"),
        (PNG + bytes(200_000), "more than 200,000 bytes"),
    ):
        page = web.shown(f"{PAGE}/logo", {"logo": (BytesIO(body), "logo.png"), "do": "set"}, 400)
        assert said in words(page)
    assert office.store.looks.values() == {}
    web.send(f"{PAGE}/logo", {"logo": (BytesIO(SVG), "logo.png"), "do": "set"})
    office.clock.move(seconds=ASKED_EVERY.total_seconds())
    answer = web.client.get("/look/logo.svg")
    assert (answer.data, answer.mimetype) == (SVG, "image/svg+xml")
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert web.client.get("/look/logo.png").status_code == 404
    assert 'class="logo" src="/look/logo.svg?v=' in web.client.get("/").text
    page = web.send(f"{PAGE}/logo", {"logo": (BytesIO(PNG), "x"), "do": "set"})
    assert web.client.get("/look/logo.png").data == PNG
    begin(office)
    assert "/look/logo.png</logo>" in office.signed_in().client.get("/all.atom").text
    web.send(str(page.xpath("//div[@class='notice']//form/@action")[0]))
    assert web.client.get("/look/logo.svg").data == SVG
    web.send(f"{PAGE}/logo", {"do": "remove"})
    assert web.client.get("/look/logo.svg").status_code == 404
    assert office.signed_in("olav", "editor").post(f"{PAGE}/logo", {"do": "remove"}).status_code == 403
    office.store.close()


def test_title_and_logo_of_the_file_hold(tmp_path: Path, sqlite_template: Path) -> None:
    office = Office(tmp_path, copied(sqlite_template, tmp_path))
    (tmp_path / "own.png").write_bytes(PNG)
    office.settings = replace(office.settings, site=replace(office.settings.site, logo="own.png"))
    office.store.looks.put("title", "Another", office.clock())
    begin(office)
    web = office.signed_in()
    assert "Another" not in web.client.get("/").text
    assert web.client.get("/look/logo.png").data == PNG
    page = web.get(PAGE)
    assert not page.xpath("//input[@type='file' or @name='title']")
    assert "changed there and nowhere else" in words(web.shown(f"{PAGE}/logo", {"do": "remove"}, 400))
    assert web.client.get("/look/logo.png").data == PNG
    office.store.close()


def test_the_log_names_only_what_was_changed(office: Office) -> None:
    web = office.signed_in()
    web.send(PAGE, {"accent": "#8b0000", "welcome": "Hello"})
    web.send(PAGE, {"accent": "#8b0001", "welcome": "Hello"})
    assert [one.what for one in office.store.changes.changes(most=2)] == [
        "set the accent of the site",
        "set the accent and welcome of the site",
    ]


def test_what_the_file_owns_stands_there_after_a_slip_as_well(office: Office) -> None:
    page = office.signed_in().shown(PAGE, {"accent": "green"}, 400)
    assert "Skerry Reader" in words(page)
    assert "None" not in words(page)


def test_a_logo_that_no_process_shows_yet_is_told_of(office: Office) -> None:
    web = office.signed_in()
    assert "The site has none." in words(web.get(PAGE))
    office.store.looks.put("logo", "abc.png", office.clock())
    assert "It is shown within half a minute" in words(web.get(PAGE))
