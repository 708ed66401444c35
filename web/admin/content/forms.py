"""The forms of topics, authors and articles."""

from __future__ import annotations

from wtforms import (
    BooleanField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import DataRequired, Length

from feeds.model.articles import TopicRule
from web.admin.form import Form, lines

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
