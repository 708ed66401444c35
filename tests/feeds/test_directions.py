"""What turns text around ends with its line: titles, names, captions and summaries turn nothing around behind them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from feeds.model.incoming import Image
from feeds.model.outgoing import Format
from feeds.text.markup import (
    excerpt,
    one_line,
    text_of_clean,
    text_of_html,
)
from feeds.text.signs import MAX_DIRECTIONS, with_directions_closed
from tests.fakes import rss
from tests.fakestore import article
from tests.feeds.ingest.reading import read_one
from tests.feeds.publish.test_formats import body as rendered

LRE, RLE, PDF, LRO, RLO = "\u202a", "\u202b", "\u202c", "\u202d", "\u202e"
LRI, RLI, FSI, PDI = "\u2066", "\u2067", "\u2068", "\u2069"
EVERY = LRE + RLE + PDF + LRO + RLO + LRI + RLI + FSI + PDI


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        (f"a {RLO}b", f"a {RLO}b{PDF}"),
        (f"{LRE}a{RLE}b{LRO}c", f"{LRE}a{RLE}b{LRO}c{PDF}{PDF}{PDF}"),
        (f"{LRI}a {RLI}b {FSI}c", f"{LRI}a {RLI}b {FSI}c{PDI}{PDI}{PDI}"),
        (f"{RLI}a{RLO}b", f"{RLI}a{RLO}b{PDF}{PDI}"),
        # An isolate ends what is open in it.
        (f"{RLI}a{RLO}b{PDI}c", f"{RLI}a{RLO}b{PDI}c"),
        # No end of an embedding reaches out of an isolate.
        (f"{RLO}a{RLI}b{PDF}c", f"{RLO}a{RLI}bc{PDI}{PDF}"),
        (f"a{PDF}b{PDI}c", "abc"),
        (f"{RLO}a{PDF}b{PDF}c", f"{RLO}a{PDF}bc"),
        (f"{RLI}שלום{PDI} ferry", f"{RLI}שלום{PDI} ferry"),
        (f"a\n{RLO}b \n", f"a {RLO}b{PDF}"),
        (RLO * (MAX_DIRECTIONS + 1) + "a", "a"),
        ("left\u200eright\u200f \u061cmarks", "left\u200eright\u200f \u061cmarks"),
    ],
)
def test_what_a_line_opens_it_closes_and_what_it_did_not_open_it_leaves(written: str, meant: str) -> None:
    assert one_line(written) == text_of_html(written) == text_of_clean(f"<p>{written}</p>") == meant


@given(st.text(st.sampled_from(EVERY + "aש "), max_size=30))
def test_any_line_comes_out_closed_with_all_its_words_and_stays_as_it_is(text: str) -> None:
    line = with_directions_closed(text)
    assert [sign for sign in line if sign not in EVERY] == [sign for sign in text if sign not in EVERY]
    assert with_directions_closed(line) == line
    # What follows stands at the level of what is before: nothing is open behind the line.
    assert with_directions_closed(line + "b") == line + "b"


def test_a_text_that_is_cut_is_closed_where_it_is_cut() -> None:
    whole = f"{RLI}the ferry runs again{PDI}"
    assert excerpt(whole, 12) == f"{RLI}the ferry…{PDI}"


@pytest.mark.parametrize("format", ["atom", "rss", "jsonfeed"])
def test_nothing_that_goes_out_turns_its_reader_around(format: Format) -> None:
    said = f"exe.{RLO}gpj"
    draft = read_one(
        rss(
            f"<item><title>{said}</title><link>https://harbour.example/1</link><description>{said}</description>"
            f"<dc:creator>Jane {said}</dc:creator><category>{said}</category></item>"
        )
    )
    names = [one.name for one in draft.authors]
    for line in (draft.title, *draft.categories, *names):
        assert line.endswith(f"{RLO}gpj{PDF}")
    picture = Image(url="https://harbour.example/a.jpg", credit=said, caption=said)
    # As they may be stored from before.
    told = rendered(format, article(title=said, summary=said, rights=said, images=(picture,))).decode()
    if format != "jsonfeed":
        told = " ".join(str(one) for one in etree.fromstring(told.encode()).itertext())
    assert told.count(f"{RLO}gpj") >= 3
    assert told.count(f"{RLO}gpj") == told.count(f"{RLO}gpj{PDF}")
