"""The forms of signing in, of the own account, and of people."""

from __future__ import annotations

from wtforms import (
    PasswordField,
    SelectField,
    StringField,
)
from wtforms.validators import DataRequired, InputRequired, Length

from web.admin.form import Form


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
