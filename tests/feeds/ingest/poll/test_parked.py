"""Parked domains are told from pages that merely speak of domains."""

from __future__ import annotations

import pytest

from feeds.errors import ParseError
from feeds.ingest.poll.drafts import parse
from feeds.ingest.poll.parked import is_parked

HEAD = "<!doctype html><html><head><title>n.example</title></head><body>"


@pytest.mark.parametrize(
    ("page", "url"),
    [
        (f"{HEAD}<h1>n.example</h1><p>This domain is for sale!</p>", "https://n.example/feed"),
        (f"{HEAD}<p>The domain n.example may be for sale. Buy this domain.</p>", "https://n.example/"),
        (f"{HEAD}<p>Diese Domain steht zum Verkauf</p>", "https://n.example/"),
        (f"{HEAD}<script src='//www.sedoparking.com/frmpark/x.js'></script>", "https://n.example/"),
        (f"{HEAD}<p>Welcome</p>", "https://www.hugedomains.com/domain_profile.cfm?d=n"),
        (f"{HEAD}<p>This domain name has expired.</p>", "https://n.example/"),
    ],
)
def test_pages_of_dealers_are_recognized(page: str, url: str) -> None:
    assert is_parked(page.encode(), url)


@pytest.mark.parametrize(
    "page",
    [
        f"{HEAD}<p>Nothing here.</p>",
        f"{HEAD}<article><p>The council said that this domain is for sale, and the ferry too.</p></article>",
        HEAD + "<p>A long story.</p>" * 20 + "<p>They wrote: buy this domain.</p>",
        f"{HEAD}<p>Sedo.com is a firm in Cologne.</p>",
    ],
)
def test_pages_that_speak_of_domains_are_not(page: str) -> None:
    assert not is_parked(page.encode(), "https://n.example/")


def test_the_source_says_so() -> None:
    with pytest.raises(ParseError, match="parked") as caught:
        parse(
            f"{HEAD}<p>Buy this domain</p>".encode(), url="https://n.example/feed", content_type="text/html"
        )
    assert caught.value.state == "parked"
