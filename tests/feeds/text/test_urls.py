"""Addresses: one form for everybody, without what tells who clicked; secrets; slugs."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.text.urls import (
    absolute_url,
    canonical_url,
    guid_domain,
    is_iri,
    is_secret,
    published_url,
    same_url_key,
    shown_url,
    slugify,
    taken_apart,
    url_domain,
    without_session,
)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("HTTP://Harbour.Example:80", "http://harbour.example/"),
        ("https://harbour.example:443/a", "https://harbour.example/a"),
        ("https://harbour.example:8443/a", "https://harbour.example:8443/a"),
        ("https://user:pw@harbour.example/a", "https://harbour.example/a"),
        ("https://harbour.example/a/../b/./c", "https://harbour.example/b/c"),
        ("https://harbour.example/a#top", "https://harbour.example/a"),
        ("https://harbour.example/a#!/story/1", "https://harbour.example/a#!/story/1"),
        ("https://harbour.example/a?id=5&utm_source=x&fbclid=y", "https://harbour.example/a?id=5"),
        ("https://harbour.example/a?UTM_Source=x", "https://harbour.example/a"),
        ("https://harbour.example/a?b=&c", "https://harbour.example/a?b=&c"),
        ("https://häfen.example/ä ö", "https://xn--hfen-loa.example/%C3%A4%20%C3%B6"),
        ("https://harbour.example./a", "https://harbour.example/a"),
        ("https://häfen.example。/a", "https://xn--hfen-loa.example/a"),
        ("https://../a", None),
        ("https://.//evil.example/a", None),
        ("https://..//[a/b", None),
        ("https://[::1]::1@a]/", None),
        (" /a\n", "https://base.example/a"),
        ("//cdn.example/a", "https://cdn.example/a"),
        ("?p=2", "https://base.example/dir/?p=2"),
        ("javascript:alert(1)", None),
        ("java\nscript:alert(1)", None),
        ("data:text/html,x", None),
        ("mailto:jane@harbour.example", None),
        ("https://", None),
        ("https://[::1", None),
        ("https://harbour.example:99999/", None),
        ("https://harbour.example/" + "a" * 5000, None),
        ("", None),
        (None, None),
    ],
)
def test_canonical_addresses(written: str | None, meant: str | None) -> None:
    assert canonical_url(written, "https://base.example/dir/") == meant


ADDRESSES = st.builds(
    "{}://{}{}{}{}".format,
    st.sampled_from(["http", "HTTPS"]),
    st.from_regex(r"[a-zA-Zä][a-z0-9ü-]{0,8}\.(example|Example\.|co\.uk)(:\d{2,5})?", fullmatch=True),
    st.from_regex(r"(/[a-z .%~ä\"<>|]{0,6}){0,5}", fullmatch=True),
    st.from_regex(r"(\?([a-z_]{1,8}(=[^#\r\n]{0,4})?&?){0,4})?", fullmatch=True),
    st.from_regex(r"(#[!/]?[a-z ]{0,4})?", fullmatch=True),
)


@given(ADDRESSES)
def test_canonical_once_is_canonical_for_ever(address: str) -> None:
    once = canonical_url(address)
    if once is not None:
        assert canonical_url(once) == once
        assert absolute_url(once) == once
        assert once.isascii()
        assert same_url_key(once) == same_url_key(canonical_url(once.replace("http://", "https://")) or "")


@given(st.text(max_size=200))
def test_no_text_is_too_odd_for_an_address(text: str) -> None:
    for found in (canonical_url(text), canonical_url(text, "https://base.example/")):
        assert found is None or found.startswith(("http://", "https://"))
    assert isinstance(shown_url(text), str)
    guid_domain(text)


@given(st.text(max_size=300))
def test_slugs_are_always_words_of_an_address(text: str) -> None:
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", slugify(text))
    assert len(slugify(text)) <= 60


@pytest.mark.parametrize(
    ("text", "slug"),
    [
        ("Größe & Maß", "grosse-mass"),
        ("Москва", "moskva"),
        ("東京", "dongjing"),
        ("Jane O'Hara", "jane-ohara"),
        ("!!!", "untitled"),
        ("a" * 80, "a" * 60),
        ("word " * 30, "word-word-word-word-word-word-word-word-word-word-word-word"),
    ],
)
def test_slugs_are_transliterated(text: str, slug: str) -> None:
    assert slugify(text) == slug


@pytest.mark.parametrize(
    ("address", "is_hidden"),
    [
        ("https://u:p@a.example/feed", True), ("https://u@a.example/feed", True), ("https://a.example/feed?token=abc", True),
        ("https://a.example/feed?api_key=abc", True), ("https://a.example/feed?access-token=1", True),
        ("https://a.example/feed?sig=1&x=2", True), ("https://a.example/feed?token=", False), ("https://a.example/feed?page=2", False),
        ("https://a.example/feed?keyword=sea", False), ("https://a.example/passwords", False),
    ],
)  # fmt: skip
def test_secret_addresses_are_known_and_not_shown(address: str, is_hidden: bool) -> None:
    assert is_secret(address) is is_hidden
    shown = shown_url(address)
    assert (shown != address) is is_hidden
    assert not any(secret in shown for secret in ("abc", "u:p", "u@"))


def test_domains_of_addresses_and_guids() -> None:
    assert url_domain("https://news.harbour.co.uk/a") == "harbour.co.uk"
    assert url_domain("https://jane.github.io/a") == "jane.github.io"
    assert url_domain("http://127.0.0.1/a") == "127.0.0.1"
    assert url_domain(None) is None
    assert guid_domain("tag:jane@news.harbour.example,2026:x") == "harbour.example"
    assert guid_domain("tag:nobody:x") is None
    assert guid_domain("https://news.harbour.example/1") == "harbour.example"
    assert guid_domain("urn:uuid:1") is None
    assert is_iri("tag:a.example,2026:ä")
    assert not is_iri("a b")
    assert not is_iri("x:<y>")


@given(
    url=st.from_regex(
        r"(https?://)?[a-z0-9.-]{0,12}(:\d{1,3})?/?[A-Za-z0-9/._~;=%&|#?@ -]{0,20}", fullmatch=True
    ),
    base=st.sampled_from(
        [None, "https://a.example/b/c?d", "http://u:p@A.example:80/x/", "https://b.example:81"]
    ),
)
def test_the_quick_way_for_plain_addresses_answers_what_taking_apart_does(url: str, base: str | None) -> None:
    text = url.strip()
    expected = taken_apart(text, base) if text else None
    assert absolute_url(url, base) == expected


@pytest.mark.parametrize(
    ("given", "shown", "compared"),
    [
        ("https://a.example/log#v1", "https://a.example/log#v1", "https://a.example/log"),
        ("https://a.example/log?utm_source=rss#v2", "https://a.example/log#v2", "https://a.example/log"),
        ("https://a.example/log#xtor=RSS-1", "https://a.example/log", "https://a.example/log"),
        ("https://a.example/#!/post/2", "https://a.example/#!/post/2", "https://a.example/#!/post/2"),
        ("https://a.example/x;jsessionid=AB12?id=3", "https://a.example/x?id=3", "https://a.example/x?id=3"),
        ("https://a.example/x?PHPSESSID=ab&id=3#c", "https://a.example/x?id=3#c", "https://a.example/x?id=3"),
        ("https://a.example/x;v=2?sid=5", "https://a.example/x;v=2?sid=5", "https://a.example/x;v=2?sid=5"),
    ],
)
def test_a_link_leads_to_its_place_and_to_nobodys_session(given: str, shown: str, compared: str) -> None:
    assert canonical_url(given) == compared
    assert published_url(given, compared) == shown
    assert absolute_url(without_session(given)) == without_session(given)


def test_an_address_that_a_page_states_is_where_readers_are_led() -> None:
    assert published_url("https://a.example/amp/1#c", "https://a.example/1") == "https://a.example/1"
    assert published_url(None, None) is None
    assert published_url("https://a.example/1", None) == "https://a.example/1"


@pytest.mark.parametrize(
    ("host", "known"),
    [
        ("faß.de", "xn--fa-hia.de"), ("münchen.example", "xn--mnchen-3ya.example"), ("☃.example", "xn--n3h.example"),
        ("例え。テスト", "xn--r8jz45g.xn--zckzah"), ("a_b.exämple", "a_b.xn--exmple-cua"), ("ÖBB.at", "xn--bb-eka.at"),
    ],
)  # fmt: skip
def test_names_of_other_scripts_are_those_of_idna_2008(host: str, known: str) -> None:
    assert absolute_url(f"https://{host}/x") == f"https://{known}/x"
    assert absolute_url(f"https://{known}/x") == f"https://{known}/x"
