"""What a page holds and does not show: taken out where nobody misses it, kept where it says something of its own."""

from __future__ import annotations

import time

import pytest

from feeds.ingest.pages.page import read_page
from feeds.text.markup import sanitize, text_of_html
from tests.fakes import NOON
from tests.feeds.ingest.reading import read_one

SEEN = "<p>Forty skiffs came round the breakwater before breakfast, and the harbour was full again.</p>"
ANSWER = "The ferry sails every hour from the old slipway, and twice on market days in summer."


def clean(source: str) -> str:
    return sanitize(source, base_url="https://harbour.example/a")


@pytest.mark.parametrize(
    "hidden",
    [
        '<span class="sr-only">Opens in a new window</span>',
        '<p class="visually-hidden">Skip to the text</p>',
        '<span class="caption screen-reader-text">about boats</span>',
        '<p style="display:none">Copied!</p>',
        '<div style="color: red; DISPLAY : none !important"><p>Loading the comments</p></div>',
        '<p style="visibility:hidden">Loading</p>',
        "<p hidden>Loading</p>",
        '<div style="display:none"><div><p>Share this</p></div></div>',
        f'<div style="display:none">{SEEN}</div>',
        '<div style="display:none;max-height:0;overflow:hidden">Forty skiffs, an old slipway, and why the ferry is late again: our week</div>',
        '<div style="display:none"><a href="/pills">Cheap pills</a> and <a href="/more">more of the cheapest pills of all in this town</a></div>',
        '<div style="display:none">{"id": 5, "kind": "gallery", "files": ["a.jpg", "b.jpg", "c.jpg", "d.jpg"]}</div>',
        '<div style="display: none;"><img src="/pin.jpg" data-pin-description="Boats"></div>',
        '<img src="/pin.jpg" style="display:none">',
        '<img src="/pin.jpg" hidden>',
        '<img src="/count.gif" width="1" height="1">',
        '<img src="/count.gif" style="width:1px;height:1px">',
    ],
)
def test_what_nobody_misses_is_taken_out(hidden: str) -> None:
    assert clean(SEEN + hidden) == clean(SEEN)
    assert text_of_html(SEEN + hidden) == text_of_html(SEEN)


@pytest.mark.parametrize(
    "kept",
    [
        '<p aria-hidden="true">Seen by all who see</p>',
        '<p hidden="until-found">Folded away</p>',
        '<span class="not-sr-only">Seen</span>',
        '<p style="display:block">Seen</p>',
        '<p data-x="display:none" class="hidden-gem">Seen</p>',
        '<div class="spoiler" style="display:none">He dies.</div>',
        f'<div style="display:none"><p>{ANSWER}</p></div>',
        f"<div hidden><p>{ANSWER}</p><p>Tickets are sold on board.</p></div>",
        '<div style="display:none"><video src="/a.mp4" controls></video></div>',
        '<div style="display:none"><img src="/1.jpg"><img src="/2.jpg"></div>',
        '<img src="/real.jpg" style="display:none" class="lazyload">',
        '<p style="display:none">never closed',
        f'<div style="display:none">{ANSWER}</div>' * 2,
    ],
)
def test_what_says_something_of_its_own_stays(kept: str) -> None:
    without = kept.replace("display:none", "color:red").replace(" hidden>", ">").replace(' hidden="', ' x="')
    made = clean(SEEN + kept)
    assert made != clean(SEEN)
    assert made == clean(SEEN + without) or made.count(ANSWER) == 1


@pytest.mark.parametrize(
    "opening",
    [
        '<div style="display:none">',
        "<div hidden>",
        '<div style="visibility: hidden; opacity: 0">',
        '<div class="sr-only">',
    ],
)
def test_an_article_that_a_script_would_show_is_kept_whole(opening: str) -> None:
    text = "".join(f"<p>Boat {number} came back.</p>" for number in range(9))
    for source in (
        f"{opening}{text}</div>",
        text.replace("<p>", f"{opening}<p>").replace("</p>", "</p></div>"),
    ):
        assert text_of_html(clean(source)) == text_of_html(text)
    page = f"<html><head><title>Boats are back</title></head><body><article>{opening}<h1>Boats are back</h1>{SEEN * 4}</div></article></body></html>"
    read = read_page(
        page.encode(), url="https://harbour.example/a", content_type="text/html; charset=utf-8", now=NOON
    )
    assert text_of_html(read.entry.content_html or "").count("Forty skiffs") >= 1


def test_a_preview_of_a_mail_is_no_part_of_its_text() -> None:
    preview = '<div class="preheader" style="display:none">This week: forty skiffs, one ferry, and a slipway that nobody wanted.</div>'
    assert clean(preview + SEEN) == clean(SEEN)
    first = '<span style="display:none">This week: forty skiffs, one ferry, and a slipway that nobody wanted.</span>'
    assert clean(f"<div>{first}{SEEN * 2}</div>") == clean(f"<div>{SEEN * 2}</div>")


def test_an_entry_says_nothing_twice() -> None:
    draft = read_one(
        '<rss version="2.0"><channel><title>Harbour</title><item><guid>b</guid>'
        '<title>&lt;span class="screen-reader-text"&gt;Title: &lt;/span&gt;Boats are back</title><description><![CDATA['
        f'{SEEN}<p>10<span class="sr-only"> minutes</span> <span aria-hidden="true">minutes</span></p>]]></description></item></channel></rss>'
    )
    assert draft.title == "Boats are back"
    assert draft.content_html.endswith("<p>10 <span>minutes</span></p>")


@pytest.mark.parametrize(
    "piece",
    ['<div style="display:none">', "<p hidden>x", '<b class="sr-only">', "<div hidden></div>", "<div hidden"],
)
def test_hiding_a_thousand_times_costs_nothing(piece: str) -> None:
    started = time.process_time()
    clean(piece * 20_000 + "<p>x</p>")
    assert time.process_time() - started < 5
