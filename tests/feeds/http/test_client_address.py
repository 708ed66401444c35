"""Who counts as one client: where limits are held, and that all of them hold them so."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask

from db.store import Store
from feeds.actions.accounts.people import MOST_BY_ADDRESS, TooManyTriesError, count_try
from feeds.http.client_address import client_of
from feeds.model.settings import Settings, SiteSettings
from tests.fakes import NOON, Newsroom, item, rss
from web.app import ASKS_A_MINUTE, create_app


@pytest.mark.parametrize(
    ("address", "client"),
    [
        ("192.0.2.1", "192.0.2.1"), ("::ffff:192.0.2.1", "192.0.2.1"), ("2001:db8:0:1::9", "2001:db8:0:1::/64"),
        ("2001:db8:0:1:ffff::", "2001:db8:0:1::/64"), ("", ""), ("unknown", "unknown"),
    ],
)  # fmt: skip
def test_an_ipv6_client_is_its_network(address: str, client: str) -> None:
    assert client_of(address) == client


def test_signing_in_is_counted_by_network(sqlite_store: Store) -> None:
    for number in range(MOST_BY_ADDRESS):
        count_try(sqlite_store, None, address=f"2001:db8::{number:x}", now=NOON)
    with pytest.raises(TooManyTriesError):
        count_try(sqlite_store, None, address="2001:db8::ffff", now=NOON)
    count_try(sqlite_store, None, address="2001:db8:0:1::1", now=NOON)


def app_of(store: Store, folder: Path) -> Flask:
    room = Newsroom(store)
    room.add("https://harbour.example/feed", rss(item(1)))
    room.round()
    return create_app(
        settings=Settings(
            path=folder / "config.toml", site=SiteSettings(title="Reader", base_url="https://reader.example")
        ),
        store_factory=lambda: store,
        clock=room.clock,
        is_refreshing=False,
    )


@pytest.mark.parametrize("path", ["/hub", "/cloud"])
def test_asking_the_hub_is_counted_by_network(sqlite_store: Store, tmp_path: Path, path: str) -> None:
    client = app_of(sqlite_store, tmp_path).test_client()

    def ask(address: str) -> int:
        form = {"hub.mode": "subscribe", "protocol": "http-post"}
        return client.post(path, data=form, environ_base={"REMOTE_ADDR": address}).status_code

    assert {ask(f"2001:db8::{number:x}") for number in range(ASKS_A_MINUTE)} == {400}
    assert ask("2001:db8::ffff") == 429
    assert ask("2001:db8:0:1::1") == 400
