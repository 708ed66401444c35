"""Tokens and the answers kept under their keys, on both engines."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from db.store import Store
from feeds.errors import ClaimLostError, NotFoundError, RequestError
from feeds.model.tokens import MOST_TOKENS, Token
from tests.fakes import NOON

LATER = NOON + timedelta(minutes=5)


def token(store: Store, number: int = 1, name: str = "mara") -> Token:
    person = store.people.get(name) or store.people.add(name, "admin", "hash", NOON)
    return store.tokens.add(
        person.id,
        hash=f"hash-{number}",
        begin=f"fwt_{number}",
        role="editor",
        ends_on=date(2027, 1, 2),
        now=NOON,
    )


def test_a_token_is_found_by_its_hash_while_its_person_is_there(store: Store) -> None:
    made = token(store)
    found = store.tokens.by_hash("hash-1")
    assert found is not None
    assert (found[0].token, found[0].name, found[0].role, found[1]) == (made, "mara", "editor", "hash-1")
    assert store.tokens.by_hash("hash-2") is None
    store.tokens.note_used(made.id, LATER)
    person = store.people.get("mara")
    assert person is not None
    assert store.tokens.of_person(person.id) == (replace(made, used_at=LATER),)
    store.answers.begin(made.id, "k", "print", lost_before=NOON, now=NOON)
    store.people.remove(person.id)
    store.people.add("mara", "admin", "hash", LATER)
    assert store.tokens.by_hash("hash-1") is None
    assert store.answers.get(made.id, "k") is None


def test_a_person_has_so_many_and_drops_one_by_its_beginning(store: Store) -> None:
    for number in range(1, MOST_TOKENS + 1):
        token(store, number)
    with pytest.raises(RequestError, match="take one back first"):
        token(store, 9)
    person = store.people.get("mara")
    assert person is not None
    for begin in ("", "fwt_", "fwt_9"):
        with pytest.raises(NotFoundError):
            store.tokens.drop(person.id, begin)
    assert store.tokens.drop(person.id, "fwt_3").begin == "fwt_3"
    token(store, 9)
    other = token(store, 10, "olav")
    with pytest.raises(NotFoundError):
        store.tokens.drop(person.id, other.begin)


def test_a_key_is_claimed_once_answered_and_taken_over_only_when_lost(store: Store) -> None:
    made = token(store)
    assert store.answers.begin(made.id, "k", "print", lost_before=NOON, now=NOON) is None
    waiting = store.answers.begin(made.id, "k", "print", lost_before=NOON, now=LATER)
    assert waiting is not None
    assert (waiting.status, waiting.begun_at) == (None, NOON)
    # Nobody takes over what asks for something else.
    assert store.answers.begin(made.id, "k", "other", lost_before=LATER, now=LATER) == waiting
    assert store.answers.begin(made.id, "k", "print", lost_before=LATER, now=LATER) is None
    answer = replace(waiting, status=201, body="{}", location="here", etag="tag")
    with pytest.raises(ClaimLostError):
        store.answers.keep(made.id, "k", answer)
    store.answers.give_up(made.id, "k", NOON)
    taken = replace(answer, begun_at=LATER)
    store.answers.keep(made.id, "k", taken)
    store.answers.give_up(made.id, "k", LATER)
    assert store.answers.begin(made.id, "k", "print", lost_before=LATER, now=LATER) == taken
    assert store.answers.forget(before=LATER) == 0
    assert store.answers.forget(before=LATER + timedelta(seconds=1)) == 1
    assert store.answers.begin(made.id, "k", "other", lost_before=NOON, now=LATER) is None
