"""Jobs on their page: how far one is, and ending it."""

from __future__ import annotations

import pytest

from feeds.actions.declaring.declare import REMATCH
from feeds.actions.gathering.backfill import BACKFILL
from tests.web.admin.office import Office


def test_a_job_is_cancelled_on_its_page(office: Office) -> None:
    office.harbour()
    job = office.store.jobs.add(BACKFILL, {"source": "harbour-example"}, asked_by="mara", now=office.clock())
    web = office.signed_in()
    page = web.get(f"/admin/jobs/{job}")
    assert page.xpath("//form[contains(@action, '/cancel')]//button/text()") == ["Cancel"]
    assert web.post(f"/admin/jobs/{job}/cancel").status_code == 303
    assert office.work() == 0
    after = web.get(f"/admin/jobs/{job}")
    assert after.xpath("//h1/text()") == ["Cancelled"]
    assert "Reading the archive was cancelled. What it had done by then stays." in after.text_content()
    assert not after.xpath("//form[contains(@action, '/cancel')]")
    assert "It had ended already." in web.send(f"/admin/jobs/{job}/cancel").text_content()


@pytest.mark.parametrize(("kind", "is_allowed"), [(REMATCH, True), (BACKFILL, False)])
def test_who_may_not_change_sources_cancels_no_job_of_theirs(
    office: Office, kind: str, is_allowed: bool
) -> None:
    job = office.store.jobs.add(kind, {}, asked_by="mara", now=office.clock())
    web = office.signed_in("olav", "editor")
    page = web.get(f"/admin/jobs/{job}")
    assert bool(page.xpath("//form[contains(@action, '/cancel')]")) is is_allowed
    assert web.post(f"/admin/jobs/{job}/cancel").status_code == (303 if is_allowed else 403)
    found = office.store.jobs.get(job)
    assert found is not None
    assert found.state == ("cancelled" if is_allowed else "waiting")
