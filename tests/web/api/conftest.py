"""A real store with a small newsroom behind the real app."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from feeds.model.articles import TopicRule
from feeds.model.settings import Settings, SiteSettings
from tests.conftest import open_store
from tests.fakes import NOON, Newsroom, item, rss
from web.app import create_app

BASE = "https://reader.example"
FEED = "https://harbour.example/feed"


@dataclass(slots=True)
class Site:
    """The app, its newsroom, and somebody who asks."""

    newsroom: Newsroom
    app: Flask
    client: FlaskClient

    def get(self, path: str, **headers: str) -> Any:
        """The answer to a GET below `/api/v1`."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.client.get(f"/api/v1{path}", headers=named)

    def json(self, path: str, **headers: str) -> Any:
        """What it says, where it is well."""
        answer = self.get(path, **headers)
        assert answer.status_code == 200, answer.text
        return answer.json


def told(*numbers: int, **titles: str) -> str:
    """A document of these items; item 1 is by somebody, about a ferry."""
    return rss(
        *(
            item(
                n,
                title=titles.get(f"t{n}"),
                date=NOON - timedelta(hours=n),
                extra="<dc:creator>Ines Halvorsen</dc:creator><category>Sea</category>" if n == 1 else "",
                body="The pilot waits for the tide." if n % 2 else "Other news.",
            )
            for n in numbers
        )
    )


@pytest.fixture
def site(database_url: str, tmp_path: Path) -> Iterator[Site]:
    """Five articles, a topic and an author, on either engine."""
    store = open_store(database_url)
    newsroom = Newsroom(store)
    store.topics.put(
        slug="harbour",
        title="The harbour",
        description="",
        rule=TopicRule(categories=("Sea",)),
        origin="admin",
        now=newsroom.clock(),
    )
    newsroom.add(FEED, told(1, 2, 3, 4, 5))
    newsroom.round()
    opened = []

    def factory() -> Any:
        opened.append(open_store(database_url))
        return opened[-1]

    app = create_app(
        settings=Settings(
            path=tmp_path / "config.toml", site=SiteSettings(title="Skerry Reader", base_url=BASE)
        ),
        store_factory=factory,
        clock=newsroom.clock,
        is_refreshing=False,
    )
    yield Site(newsroom=newsroom, app=app, client=app.test_client())
    for one in opened:
        one.close()
    store.close()
