"""Partners and push subscribers on the admin's pages: from the first word to the statement, and their end."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from feeds.actions.declaring import export
from feeds.actions.editing import partner_edits
from feeds.actions.editing.changes import Desk
from feeds.config.toml_writer import declarations_toml
from feeds.model.declarations import Declarations
from feeds.model.deliveries import Receiver
from feeds.model.partners import PartnerDeclaration, PartnerSpec
from tests.web.admin.office import Office, Visitor, words
from tests.web.admin.test_routes import copied

PAGE = "/admin/feeds/partners/daily"
NEW = {"name": "The Daily", "slug": "daily", "share": "excerpt", "webhook_form": "json"}
HOOK = "https://daily.example/hook"


def secret_of(web: Visitor, data: dict[str, str]) -> str:
    """What a page shows this once."""
    found = web.shown(PAGE, data).xpath("//div[@class='notice']//code/text()")
    return str(found[0])


def test_a_partner_is_added_gets_a_key_and_reads_by_it(office: Office) -> None:
    office.harbour()
    web = office.signed_in()
    assert "There is no partner yet" in words(web.get("/admin/feeds/partners"))
    page = web.send("/admin/feeds/partners", {**NEW, "feeds": "all\nsources/harbour-example"})
    assert "The Daily is added" in words(page)
    assert "Has no key yet" in words(page)
    key = secret_of(web, {"do": "key"})
    assert key.startswith("fwk_")
    asked = web.client.get("/api/v1/articles?feed=all", headers={"Authorization": f"Bearer {key}"})
    assert asked.status_code == 200
    assert key not in web.client.get(PAGE).text
    assert f"{key[:10]}…" in words(web.get(PAGE))
    secret_of(web, {"do": "key"})
    assert "take one back" in words(web.get(PAGE))
    assert "revoked" in words(web.send(PAGE, {"do": f"take-back {key[:10]}"}))
    gone = web.client.get("/api/v1/articles?feed=all", headers={"Authorization": f"Bearer {key}"})
    assert gone.status_code == 401


def test_what_is_wrong_stands_at_its_field_and_what_was_typed_is_kept(office: Office) -> None:
    web = office.signed_in()
    wrong = {**NEW, "feeds": "nowhere/at-all", "ends": "soon", "webhooks": HOOK, "webhook_events": "entered"}
    page = web.shown("/admin/feeds/partners", wrong, 400)
    assert "expected all, topics/SLUG" in page.xpath("//p[@id='feeds-err']")[0].text.lower().replace(
        "slug", "SLUG"
    )
    assert page.xpath("//p[@id='ends-err']")
    assert page.get_element_by_id("webhooks").text.strip() == HOOK
    assert office.store.partners.every() == ()
    twice = {**NEW, "webhook_events": "entered"}
    web.send("/admin/feeds/partners", twice)
    assert "There is a partner" in words(web.shown("/admin/feeds/partners", twice, 400))


@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize("typed", ["many", "0", "1.5", "1_000", "1,000,000,001", "9" * 5000])
def test_a_number_that_is_none_gets_one_sentence_of_ours(
    tmp_path: Path, sqlite_template: Path, language: str, typed: str
) -> None:
    office = Office(tmp_path, copied(sqlite_template, tmp_path), language=language)
    page = office.signed_in().shown("/admin/feeds/partners", {**NEW, "quota": typed}, 400)
    (told,) = page.xpath("//p[@id='quota-err']")
    assert told.text in {
        "A whole number from 1 to 1,000,000,000, only digits, or nothing.",
        "Eine ganze Zahl von 1 bis 1000000000, nur Ziffern, oder nichts.",
    }
    assert len(page.xpath("//div[@class='errors']//li")) == 1
    office.store.close()


def test_settings_are_changed_logged_and_undone(office: Office) -> None:
    web = office.signed_in()
    web.send("/admin/feeds/partners", NEW)
    page = web.send(
        f"{PAGE}/settings", {**NEW, "share": "headline", "quota": "500", "contact": "desk@daily.example"}
    )
    assert "Saved." in words(page)
    found = office.store.partners.get("daily")
    assert found
    assert (found.spec.share, found.spec.quota) == ("headline", 500)
    undo = str(page.xpath("//div[@class='notice']//form/@action")[0])
    web.send(undo)
    found = office.store.partners.get("daily")
    assert found
    assert (found.spec.share, found.spec.quota) == ("excerpt", None)
    again = web.send(f"{PAGE}/settings", {**NEW, "webhook_events": list(found.spec.webhook_events)})
    assert "Nothing was changed." in words(again)


def test_webhooks_begin_with_their_secret_are_tried_and_told_again(office: Office) -> None:
    office.harbour()
    web = office.signed_in()
    web.send("/admin/feeds/partners", {**NEW, "webhooks": HOOK, "webhook_events": ["entered", "withdrawn"]})
    assert "once there is a secret" in words(web.get(PAGE))
    assert secret_of(web, {"do": "secret"}).startswith("whsec_")
    page = web.get(PAGE)
    assert HOOK in words(page)
    assert "told of changes" in words(page)
    assert "webhook of a partner" in words(web.get("/admin/feeds/push/daily.example"))
    (hook,) = office.store.deliveries.receivers("webhook")
    refused = web.shown(f"/admin/feeds/push/receivers/{hook.id}/end", {}, 409)
    assert "change the partner" in words(refused)
    assert "on its way to 1 address" in words(web.send(PAGE, {"do": "test"}))
    assert "told again" in words(web.send(PAGE, {"do": "replay", "days": "2"}))
    assert "from 1 to 7" in words(web.shown(PAGE, {"do": "replay", "days": "90"}, 409))


def test_the_link_opens_their_page_until_it_is_taken_back(office: Office) -> None:
    web = office.signed_in()
    web.send("/admin/feeds/partners", NEW)
    first = secret_of(web, {"do": "link", "days": "3"})
    path = re.sub(r"^https?://[^/]+", "", first)
    assert web.client.get(path).status_code == 200
    secret_of(web, {"do": "link", "days": "3", "only": "yes"})
    assert web.client.get(path).status_code == 404


def test_the_statement_is_shown_and_had_as_csv(office: Office) -> None:
    office.harbour()
    web = office.signed_in()
    web.send("/admin/feeds/partners", NEW)
    key = secret_of(web, {"do": "key"})
    web.client.get("/api/v1/articles", headers={"Authorization": f"Bearer {key}"})
    office.app.extensions["feedwright"].ledger.flush(office.store)
    month = f"{office.clock():%Y-%m}"
    cells = web.get(f"{PAGE}?month={month}").xpath("//td[@data-label='Fetched']/text()")
    assert cells == ["3", "3"]
    answer = web.client.get(f"{PAGE}/statement.csv?month={month}")
    assert answer.mimetype == "text/csv"
    assert len(answer.text.splitlines()) == 4
    assert f"daily-{month}.csv" in answer.headers["Content-Disposition"]
    assert web.client.get(f"{PAGE}/statement.csv?month=never").status_code == 400
    assert "took nothing" in words(web.get(f"{PAGE}?month=2001-01"))


def test_removing_asks_first_and_is_undone_without_keys(office: Office) -> None:
    web = office.signed_in()
    web.send("/admin/feeds/partners", NEW)
    secret_of(web, {"do": "key"})
    assert "Their key is revoked" in words(web.shown(PAGE, {"do": "remove"}))
    page = web.send(PAGE, {"do": "remove", "sure": "yes"})
    assert "is removed" in words(page)
    web.get(PAGE, 404)
    web.send(str(page.xpath("//div[@class='notice']//form/@action")[0]))
    assert "Has no key yet" in words(web.get(PAGE))


def test_what_the_file_owns_is_shown_with_its_lines(tmp_path: Path, sqlite_template: Path) -> None:
    declared = PartnerDeclaration(slug="daily", name="The Daily", webhooks=(HOOK,))
    shut = Office(
        tmp_path, copied(sqlite_template, tmp_path), declarations=Declarations(partners=(declared,))
    )
    shut.store.partners.put(declared.spec(), origin="file", now=shut.clock())
    web = shut.signed_in()
    text = words(web.get(PAGE))
    assert "config.toml owns this" in text
    assert HOOK in text
    assert web.post(f"{PAGE}/settings", {**NEW, "share": "full"}).status_code == 400
    assert secret_of(web, {"do": "key"}).startswith("fwk_")
    shut.store.close()


def test_an_export_states_everything_of_a_partner(office: Office) -> None:
    spec = PartnerSpec(
        slug="daily",
        name="The Daily",
        webhooks=(HOOK,),
        webhook_events=("withdrawn",),
        webhook_feeds=("all",),
        webhook_form="ninjs",
        quota=7,
    )
    desk = Desk(store=office.store, actor=office.actor(), settings=office.settings, now=office.clock())
    partner_edits.add_partner(desk, spec)
    (declared,) = export.stored_declarations(office.store).partners
    assert declared.spec() == spec
    assert "webhook_form" in declarations_toml(Declarations(partners=(declared,)))


def test_push_subscribers_are_shown_by_host_and_ended(office: Office) -> None:
    web = office.signed_in()
    assert "Nobody asked to be told yet" in words(web.get("/admin/feeds/push"))
    with office.store.write():
        one = office.store.deliveries.put_receiver(
            Receiver(
                kind="websub",
                url="https://reader.example/cb",
                host="reader.example",
                domain="reader.example",
                state="live",
                asked_at=office.clock(),
            )
        )
    assert "reader.example" in words(web.get("/admin/feeds/push"))
    page = web.get("/admin/feeds/push/reader.example")
    assert "https://reader.example/cb" in words(page)
    action = str(page.xpath("//form[contains(@action, '/receivers/')]/@action")[0])
    assert "gets nothing more" in words(web.send(action))
    found = office.store.deliveries.receiver(one.id)
    assert found
    assert (found.state, found.detail) == ("ended", "ended by an admin")
    assert "ended the push to https://reader.example/cb" in words(web.get("/admin/log"))
    web.get("/admin/feeds/push/nobody.example", 404)
