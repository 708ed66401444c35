"""The lines of a page as a reader sees them: the words of each block that holds no other block."""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree, html

from feeds.ingest.pages.surroundings import folded

_BLOCKS = frozenset(
    "address article aside blockquote body br center dd div dl dt fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6 header hr li main "
    "nav ol p pre section table tbody td tfoot th thead tr ul title".split()
)
MOST = 4000
MOST_BETWEEN = 25
LINE_CHARS = 600


def leaf_lines(root: html.HtmlElement) -> Iterator[str]:
    """The lines of the tree in order, without empty ones."""
    words: list[str] = []
    for event, node in etree.iterwalk(root, events=("start", "end")):
        if words and node.tag in _BLOCKS:
            if line := " ".join("".join(words).split()):
                yield line
            words.clear()
        if text := node.text if event == "start" else node.tail:
            words.append(text)
    if line := " ".join("".join(words).split()):
        yield line


def lines_between(root: html.HtmlElement, title: str, first: str) -> list[str]:
    """The lines that stand between the title and the first line of the text, where bylines and credits are."""
    bodies = list(root.iter("body"))
    wanted, end = folded(title), folded(first)[:60]
    if not wanted or not bodies:
        return []
    found: list[str] | None = None
    best: list[str] = []
    for place, line in enumerate(leaf_lines(bodies[0])):
        if place > MOST:
            break
        letters = folded(line)
        if letters == wanted:
            found = []
        elif found is not None:
            if end and letters.startswith(end):
                return found
            if len(found) < MOST_BETWEEN:
                found.append(line[:LINE_CHARS])
                best = found
    return best if not end else best[:8]
