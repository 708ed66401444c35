"""The forms of mixes and of private addresses."""

from __future__ import annotations

from wtforms import (
    RadioField,
    StringField,
    TextAreaField,
)
from wtforms.validators import DataRequired, Length, Optional

from web.admin.form import DayField, Form


class MixForm(Form):
    """A mix to be saved."""

    path = StringField(
        "What it is made of",
        [DataRequired("Say what it is made of, such as topics/harbour,sea."), Length(max=2_000)],
        description="As its address spells it: topics/harbour,sea/not-sources/noticeboard.",
    )
    slug = StringField(
        "Its word in addresses",
        [DataRequired("A word is needed: it stands at /mixes/WORD."), Length(max=200)],
        description="It stands at /mixes/WORD.",
    )
    title = StringField("Title (optional)", [Length(max=300)], description="Unset: made from what it names.")
    description = StringField(
        "Description (optional)", [Length(max=500)], description="For its page and feed."
    )


class PrivateForm(Form):
    """A private address to be given out."""

    name = StringField("For whom", [DataRequired("Name whom it is for."), Length(max=200)])
    feeds = TextAreaField(
        "What it opens (optional)",
        [Length(max=10_000)],
        description="Feeds, one a line, as topics/harbour or sources/the-news; empty: every public feed.",
    )
    share = RadioField(
        "What it shows of an article",
        choices={"full": "The whole text", "excerpt": "An excerpt", "headline": "The headline"},
        default="full",
    )
    until = DayField(
        "Last day (optional)",
        [Optional()],
        description="After it, the address answers that it has ended.",
        wrong="Write the last day like this: 2027-12-31.",
    )
