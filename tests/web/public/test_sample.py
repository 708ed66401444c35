"""The demonstration's newsroom over HTTP: right types, conditional, and only where it is wanted."""

from __future__ import annotations

from pathlib import Path

import pytest
from werkzeug.test import Client

from tests.fakestore import FakeStore
from tests.web.newsroom import make_app
from web.public.sample import FOLDER, MEDIA_TYPES


@pytest.fixture
def web(tmp_path: Path) -> Client:
    return make_app(FakeStore(), tmp_path, sample_base="http://127.0.0.1:8080").test_client()


def test_every_shipped_file_is_served_with_its_type_and_conditionally(web: Client) -> None:
    names = [path.name for path in FOLDER.iterdir() if path.is_file() and path.suffix != ".md"]
    assert names
    for name in names:
        answer = web.get(f"/sample/{name}")
        assert answer.status_code == 200, name
        assert answer.headers["Content-Type"] == MEDIA_TYPES[Path(name).suffix]
        assert answer.data == (FOLDER / name).read_bytes()
        by_tag = web.get(f"/sample/{name}", headers={"If-None-Match": answer.headers["ETag"]})
        by_date = web.get(f"/sample/{name}", headers={"If-Modified-Since": answer.headers["Last-Modified"]})
        assert (by_tag.status_code, by_date.status_code) == (304, 304)


@pytest.mark.parametrize("name", ["nothing.rss", "..%2fconfig.toml", "%2e%2e/config.toml", ".rss", "x.toml"])
def test_nothing_else_is_served(web: Client, name: str) -> None:
    assert web.get(f"/sample/{name}").status_code == 404


def test_a_site_of_ones_own_has_no_samples(tmp_path: Path) -> None:
    web = make_app(FakeStore(), tmp_path).test_client()
    assert web.get("/sample/harbour.rss").status_code == 404
