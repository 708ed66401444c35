"""Partners: as the file declares them, as an admin changes them; keys are shown once and kept as hashes."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import date

import pytest

from db.store import Store
from feeds.actions.declaring.declare import declare
from feeds.actions.declaring.export import stored_declarations
from feeds.actions.declaring.partner_keys import hash_of, new_key, partner_of
from feeds.actions.editing.changes import Desk, undo
from feeds.actions.editing.partner_edits import add_partner, remove_partner, set_partner, take_key_back
from feeds.actions.editing.partner_edits import new_key as make_key
from feeds.config.toml_writer import declarations_toml
from feeds.errors import ConfigError, NotFoundError, OwnedByFileError, RequestError
from feeds.model.partners import PartnerSpec
from feeds.model.people import Actor
from tests.fakes import NOON
from tests.feeds.actions.test_sources import settings

FILE = """
[[partner]]
slug = "daily"
name = "The Daily"
contact = "desk@daily.example"
feeds = ["topics/harbour", "mix/not-sources/noticeboard/topics/sea"]
share = "excerpt"
quota = 20000
ends = "2027-12-31"
"""
SPEC = PartnerSpec(
    slug="daily",
    name="The Daily",
    contact="desk@daily.example",
    feeds=("topics/harbour", "mix/topics/sea/not-sources/noticeboard"),
    share="excerpt",
    quota=20_000,
    ends_on=date(2027, 12, 31),
)
ACTOR = Actor(name="mara", via="command")


def desk(store: Store, text: str = "") -> Desk:
    return Desk(store=store, actor=ACTOR, settings=settings(text), now=NOON)


def test_the_file_declares_partners_and_pauses_those_it_lets_go(store: Store) -> None:
    assert declare(store, settings(FILE), NOON).added == ["partner daily"]
    (partner,) = store.partners.every()
    assert (partner.spec, partner.origin, partner.state) == (SPEC, "file", "active")
    key = make_key(store, "daily", os.urandom, actor=ACTOR, now=NOON)
    assert declare(store, settings(FILE), NOON).is_empty()
    assert declare(store, settings(""), NOON).paused == ["partner daily"]
    assert partner_of(store, key) is None
    assert declare(store, settings(FILE.replace("20000", "5")), NOON).changed == ["partner daily"]
    found = partner_of(store, key)
    assert found is not None
    assert found.spec == replace(SPEC, quota=5)
    lines = [one.what for one in store.changes.changes(kind="partner", most=9)]
    assert "changed the partner daily" in lines


def test_what_the_file_declares_is_changed_there(store: Store) -> None:
    declare(store, settings(FILE), NOON)
    with pytest.raises(OwnedByFileError, match=r"config\.toml:2 declares this partner"):
        set_partner(desk(store, FILE), "daily", {"quota": 1})
    with pytest.raises(OwnedByFileError):
        remove_partner(desk(store, FILE), "daily")


def test_partners_survive_the_way_out_and_in_again(store: Store) -> None:
    declare(store, settings(FILE), NOON)
    text = declarations_toml(stored_declarations(store))
    assert settings(text).declarations.partners == settings(FILE).declarations.partners


@pytest.mark.parametrize(
    ("stated", "expected"),
    [
        ('ends = "soon"', "expected a day such as 2027-12-31"),
        ('feeds = ["harbour"]', "expected all, topics/SLUG"),
        ('feeds = ["mix/topics"]', "stands alone"),
        ("quota = 0", "expected a number from 1"),
        ('share = "all"', "expected one of full, excerpt, headline"),
    ],
)
def test_wrong_values_say_what_was_expected(stated: str, expected: str) -> None:
    with pytest.raises(ConfigError, match=expected):
        settings(f'[[partner]]\nslug = "daily"\nname = "The Daily"\n{stated}\n')


def test_what_an_admin_changes_stands_in_the_log_and_is_taken_back(store: Store) -> None:
    at = desk(store)
    add_partner(at, SPEC)
    with pytest.raises(RequestError, match="already"):
        add_partner(at, SPEC)
    _, change = set_partner(at, "daily", {"quota": None, "share": "full"})
    assert change is not None
    assert change.what == "set quota, share of The Daily"
    undo(store, change.id, ACTOR, settings=at.settings, now=NOON)
    assert store.partners.every()[0].spec == SPEC
    key = make_key(store, "daily", os.urandom, actor=ACTOR, now=NOON)
    change = remove_partner(at, "daily")
    assert change is not None
    assert store.partners.every() == ()
    undo(store, change.id, ACTOR, settings=at.settings, now=NOON)
    assert store.partners.every()[0].spec == SPEC
    assert partner_of(store, key) is None, "keys that were taken back stay so"


def test_two_keys_at_a_time_and_neither_is_kept(store: Store) -> None:
    at = desk(store)
    partner = add_partner(at, SPEC)
    keys = [make_key(store, "daily", os.urandom, actor=ACTOR, now=NOON) for _ in range(2)]
    with pytest.raises(RequestError, match="2 keys already"):
        make_key(store, "daily", os.urandom, actor=ACTOR, now=NOON)
    for key in keys:
        found = partner_of(store, key)
        assert found is not None
        assert found.id == partner.id
    with pytest.raises(NotFoundError):
        take_key_back(store, "daily", "fwk_", actor=ACTOR, now=NOON)
    take_key_back(store, "daily", keys[0][:10], actor=ACTOR, now=NOON)
    assert partner_of(store, keys[0]) is None
    assert partner_of(store, keys[1]) is not None
    third = make_key(store, "daily", os.urandom, actor=ACTOR, now=NOON)
    for table in ("partners", "partner_keys", "changes", "kept"):
        text = repr(store.engine.rows(f"SELECT * FROM {table}"))
        assert not [key for key in (*keys, third) if key in text], table
    assert hash_of(third) in repr(store.engine.rows("SELECT * FROM partner_keys"))


def test_a_key_is_32_random_bytes() -> None:
    asked: list[int] = []

    def entropy(count: int) -> bytes:
        asked.append(count)
        return b"\xff" * count

    assert new_key(entropy) == "fwk_" + "_" * 42 + "8"
    assert asked == [32]
