"""Lists in TOML: what an entry may state, every fault with its line, and nothing that costs the reader much."""

from __future__ import annotations

import time

import pytest

from feeds.config.listed import MOST_BYTES, read_toml_list
from feeds.errors import ParseError
from feeds.model.lists import ListedSource


def test_what_an_entry_may_state() -> None:
    text = """
[[source]]
url = "https://a.example/map.xml"
title = " The   Quay "
slug = "quay"
home = "https://a.example/"
topics = ["harbour"]
language = "nn"
timezone = "Europe/Oslo"
kind = "sitemap"
only = ["/news/"]
was = ["https://a.example/old", "pier"]
"""
    found = read_toml_list(b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode())
    assert found.wrong == ()
    assert found.entries == (
        ListedSource(
            url="https://a.example/map.xml", title="The Quay", slug="quay", home="https://a.example/",
            topics=("harbour",), language="nn", timezone="Europe/Oslo", kind="sitemap", only=("/news/",),
            was=("https://a.example/old", "pier"),
        ),
    )  # fmt: skip
    assert found.entries[0].line == 2


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ('titel = "x"', "l.toml:3: source.titel: no such setting; did you mean title?"),
        ('password = "env:HOME"', "l.toml:3: source.password: a list may not state this"),
        ("headers = []", "l.toml:3: source.headers: a list may not state this"),
        ('proxy = "x"', "l.toml:3: source.proxy: a list may not state this"),
        ('share = "full"', "l.toml:3: source.share: a list may not state this"),
        ('audience = "public"', "l.toml:3: source.audience: a list may not state this"),
        ("ours = true", "l.toml:3: source.ours: a list may not state this"),
        ("terms_agreed = true", "l.toml:3: source.terms_agreed: a list may not state this"),
        ("complete = true", "l.toml:3: source.complete: a list may not state this"),
        ('kind = "folder"', "l.toml:3: source.kind: a list names no folders"),
        ('kind = "page"', "l.toml:1: source: links: a page needs the CSS selector"),
        ('title = ""', "l.toml:3: source.title: expected a text that is not empty"),
        ('title = "a\\u0000b"', "l.toml:3: source.title: expected a text without control characters"),
        ('only = ["\\u0007"]\nkind = "sitemap"', "l.toml:3: source.only: expected a text without control"),
        (f'title = "{"x" * 301}"', "l.toml:3: source.title: expected at most 300 characters"),
        ('home = "nowhere"', "l.toml:3: source.home: expected an address"),
        ("home = 3", "l.toml:3: source.home: expected a text in quotes"),
        ('topics = "x"', "l.toml:3: source.topics: expected a list of texts"),
        ('language = "?"', "l.toml:3: source.language: expected a language tag"),
        ("topics = [" + '"a", ' * 21 + "]", "l.toml:3: source.topics: expected at most 20"),
    ],
)
def test_what_it_may_not_is_told_with_its_line(line: str, expected: str) -> None:
    found = read_toml_list(f'[[source]]\nurl = "https://a.example/f"\n{line}\n'.encode(), "l.toml")
    assert found.entries == ()
    assert found.wrong[0].startswith(expected)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[[source]]\ntitle = 'x'", "l.toml:1: source: url is missing"),
        ("[source]\nurl = 'https://a.example/'", "write [[source]] with two brackets"),
        ("\n[[topic]]\nslug = 'x'", "l.toml:2: topic: a list holds [[source]] tables alone"),
        ("[[source]]\nurl = 'articles/'", "expected an address that begins with http"),
        ("[[source]]\nurl = '/etc/passwd'", "expected an address that begins with http"),
        ("[[source]]\nurl = 'file:///etc/passwd'", "expected an address that begins with http"),
    ],
)
def test_what_is_no_entry_is_told(text: str, expected: str) -> None:
    assert expected in read_toml_list(text.encode(), "l.toml").wrong[0]


@pytest.mark.parametrize(
    "body",
    [
        b"[[source]\n",
        b"x = " + b"[" * 100_000,
        b".".join([b"a"] * 100_000) + b" = 1",
        b"x = {" + b" . ".join([b"a"] * 100_000) + b" = 1}",
        b"x = " + b"9" * 400_000,
        b"x" * (MOST_BYTES + 1),
        b"\xff\xfe[\x00",
        b"\n".join(b"a%d.b.c = 1" % n for n in range(20_000)) + b"\n[a1.b.c",
    ],
)
def test_a_hostile_list_is_refused_quickly(body: bytes) -> None:
    began = time.process_time()
    with pytest.raises(ParseError):
        read_toml_list(body)
    assert time.process_time() - began < 3
