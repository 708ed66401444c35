"""The look of a site as `[site]` states it: whether its colour can be read, and its files are there and what they should be."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from lxml import etree

from feeds.model.settings import SiteSettings
from feeds.text.colours import READABLE, colour, contrast, readable_on

PAPER = "#fbfaf6"
"""What pages stand on in the light scheme."""
LOGO_TYPES = {
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".webp": "image/webp",
    ".gif": "image/gif",
}
_SIGNS = (
    (b"\x89PNG\r\n\x1a\n", ".png"),
    (b"\xff\xd8\xff", ".jpg"),
    (b"GIF87a", ".gif"),
    (b"GIF89a", ".gif"),
)
MOST_LOGO, MOST_STYLE, MOST_PAGE = 500_000, 500_000, 500_000
_FILES = {"stylesheet": (".css", MOST_STYLE), "imprint": (".md", MOST_PAGE), "privacy": (".md", MOST_PAGE)}


def accent(text: str) -> str:
    """The accent colour, which has to be readable on our pages."""
    wanted = colour(text)
    if contrast(wanted, PAPER) < READABLE:
        near = readable_on(wanted, PAPER)
        raise ValueError(f"{wanted} is too pale to be read on our pages; {near} is the nearest that can be")
    return wanted


def kind_of_picture(body: bytes) -> str | None:
    """The ending that the picture's own bytes ask for; None for what is no picture of a kind that is shown."""
    for sign, ending in _SIGNS:
        if body.startswith(sign):
            return ending
    if body[:4] == b"RIFF" and body[8:12] == b"WEBP":
        return ".webp"
    try:
        root = etree.fromstring(
            body, etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
        )
    except (etree.XMLSyntaxError, ValueError):
        return None
    return ".svg" if root.tag == "{http://www.w3.org/2000/svg}svg" else None


def look_problems(site: SiteSettings, folder: Path) -> Iterator[tuple[str, str]]:
    """Key and sentence of each file of the look that is missing, too large or of another kind."""
    if site.logo is not None:
        kinds = ", ".join(LOGO_TYPES)
        if Path(site.logo).suffix.lower() not in LOGO_TYPES:
            yield "logo", f"expected a picture ({kinds}), not {site.logo!r}"
        else:
            yield from _missing("logo", folder / site.logo, MOST_LOGO)
    for name, (ending, most) in _FILES.items():
        path = getattr(site, name)
        if path is not None and Path(path).suffix.lower() != ending:
            yield name, f"expected a file that ends in {ending}, not {path!r}"
        elif path is not None:
            yield from _missing(name, folder / path, most)
    if site.templates is not None and not (folder / site.templates).is_dir():
        yield "templates", f"there is no folder {folder / site.templates}"


def _missing(name: str, path: Path, most: int) -> Iterator[tuple[str, str]]:
    try:
        size = path.stat().st_size
    except OSError:
        yield name, f"there is no file {path}"
        return
    if not path.is_file():
        yield name, f"{path} is no file"
    elif size > most:
        yield name, f"{path} has {size:,} bytes; at most {most:,} are served"
