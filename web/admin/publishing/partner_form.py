"""The form of a partner, in the words of `[[partner]]`."""

from __future__ import annotations

from typing import Any

from wtforms import RadioField, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length, Optional, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from feeds.model.partners import EVENTS, PartnerSpec
from web.admin.form import Form, WholeField, lines

LISTS = ("feeds", "webhooks", "webhook_feeds")


class PartnerForm(Form):
    """What is said of a partner; one a line where there may be several."""

    name = StringField("Name", [DataRequired("A name is needed."), Length(max=200)])
    slug = StringField(
        "Its word for commands and the API",
        [DataRequired("A word is needed, such as daily-news."), Length(max=200)],
        description="a-z, 0-9 and hyphens. It stays as it is.",
    )
    contact = StringField(
        "Contact (optional)", [Length(max=300)], description="An e-mail address, or a page's address."
    )
    feeds = TextAreaField(
        "Feeds that they may read (optional)",
        [Length(max=10_000)],
        description="One a line, as topics/harbour or mixes/coast; empty: every public feed.",
    )
    share = RadioField(
        "What they see of an article, at most",
        choices={"full": "the full text", "excerpt": "an excerpt", "headline": "the headline"},
        default="full",
    )
    quota = WholeField(
        "Requests a day (optional)",
        [Optional()],
        least=1,
        most=1_000_000_000,
        wrong="A whole number from 1 to 1,000,000,000, only digits, or nothing.",
        description="Unset: as many as the rate limit allows.",
    )
    ends = StringField(
        "Last day of their keys (optional)", [Length(max=20)], description="As 2027-12-31; unset: no end."
    )
    webhooks = TextAreaField(
        "Webhooks (optional)",
        [Length(max=11_000)],
        description="Addresses that are told of changes by POST, one a line, at most five.",
    )
    webhook_events = SelectMultipleField(
        "Webhooks are told of",
        choices={one: one for one in EVENTS},
        default=EVENTS,
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
    webhook_feeds = TextAreaField(
        "Webhooks tell of these feeds only (optional)",
        [Length(max=10_000)],
        description="One a line; empty: all that they may read.",
    )
    webhook_form = SelectField(
        "Webhooks bring",
        choices={
            "json": "the change, as the API tells it",
            "jsonfeed": "an item of JSON Feed",
            "ninjs": "an item of ninjs",
        },
    )

    def validate_webhook_events(self, field: SelectMultipleField) -> None:
        """Webhooks that tell of nothing are a slip."""
        if lines(self.webhooks.data) and not field.data:
            raise ValidationError("Choose at least one, or take the webhooks out.")

    def stated(self) -> dict[str, Any]:
        """Keys and raw values of a `[[partner]]`, without those that are unset."""
        plain = {name: (self[name].data or "").strip() for name in ("name", "slug", "contact", "ends")}
        several = {name: lines(self[name].data) for name in LISTS}
        chosen = {"quota": self.quota.data, "webhook_events": list(self.webhook_events.data or ())}
        found = {**plain, **several, **chosen}
        return {
            "share": self.share.data,
            "webhook_form": self.webhook_form.data,
            **{key: value for key, value in found.items() if value},
        }


def form_of(spec: PartnerSpec) -> PartnerForm:
    """The form with what is said of the partner now."""
    data = {
        name: getattr(spec, name)
        for name in ("name", "slug", "contact", "share", "quota", "webhook_events", "webhook_form")
    }
    several = {name: "\n".join(getattr(spec, name)) for name in LISTS}
    ends = spec.ends_on.isoformat() if spec.ends_on else ""
    return PartnerForm(formdata=None, data={**data, **several, "ends": ends})
