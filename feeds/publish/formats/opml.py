"""The list of our feeds as OPML 2.0, for readers that subscribe to many at once. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from lxml import etree

from feeds.model.outgoing import FeedInfo, FeedKind, SiteInfo
from feeds.text.dates import rfc5322
from feeds.text.markup import one_line

MEDIA_TYPE = "text/x-opml; charset=utf-8"
FOLDERS: tuple[tuple[FeedKind, str], ...] = (
    ("topic", "Topics"),
    ("author", "Authors"),
    ("source", "Sources"),
)


def write_opml(feeds: Iterable[FeedInfo], site: SiteInfo) -> bytes:
    """An outline of every feed (as Atom) in folders by kind; the feed of all articles comes first."""
    infos = tuple(feeds)
    root = etree.Element("opml", version="2.0")
    head = etree.SubElement(root, "head")
    etree.SubElement(head, "title").text = one_line(f"Feeds of {site.title}")
    if infos:
        etree.SubElement(head, "dateModified").text = rfc5322(max(info.changed_at for info in infos))
    body = etree.SubElement(root, "body")
    _outline(body, _titled(infos, site), "/all", "", site)
    for kind, folder_title in FOLDERS:
        of_kind = [info for info in infos if info.key.kind == kind]
        if of_kind:
            folder = etree.SubElement(body, "outline", text=folder_title)
            for info in of_kind:
                _outline(folder, one_line(info.title), info.key.path(), one_line(info.description), site)
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True, pretty_print=True)


def _titled(infos: tuple[FeedInfo, ...], site: SiteInfo) -> str:
    return one_line(site.title) or next((info.title for info in infos if info.key.kind == "all"), "All")


def _outline(parent: etree._Element, title: str, path: str, description: str, site: SiteInfo) -> None:
    address = site.base_url + path
    outline = etree.SubElement(
        parent, "outline", type="rss", text=title, title=title, xmlUrl=f"{address}.atom", htmlUrl=address
    )
    if description:
        outline.set("description", description)
