"""The closing paragraph that presents an author leaves the content, and only that one."""

from __future__ import annotations

import pytest

from feeds.ingest.people.closing_lines import take_biographies

TEXT = "<p>The drifter left the quay before the fog.</p><p>Nobody had expected the tide.</p><p>The berth waits.</p>"
BIO = "<p>Jane Roe is a reporter who covers the harbour.</p>"


def test_a_closing_paragraph_is_the_authors() -> None:
    found = take_biographies(f"{TEXT}{BIO}", ["Jane Roe"])
    assert found.content_html == TEXT
    (told,) = found.biographies
    assert (told.name, told.text) == ("Jane Roe", "Jane Roe is a reporter who covers the harbour.")


def test_a_heading_above_goes_with_it() -> None:
    found = take_biographies(
        f"{TEXT}<h3>About the author</h3><p>Dr. Jane Roe, with a boat of her own.</p>", ["Jane Roe"]
    )
    assert found.content_html == TEXT
    assert found.biographies[0].text == "Dr. Jane Roe, with a boat of her own."
    other = f"{TEXT}<h3>About the author</h3><p>Omar Haddad has a boat.</p>"
    assert take_biographies(other, ["Jane Roe"]).content_html == other


def test_the_link_on_the_name_is_theirs() -> None:
    bio = '<p><a href="https://jane.example/">Jane Roe</a> writes about tides.</p>'
    (told,) = take_biographies(f"<div>{TEXT}{bio}</div>", ["Jane Roe"]).biographies
    assert told.url == "https://jane.example/"


@pytest.mark.parametrize(
    "content",
    [
        f"{TEXT}<p>Omar Haddad is a reporter who covers the harbour.</p>",
        f"{TEXT}<p>Jane Roe is delighted that the ferry runs.</p>",
        f"{TEXT}<p>Jane Roeder is a reporter.</p>",
        f"<p>One.</p>{BIO}",
        f"{BIO}{TEXT}<p>More of the text, and then some.</p>",
        "Jane Roe",
        "",
    ],
)
def test_what_is_not_certain_stays(content: str) -> None:
    found = take_biographies(content, ["Jane Roe"])
    assert (found.content_html, found.biographies) == (content, ())
