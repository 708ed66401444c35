"""The look of a site: colour, logo, own style, templates, words of its own; on pages, in feeds, and what is refused."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from werkzeug.test import Client

from feeds.config.load import parse
from feeds.config.look import PAPER
from feeds.errors import ConfigError
from feeds.text.colours import READABLE, contrast, readable_on
from tests.conftest import open_store
from tests.fakes import MovedClock, Newsroom, item, rss
from web.app import create_app
from web.public.look import DARK_PAPER, accent_style

Visit = Callable[[str], Client]
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


@pytest.fixture
def visit(tmp_path: Path, sqlite_template: Path) -> Iterator[Visit]:
    """A browser at a site with these lines in its config file."""
    database = Path(shutil.copy(sqlite_template, tmp_path / "site.db"))
    stores = [open_store(str(database))]
    room = Newsroom(stores[0], clock=MovedClock())
    room.add("https://harbour.example/feed", rss(item(1)))
    room.round()

    def made(lines: str) -> Client:
        settings = parse(
            f"[site]\nbase_url = 'https://reader.example'\n{lines}", tmp_path / "config.toml", {}
        )
        stores.append(open_store(str(database)))
        app = create_app(
            settings=settings, store_factory=lambda: stores[-1], clock=room.clock, is_refreshing=False
        )
        return app.test_client()

    yield made
    for one in stores:
        one.close()


def test_without_any_of_it_nothing_is_there(visit: Visit) -> None:
    web = visit("")
    page = web.get("/").text
    assert "/look/" not in page
    assert "Imprint" not in page
    for path in ("/look/accent.css", "/look/own.css", "/look/logo.png", "/imprint", "/privacy"):
        assert web.get(path).status_code == 404, path
    assert "<logo>" not in web.get("/all.atom").text


def test_the_accent_can_be_read_in_both_schemes(visit: Visit) -> None:
    web = visit("accent = '#8B0000'")
    page = web.get("/").text
    (path,) = re.findall(r'href="(/look/accent.css[^"]*)"', page)
    style = web.get(path)
    assert style.mimetype == "text/css"
    light, dark = re.findall(r"--accent: (#\w+);", style.text)
    assert light == "#8b0000"
    assert contrast(dark, DARK_PAPER) >= READABLE
    assert path in web.get("/admin/sign-in").text


@pytest.mark.parametrize("hue", ["#ff0000", "#00ff00", "#0000ff", "#123456", "#777777", "#000", "#f0f"])
def test_whatever_the_colour_links_and_buttons_can_be_read(hue: str) -> None:
    accent = readable_on("#" + hue[1:] * (6 // len(hue[1:])) if len(hue) == 4 else hue, PAPER)
    pairs = re.findall(r"--accent: (#\w+); --accent-ink: (#\w+)", accent_style(accent))
    for (colour, ink), paper in zip(pairs, (PAPER, DARK_PAPER), strict=True):
        assert contrast(colour, paper) >= READABLE
        assert contrast(ink, colour) >= READABLE


def test_a_pale_accent_is_refused_with_the_nearest_that_can_be_read(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as raised:
        parse("[site]\naccent = '#ffcc00'", tmp_path / "config.toml", {})
    (problem,) = raised.value.problems
    assert problem.startswith("config.toml:2: site.accent: #ffcc00 is too pale")
    near = re.findall(r"#\w{6}", problem)[1]
    assert contrast(near, PAPER) >= READABLE
    assert parse(f"[site]\naccent = '{near}'", tmp_path / "config.toml", {}).site.accent == near


def test_the_logo_stands_on_pages_and_in_feeds_and_runs_nothing(visit: Visit, tmp_path: Path) -> None:
    (tmp_path / "logo.svg").write_bytes(SVG)
    (tmp_path / "logo.PNG").write_bytes(b"\x89PNG\r\n\x1a\n")
    web = visit("logo = 'logo.svg'")
    assert '<img class="logo" src="/look/logo.svg" alt="">' in web.get("/all").text
    answer = web.get("/look/logo.svg")
    assert answer.mimetype == "image/svg+xml"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert web.get("/look/logo.svg", headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304
    assert "<logo>https://reader.example/look/logo.svg</logo>" in web.get("/all.atom").text
    assert json.loads(web.get("/all.json").text)["icon"] == "https://reader.example/look/logo.svg"
    assert "<image>" not in web.get("/all.rss").text
    other = visit("logo = 'logo.PNG'")
    assert "<url>https://reader.example/look/logo.png</url>" in other.get("/all.rss").text


def test_words_of_its_own_are_markdown_without_scripts_and_read_anew(visit: Visit, tmp_path: Path) -> None:
    (tmp_path / "imprint.md").write_text("Published by **Ada** <script>alert(1)</script>", encoding="utf-8")
    web = visit("welcome = 'Along the *coast* <img src=x onerror=alert(1)>'\nimprint = 'imprint.md'")
    home = web.get("/").text
    assert "<em>coast</em>" in home
    assert "<img src=x" not in home
    assert '<a href="/imprint">Imprint</a>' in home
    assert "Privacy" not in home
    page = web.get("/imprint").text
    assert "Published by <strong>Ada</strong>" in page
    assert "<script" not in page
    (tmp_path / "imprint.md").write_text("Published by Olav", encoding="utf-8")
    assert "Published by Olav" in web.get("/imprint").text


def test_an_own_sheet_comes_after_ours_and_own_templates_before(visit: Visit, tmp_path: Path) -> None:
    (tmp_path / "own.css").write_text(":root { --paper: #ffffff; }", encoding="utf-8")
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "list.html").write_text(
        "{% extends 'base.html' %}{% block main %}<p>Ours alone</p>{% endblock %}"
    )
    web = visit("stylesheet = 'own.css'\ntemplates = 'own'")
    page = web.get("/topics").text
    assert "Ours alone" in page
    assert page.index("/static/site.css") < page.index("/look/own.css")
    assert web.get("/look/own.css").text == ":root { --paper: #ffffff; }"
    assert web.get("/").status_code == 200
    (tmp_path / "own.css").unlink()
    assert web.get("/look/own.css").status_code == 404
    assert web.get("/").status_code == 200


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("logo = 'nowhere.png'", "site.logo: there is no file"),
        ("logo = 'logo.exe'", "site.logo: expected a picture"),
        ("stylesheet = 'style.less'", "site.stylesheet: expected a file that ends in .css"),
        ("imprint = 'big.md'", "at most 500,000 are served"),
        ("privacy = 'a-folder.md'", "is no file"),
        ("templates = 'nowhere'", "site.templates: there is no folder"),
        ("accent = 'teal'", "site.accent: expected a colour such as #0b5d5e"),
    ],
)
def test_what_cannot_be_shown_is_told_with_its_line(tmp_path: Path, line: str, said: str) -> None:
    (tmp_path / "big.md").write_bytes(b"x" * 500_001)
    (tmp_path / "a-folder.md").mkdir()
    with pytest.raises(ConfigError) as raised:
        parse(f"[site]\n{line}", tmp_path / "config.toml", {})
    assert raised.value.problems[0].startswith("config.toml:2: ")
    assert said in raised.value.problems[0]
