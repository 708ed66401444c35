"""The list of our feeds as OPML 2.0, for readers that subscribe to many at once. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from io import BytesIO

from lxml import etree

from feeds.model.outgoing import FeedInfo, FeedKind, SiteInfo
from feeds.text.dates import rfc5322
from feeds.text.feedwords import words_in
from feeds.text.markup import one_line

MEDIA_TYPE = "text/x-opml; charset=utf-8"
FOLDERS: tuple[tuple[FeedKind, str], ...] = (
    ("topic", "Topics"),
    ("author", "Authors"),
    ("source", "Sources"),
    ("mix", "Mixes"),
)


def write_opml(feeds: Iterable[FeedInfo], site: SiteInfo, *, group: FeedKind | None = None) -> bytes:
    """An outline of every feed (as Atom) in folders by kind; the feed of all articles comes first.

    Of one `group`, its feeds alone.

    Each is written as it comes: a hundred thousand of them, or a tree of so many, take a hundred megabytes.
    """
    folders = {kind: BytesIO() for kind, _ in FOLDERS}
    changed_at, all_title = None, None
    for info in feeds:
        changed_at = max(changed_at or info.changed_at, info.changed_at)
        if info.key.kind == "all":
            all_title = all_title or info.title
        elif info.key.kind in folders:
            line = _outline(one_line(info.title), info.key.path(), one_line(info.description), site)
            folders[info.key.kind].write(b"      " + line + b"\n")
    head = etree.Element("head")
    say = words_in(site.language)
    whose = f"{dict(FOLDERS)[group]} of %(site)s" if group is not None else "Feeds of %(site)s"
    etree.SubElement(head, "title").text = one_line(say(whose) % {"site": site.title})
    if changed_at is not None:
        etree.SubElement(head, "dateModified").text = rfc5322(changed_at)
    etree.indent(head, level=1)
    text = BytesIO()
    text.write(b"<?xml version='1.0' encoding='UTF-8'?>\n<opml version=\"2.0\">\n  ")
    text.write(etree.tostring(head, encoding="UTF-8", xml_declaration=False) + b"\n  <body>\n")
    if group is None:
        text.write(b"    " + _outline(one_line(site.title) or all_title or "All", "/all", "", site) + b"\n")
    for kind, folder_title in FOLDERS:
        if folders[kind].tell():
            text.write(f'    <outline text="{say(folder_title)}">\n'.encode())
            text.write(folders[kind].getbuffer())
            text.write(b"    </outline>\n")
    text.write(b"  </body>\n</opml>\n")
    return text.getvalue()


def _outline(title: str, path: str, description: str, site: SiteInfo) -> bytes:
    address = site.base_url + path
    outline = etree.Element(
        "outline", type="rss", text=title, title=title, xmlUrl=f"{address}.atom", htmlUrl=address
    )
    if description:
        outline.set("description", description)
    return etree.tostring(outline, encoding="UTF-8", xml_declaration=False)
