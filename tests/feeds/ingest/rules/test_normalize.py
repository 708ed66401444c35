"""From entries to drafts: plain titles, absolute addresses, exact dates, categories, and ids for those without."""

from __future__ import annotations

import pytest

from feeds.ingest.poll.drafts import make_drafts
from feeds.model.fetched import Failed
from tests.fakes import item, rss
from tests.feeds.ingest.reading import atom, entry, read, read_one, task


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("Fish &amp;amp; chips", "Fish & chips"),
        ("Fish &amp; chips", "Fish & chips"),
        ("<![CDATA[Fish &amp; <b>chips</b>]]>", "Fish & chips"),
        ("&lt;b&gt;Fish&lt;/b&gt; &amp;mdash; chips", "Fish — chips"),
        ("Why 1 &lt; 2", "Why 1 < 2"),
        ("  Fish \n\t chips ", "Fish chips"),
        ("It&#146;s on", "It’s on"),
        ("Caf\u00e9 &#x1F41F;", "Café 🐟"),
    ],
)
def test_rss_titles_are_plain_text(written: str, meant: str) -> None:
    assert read_one(rss(item(1, title=written))).title == meant


@pytest.mark.parametrize(
    ("kind", "written", "meant"),
    [
        ("text", "AT&amp;T &lt;b&gt;", "AT&T <b>"),
        ("html", "AT&amp;amp;T &lt;b&gt;bold&lt;/b&gt;", "AT&T bold"),
        ("xhtml", '<div xmlns="http://www.w3.org/1999/xhtml">AT&amp;T <b>bold</b></div>', "AT&T bold"),
    ],
)
def test_atom_titles_are_read_by_their_type(kind: str, written: str, meant: str) -> None:
    body = atom(f'<entry><title type="{kind}">{written}</title><id>urn:x:1</id></entry>')
    assert read_one(body).title == meant


def test_a_title_made_of_the_first_words_is_known_as_one() -> None:
    made, given = (
        read_one(f'{{"version": "https://jsonfeed.org/version/1.1", "items": [{{"id": "1", {rest}}}]}}')
        for rest in ('"content_text": "Fog over the quay."', '"title": "Fog", "content_text": "Fog."')
    )
    assert (made.title, made.is_title_guessed) == ("Fog over the quay.", True)
    assert (given.title, given.is_title_guessed) == ("Fog", False)


def test_json_titles_are_plain_and_text_becomes_paragraphs() -> None:
    draft = read_one(
        '{"version": "https://jsonfeed.org/version/1.1", "items": [{"id": "1", "title": "1 < 2 & <b>",'
        ' "content_text": "One\\n\\n<two>", "tags": ["Sea", "sea", "Ports"], "date_published": "2026-11-20T10:00:00+01:00"}]}'
    )
    assert draft.title == "1 < 2 & <b>"
    assert draft.content_html == "<p>One</p><p>&lt;two&gt;</p>"
    assert draft.categories == ("Sea", "Ports")
    assert str(draft.published_at) == "2026-11-20 09:00:00+00:00"


@pytest.mark.parametrize(
    "authors",
    [
        '"authors": {"name": "Jane Roe"}',
        '"authors": ["Jane Roe"]',
        '"author": {"name": "Jane Roe"}',
        '"author": "Jane Roe"',
    ],
)
def test_a_single_value_without_its_list_is_read_in_json(authors: str) -> None:
    draft = read_one(
        f'{{"version": "https://jsonfeed.org/version/1.1", "items": [{{"id": "1", "title": "Fog", {authors},'
        ' "tags": "Sea", "attachments": {"url": "https://harbour.example/a.mp3", "mime_type": "audio/mpeg"}}]}'
    )
    assert [one.name for one in draft.authors] == ["Jane Roe"]
    assert draft.categories == ("Sea",)
    assert [one.url for one in draft.enclosures] == ["https://harbour.example/a.mp3"]


def test_addresses_in_rss_content_are_seen_from_the_article() -> None:
    body = '&lt;img src="p.jpg"&gt;&lt;a href="/x"&gt;x&lt;/a&gt;'
    draft = read_one(rss(item(1, link="https://harbour.example/2026/story/", body=body)))
    assert 'src="https://harbour.example/2026/story/p.jpg"' in draft.content_html
    assert 'href="https://harbour.example/x"' in draft.content_html


def test_addresses_in_atom_content_are_seen_from_the_document_or_xml_base() -> None:
    def content(base: str) -> str:
        return read_one(
            atom(entry(f'<content type="html"{base}>&lt;a href="x"&gt;x&lt;/a&gt;</content>'))
        ).content_html

    assert 'href="https://harbour.example/x"' in content("")
    assert 'href="https://cdn.example/deep/x"' in content(' xml:base="https://cdn.example/deep/"')


def test_an_xml_base_of_one_item_is_not_that_of_the_next() -> None:
    items = [item(n, link=f"{n}", body='&lt;a href="x"&gt;x&lt;/a&gt;') for n in (1, 2)]
    first = items[0].replace("<item>", '<item xml:base="https://cdn.example/deep/">')
    one, two = read(rss(first, items[1])).drafts
    assert (one.url, two.url) == ("https://cdn.example/deep/1", "https://harbour.example/2")
    assert 'href="https://harbour.example/x"' in two.content_html


def test_relative_links_and_permalinks_become_absolute_but_ids_stay_as_written() -> None:
    relative = read_one(
        rss('<item><title>t</title><link>/2026/1</link><guid isPermaLink="false">1</guid></item>')
    )
    assert (relative.url, relative.guid) == ("https://harbour.example/2026/1", "1")
    permalink = read_one(rss("<item><title>t</title><guid>https://harbour.example/9</guid></item>"))
    assert (permalink.url, permalink.guid) == ("https://harbour.example/9", "https://harbour.example/9")


@pytest.mark.parametrize(
    "written", ["t3_9", "/relative/id", "HTTP://www.Example.org/thing", "http://example.org/a/../b"]
)
def test_ids_do_not_depend_on_where_the_document_was_fetched(written: str) -> None:
    body = atom(f"<entry><title>t</title><id>{written}</id></entry>")
    here, there = read_one(body), read_one(body, url="http://other.example/feed")
    assert here.guid == there.guid == written


def test_an_address_without_a_host_costs_no_document() -> None:
    author = "<author><name>Jane Roe</name><uri>http://..//[x</uri></author>"
    draft = read_one(
        atom(f'<entry><title>a</title><id>urn:x:1</id><link href="http://../a"/>{author}</entry>')
    )
    assert ([one.name for one in draft.authors], draft.url, draft.authors[0].url) == (
        ["Jane Roe"],
        None,
        None,
    )


def test_without_a_guid_the_address_stands_in_else_title_and_date() -> None:
    linked = read_one(rss(item(1, guid="", link="https://harbour.example/1?utm_source=x")))
    assert (linked.guid, linked.is_guid_given) == ("https://harbour.example/1", False)
    bare = [read_one(rss(item(1, guid="", link="", title=title))) for title in ("A", "A", "B")]
    assert bare[0].guid == bare[1].guid != bare[2].guid
    assert bare[0].guid.startswith("hash:")


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("Fri, 20 Nov 2026 10:00:00 +0100", "2026-11-20 09:00:00+00:00"),
        ("Fri, 20 Nov 2026 10:00:00 GMT", "2026-11-20 10:00:00+00:00"),
        ("20 Nov 26 10:00 EST", "2026-11-20 15:00:00+00:00"),
        ("2026-11-20T10:00:00.123Z", "2026-11-20 10:00:00+00:00"),
        ("2026-11-20", "2026-11-20 00:00:00+00:00"),
        ("2026-11", "2026-11-01 00:00:00+00:00"),
        ("20. November 2026 10:00", "2026-11-20 10:00:00+00:00"),
        ("yesterday", "None"),
        ("Monday (Dec. 25)", "None"),
        ("0000-00-00", "None"),
    ],
)
def test_dates_in_the_forms_that_feeds_use(written: str, meant: str) -> None:
    body = rss(
        f"<item><title>t</title><link>https://harbour.example/1</link><pubDate>{written}</pubDate></item>"
    )
    assert str(read_one(body).published_at) == meant


def test_the_date_of_change_is_the_date_where_there_is_no_other() -> None:
    draft = read_one(atom(entry("")))
    assert draft.published_at == draft.modified_at is not None
    both = read_one(atom(entry("<published>2026-11-01T00:00:00Z</published>")))
    assert str(both.published_at) == "2026-11-01 00:00:00+00:00"
    assert str(both.modified_at) == "2026-11-20 10:00:00+00:00"


def test_categories_once_each_plain_and_lists_taken_apart() -> None:
    labels = ("Sea", "SEA", "&lt;b&gt;Ports&lt;/b&gt;", "Movies, Music &amp; TV", "a, b, c, d", "")
    draft = read_one(rss(item(1, extra="".join(f"<category>{label}</category>" for label in labels))))
    assert draft.categories == ("Sea", "Ports", "Movies, Music & TV", "a", "b", "c", "d")


def test_enclosures_are_files_and_media_counts_where_none_is_attached() -> None:
    attached = '<enclosure url="/a.mp3" type="Audio/MPEG" length="123"/>'
    group = (
        '<media:group><media:content url="https://m.example/low.mp4" type="video/mp4"/>'
        '<media:content url="https://m.example/high.mp4" type="video/mp4" isDefault="true" fileSize="9" duration="61"/>'
        "</media:group>"
    )
    (sound,) = read_one(rss(item(1, extra=attached + group))).enclosures
    assert (sound.url, sound.media_type, sound.length) == ("https://harbour.example/a.mp3", "audio/mpeg", 123)
    (film,) = read_one(rss(item(1, extra=group))).enclosures
    assert (film.url, film.length, film.duration_s) == ("https://m.example/high.mp4", 9, 61)


def test_an_entry_that_says_nothing_is_no_article() -> None:
    feed = read(rss("<item><pubDate>Fri, 20 Nov 2026 10:00:00 GMT</pubDate></item>", item(2)))
    assert [draft.guid for draft in feed.drafts] == ["harbour-2"]
    assert (feed.places, feed.entry_count) == ((1,), 2)


def test_an_entry_of_which_nothing_may_be_shown_is_kept() -> None:
    body = rss("<item><description>&lt;script&gt;x()&lt;/script&gt;</description></item>")
    assert [draft.title for draft in read(body).drafts] == ["(untitled)"]


@pytest.mark.parametrize(
    ("body", "content_type", "title"),
    [
        (rss(item(1, title="Größe — “gut”")).encode(), "text/xml", "Größe — “gut”"),
        (rss(item(1, title="Größe — “gut”")).encode(), "text/xml; charset=iso-8859-1", "Größe — “gut”"),
        (rss(item(1, title="Größe — “gut”")).split("?>", 1)[1].encode(), "", "Größe — “gut”"),
        (rss(item(1, title="Größe “gut”")).replace("UTF-8", "iso-8859-1").encode("cp1252"), "text/xml", "Größe “gut”"),
        (rss(item(1, title="Größe “gut”")).encode("cp1252"), "text/xml; charset=utf-8", "Größe “gut”"),
        (rss(item(1, title="Größe é")).encode().replace("é".encode(), b"\x92"), "text/xml", "Größe ’"),
        (rss(item(1, title="Größe")).replace("UTF-8", "utf-16").encode("utf-16"), "text/xml", "Größe"),
        (rss(item(1, title="Größe")).encode("utf-16-le"), "text/xml", "Größe"),
        (rss(item(1, title="港")).replace("UTF-8", "Shift_JIS").encode("cp932"), "text/xml", "港"),
        (rss(item(1, title="港")).replace("UTF-8", "punycode").encode(), "text/xml; charset=idna", "港"),
        (rss(item(1, title="x\x92y")).encode(), "", "x’y"),
    ],
    ids=["utf-8", "http lies", "nothing said", "1252 as latin-1", "1252 as utf-8", "stray byte", "utf-16", "no mark", "sjis",
         "no charset of documents", "control character"],
)  # fmt: skip
def test_characters_survive_wrong_charsets(body: bytes, content_type: str, title: str) -> None:
    assert read_one(body, content_type=content_type).title == title


def test_names_are_read_in_the_documents_charset_too() -> None:
    body = rss(item(1, extra="<dc:creator>Jörg Ærø</dc:creator>")).split("?>", 1)[1].encode("cp1252")
    assert read_one(body, content_type="text/xml; charset=windows-1252").authors[0].name == "Jörg Ærø"


@pytest.mark.parametrize(
    ("written", "seconds"),
    [("1:02:03", 3723), ("62:03", 3723), ("3723", 3723), ("an hour", None), ("0", None)],
)
def test_an_episode_lasts_as_long_as_it_says(written: str, seconds: int | None) -> None:
    lasts = f'<itunes:duration xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd">{written}</itunes:duration>'
    sound = '<enclosure url="/a.mp3" type="audio/mpeg" length="123"/>'
    (episode,) = read_one(rss(item(1, extra=lasts + sound))).enclosures
    assert episode.duration_s == seconds
    several = read_one(rss(item(1, extra=lasts + sound + sound.replace("a.mp3", "b.mp3")))).enclosures
    assert [one.duration_s for one in several] == [None, None]


@pytest.mark.parametrize(
    ("body", "state"),
    [
        (b"", "unreadable"),
        (b"<!doctype html><html><body>Hello</body></html>", "not-a-feed"),
        (b'{"a": 1}', "not-a-feed"),
        (b"{", "unreadable"),
        (b"/etc/passwd", "not-a-feed"),
        (b"http://127.0.0.1/feed.xml", "not-a-feed"),
    ],
)
def test_what_is_no_feed_is_said_in_a_sentence(body: bytes, state: str) -> None:
    made = make_drafts(task(body))
    assert isinstance(made, Failed)
    assert made.detail.endswith(".")
    assert made.state == state
