"""The forms of sources and of lists of sources."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, get_args, get_origin

from wtforms import (
    BooleanField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import DataRequired

from feeds.config.values import hints_of
from feeds.model.declarations import SourceDeclaration
from web.admin.form import Form
from web.language import later


class AddressForm(Form):
    """Any address, to be looked at."""

    address = StringField(
        "Address",
        [DataRequired("An address is needed, such as example.org.")],
        description="A site, a page, a feed: its feed is looked for. Nothing is stored yet.",
    )
    kind = SelectField(
        "What is there",
        choices={
            "": "find out",
            "feed": "a feed",
            "sitemap": "a sitemap",
            "page": "a page that lists articles, without a feed",
        },
    )
    links = StringField(
        "Links to articles (optional)",
        description="For a page without a feed: the CSS selector of its links, such as main h2 a.",
    )
    user = StringField("User name (optional)", description="Where the address asks for a password.")
    password = StringField(
        "Where its password stands (optional)",
        description="env:NAME or file:PATH: the password itself is never stored here.",
    )


class SourceForm(Form):
    """The settings of a source, in the words of `[[source]]`."""

    title = StringField("Name (optional)", description="Unset: what the source calls itself.")
    slug = StringField(
        "Its word in addresses (optional)", description="/sources/WORD; unset: made from the name."
    )
    url = StringField("Address", description="Where it is polled.")
    share = RadioField(
        "What the public sees",
        choices={"full": "the full text", "excerpt": "an excerpt", "headline": "the headline"},
        default="full",
    )
    pictures = SelectField(
        "Pictures",
        choices={"all": "all", "credited": "those whose maker is named", "none": "none"},
    )
    full_text = BooleanField(
        "Articles are read from their own pages", description="Where the feed holds excerpts only."
    )
    ours = BooleanField("It is our own", description="Everything of it may be passed on.")
    topics = StringField(
        "Topics of all its articles (optional)", description="Their words in addresses, separated by commas."
    )
    author = StringField("Author (optional)", description="Who wrote what names nobody.")
    language = StringField(
        "Language (optional)", description="Language of articles that state none, such as nn."
    )
    timezone = StringField(
        "Time zone (optional)", description="Of dates without one, such as Europe/Oslo; unset: UTC."
    )
    interval = StringField("Ask every (optional)", description="Such as 30m or 2h; unset: by its own rhythm.")
    timeout = StringField("Wait for at most (optional)", description="Such as 60s; unset: [fetch] timeout.")
    max_bytes = StringField("Largest answer in bytes (optional)", description="Default: [fetch] max_bytes.")
    links = StringField(
        "Links to articles (optional)", description="For a page without a feed: a CSS selector."
    )
    user = StringField("User name (optional)")
    password = StringField("Where its password stands (optional)", description="env:NAME or file:PATH.")

    GROUPS = (
        (later("What it is"), ("title", "url", "slug", "topics", "author", "language", "timezone")),
        (later("What is passed on"), ("share", "pictures", "ours")),
        (
            later("How it is asked"),
            ("full_text", "links", "interval", "timeout", "max_bytes", "user", "password"),
        ),
    )
    """All fields, as the page shows them: a field that stands in no group is not on it."""

    def typed(self) -> dict[str, Any]:
        """What stands in the fields, by their names: what fills the form again."""
        return {name: self[name].data for _, names in self.GROUPS for name in names if name in self}

    def stated(self) -> dict[str, Any]:
        """Keys and raw values of a `[[source]]`; None for what is empty."""
        hints = hints_of(SourceDeclaration)
        return {name: _stated(hints[name], value) for name, value in self.typed().items()}


def source_data(declared: SourceDeclaration) -> dict[str, Any]:
    """What a `SourceForm` holds for a source that is set so."""
    return {name: _shown(getattr(declared, name)) for _, names in SourceForm.GROUPS for name in names}


def _stated(hint: Any, value: Any) -> Any:
    """A raw value of a `[[source]]` as somebody typed it into a field."""
    if not isinstance(value, str):
        return value
    if get_origin(hint) is tuple:
        return [one.strip() for one in value.split(",") if one.strip()] or None
    text = value.strip()
    is_number = int in get_args(hint) and text.isascii() and text.isdigit()
    return (int(text) if is_number else text) or None


def _shown(value: Any) -> Any:
    """A value of a declaration as a field shows it."""
    if isinstance(value, bool):
        return value
    if isinstance(value, timedelta):
        return f"{int(value.total_seconds())}s"
    return ", ".join(value) if isinstance(value, tuple) else str(value or "")


class ListForm(Form):
    """A list of sources."""

    text = TextAreaField("Or its text (optional)", description="OPML, as feed readers export it.")
    folders = BooleanField(
        "Folders become topics", description="Each folder of the list is a topic of its sources."
    )
