"""The forms of admin pages: fields, what is wrong with them in words, and what was typed, kept."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, get_args, get_origin

from wtforms import (
    BooleanField,
    PasswordField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import DataRequired, InputRequired, Length, Optional

from feeds.actions.editing.look import MOST_TITLE
from feeds.config.values import hints_of
from feeds.model.articles import TopicRule
from feeds.model.declarations import SourceDeclaration
from web.admin.form import DayField, Form
from web.language import later


class SignInForm(Form):
    """Name and password."""

    name = StringField("Name", [InputRequired("Your name is needed.")])
    password = PasswordField("Password", [InputRequired("Your password is needed.")])
    code = StringField("Code")


class SecondForm(Form):
    """A second factor, proved by a code of it."""

    secret = StringField("Secret")
    code = StringField("Code that the app shows", [DataRequired("The app's code is needed.")])


class StartForm(Form):
    """The first password by a one-time link."""

    name = StringField("Name", [Length(max=60)], description="You sign in with it, and the log names you so.")
    password = PasswordField(
        "Password", [InputRequired("A password is needed.")], description="12 characters or more."
    )


class PasswordForm(Form):
    """Another password."""

    old = PasswordField("Present password", [InputRequired("Your present password is needed.")])
    new = PasswordField(
        "New password", [InputRequired("A new password is needed.")], description="12 characters or more."
    )


class PersonForm(Form):
    """Somebody new."""

    name = StringField("Name", [DataRequired("A name is needed.")])
    email = StringField(
        "E-mail at single sign-on (optional)",
        description="The provider has to have verified it. Else sub:… as the sign-in page tells who is refused.",
    )
    role = SelectField(
        "May",
        choices={
            "admin": "change everything (admin)",
            "editor": "change topics, authors, articles (editor)",
            "viewer": "look (viewer)",
        },
        default="editor",
    )


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


LISTS = ("categories", "phrases", "url_parts", "sources", "match", "exclude", "medtop")


class TopicForm(Form):
    """A topic and its rule; one a line where there may be several."""

    title = StringField("Title", [DataRequired("A title is needed.")])
    slug = StringField(
        "Its word in addresses (optional)", description="/topics/WORD; unset: made from the title."
    )
    description = TextAreaField("Description (optional)", description="A sentence for the page and the feed.")
    categories = TextAreaField(
        "Labels (optional)", description="That sources give their articles, one a line."
    )
    phrases = TextAreaField("Words (optional)", description="In title, summary or text, one phrase a line.")
    url_parts = TextAreaField("Parts of addresses (optional)", description="Such as /harbour/, one a line.")
    sources = TextAreaField(
        "Sources (optional)", description="Everything of these, by their words in addresses, one a line."
    )
    match = TextAreaField(
        "Expressions (optional)", description="Such as ferry AND (fog OR ice), one a line; any suffices."
    )
    exclude = TextAreaField(
        "Keep out (optional)", description="Expressions such as title:obituary, one a line."
    )
    parent = SelectField(
        "Above it (optional)", description="Everything of this topic belongs there, too.", choices={}
    )
    medtop = TextAreaField(
        "IPTC Media Topics (optional)", description="Such as medtop:20000735, one a line; told in feeds."
    )

    def rule(self) -> TopicRule:
        """The rule that the form states."""
        several = {name: tuple(lines(self[name].data)) for name in LISTS}
        return TopicRule(
            categories=several["categories"],
            phrases=several["phrases"],
            url_parts=several["url_parts"],
            source_slugs=several["sources"],
            expressions=several["match"],
            exclude=several["exclude"],
            parent=self["parent"].data or None,
            medtop=several["medtop"],
        )


class WordForm(Form):
    """Another word in addresses."""

    slug = StringField(
        "Its word in addresses", [DataRequired("A word is needed.")], description="a-z, 0-9 and hyphens."
    )


class OverrideForm(Form):
    """Other words over the source's."""

    title = StringField("Title", [DataRequired("A title is needed."), Length(max=500)])
    summary = TextAreaField("Summary", [Length(max=5000)])
    authors = TextAreaField("Authors", [Length(max=5000)], description="Names, one a line.")
    picture = StringField(
        "Address of the leading picture",
        [Length(max=2000)],
        description="Empty: the article shows no leading picture.",
    )
    credit = StringField("Who made the picture", [Length(max=300)])
    rights = StringField("Rights", [Length(max=1000)], description="The rights notice that feeds pass on.")


class CorrectionForm(OverrideForm):
    """Other words, of which readers are told."""

    note = TextAreaField(
        "What was wrong",
        [DataRequired("Say what was wrong; readers see it."), Length(max=1000)],
        description="Readers see it at the end of the text, with the day.",
    )


class ReasonForm(Form):
    """Why."""

    reason = StringField(
        "Reason",
        [DataRequired("A reason is needed; readers see it."), Length(max=200)],
        description="Readers see it in the place of the text.",
    )
    silent = BooleanField(
        "Without a word", description="Do not announce it in feeds; the reason stays in the log."
    )


class AuthorForm(Form):
    """What is told of an author."""

    role = StringField("Role (optional)", description="Such as Harbour correspondent.")
    bio = TextAreaField("Biography (optional)", description="Shown on their page; unset: what articles say.")
    picture = StringField("Address of a picture (optional)")
    links = TextAreaField("Where else they are at home (optional)", description="Addresses, one a line.")
    known_as = StringField("Known also as (optional)", description="One more spelling of the name.")


class ListForm(Form):
    """A list of sources."""

    text = TextAreaField("Or its text (optional)", description="OPML, as feed readers export it.")
    folders = BooleanField(
        "Folders become topics", description="Each folder of the list is a topic of its sources."
    )


def lines(text: str | None) -> list[str]:
    """What stands on the lines of a text, without empty ones."""
    return [one.strip() for one in (text or "").splitlines() if one.strip()]


class ArticleForm(Form):
    """An article that is written here."""

    title = StringField("Title", [DataRequired("A title is needed."), Length(max=500)])
    text = TextAreaField(
        "Text",
        [DataRequired("A text is needed."), Length(max=500_000)],
        description="Markdown: an empty line between paragraphs, ## before a heading, [words](https://…) for a link.",
    )
    summary = TextAreaField("Summary (optional)", [Length(max=2_000)], description="For lists and headlines.")
    authors = StringField("Authors (optional)", [Length(max=500)], description="Names, with commas between.")
    topics = SelectMultipleField("Topics (optional)", description="Beside those that the topics' rules find.")
    language = StringField(
        "Language (optional)", [Length(max=20)], description="As a tag, such as nn; unset: the site's."
    )
    picture_url = StringField("Address of a picture (optional)", [Length(max=2_000)])
    picture_credit = StringField(
        "Who made the picture", [Length(max=300)], description="Shown with it in every feed."
    )
    picture_caption = StringField("Caption", [Length(max=1_000)])
    picture_alt = StringField("What the picture shows, for those who do not see it", [Length(max=500)])


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
