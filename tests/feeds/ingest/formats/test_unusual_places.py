"""What an entry says of itself in places or words that are not the usual ones: it is neither lost nor taken for something else."""

from __future__ import annotations

from html import escape

import pytest

from feeds.model.articles import Draft
from feeds.text.languagenames import language_tag
from tests.feeds.ingest.reading import atom, entry, read_one

ITUNES = (
    'xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd" xmlns:media="http://search.yahoo.com/mrss/"'
)
PAGE = '<link rel="alternate" hreflang="{0}" href="https://harbour.example/{0}/1"/>'


def item(inner: str, *, language: str = "") -> Draft:
    return read_one(
        f'<rss version="2.0" {ITUNES}><channel><title>Quay</title>{language}<item><guid>1</guid>{inner}</item></channel></rss>'
    )


def media(attributes: str) -> list[tuple[str, str | None]]:
    told = item(f'<title>Ebb</title><media:content url="https://m.example/{attributes}/>')
    return [(one.url.removeprefix("https://m.example/"), one.media_type) for one in told.enclosures]


@pytest.mark.parametrize(
    ("attributes", "attached"),
    [
        ('a" medium="video"', [("a", None)]),
        ('a" medium="Audio"', [("a", None)]),
        ('a.mp4"', [("a.mp4", None)]),
        ('a.MP3?x=1"', [("a.MP3?x=1", None)]),
        ('a.m3u8" type="application/x-mpegURL"', [("a.m3u8", "application/x-mpegurl")]),
        ('a.mpd" type="application/dash+xml"', [("a.mpd", "application/dash+xml")]),
        ('a.mp4" type="mp4"', [("a.mp4", "mp4")]),
        ('a" type="mp4" medium="video"', [("a", "mp4")]),
        ('a.mp3" type="application/octet-stream"', [("a.mp3", "application/octet-stream")]),
        ('a.mp4" medium="document"', []),
        ('a.swf" type="application/x-shockwave-flash" medium="video"', []),
        ('a" medium="image"', []),
        ('page"', []),
    ],
)
def test_films_and_sound_are_known_without_a_type(
    attributes: str, attached: list[tuple[str, str | None]]
) -> None:
    assert media(attributes) == attached


@pytest.mark.parametrize(
    ("written", "seconds"),
    [
        ("1:02:03", 3723), ("01:02:03.5", 3723), ("62:03", 3723), ("3723.0", 3723), ("3723.482", 3723),
        ("PT1H2M3S", 3723), ("PT62M3.5S", 3723), ("pt45m", 2700), ("12.34", None), ("1h 2m", None), ("PT", None),
    ],
)  # fmt: skip
def test_how_long_it_takes_is_read_in_many_forms(written: str, seconds: int | None) -> None:
    told = item(
        f"<title>Ebb</title><itunes:duration>{written}</itunes:duration>"
        '<enclosure url="https://m.example/a.mp3" type="audio/mpeg" length="1"/>'
    )
    assert told.enclosures[0].duration_s == seconds


def test_what_media_rss_tells_of_an_attached_file_is_joined_to_it() -> None:
    told = item(
        '<enclosure url="https://m.example/a.mp3" type="audio/mpeg" length="1"/>'
        '<media:content url="https://m.example/a.mp3" type="audio/mpeg" duration="61.5"/>'
    )
    assert [one.duration_s for one in told.enclosures] == [61]


def test_an_episode_that_only_itunes_names_has_a_title() -> None:
    told = item("<itunes:title>Slack water</itunes:title><description>Long notes of it.</description>")
    assert (told.title, told.is_title_guessed) == ("Slack water", False)
    assert item("<title>Ebb</title><itunes:title>Slack water</itunes:title>").title == "Ebb"


@pytest.mark.parametrize(
    ("stated", "tag"),
    [
        ("English", "en"), ("German", "de"), ("français", "fr"), ("Português (Brasil)", "pt"), ("日本語", "ja"),
        ("deu", "de"), ("ENG-gb", "en-gb"), ("iw", "he"), ("en_US", "en-US"), ("zh-Hans-CN", "zh-Hans-CN"), ("ast", "ast"),
        ("i-klingon", "i-klingon"), ("gibberish", None), ("en-us, de", None), ("", None), ("--", None),
    ],
)  # fmt: skip
def test_languages_go_by_names_and_long_codes(stated: str, tag: str | None) -> None:
    assert language_tag(stated) == tag


def test_an_item_states_its_own_language() -> None:
    told = item("<title>Marea</title><language>it</language>", language="<language>English</language>")
    assert told.language == "it"
    assert item("<title>Ebb</title>", language="<language>English</language>").language == "en"


@pytest.mark.parametrize(
    ("head", "inner", "there"),
    [
        ("", "en fr", "en/1"),
        ('xml:lang="fr"', "en fr", "fr/1"),
        ('xml:lang="pt-BR"', "en pt de", "pt/1"),
        ('xml:lang="nl"', "en fr", "en/1"),
    ],
)
def test_of_translations_the_one_in_the_feeds_language_is_the_entrys_own(
    head: str, inner: str, there: str
) -> None:
    links = "".join(PAGE.format(one) for one in inner.split())
    told = atom(entry(links).replace('<link href="https://harbour.example/1"/>', ""))
    assert read_one(told.replace("<feed ", f"<feed {head} ")).url == f"https://harbour.example/{there}"


def test_a_link_without_a_language_comes_before_translations() -> None:
    assert read_one(atom(entry(PAGE.format("de")))).url == "https://harbour.example/1"


@pytest.mark.parametrize(
    "author", ["(Jane Roe)", "&lt;&gt; (Jane Roe)", "Jane Roe ()", "Jane Roe &lt;&gt;", '"Jane Roe" ()']
)
def test_a_name_beside_no_address_is_a_name(author: str) -> None:
    assert [one.name for one in item(f"<title>Ebb</title><author>{author}</author>").authors] == ["Jane Roe"]


@pytest.mark.parametrize(
    ("inner", "there"),
    [
        ('<guid isPermaLink="True">https://quay.example/g</guid>', "https://quay.example/g"),
        (
            '<guid isPermaLink="TRUE">https://quay.example/g</guid><link>/1</link>',
            "https://harbour.example/1",
        ),
        ('<guid isPermaLink="False">https://quay.example/g</guid>', None),
        ("<link>www.quay.example/1</link>", "https://www.quay.example/1"),
        ("<link>harbour.example/1</link>", "https://harbour.example/1"),
        ("<link>www.harbour.example</link>", "https://www.harbour.example/"),
        ("<link>quay.example/1</link>", "https://harbour.example/quay.example/1"),
        ("<link>www.html</link>", "https://harbour.example/www.html"),
    ],
)
def test_addresses_as_careless_programs_write_them(inner: str, there: str | None) -> None:
    told = f'<rss version="2.0"><channel><title>Quay</title><item><title>Ebb</title>{inner}</item></channel></rss>'
    assert read_one(told).url == there


def test_an_empty_text_hides_no_description() -> None:
    told = '<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel><title>Quay</title>{}</channel></rss>'
    body = "<item><title>Ebb</title><description>&lt;p&gt;Low &lt;b&gt;water&lt;/b&gt;&lt;/p&gt;</description><content:encoded><![CDATA[ ]]></content:encoded></item>"
    assert read_one(told.format(body)).content_html == "<p>Low <b>water</b></p>"


@pytest.mark.parametrize("kind", ["text/html; charset=utf-8", "TEXT/HTML", "html"])
def test_types_of_texts_may_have_parameters(kind: str) -> None:
    told = atom(entry(f'<content type="{kind}">&lt;p&gt;Low water&lt;/p&gt;</content>'))
    assert read_one(told).content_html == "<p>Low water</p>"


@pytest.mark.parametrize(
    ("html", "is_kept"),
    [
        ('<p>See <a href="/map">the map</a>.</p>', True),
        ('<img src="https://harbour.example/a.jpg" alt="A crane"> It came.', True),
        ("<pre><code>a = 1\nb = 2</code></pre>", True),
        ("<ul><li>Ferry</li><li>Crane</li></ul>", True),
        ("<p>It came.</p><p>It left.</p>", True),
        ("<p>It <em>came</em> at noon.</p>", False),
        ("It came at noon.", False),
    ],
)
def test_the_summary_of_an_atom_entry_without_content_keeps_what_a_line_would_lose(
    html: str, is_kept: bool
) -> None:
    summary = f'<summary type="html">{escape(html)}</summary>'
    made = read_one(atom(entry(summary)))
    assert made.summary
    assert bool(made.content_html) is is_kept
    if "/map" in html:
        assert 'href="https://harbour.example/map"' in made.content_html
    both = read_one(atom(entry(f"{summary}<content>The text.</content>")))
    assert both.content_html == "The text."


@pytest.mark.parametrize(
    "text",
    [
        "<encoded>{0}</encoded>",
        '<content xmlns="http://turbo.yandex.ru">{0}</content>',
        '<description xmlns="http://www.google.com/schemas/play-podcasts/1.0">{0}</description>',
    ],
)
def test_a_text_in_an_element_of_few_systems_is_the_text(text: str) -> None:
    told = item("<title>Boats</title>" + text.format("&lt;p&gt;Forty skiffs came back.&lt;/p&gt;"))
    assert told.content_html == "<p>Forty skiffs came back.</p>"


@pytest.mark.parametrize(
    ("guid", "url"),
    [
        ("<guid>https://harbour.example/g</guid>", "https://harbour.example/g"),
        ('<guid isPermaLink="True">https://harbour.example/g</guid>', "https://harbour.example/g"),
        ('<guid isPermaLink="false">https://harbour.example/g</guid>', None),
        ("<guid>g:5</guid>", None),
    ],
)
def test_an_address_for_a_guid_leads_there_where_the_link_is_empty(guid: str, url: str | None) -> None:
    for link in ("<link></link>", "<link/>", ""):
        told = read_one(
            f'<rss version="2.0"><channel><title>Quay</title><item><title>Boats</title>{link}{guid}</item></channel></rss>'
        )
        assert told.url == url


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("Boats&lt;br/&gt;are&lt;br&gt;back", "Boats are back"),
        ("What &lt;br&gt; does", "What <br> does"),
        ("[object Object]", "Forty skiffs came back."),
    ],
)
def test_titles_hold_no_breaks_and_no_objects(written: str, meant: str) -> None:
    told = item(f"<title>{written}</title><description>Forty skiffs came back.</description>")
    assert told.title == meant
