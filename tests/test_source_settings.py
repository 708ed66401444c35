"""The keys of a `[[source]]` are stated once; the form, the command and the API take them from there."""

from __future__ import annotations

from dataclasses import fields
from datetime import timedelta

import click

from commands.source_options import LISTS, options_json, source_options
from feeds.config.values import hints_of
from feeds.model.declarations import SourceDeclaration
from feeds.model.incoming import SourceOptions
from web.admin.sources.forms import SourceForm
from web.api.managed import ManagedSource
from web.api.write_bodies import NewSource, SourceChange, read_body

KEYS = list(hints_of(SourceDeclaration))
WRITTEN_BY_COMMAND_ALONE = {"paused", "was", "url"}


def test_options_stand_among_the_keys_in_their_order() -> None:
    names = [one.name for one in fields(SourceOptions)]
    first = KEYS.index(names[0])
    assert KEYS[first : first + len(names)] == names
    assert KEYS[0] == "url"
    assert KEYS[-2:] == ["paused", "was"]
    declared = SourceDeclaration(url="https://a.example/f", links="main a", timeout=timedelta(seconds=5))
    assert declared.options() == SourceOptions(links="main a", timeout=timedelta(seconds=5))


def test_every_field_of_the_form_is_a_key_and_stands_in_one_group() -> None:
    shown = [name for _, names in SourceForm.GROUPS for name in names]
    made = [name for name, value in vars(SourceForm).items() if hasattr(value, "field_class")]
    assert sorted(shown) == sorted(made)
    assert set(shown) <= set(KEYS)


def test_every_key_is_an_option_of_the_command() -> None:
    command = click.command()(source_options(lambda: None))
    names = {LISTS.get(str(one.name), str(one.name)) for one in command.params}
    assert set(KEYS) - names == WRITTEN_BY_COMMAND_ALONE


def test_what_the_api_tells_of_a_source_can_be_sent() -> None:
    told = ManagedSource.__struct_fields__
    settings = told[told.index("title") :]
    assert set(settings) <= set(KEYS)
    for body in (SourceChange, NewSource):
        assert set(settings) <= set(body.__struct_fields__)
    assert {"headers", "user", "password", "proxy"}.isdisjoint(SourceChange.__struct_fields__)
    sent = read_body(b'{"timeout": "5s", "ours": true, "topics": null, "links": null}', SourceChange)
    assert sent.stated() == {"timeout": "5s", "ours": True, "topics": None, "links": None}


def test_options_are_told_without_what_is_secret() -> None:
    told = options_json(SourceOptions(headers=("X-Key: env:KEY",), user="mara", password="env:SECRET"))
    assert told["headers"] == ["X-Key"]
    assert "env:" not in str(told)
