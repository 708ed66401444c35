"""The documents are tried as a new partner would: every line of curl, and the example client over real HTTP."""

from __future__ import annotations

import importlib.util
import json
import re
import shlex
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from shutil import which
from typing import Any, get_args
from urllib.request import urlopen

import pytest

from db.store import Store
from feeds.actions.declaring.partner_keys import make_key
from feeds.actions.editing import withdrawals
from feeds.actions.publishing.publish import publish_touched
from feeds.model.deltas import FIELDS
from feeds.model.partners import PartnerSpec
from feeds.model.passed_on import Part
from tests.serving import serving
from tests.web.api.conftest import FEED, Site, told

DOCS = Path(__file__).resolve().parents[3] / "docs"
MOST_LINES = 60


def example() -> Any:
    found = importlib.util.spec_from_file_location("replay", DOCS / "replay.py")
    assert found is not None
    assert found.loader is not None
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    return module


@pytest.fixture
def address(site: Site) -> Iterator[str]:
    """Where the app answers over HTTP."""
    with serving(site.app, is_threaded=False) as found:
        yield found


def held_by(site: Site, feed: str) -> dict[str, Any]:
    return {one["id"]: one for one in site.json(f"/articles?feed={feed}")["articles"]}


def copied(path: Path, feed: str) -> dict[str, Any]:
    connection = sqlite3.connect(path)
    rows = connection.execute("SELECT id, article FROM articles WHERE feed = ?", (feed,)).fetchall()
    connection.close()
    return {key: json.loads(text) for key, text in rows}


def test_the_example_is_short_and_needs_nothing_but_python() -> None:
    text = (DOCS / "replay.py").read_text(encoding="utf-8")
    assert len(text.splitlines()) <= MOST_LINES
    names = set(re.findall(r"^(?:from|import) (\w+)", text, re.MULTILINE))
    assert names <= sys.stdlib_module_names


def test_the_example_holds_what_the_feed_holds(site: Site, address: str, tmp_path: Path) -> None:
    replay, copy = example().replay, tmp_path / "copy.db"
    store, now = site.newsroom.store, site.newsroom.clock
    assert replay(address, "all", str(copy)) == 5
    assert copied(copy, "all") == held_by(site, "all")
    assert replay(address, "topics/harbour", str(copy)) == 1
    site.newsroom.web.put(FEED, told(1, 2, 3, 4, 5, 6, 7, t2="Corrected", t1="Corrected too"))
    site.newsroom.again()
    withdrawals.withdraw(store, 3, "It was wrong.", now())
    publish_touched(store, now())
    assert replay(address, "all", str(copy)) == 5
    assert copied(copy, "all") == held_by(site, "all")
    assert len(copied(copy, "all")) == 6
    assert replay(address, "topics/harbour", str(copy)) == 1
    assert copied(copy, "topics/harbour") == held_by(site, "topics/harbour")
    assert replay(address, "all", str(copy)) == 0
    connection = sqlite3.connect(copy)
    with connection:
        connection.execute("UPDATE cursors SET cursor = 'forgotten' WHERE feed = 'all'")
    connection.close()
    assert replay(address, "all", str(copy)) == 6
    assert copied(copy, "all") == held_by(site, "all")


def test_the_example_reads_as_a_partner_and_says_why_it_may_not(
    site: Site, address: str, tmp_path: Path
) -> None:
    store: Store = site.newsroom.store
    spec = PartnerSpec(slug="daily", name="The Daily", feeds=("topics/harbour",), share="headline")
    partner = store.partners.put(spec, origin="admin", now=site.newsroom.clock())
    key = make_key(store, partner, lambda count: b"k" * count, site.newsroom.clock())
    copy = tmp_path / "copy.db"
    asked = [sys.executable, str(DOCS / "replay.py"), address]
    bare = subprocess.run(asked, check=False, capture_output=True, text=True)
    assert (bare.returncode, "topics/harbour copy.db" in bare.stderr, "Traceback" in bare.stderr) == (
        1,
        True,
        False,
    )
    done = subprocess.run(
        [*asked, "topics/harbour", str(copy), key], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.stdout == "1 changes\n", done.stderr
    (article,) = copied(copy, "topics/harbour").values()
    assert (article["share"], article["content_html"]) == ("headline", "")
    refused = subprocess.run(
        [*asked, "all", str(copy), key], capture_output=True, text=True, timeout=60, check=False
    )
    assert refused.returncode == 1
    assert "This key is for: topics/harbour." in refused.stderr
    assert key not in refused.stderr


def test_every_line_of_curl_answers(site: Site, address: str) -> None:
    text = (DOCS / "api.md").read_text(encoding="utf-8")
    (block,) = re.findall(r"```curl\n(.*?)```", text, re.DOTALL)
    lines = [line.replace("$SITE", address) for line in block.splitlines()]
    assert len(lines) >= 10
    for line in lines:
        words = shlex.split(line)
        if which("curl"):
            done = subprocess.run([*words, "--noproxy", "*"], capture_output=True, timeout=60, check=True)
            answer = json.loads(done.stdout)
        else:
            with urlopen(words[-1], timeout=60) as given:
                answer = json.load(given)
        assert "detail" not in answer, (line, answer)


def test_the_document_names_every_field_that_may_change() -> None:
    text = (DOCS / "api.md").read_text(encoding="utf-8")
    assert get_args(Part) == FIELDS
    assert [one for one in FIELDS if f"`{one}`" not in text] == []
