"""Documents that are written to hurt, through the real worker processes: each is answered soon, and the pool lives on."""

from __future__ import annotations

import asyncio
import multiprocessing
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import psutil
import pytest

from feeds.ingest.poll.tasks import PageTask
from feeds.ingest.poll.workers import ProcessWorkers
from feeds.model.articles import Draft, DraftFeed
from feeds.model.fetched import Failed
from tests.fakes import item, rss
from tests.feeds.ingest.reading import task

MEGABYTE = 1024 * 1024
PATIENCE = timedelta(seconds=20)
"""What these documents take where something in us is quadratic; else a second or two on an idle machine."""


@pytest.fixture(scope="module")
def workers() -> Iterator[ProcessWorkers]:
    pool = ProcessWorkers(count=1, timeout=PATIENCE, memory=700 * MEGABYTE)
    yield pool
    pool.close()


def answer(
    workers: ProcessWorkers, body: bytes | str, *, content_type: str = "application/xml"
) -> DraftFeed | Failed:
    """What the workers make of the document; one that they give up after `PATIENCE` is a fault of ours."""
    found = ask(workers, body, content_type=content_type)
    assert not isinstance(found, Failed) or "longer than" not in found.detail, found
    return found


def ask(
    workers: ProcessWorkers, body: bytes | str, *, content_type: str = "application/xml"
) -> DraftFeed | Failed:
    async def asked() -> DraftFeed | Failed:
        return await workers.drafts(task(body, content_type=content_type))

    return asyncio.run(asked())


def processes() -> set[int]:
    return {child.pid for child in multiprocessing.active_children() if child.pid is not None}


def shown(found: DraftFeed | Failed) -> str:
    return repr(found)


LAUGHS = (
    '<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "ha">'
    + "".join(f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(12))
    + "]><rss version='2.0'><channel><title>&m;</title><item><title>&m;</title><link>https://a.example/</link></item></channel></rss>"
)


def test_a_billion_laughs_stay_unlaughed(workers: ProcessWorkers) -> None:
    assert len(shown(answer(workers, LAUGHS))) < 100_000


def test_one_long_entity_many_times_stays_small(workers: ProcessWorkers) -> None:
    body = (
        f'<!DOCTYPE l [<!ENTITY a "{"x" * 50_000}">]><rss version="2.0"><channel><item><title>'
        + "&a;" * 50_000
        + "</title></item></channel></rss>"
    )
    assert len(shown(answer(workers, body))) < 1_000_000


@pytest.mark.parametrize("kind", ["SYSTEM 'file://{}'", "PUBLIC 'x' 'file://{}'", "SYSTEM '{}'"])
def test_no_file_is_read_for_a_document(workers: ProcessWorkers, tmp_path: Path, kind: str) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("the-secret-word", "utf-8")
    outer = kind.format(secret)
    for declared in (f"<!ENTITY x {outer}>", f"<!ENTITY % p {outer}> %p;"):
        body = f"<!DOCTYPE r [{declared}]><rss version='2.0'><channel><title>&x;</title><item><title>&x;</title><description>&x;</description><author>&x;</author><guid>&x;</guid></item></channel></rss>"
        assert "the-secret-word" not in shown(answer(workers, body))


def test_known_attacks_read_nothing(workers: ProcessWorkers, corpus: Path) -> None:
    for path in sorted((corpus / "hostile" / "xxe").iterdir()):
        for body in (path.read_bytes(), *path.read_bytes().splitlines()):
            said = shown(ask(workers, body))
            assert "root:" not in said
            assert len(said) < 1_000_000


def test_a_body_that_names_a_file_is_not_opened(workers: ProcessWorkers, tmp_path: Path) -> None:
    feed = tmp_path / "feed.xml"
    feed.write_text(rss(item(1, title="the-secret-word")), "utf-8")
    for body in (str(feed), f"file://{feed}", f"<{feed}>"):
        assert "the-secret-word" not in shown(answer(workers, body))


def test_a_hundred_thousand_entries_are_cut_with_a_word(workers: ProcessWorkers) -> None:
    found = answer(workers, rss(*("<item><title>a</title></item>" for _ in range(100_000))))
    assert isinstance(found, DraftFeed), found
    assert (len(found.drafts), found.entry_count) == (2000, 100_000)
    assert "100000 entries" in found.faults[0]


def test_an_entry_of_ten_megabytes_is_cut(workers: ProcessWorkers) -> None:
    found = answer(workers, rss(item(1, body="&lt;p&gt;" + "word " * (2 * MEGABYTE)), item(2)))
    assert isinstance(found, DraftFeed), found
    assert [draft.guid for draft in found.drafts] == ["harbour-1", "harbour-2"]
    assert len(found.drafts[0].content_html) < 1_100_000


@pytest.mark.parametrize(
    "seed", ["<", "<a ", '<a "', "<a@b", "<b>", "<p>", "<!--", "<![CDATA[", "&", "&#x", "<script>", "<img width=\"1\" ", "</", "<?", "(",
             "Photo: ", "a@b.example (", "Jane Roe, "]
)  # fmt: skip
def test_no_field_is_quadratic(workers: ProcessWorkers, seed: str) -> None:
    text = (seed * 70_000)[:200_000]
    fields = "".join(
        f"<{name}><![CDATA[{text.replace(']]>', '')}]]></{name}>"
        for name in (
            "title",
            "description",
            "author",
            "dc:creator",
            "guid",
            "link",
            "category",
            "pubDate",
            "content:encoded",
        )
    )
    assert isinstance(answer(workers, rss(f"<item>{fields}</item>", item(2))), DraftFeed)


@pytest.mark.parametrize(
    "body",
    [
        "<rss version='2.0'><channel>" + "<item>" * 50_000,
        "<rss version='2.0'><channel><item><title>" + "<b>" * 50_000,
        "<rss version='2.0'><channel><item><title>" + "<" * 200_000,
        "<rss version='2.0'><channel><item><title>" + "&" * 200_000,
        "<rss version='2.0'><channel><item " + "a='1' " * 40_000 + ">",
        "<rss version='2.0'><channel><item>" + "<!--" * 50_000,
        "<rss version='2.0'><channel><item>" + "<![CDATA[" * 25_000,
        "<rss " + "".join(f"xmlns:n{n}='u:{n}' " for n in range(8000)) + "version='2.0'><channel><item><title>x</title></item>",
        "<!DOCTYPE " + "[" * 200_000,
        "<!DOCTYPE r [" + "<!ENTITY a 'b'>" * 14_000,
        "<?xml version='1.0' encoding='" + "x" * 200_000 + "'?><rss/>",
        "<?xml " + " " * 200_000 + "<rss/>",
        "{" * 200_000,
        "[" * 200_000,
        '{"version": "https://jsonfeed.org/version/1.1", "items": [' + '{"id": ' * 100_000,
        '{"version": "https://jsonfeed.org/version/1.1", "items": [{"id": ' + "9" * 100_000 + "}]}",
    ],
    ids=["items", "nested", "angles", "ampersands", "attributes", "comments", "cdata", "namespaces", "doctype", "entities",
         "encoding", "blanks", "braces", "brackets", "nested json", "long number"],
)  # fmt: skip
def test_broken_documents_are_answered_soon(workers: ProcessWorkers, body: str) -> None:
    assert isinstance(answer(workers, body), DraftFeed | Failed)


@pytest.mark.parametrize(
    "charset", ["punycode", "idna", "unicode_escape", "utf-7", "rot13", "zip", "base64", "x" * 300, "utf-32"]
)
def test_no_charset_is_too_odd(workers: ProcessWorkers, charset: str) -> None:
    body = (
        f"<?xml version='1.0' encoding='{charset}'?>".encode()
        + b"\xff\xc3" * 50_000
        + rss(item(1)).split("?>", 1)[1].encode()
    )
    assert isinstance(answer(workers, body, content_type=f"text/xml; charset={charset}"), DraftFeed | Failed)
    fine = answer(
        workers, rss(item(1)).replace("UTF-8", charset), content_type=f"text/xml; charset={charset}"
    )
    assert isinstance(fine, DraftFeed)


def test_large_documents_leave_no_memory_behind() -> None:
    before = processes()
    # In the slow lane, where a busy machine would send them, each would have a process of its own.
    pool = ProcessWorkers(count=1, timeout=PATIENCE, memory=1500 * MEGABYTE, quick=PATIENCE)
    body = rss(*(item(number, body="word " * 4_000) for number in range(250)))
    sizes = []
    try:
        for _ in range(8):
            assert isinstance(answer(pool, body), DraftFeed)
            sizes.append(max(psutil.Process(pid).memory_info().rss for pid in processes() - before))
    finally:
        pool.close()
    assert min(sizes[-3:]) < max(sizes[:3]) * 1.1, sizes


@pytest.mark.parametrize(
    "body",
    [
        rss("&nope;", *("<item><title>a</title></item>" for _ in range(100_000))),
        "<!DOCTYPE r>" + rss(*("<item><title>a</title></item>" for _ in range(100_000))).split("?>", 1)[1],
        "<rss version='2.0'><channel>" + "<item><title>a</title>" * 100_000,
        "<rss version='2.0'><channel>" + "<Item><title>a</title></Item>" * 100_000,
    ],
    ids=["broken", "doctype", "unclosed", "other case"],
)
def test_a_hundred_thousand_entries_in_a_broken_document_are_cut_too(
    workers: ProcessWorkers, body: str
) -> None:
    found = answer(workers, body)
    assert isinstance(found, DraftFeed), found
    assert (len(found.drafts), found.entry_count) == (2000, 100_000)
    assert any("100000 entries" in fault for fault in found.faults)


@pytest.mark.parametrize(
    "inside",
    [
        "<media:group>" + "".join(f"<media:content url='https://a.example/{n}.jpg'/>" for n in range(20_000)) + "</media:group>",
        "".join(f"<media:thumbnail url='https://a.example/{n}.jpg'/>" for n in range(20_000)),
        "<media:group>" * 200 + "<media:content url='https://a.example/1.jpg'/>" * 20_000 + "</media:group>" * 200,
        "<category>x</category>" * 50_000,
        "".join(f"<dc:creator>Name {n}</dc:creator>" for n in range(30_000)),
        "<enclosure url='https://a.example/1.mp3' type='audio/mpeg'/>" * 30_000,
        "<guid></guid>" * 50_000,
    ],
    ids=["group", "thumbnails", "nested groups", "categories", "creators", "enclosures", "guids"],
)  # fmt: skip
def test_an_entry_of_many_parts_is_not_quadratic(workers: ProcessWorkers, inside: str) -> None:
    found = answer(workers, rss(f"<item><title>a</title>{inside}</item>", item(2)))
    assert isinstance(found, DraftFeed), found
    assert len(found.drafts) == 2


PARAGRAPHS = "<p>The harbour master counted the boats again, and wrote the number of them down.</p>" * 8
LOOSE = "Loose words that follow the box. "


@pytest.mark.parametrize(
    "inside",
    [
        '<a href="/people/x">Jane Roe</a>' * 15_000,
        f"<div><p>x</p></div>{LOOSE}" * 8_000,
        f"<div><p>x</p></div>{LOOSE}" + "<b>y</b>z" * 10_000,
        '<div class="author name">' * 150 + '<a href="/x">Jane Roe</a>' * 1_500 + "</div>" * 150,
        '<img srcset="' + "a," * 1_900 + '">' + f'<img data-src="{"a," * 1_900} 1w">' * 60,
    ],
    ids=["profiles", "boxes", "loose words", "authors", "sets of pictures"],
)
def test_a_page_of_many_parts_is_not_quadratic(workers: ProcessWorkers, inside: str) -> None:
    body = f"<html><body><article><h1>Boats</h1>{inside}{PARAGRAPHS}</article></body></html>"
    listing = task(rss(item(1)))
    listed = answer(workers, rss(item(1)))
    assert isinstance(listed, DraftFeed)
    page = PageTask(
        body=body.encode(), url="https://a.example/1", content_type="text/html", form="page", name="",
        source=listing.source, listed=listed.drafts[0], now=listing.now,
    )  # fmt: skip
    found = asyncio.run(workers.page(page))
    assert isinstance(found, Draft), found
