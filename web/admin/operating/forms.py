"""The form of the look."""

from __future__ import annotations

from wtforms import (
    StringField,
    TextAreaField,
)
from wtforms.validators import Length

from feeds.actions.editing.look import MOST_TITLE
from web.admin.form import Form


class LookForm(Form):
    """The look of the site."""

    title = StringField(
        "Title (optional)",
        [Length(max=MOST_TITLE)],
        description="What feeds and pages call the site. Within half a minute all feeds say so. Empty: Feedwright.",
    )
    accent = StringField(
        "Colour (optional)",
        [Length(max=20)],
        description="As #0b5d5e; the dark scheme gets one of the same hue that can be read there. Empty: ours.",
    )
    welcome = TextAreaField(
        "Welcome (optional)", [Length(max=2_000)], description="At the top of the home page, in Markdown."
    )
