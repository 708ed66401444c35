"""Private addresses: to whom feeds were given at an address of their own, giving one out, ending one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from werkzeug.wrappers import Response as AnyResponse

from feeds.actions.editing import private_addresses
from feeds.errors import RequestError
from feeds.publish.alertfeed import NAME as ALERTS
from web.admin.frame import Frame
from web.admin.publishing.forms import PrivateForm
from web.language import gettext, spoken


def add(frame: Frame) -> None:
    """Hangs the screen into the frame."""

    @frame.get("/feeds/private", sees="people")
    def private_page() -> AnyResponse:
        return _page(frame, PrivateForm(formdata=None))

    @frame.post("/feeds/private", "people")
    def give_private() -> AnyResponse:
        form = PrivateForm()
        if form.validate_on_submit():
            desk = frame.desk()
            try:
                made, token = private_addresses.give(
                    desk.store,
                    name=form.name.data,
                    opened=(form.feeds.data or "").splitlines(),
                    share=form.share.data,
                    ends_at=_end(form.until.data),
                    actor=desk.actor,
                    new_token=frame.new_secret,
                    now=desk.now,
                )
            except RequestError as problem:
                form.feeds.errors = [*form.feeds.errors, str(problem)]
            else:
                first = made.feeds[0] if made.feeds else "all"
                first = f"{first}.atom" if first == ALERTS else first
                link = f"{frame.context.site.base_url}/p/{token}/{first}"
                return _page(frame, PrivateForm(formdata=None), link=link, link_for=made.name)
        return _page(frame, form, 400)

    @frame.post("/feeds/private/<int:address_id>/revoke", "people")
    def revoke_private(address_id: int) -> AnyResponse:
        desk = frame.desk()
        found = private_addresses.revoke(desk.store, address_id, actor=desk.actor, now=desk.now)
        return frame.go(
            "/feeds/private", gettext("The address of %(name)s no longer works.", name=found.name)
        )


def _end(day: datetime | None) -> datetime | None:
    """The end of that day (UTC)."""
    return datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(days=1) if day else None


def _last_day(ends_at: datetime) -> str:
    """The day that was typed: the address ends with it, in UTC."""
    return spoken().day((ends_at - timedelta(microseconds=1)).astimezone(UTC))


def _page(
    frame: Frame,
    form: PrivateForm,
    status: int = 200,
    *,
    link: str | None = None,
    link_for: str | None = None,
) -> AnyResponse:
    return frame.page(
        "private.html",
        status,
        rows=frame.store.private.every(),
        form=form,
        link=link,
        link_for=link_for,
        last_day=_last_day,
    )
